"""What comes in a request and goes out in an answer: bounded in size and time, deterministic CBOR."""

import asyncio
from collections.abc import AsyncIterator
from typing import Final

from aiohttp import web

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.wire.identifier import MAX_SEQUENCE
from rogatory_crypto.wire.request import MEDIA_TYPE
from rogatory_crypto.wire.structure import Structure
from rogatory_server.rate import network_of
from rogatory_server.service import Caller, RelayService

SERVICE: Final = web.AppKey("service", RelayService)
BODY_TIMEOUT_S: Final = 60
# Slower than any line an office has; whoever is slower only wants to hold a connection.
BODY_BYTES_PER_S: Final = 4096


def answer(value: Structure) -> web.Response:
    """Return the answer that carries a structure."""
    return web.Response(body=value.encode(), content_type=MEDIA_TYPE)


def caller(request: web.Request) -> Caller:
    """Return the relay as it answers this address."""
    return request.app[SERVICE].at(network_of(request.remote or ""))


async def parts(request: web.Request) -> AsyncIterator[bytes]:
    """Yield the body; a device that stops in the middle, or sends a byte now and then, is cut off."""
    now = asyncio.get_running_loop().time
    begun, size = now(), 0
    while True:
        due = begun + BODY_TIMEOUT_S + size / BODY_BYTES_PER_S
        try:
            async with asyncio.timeout_at(min(now() + BODY_TIMEOUT_S, due)):
                part = await request.content.readany()
        except TimeoutError as error:
            raise PeerError(Code.WRONG_LENGTH, "the body stopped in the middle") from error
        if not part:
            return
        size += len(part)
        taken = now()
        yield part
        # What the relay does with it takes time that is not the device's.
        begun += now() - taken


async def body(request: web.Request, limit: int) -> bytes:
    """Return the body.

    Raises:
        PeerError: UNSUPPORTED for another media type, TOO_LARGE, WRONG_LENGTH where it stops in the middle.
    """
    if request.content_type != MEDIA_TYPE:
        raise PeerError(Code.UNSUPPORTED, "the body is not application/cbor")
    if (request.content_length or 0) > limit:
        raise PeerError(Code.TOO_LARGE, "the body is longer than allowed")
    kept: list[bytes] = []
    size = 0
    async for part in parts(request):
        size += len(part)
        if size > limit:
            raise PeerError(Code.TOO_LARGE, "the body is longer than allowed")
        kept.append(part)
    return b"".join(kept)


def number(value: str | None) -> int:
    """Read a number of a query or header.

    Raises:
        PeerError: MALFORMED.
    """
    if value is None or not value.isascii() or not value.isdigit() or len(value) > 19:
        raise PeerError(Code.MALFORMED, "expected a number")
    read = int(value)
    if read > MAX_SEQUENCE:
        raise PeerError(Code.MALFORMED, "a number beyond 63 bits")
    return read
