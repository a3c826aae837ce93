"""An export of the directory over HTTPS, from an address its operator configured and from no other.

The address stands in a file beside the operator's other configuration; no document, redirect or answer
changes it. An answer is taken only if it is whole, of the expected type and within the limit; it goes to a
file beside its place and is renamed there. What was fetched is remembered by its ETag, and asked for again
only if it changed.
"""

import asyncio
import json
import ssl
import tempfile
import tomllib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from hashlib import file_digest, sha256
from pathlib import Path
from typing import IO, Final

import aiohttp
from yarl import URL

from rogatory_client.bounded_file import read_bytes
from rogatory_client.fault import StandingFailureError
from rogatory_client.transport.backoff import delay_s
from rogatory_crypto.errors import Code, MisuseError, PeerError, TransportError

MAX_BYTES: Final = 64 << 20
ATTEMPTS: Final = 5
_MAX_CONFIG: Final = 1 << 16
_CHUNK: Final = 1 << 16
_TIMEOUT: Final = aiohttp.ClientTimeout(total=600, sock_connect=15, sock_read=60)
_ANY: Final = "application/octet-stream"
_TYPES: Final[dict[str, frozenset[str]]] = {
    ".json": frozenset({"application/json", _ANY}),
    ".csv": frozenset({"text/csv", "text/plain", "application/csv", _ANY}),
    ".xlsx": frozenset({"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", _ANY}),
}

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class ExportSource:
    """Where an export comes from, and whom to believe.

    Attributes:
        url: https only, without a user's name in it.
        tls_ca: PEM of the only authority to trust; the system's if None.
        max_bytes: of an export.
    """

    url: URL
    tls_ca: str | None = None
    max_bytes: int = MAX_BYTES


@dataclass(frozen=True, slots=True)
class Fetched:
    """What is remembered beside a fetched file."""

    url: str
    etag: str
    sha256: str
    size: int


def read_source(path: Path) -> ExportSource:
    """The source a TOML file names: ``url``, and optionally ``ca`` (a PEM file beside it) and ``max_bytes``.

    Raises:
        MisuseError: not that, or not an https address.
    """
    try:
        values = tomllib.loads(read_bytes(path, _MAX_CONFIG).decode())
        url = URL(str(values.pop("url")))
        ca, limit = values.pop("ca", None), values.pop("max_bytes", MAX_BYTES)
        pem = read_bytes(path.parent / str(ca), _MAX_CONFIG).decode() if ca is not None else None
    except (ValueError, KeyError) as error:
        raise MisuseError(f'{path} names no source: write url = "https://..." in it') from error
    if url.scheme != "https" or not url.host or url.user or url.password or url.fragment:
        raise MisuseError(f"{path}: the address must begin with https:// and hold no name or password")
    if values or not isinstance(limit, int) or not 0 < limit <= MAX_BYTES:
        raise MisuseError(f"{path}: only url, ca and max_bytes (at most {MAX_BYTES}) may stand in it")
    return ExportSource(url, pem, limit)


async def fetch_export(
    source: ExportSource,
    target: Path,
    *,
    random: Callable[[int], bytes],
    progress: Progress | None = None,
    wait: Callable[[float], Awaitable[object]] = asyncio.sleep,
) -> tuple[Fetched, bool]:
    """Fetch an export into a file unless the file is the newest already; returns also whether it is new.

    Args:
        source: the configured address.
        target: ends in ``.json``, ``.csv`` or ``.xlsx``.
        random: source of the jitter between attempts.
        progress: told name, bytes so far, and bytes in all (0 where not stated).
        wait: pauses for a number of seconds.

    Raises:
        MisuseError: another ending.
        PeerError: the answer is no export: too large, of another type, cut off.
        TransportError: the publisher cannot be reached, or does not hand it out.
    """
    if target.suffix.lower() not in _TYPES:
        raise MisuseError("name the file as the publisher does: it ends in .json, .csv or .xlsx")
    known = _known(source, target)
    for attempt in range(1, ATTEMPTS):
        try:
            return await _attempt(source, target, known, progress)
        except StandingFailureError:
            raise
        except TransportError:
            await wait(delay_s(attempt, random))
    return await _attempt(source, target, known, progress)


def beside(target: Path) -> Path:
    """Where it is remembered what was fetched."""
    return target.with_name(f"{target.name}.fetched.json")


