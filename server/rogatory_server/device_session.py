"""What an authenticated device may ask the relay: ``wire.api.Session``."""

from collections.abc import AsyncGenerator, AsyncIterator
from typing import TYPE_CHECKING, Final

from sqlalchemy import Connection

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.wire import limits
from rogatory_crypto.wire.identifier import BlobId, DeviceId
from rogatory_crypto.wire.request import (
    ClaimedKeyPackage,
    ClaimedKeyPackages,
    KeyPackageClaim,
    KeyPackageStock,
    KeyPackageUpload,
    UploadCompletion,
    UploadRequest,
    UploadState,
)
from rogatory_server.key_package_check import check_key_package
from rogatory_server.store import key_packages
from rogatory_server.store.key_packages import NewKeyPackage

if TYPE_CHECKING:
    from rogatory_server.service import RelayService

MAX_STOCK: Final = 512
_CHUNK_BYTES: Final = 1 << 20


class DeviceSession:
    """What an authenticated device may ask: ``wire.api.Session``.

    Args:
        service: the relay.
        device_id: who asks; every rule is about this device.
    """

    def __init__(self, service: "RelayService", device_id: DeviceId) -> None:
        self._service = service
        self.device_id = device_id

    async def upload_key_packages(self, upload: KeyPackageUpload) -> KeyPackageStock:
        """Store KeyPackages of the calling device.

        Raises:
            PeerError: QUOTA_EXCEEDED, or why a KeyPackage was refused; none is stored then.
        """
        service, now_ms = self._service, self._service.clock_ms()
        service.limiters.key_package_uploads.spend(self.device_id, now_ms)  # Q08
        now = now_ms // 1000
        single = [self._check(message, upload.suite, now) for message in upload.key_packages]
        last = None if upload.last_resort is None else self._check(upload.last_resort, upload.suite, now)

        def store(connection: Connection) -> int:
            key_packages.add(connection, self.device_id, upload.suite, single)
            if last is not None:
                key_packages.replace_last_resort(connection, self.device_id, upload.suite, last)
            remaining = key_packages.count(connection, self.device_id, upload.suite, now)
            if remaining > MAX_STOCK:  # Q08
                raise PeerError(Code.QUOTA_EXCEEDED, f"more than {MAX_STOCK} KeyPackages of one device")
            return remaining

        return KeyPackageStock(await service.store.write(store))

    async def key_package_stock(self, suite: int) -> KeyPackageStock:
        """Count what is left of them."""
        now = self._service.clock_ms() // 1000
        return KeyPackageStock(
            await self._service.store.read(
                lambda connection: key_packages.count(connection, self.device_id, suite, now)
            )
        )

    async def claim_key_packages(self, claim: KeyPackageClaim) -> ClaimedKeyPackages:
        """Take one KeyPackage of each named device that is in service."""
        service, now_ms = self._service, self._service.clock_ms()
        service.limiters.key_package_claims.spend(self.device_id, now_ms, len(claim.devices))  # Q08
        now = now_ms // 1000
        devices = service.registry.devices
        serving = {
            device_id
            for device_id in claim.devices
            if device_id in devices and devices[device_id].is_in_service(now)
        }

        def take(connection: Connection) -> ClaimedKeyPackages:
            return ClaimedKeyPackages(
                tuple(
                    ClaimedKeyPackage(
                        device_id,
                        key_packages.take(connection, device_id, claim.suite, now)
                        if device_id in serving
                        else None,
                    )
                    for device_id in claim.devices
                )
            )

        return await service.store.write(take)

    async def begin_upload(self, blob_id: BlobId, request: UploadRequest) -> UploadState:
        """Announce an attachment, or ask how far its upload has come."""
        self._service.limiters.uploads.spend(self.device_id, self._service.clock_ms())
        return await self._service.attachments.begin(self.device_id, blob_id, request)

    async def upload(
        self, blob_id: BlobId, offset: int, size: int, piece: AsyncIterator[bytes]
    ) -> UploadState:
        """Append a piece at ``offset``; durable when this returns, all or nothing."""
        if size > limits.MAX_UPLOAD_PIECE_BYTES:
            raise PeerError(Code.TOO_LARGE, "the piece is longer than allowed")
        return await self._service.attachments.append(self.device_id, blob_id, offset, piece)

    async def complete_upload(self, blob_id: BlobId, completion: UploadCompletion) -> UploadState:
        """Seal an upload."""
        return await self._service.attachments.complete(self.device_id, blob_id, completion)

    async def download(self, blob_id: BlobId, offset: int) -> AsyncGenerator[bytes]:
        """Stream a sealed attachment; over HTTP the file itself is served."""
        path = await self._service.attachments.locate(self.device_id, blob_id)
        with path.open("rb") as file:  # for callers in this process; routes send the file
            file.seek(offset)
            while chunk := file.read(_CHUNK_BYTES):
                yield chunk

    def _check(self, message: bytes, suite: int, now: int) -> NewKeyPackage:
        return check_key_package(
            message,
            suite=suite,
            device_id=self.device_id,
            registry=self._service.registry,
            now=now,
        )
