"""HTTPS to one relay, under the certificate authority that the network profile pins.

Answers are read up to the limit of what was asked and decoded strictly; a refusal becomes a PeerError, every
failure of name, connection, certificate or time-out a TransportError with a sentence.
"""

import ssl
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from functools import cached_property
from io import BytesIO
from typing import Final, TypeVar

import aiohttp
from yarl import URL

from rogatory_client.fault import UNTRUSTED, StandingFailureError
from rogatory_client.transport.clock_skew import check_clock
from rogatory_client.transport.feed import WebSocketFeed, open_feed
from rogatory_client.transport.line import DeviceKey
from rogatory_client.transport.session import Body, HttpsSession
from rogatory_crypto.errors import Code, MisuseError, PeerError, TransportError
from rogatory_crypto.identity import NetworkProfile
from rogatory_crypto.log.signed_note import MAX_NOTE_BYTES
from rogatory_crypto.wire import limits
from rogatory_crypto.wire.challenge import (
    Challenge,
    ChallengeRequest,
    ChallengeResponse,
    Token,
    sign_challenge,
)
from rogatory_crypto.wire.identifier import DeviceId
from rogatory_crypto.wire.log_request import EntryPublication, LogPage, TrustUpdate
from rogatory_crypto.wire.request import MEDIA_TYPE, Problem, Published, RelayInfo
from rogatory_crypto.wire.structure import Structure

CONNECT_TIMEOUT_S: Final = 15
READ_TIMEOUT_S: Final = 60
_UNREACHABLE: Final = "the relay cannot be reached ({}): check the connection; what waits is sent later"
_Answer = TypeVar("_Answer", bound=Structure)


def tls_context(tls_ca: str | None) -> ssl.SSLContext:
    """Return a context that verifies certificate and server name, TLS 1.2 and up.

    Raises:
        MisuseError: the profile's certificate authority cannot be read.
    """
    try:
        context = ssl.create_default_context(cadata=tls_ca)
    except ssl.SSLError as error:
        raise MisuseError(
            "the profile's certificate authority cannot be read: ask for a new profile"
        ) from error
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


@asynccontextmanager
async def network_failures() -> AsyncIterator[None]:
    """Turn whatever goes wrong below HTTP into one sentence."""
    try:
        yield
    except (aiohttp.ClientConnectorCertificateError, aiohttp.ClientConnectorSSLError, ssl.SSLError) as error:
        raise StandingFailureError(UNTRUSTED) from error
    except TimeoutError as error:
        raise TransportError(_UNREACHABLE.format("no answer in time")) from error
    except (aiohttp.ClientError, OSError) as error:
        raise TransportError(_UNREACHABLE.format(type(error).__name__)) from error


