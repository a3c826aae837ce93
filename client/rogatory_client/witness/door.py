"""Who may connect: so many from one network, so many in all, so long for a handshake and a first request.

A connection counts from the moment it is accepted, before any TLS, because one that says nothing takes a
place as well. Whoever is over a limit is hung up on.
"""

import asyncio
import socket
import ssl
from collections import Counter
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Final, cast

import structlog

from rogatory_client.witness.rate import network_of

_BACKLOG: Final = 128
_ACCEPT_AGAIN_S: Final = 0.1
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class DoorLimits:
    """What strangers may take of a witness's sockets; times are seconds."""

    per_network: int = 32
    in_total: int = 512
    first_request_s: float = 10.0


class Door:
    """Accepts connections and hands them to whoever speaks HTTP.

    Args:
        speak: makes the protocol of one connection.
        tls: None for plain HTTP.
        limits: how many, and how long they may say nothing.
    """

    def __init__(
        self,
        speak: Callable[[], asyncio.Protocol],
        tls: ssl.SSLContext | None,
        limits: DoorLimits,
    ) -> None:
        self._speak = speak
        self._tls = tls
        self._limits = limits
        self._sockets: list[socket.socket] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._open: Counter[str] = Counter()
        self._silent: dict[asyncio.BaseTransport, asyncio.TimerHandle] = {}

    async def open(self, host: str, port: int) -> list[str]:
        """Listen on every address of a host; returns them as ``host:port``.

        Raises:
            OSError: an address is taken or not ours.
        """
        found = await asyncio.get_running_loop().getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )
        for family, address in dict.fromkeys((each[0], each[4]) for each in found):
            listening = socket.create_server(address, family=family, backlog=_BACKLOG)
            listening.settimeout(0)
            self._sockets.append(listening)
            self._start(self._accept(listening))
        return [_spelt(listening) for listening in self._sockets]

    async def close(self) -> None:
        """Take no more connections; those that are open stay."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for listening in self._sockets:
            listening.close()

    def spoke(self, transport: asyncio.BaseTransport | None) -> None:
        """Note that a request has come over a connection: from now on HTTP's own time-outs hold."""
        timer = None if transport is None else self._silent.pop(transport, None)
        if timer is not None:
            timer.cancel()

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _accept(self, listening: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                connection, address = await loop.sock_accept(listening)
            except OSError as error:
                _log.warning("accept_failed", error=str(error))
                await asyncio.sleep(_ACCEPT_AGAIN_S)
                continue
            network = network_of(address[0])
            full = self._open.total() >= self._limits.in_total
            if full or self._open[network] >= self._limits.per_network:
                connection.close()
                continue
            self._open[network] += 1
            self._start(self._serve(connection, network))

    async def _serve(self, connection: socket.socket, network: str) -> None:
        guest = _Guest(self._speak(), self._enter, lambda transport: self._leave(transport, network))
        timeout = self._limits.first_request_s if self._tls is not None else None
        try:
            await asyncio.get_running_loop().connect_accepted_socket(
                lambda: guest, connection, ssl=self._tls, ssl_handshake_timeout=timeout
            )
        except OSError:
            pass  # no handshake: ssl.SSLError and TimeoutError are OSErrors
        finally:
            if not guest.has_entered:
                connection.close()
                self._leave(None, network)

    def _enter(self, transport: asyncio.Transport) -> None:
        loop = asyncio.get_running_loop()
        self._silent[transport] = loop.call_later(self._limits.first_request_s, transport.abort)

    def _leave(self, transport: asyncio.BaseTransport | None, network: str) -> None:
        self.spoke(transport)
        self._open[network] -= 1
        if not self._open[network]:
            del self._open[network]


class _Guest(asyncio.Protocol):
    """Passes everything on, and tells when the connection begins and ends."""

    def __init__(
        self,
        inner: asyncio.Protocol,
        enter: Callable[[asyncio.Transport], None],
        leave: Callable[[asyncio.BaseTransport | None], None],
    ) -> None:
        self._inner = inner
        self._enter = enter
        self._leave = leave
        self._transport: asyncio.BaseTransport | None = None
        self.data_received = inner.data_received  # type: ignore[method-assign]  # the same signature
        self.pause_writing = inner.pause_writing  # type: ignore[method-assign]  # the same signature
        self.resume_writing = inner.resume_writing  # type: ignore[method-assign]  # the same signature
        self.eof_received = inner.eof_received  # type: ignore[method-assign]  # the same signature

    @property
    def has_entered(self) -> bool:
        """Whether the connection was made, so that its end will be told."""
        return self._transport is not None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._enter(cast("asyncio.Transport", transport))
        self._inner.connection_made(transport)

    def connection_lost(self, exc: Exception | None) -> None:
        self._leave(self._transport)
        self._inner.connection_lost(exc)


def _spelt(listening: socket.socket) -> str:
    host, port = listening.getsockname()[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
