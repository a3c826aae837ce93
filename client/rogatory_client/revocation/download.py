"""Asks one allowed address over HTTP: bounded in size and time, without redirects, proxies or cookies.

What arrives is bytes of nobody yet: whether they count is decided by who signed them.
"""

import asyncio
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeAlias

import aiohttp
from aiohttp.resolver import ThreadedResolver
from yarl import URL

from rogatory_client.plain_text import one_line
from rogatory_client.revocation.public_names import PrivateAddressError, PublicNames
from rogatory_client.transport.backoff import delay_s
from rogatory_client.transport.https import tls_context
from rogatory_crypto.errors import Code, MisuseError, PeerError, TransportError

Moved: TypeAlias = Callable[[str, int, int], None]
"""Told what is fetched, how much of it has arrived, and how much there is, in bytes."""

_PIECE_BYTES: Final = 64 * 1024
_MAX_LABEL: Final = 256
_NOT_MODIFIED: Final = 304
_BUSY: Final = frozenset({408, 425, 429, 500, 502, 503, 504})
_REDIRECTS: Final = range(300, 400)


@dataclass(frozen=True, slots=True)
class Patience:
    """How long one address is waited for.

    Attributes:
        connect_s: until it answers.
        idle_s: between two pieces of its answer.
        total_s: until all of the answer is there.
        attempts: how often it is asked.
    """

    connect_s: float = 10.0
    idle_s: float = 20.0
    total_s: float = 300.0
    attempts: int = 3


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked.

    Attributes:
        address: an allowed one.
        limit: the most bytes an answer may have.
        body: what to post; nothing is got instead.
        headers: beside those of every request.
        private: whether its name may stand for an address that is not public.
    """

    address: str
    limit: int
    body: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    private: bool = False


@dataclass(frozen=True, slots=True)
class Download:
    """What came: nothing where the server says that nothing is newer.

    Attributes:
        content: None where nothing is newer.
        etag, last_modified: what the server calls it; empty where it says nothing fit to repeat.
    """

    content: bytes | None
    etag: str = ""
    last_modified: str = ""


async def download(request: Request, patience: Patience, moved: Moved | None = None) -> Download:
    """Ask, and ask again where that may help.

    Raises:
        TransportError: it cannot be reached, is busy, or broke off.
        PeerError: it answers something that cannot be right.
        MisuseError: its name stands for a machine inside a network and this was not allowed.
    """
    for attempt in range(1, patience.attempts):
        try:
            return await _once(request, patience, moved)
        except TransportError:
            await asyncio.sleep(delay_s(attempt, secrets.token_bytes))
    return await _once(request, patience, moved)


async def _once(request: Request, patience: Patience, moved: Moved | None) -> Download:
    try:
        async with _session(request, patience) as session, _asked(session, request) as response:
            return await _read(response, request, moved)
    except aiohttp.ClientConnectorError as error:
        if isinstance(error.os_error, PrivateAddressError):
            raise MisuseError(f"{error.os_error}: allow it with --private if that is meant") from error
        raise TransportError(f"it cannot be reached: {one_line(str(error))}") from error
    except TimeoutError as error:
        raise TransportError("it does not answer in time") from error
    # A name with a part that is empty or too long is refused as a text, before anybody is asked for it.
    except (aiohttp.ClientError, OSError, UnicodeError) as error:
        raise TransportError(
            f"the connection failed: {one_line(str(error) or type(error).__name__)}"
        ) from error


def _session(request: Request, patience: Patience) -> aiohttp.ClientSession:
    resolver = ThreadedResolver() if request.private else PublicNames()
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(resolver=resolver, ssl=tls_context(None)),
        timeout=aiohttp.ClientTimeout(
            total=patience.total_s, sock_connect=patience.connect_s, sock_read=patience.idle_s
        ),
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,
        trust_env=False,
        headers={"Accept-Encoding": "identity", "User-Agent": "rogatory"},
    )


def _asked(session: aiohttp.ClientSession, request: Request) -> "aiohttp.client._RequestContextManager":
    return session.request(
        "GET" if request.body is None else "POST",
        URL(request.address, encoded=True),
        data=request.body,
        headers=request.headers,
        allow_redirects=False,
    )


async def _read(response: aiohttp.ClientResponse, request: Request, moved: Moved | None) -> Download:
    if response.status == _NOT_MODIFIED and request.headers:
        return Download(None)
    _refuse(response)
    if (response.content_length or 0) > request.limit:
        raise _too_large(request)
    content = bytearray()
    async for piece in response.content.iter_chunked(_PIECE_BYTES):
        content += piece
        if len(content) > request.limit:
            raise _too_large(request)
        if moved is not None:
            moved(request.address, len(content), response.content_length or request.limit)
    return Download(bytes(content), _label(response, "ETag"), _label(response, "Last-Modified"))


def _refuse(response: aiohttp.ClientResponse) -> None:
    if response.status in _BUSY:
        raise TransportError(f"it answers {response.status}: try again later")
    if response.status in _REDIRECTS:
        elsewhere = one_line(response.headers.get("Location", ""))[:_MAX_LABEL]
        raise PeerError(
            Code.FORBIDDEN,
            f"it points to {elsewhere or 'another address'}, which is not followed: allow that",
        )
    if response.status != 200:
        raise PeerError(Code.NOT_FOUND, f"it answers {response.status}: check the address")
    if response.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise PeerError(Code.UNSUPPORTED, "its answer is compressed although this was not asked for")


def _too_large(request: Request) -> PeerError:
    return PeerError(Code.TOO_LARGE, f"its answer is larger than {request.limit >> 20} MiB")


def _label(response: aiohttp.ClientResponse, name: str) -> str:
    """Return what a server calls its answer, if that can be said back to it."""
    label = response.headers.get(name, "")
    return label if len(label) <= _MAX_LABEL and label.isascii() and label.isprintable() else ""
