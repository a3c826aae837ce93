"""A publisher of exports for tests: real TLS on loopback, answering with exactly the bytes it is told to."""

import asyncio
import ssl
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from yarl import URL

from rogatory_client.cli.directory.export_source import ExportSource
from rogatory_client.demo.tls_authority import TlsAuthority, make_tls_authority

EXPORT = b'{"export": {"record_count": 0}, "records": []}'


def answer(
    body: bytes = EXPORT,
    *,
    status: str = "200 OK",
    kind: str = "application/json",
    headers: Sequence[str] = (),
) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Type: {kind}", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join([*lines, "Connection: close", "", ""]).encode() + body


def bare(body: bytes, *headers: str) -> bytes:
    """An answer with these headers and no others."""
    return (
        "\r\n".join(["HTTP/1.1 200 OK", "Content-Type: application/json", *headers, "", ""]).encode() + body
    )


@dataclass
class Publisher:
    """What it was asked, and what it answers next; the last answer is repeated."""

    url: URL
    authority: TlsAuthority
    answers: list[bytes] = field(default_factory=lambda: [answer()])
    asked: list[str] = field(default_factory=list)

    def source(self, **more: int) -> ExportSource:
        return ExportSource(self.url, self.authority.ca, **more)


def _context(authority: TlsAuthority, folder: Path) -> ssl.SSLContext:
    certificate, key = folder / "server.pem", folder / "server.key"
    certificate.write_bytes(authority.certificate)
    key.write_bytes(authority.private_key)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context


@asynccontextmanager
async def publisher(folder: Path, address: str = "127.0.0.1") -> AsyncIterator[Publisher]:
    """Serve until the end of the ``async with``.

    Args:
        folder: for the certificate.
        address: the certificate's; clients connect to 127.0.0.1 whatever it is.
    """
    authority = make_tls_authority(address, now=int(time.time()))
    running = Publisher(URL("https://127.0.0.1/"), authority)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        running.asked.append((await reader.readuntil(b"\r\n\r\n")).decode())
        place = min(len(running.asked), len(running.answers)) - 1
        writer.write(running.answers[place])
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=_context(authority, folder))
    port = server.sockets[0].getsockname()[1]
    running.url = URL(f"https://127.0.0.1:{port}/exports/cna.json?edition=newest")
    try:
        yield running
    finally:
        server.close()
        await server.wait_closed()
