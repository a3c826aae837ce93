"""Taking connections from strangers: so many from one network, so long for a handshake and a first request.

Connections are counted from the moment they are accepted, before any TLS, because a socket that says nothing
takes a place as well. Whoever is over a limit is hung up on; nobody who is connected suffers from it.
"""

import asyncio
import socket
import ssl
from collections import Counter
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Final, cast

import structlog
from aiohttp import web

from rogatory_server.rate import network_of

BACKLOG: Final = 1024
ACCEPT_AGAIN_S: Final = 0.1

Spawn = Callable[[Coroutine[Any, Any, None]], asyncio.Task[None]]

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class ConnectionLimits:
    """What strangers may take of the relay's sockets; times are seconds."""

    per_network: int
    in_total: int
    first_request_s: int


class Listener:
    """Accepts connections and hands them to aiohttp.

    Args:
        tls: None for plain HTTP.
        limits: how many connections, and how long they may say nothing.
        spawn: starts a task.
    """

    def __init__(self, tls: ssl.SSLContext | None, limits: ConnectionLimits, spawn: Spawn) -> None:
        self._tls = tls
        self._limits = limits
        self._spawn = spawn
        self._sockets: list[socket.socket] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._open: Counter[str] = Counter()
        self._silent: dict[asyncio.BaseTransport, asyncio.TimerHandle] = {}

    @property
    def addresses(self) -> list[tuple[str, int]]:
        """Where it listens."""
        return [each.getsockname()[:2] for each in self._sockets]

    async def start(self, server: web.Server, host: str, port: int) -> None:
        """Listen on every address of ``host``.

        Args:
            server: makes a protocol for each connection.
            host: a name or an address.
            port: where.

        Raises:
            OSError: an address is taken or not ours.
        """
        found = await asyncio.get_running_loop().getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )
        for family, address in dict.fromkeys((each[0], each[4]) for each in found):
            listening = socket.create_server(address, family=family, backlog=BACKLOG)
            listening.settimeout(0)
            self._sockets.append(listening)
            self._keep(self._accept(listening, server))

    async def stop(self) -> None:
        """Take no more connections; those that are open stay."""
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for listening in self._sockets:
            listening.close()

    def spoke(self, transport: asyncio.BaseTransport | None) -> None:
        """Note that a request has come over a connection."""
        timer = None if transport is None else self._silent.pop(transport, None)
        if timer is not None:
            timer.cancel()

    def _keep(self, work: Coroutine[Any, Any, None]) -> None:
        task = self._spawn(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _accept(self, listening: socket.socket, server: web.Server) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                connection, address = await loop.sock_accept(listening)
            except OSError as error:
                _log.warning("accept_failed", error=str(error))
                await asyncio.sleep(ACCEPT_AGAIN_S)
                continue
            network = network_of(address[0])
            if self._open[network] >= self._limits.per_network or len(self) >= self._limits.in_total:
                connection.close()
                continue
            self._open[network] += 1
            self._keep(self._serve(connection, network, server()))

    def __len__(self) -> int:
        """How many connections are open, in a handshake or after it."""
        return self._open.total()

    async def _serve(self, connection: socket.socket, network: str, inner: asyncio.Protocol) -> None:
        guard = _Guard(inner, self._begin, lambda transport: self._end(transport, network))
        timeout = float(self._limits.first_request_s) if self._tls is not None else None
        try:
            await asyncio.get_running_loop().connect_accepted_socket(
                lambda: guard, connection, ssl=self._tls, ssl_handshake_timeout=timeout
            )
        except OSError:
            return  # no handshake: ssl.SSLError and TimeoutError are OSErrors
        except Exception:  # noqa: BLE001  # one connection never takes the relay with it
            _log.exception("connection_failed")
        finally:
            if not guard.is_connected:
                connection.close()
                self._end(None, network)

    def _begin(self, transport: asyncio.Transport) -> None:
        loop = asyncio.get_running_loop()
        self._silent[transport] = loop.call_later(self._limits.first_request_s, transport.abort)

    def _end(self, transport: asyncio.BaseTransport | None, network: str) -> None:
        self.spoke(transport)
        self._open[network] -= 1
        if not self._open[network]:
            del self._open[network]


class _Guard(asyncio.Protocol):
    """Passes everything on, and tells when a connection begins and ends."""

    def __init__(
        self,
        inner: asyncio.Protocol,
        begin: Callable[[asyncio.Transport], None],
        end: Callable[[asyncio.BaseTransport], None],
    ) -> None:
        self._begin = begin
        self._end = end
        self._inner = inner
        self._transport: asyncio.Transport | None = None
        # Called for every piece of data: not one call more than needed.
        self.data_received = inner.data_received  # type: ignore[method-assign]  # the same signature
        self.pause_writing = inner.pause_writing  # type: ignore[method-assign]  # the same signature
        self.resume_writing = inner.resume_writing  # type: ignore[method-assign]  # the same signature
        self.eof_received = inner.eof_received  # type: ignore[method-assign]  # the same signature

    @property
    def is_connected(self) -> bool:
        """Whether the connection was made, so that its end will be told."""
        return self._transport is not None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # What uvloop passes has the methods of an asyncio.Transport without being one.
        self._transport = cast("asyncio.Transport", transport)
        self._begin(self._transport)
        self._inner.connection_made(transport)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._transport is not None:
            self._end(self._transport)
        self._inner.connection_lost(exc)