class HttpsLine:
    """A line over the network, and what anybody may ask through it.

    Args:
        profile: which relay, and whom to believe.
        clock_ms: the time, milliseconds since 1970.
    """

    def __init__(self, profile: NetworkProfile, clock_ms: Callable[[], int]) -> None:
        self._base = URL(profile.relay_url)
        self._tls_ca = profile.tls_ca
        self._clock_ms = clock_ms
        self._http: aiohttp.ClientSession | None = None
        self._token: Token | None = None

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        """Made when the relay is first asked: to load the authorities takes longer than most looks."""
        return tls_context(self._tls_ca)

    @property
    def relay(self) -> "HttpsLine":
        """What anybody may ask."""
        return self

    async def info(self) -> RelayInfo:
        """Who answers, and its limits."""
        return RelayInfo.decode(await self.call("GET", "/v1/info", limit=RelayInfo.LIMIT))

    async def trust(self, version: int) -> TrustUpdate:
        """Root metadata after ``version``, and what the network believes now."""
        path = f"/v1/trust?version={version}"
        return TrustUpdate.decode(await self.call("GET", path, limit=TrustUpdate.LIMIT))

    async def checkpoint(self) -> bytes:
        """The newest published checkpoint of the log, with its cosignatures."""
        return await self.call("GET", "/v1/log/checkpoint", limit=MAX_NOTE_BYTES)

    async def log_entries(self, first_index: int) -> LogPage:
        """Entries of the log from an index on, up to the newest published checkpoint."""
        path = f"/v1/log/entries?first={first_index}"
        return LogPage.decode(await self.call("GET", path, limit=LogPage.LIMIT))

    async def publish_entries(self, publication: EntryPublication) -> Published:
        """Append entries to the log, all or none."""
        return await self._post("/v1/log/entries", publication, Published)

    async def directory(self, known_sha256: bytes | None) -> bytes | None:
        """The newest directory snapshot, or None if it is the one already known."""
        headers = {} if known_sha256 is None else {"If-None-Match": f'"{known_sha256.hex()}"'}
        snapshot = await self.call("GET", "/v1/directory", limit=limits.MAX_SNAPSHOT_BYTES, headers=headers)
        return snapshot or None

    async def publish_directory(self, snapshot: bytes) -> None:
        """Replace the directory snapshot."""
        await self.call("PUT", "/v1/directory", body=snapshot)

    async def challenge(self, device_id: DeviceId) -> Challenge:
        """Begin device authentication."""
        return await self._post("/v1/challenges", ChallengeRequest(device_id), Challenge)

    async def token(self, response: ChallengeResponse) -> Token:
        """Finish device authentication."""
        return await self._post("/v1/tokens", response, Token)

    async def session(self, device: DeviceKey) -> HttpsSession:
        """Authenticate and return what this device may ask; the token is renewed as it expires."""
        await self.bearer(device)
        return HttpsSession(self, device)

    async def feed(self, device: DeviceKey) -> WebSocketFeed:
        """Open the live feed."""
        url = self._base.join(URL("/v1/feed")).with_scheme("wss")
        try:
            return await open_feed(str(url), await self.bearer(device), self._tls, self._clock_ms)
        except PeerError as error:
            if error.code is not Code.UNAUTHENTICATED:
                raise
        # A relay that was started anew has forgotten its tokens.
        return await open_feed(str(url), await self.bearer(device, renew=True), self._tls, self._clock_ms)

    async def bearer(self, device: DeviceKey, *, renew: bool = False) -> str:
        """Return a token that is good for a while.

        Raises:
            TransportError: the clocks are too far apart; PeerError: the relay refuses the device.
        """
        if self._token is None or renew or self._clock_ms() + 60_000 > self._token.expires_at_ms:
            challenge = await self.challenge(device.device_id)
            check_clock(self._clock_ms(), challenge.now_ms)
            response = sign_challenge(
                challenge.nonce,
                server_name=self._base.host or "",
                device_id=device.device_id,
                private_key=device.private,
            )
            self._token = await self.token(response)
        return self._token.token

    async def close(self) -> None:
        """Let go of all connections."""
        if self._http is not None:
            await self._http.close()
            self._http = None

    async def call(
        self,
        method: str,
        path: str,
        *,
        body: Body = None,
        headers: Mapping[str, str] | None = None,
        limit: int = 1 << 16,
    ) -> bytes:
        """Make one call and return its answer, which may be empty.

        Raises:
            PeerError: what the relay refused with, or TOO_LARGE.
            TransportError: the network failed.
        """
        async with self.request(method, path, body=body, headers=headers) as response:
            return await _read(response, limit)

    @asynccontextmanager
    async def request(
        self, method: str, path: str, *, body: Body = None, headers: Mapping[str, str] | None = None
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        """Open one call; a refusal is raised before the body is handed out."""
        if self._http is None:
            timeout = aiohttp.ClientTimeout(sock_connect=CONNECT_TIMEOUT_S, sock_read=READ_TIMEOUT_S)
            self._http = aiohttp.ClientSession(timeout=timeout, auto_decompress=False)
        sent = {"Content-Type": MEDIA_TYPE, **(headers or {})}
        url = self._base.join(URL(path))
        async with (
            network_failures(),
            self._http.request(
                method,
                url,
                data=BytesIO(body) if isinstance(body, bytes) else body,
                headers=sent,
                ssl=self._tls,
                allow_redirects=False,
            ) as response,
        ):
            if response.status >= 300 and response.status != 304:
                raise await _refusal(response)
            yield response

    async def _post(self, path: str, body: Structure, answer: type[_Answer]) -> _Answer:
        return answer.decode(await self.call("POST", path, body=body.encode(), limit=answer.LIMIT))


async def _read(response: aiohttp.ClientResponse, limit: int) -> bytes:
    parts: list[bytes] = []
    size = 0
    async for part in response.content.iter_any():
        size += len(part)
        if size > limit:
            raise PeerError(Code.TOO_LARGE, f"an answer of more than {limit} bytes")
        parts.append(part)
    return b"".join(parts)


async def _refusal(response: aiohttp.ClientResponse) -> PeerError:
    body = await _read(response, Problem.LIMIT)
    try:
        return PeerError(Problem.decode(body).code)
    except PeerError:
        # A gateway in between speaks for itself; what it says is not for us.
        return PeerError(Code.UNAVAILABLE, f"HTTP status {response.status}")
