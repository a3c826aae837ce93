"""What an authenticated device asks over HTTPS; an expired token is renewed once and the call repeated."""

from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Final, Protocol, TypeAlias, TypeVar

import aiohttp

from rogatory_client.transport.line import DeviceKey
from rogatory_crypto.errors import Code, PeerError, TransportError
from rogatory_crypto.wire.identifier import BlobId
from rogatory_crypto.wire.request import (
    ClaimedKeyPackages,
    KeyPackageClaim,
    KeyPackageStock,
    KeyPackageUpload,
    UploadCompletion,
    UploadRequest,
    UploadState,
)
from rogatory_crypto.wire.structure import Structure

READ_BYTES: Final = 1 << 18
Body: TypeAlias = bytes | AsyncIterator[bytes] | None
_Answer = TypeVar("_Answer", bound=Structure)


class Caller(Protocol):
    """The line, as a session uses it."""

    async def bearer(self, device: DeviceKey, *, renew: bool = False) -> str:
        """Return a token."""
        ...

    async def call(
        self,
        method: str,
        path: str,
        *,
        body: Body = None,
        headers: Mapping[str, str] | None = None,
        limit: int = 1 << 16,
    ) -> bytes:
        """Make one call."""
        ...

    def request(
        self, method: str, path: str, *, body: Body = None, headers: Mapping[str, str] | None = None
    ) -> AbstractAsyncContextManager[aiohttp.ClientResponse]:
        """Open one call."""
        ...


class HttpsSession:
    """The calls of one device."""

    def __init__(self, line: Caller, device: DeviceKey) -> None:
        self._line = line
        self._device = device

    async def upload_key_packages(self, upload: KeyPackageUpload) -> KeyPackageStock:
        """Store KeyPackages of this device."""
        return await self._ask("POST", "/v1/key-packages", KeyPackageStock, upload.encode())

    async def key_package_stock(self, suite: int) -> KeyPackageStock:
        """Count what is left of them."""
        return await self._ask("GET", f"/v1/key-packages?suite={suite}", KeyPackageStock)

    async def claim_key_packages(self, claim: KeyPackageClaim) -> ClaimedKeyPackages:
        """Take one KeyPackage of each named device."""
        return await self._ask("POST", "/v1/key-packages/claims", ClaimedKeyPackages, claim.encode())

    async def begin_upload(self, blob_id: BlobId, request: UploadRequest) -> UploadState:
        """Announce an attachment, or ask how far its upload has come."""
        return await self._ask("POST", f"/v1/blobs/{blob_id.hex()}", UploadState, request.encode())

    async def upload(
        self, blob_id: BlobId, offset: int, size: int, piece: AsyncIterator[bytes]
    ) -> UploadState:
        """Append a piece, streamed: once, so an expired token is for the caller to renew."""
        headers = {
            "Upload-Offset": str(offset),
            "Content-Length": str(size),
            "Content-Type": "application/octet-stream",
            **await self._authorization(),
        }
        path = f"/v1/blobs/{blob_id.hex()}"
        return UploadState.decode(await self._line.call("PATCH", path, body=piece, headers=headers))

    async def complete_upload(self, blob_id: BlobId, completion: UploadCompletion) -> UploadState:
        """Seal an upload."""
        path = f"/v1/blobs/{blob_id.hex()}/completion"
        return await self._ask("POST", path, UploadState, completion.encode())

    async def download(self, blob_id: BlobId, offset: int) -> AsyncGenerator[bytes]:
        """Stream a sealed attachment from an offset on.

        Raises:
            PeerError: WRONG_OFFSET if the relay answers with another part than was asked for.
        """
        headers = {**await self._authorization(), "Range": f"bytes={offset}-"}
        async with self._line.request("GET", f"/v1/blobs/{blob_id.hex()}", headers=headers) as response:
            begins = response.headers.get("Content-Range", "").startswith(f"bytes {offset}-")
            if not begins and (offset or response.status != 200):
                raise PeerError(Code.WRONG_OFFSET, "the relay answered with another range")
            expected = response.content_length
            received = 0
            async for piece in response.content.iter_chunked(READ_BYTES):
                received += len(piece)
                yield piece
            if expected is not None and received != expected:
                raise TransportError("the download stopped in the middle: it goes on from there next time")

    async def _ask(
        self,
        method: str,
        path: str,
        answer: type[_Answer],
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> _Answer:
        for renew in (False, True):
            sent = {**(headers or {}), **await self._authorization(renew=renew)}
            try:
                return answer.decode(
                    await self._line.call(method, path, body=body, headers=sent, limit=answer.LIMIT)
                )
            except PeerError as error:
                if error.code is not Code.UNAUTHENTICATED or renew:
                    raise
        raise AssertionError("the second attempt returns or raises")

    async def _authorization(self, *, renew: bool = False) -> dict[str, str]:
        return {"Authorization": f"Bearer {await self._line.bearer(self._device, renew=renew)}"}
