"""Servers on loopback: one that answers what a test says, and one that nobody may ever speak to."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Answering = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class Server:
    """What is answered at each path, and what was asked."""

    address: str
    answers: dict[str, Answering] = field(default_factory=dict)
    asked: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    ended: threading.Event = field(default_factory=threading.Event)

    def serve(self, path: str, content: bytes, **headers: str) -> str:
        """Answer with these bytes; return the address."""

        def answer(handler: BaseHTTPRequestHandler) -> None:
            respond(handler, 200, content, **headers)

        return self.at(path, answer)

    def at(self, path: str, answer: Answering) -> str:
        """Answer so; return the address."""
        self.answers[path] = answer
        return f"{self.address}{path}"


@contextmanager
def served(context: ssl.SSLContext | None = None) -> Iterator[Server]:
    """Serve until the block ends; over TLS where a context is given."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            server.asked.append((self.command, self.path, dict(self.headers)))
            server.answers[self.path](self)

        do_POST = do_GET  # noqa: N815 - as the library names it

        def log_message(self, *_arguments: object) -> None:
            pass

    listener = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if context is not None:
        listener.socket = context.wrap_socket(listener.socket, server_side=True)
    server = Server(f"http{'' if context is None else 's'}://127.0.0.1:{listener.server_port}")
    thread = threading.Thread(target=listener.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield server
    finally:
        server.ended.set()
        listener.shutdown()
        listener.server_close()
        thread.join()


def respond(handler: BaseHTTPRequestHandler, status: int, content: bytes = b"", **headers: str) -> None:
    handler.send_response(status)
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.send_header("Content-Length", str(len(content)))
    handler.end_headers()
    handler.wfile.write(content)


def body(handler: BaseHTTPRequestHandler) -> bytes:
    return handler.rfile.read(int(handler.headers["Content-Length"]))


@dataclass(frozen=True)
class Trap:
    """A socket that listens and is never to be reached."""

    listener: socket.socket

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.listener.getsockname()[1]}"

    def reached(self) -> int:
        """Return how many have connected: they wait in line, and one of our own comes last."""
        own = socket.create_connection(self.listener.getsockname())
        count = 0
        with own:
            while True:
                other, peer = self.listener.accept()
                other.close()
                if peer == own.getsockname():
                    return count
                count += 1


@contextmanager
def trap() -> Iterator[Trap]:
    """Listen until the block ends."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listener:
        yield Trap(listener)