def _known(source: ExportSource, target: Path) -> Fetched | None:
    """What was fetched before, if the file is still that."""
    try:
        known = Fetched(**json.loads(read_bytes(beside(target), _MAX_CONFIG)))
        with target.open("rb") as file:
            unaltered = file_digest(file, "sha256").hexdigest() == known.sha256
    except (OSError, ValueError, TypeError, MisuseError):
        return None
    return known if unaltered and known.url == str(source.url) and known.etag else None


async def _attempt(
    source: ExportSource, target: Path, known: Fetched | None, progress: Progress | None
) -> tuple[Fetched, bool]:
    headers = {"Accept-Encoding": "identity"} | ({"If-None-Match": known.etag} if known else {})
    async with (
        _failures(),
        aiohttp.ClientSession(timeout=_TIMEOUT, auto_decompress=False) as session,
        session.get(source.url, headers=headers, ssl=_tls(source.tls_ca), allow_redirects=False) as response,
    ):
        if response.status == 304 and known is not None:
            return known, False
        _check_head(response, target, source.max_bytes)
        return await _save(response, source, target, progress), True


def _tls(tls_ca: str | None) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cadata=tls_ca)
    except ssl.SSLError as error:
        raise MisuseError("the certificate authority of the source cannot be read") from error
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


@asynccontextmanager
async def _failures() -> AsyncIterator[None]:
    """Turn whatever goes wrong below HTTP into one sentence."""
    try:
        yield
    except (aiohttp.ClientConnectorCertificateError, aiohttp.ClientConnectorSSLError, ssl.SSLError) as error:
        raise StandingFailureError(
            "the certificate of the directory's publisher does not hold: do not go on, and ask the publisher"
        ) from error
    except aiohttp.ClientPayloadError as error:
        raise TransportError("the export was cut off on the way: nothing was changed, try again") from error
    except TimeoutError as error:
        raise TransportError("the directory's publisher does not answer in time: try again later") from error
    except aiohttp.ClientError as error:
        raise TransportError(
            f"the directory's publisher cannot be reached ({type(error).__name__}): check the connection"
        ) from error


def _check_head(response: aiohttp.ClientResponse, target: Path, limit: int) -> None:
    """Refuse an answer before its body is read."""
    if response.status == 429 or response.status >= 500:
        raise TransportError(f"the directory's publisher is busy (HTTP status {response.status}): try later")
    if 300 <= response.status < 400:
        raise StandingFailureError(
            "the publisher says that the export is elsewhere: ask it, and change the address yourself"
        )
    if response.status != 200:
        raise StandingFailureError(
            f"the publisher does not hand out the export (HTTP status {response.status}): check the address"
        )
    if response.headers.get("Content-Encoding", "identity") != "identity":
        raise PeerError(Code.MALFORMED, "an export packed although it was asked for as it is")
    if response.content_type not in _TYPES[target.suffix.lower()]:
        raise PeerError(Code.MALFORMED, f"an answer of type {response.content_type}, not an export")
    if response.content_length is None and response.headers.get("Transfer-Encoding") != "chunked":
        raise PeerError(Code.MALFORMED, "an answer that could be cut off unnoticed: it states no length")
    if (response.content_length or 0) > limit:
        raise PeerError(Code.TOO_LARGE, f"an export of more than {limit} bytes")


async def _save(
    response: aiohttp.ClientResponse, source: ExportSource, target: Path, progress: Progress | None
) -> Fetched:
    """The body into its place, whole or not at all."""
    with tempfile.TemporaryDirectory(prefix=f".{target.name}.", dir=target.parent) as folder:
        part = Path(folder) / "export"
        with part.open("xb") as file:
            size, digest = await _copy(response, file, source.max_bytes, target.name, progress)
        fetched = Fetched(str(source.url), response.headers.get("ETag", ""), digest, size)
        note = Path(folder) / "note"
        note.write_text(json.dumps(asdict(fetched)) + "\n")
        # The note goes last: without it the file is only fetched once more.
        beside(target).unlink(missing_ok=True)
        part.replace(target)
        note.replace(beside(target))
    return fetched


async def _copy(
    response: aiohttp.ClientResponse, file: IO[bytes], limit: int, name: str, progress: Progress | None
) -> tuple[int, str]:
    size, digest = 0, sha256()
    async for piece in response.content.iter_chunked(_CHUNK):
        size += len(piece)
        if size > limit:
            raise PeerError(Code.TOO_LARGE, f"an export of more than {limit} bytes")
        digest.update(piece)
        file.write(piece)
        if progress:
            progress(name, size, response.content_length or 0)
    return size, digest.hexdigest()
