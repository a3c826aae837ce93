"""What a relay does, as Protocols that its service, a client's transport and the simulator implement.

Everything above a Protocol runs unchanged against memory or the network. The only ``async def`` in the core.
"""

from collections.abc import AsyncGenerator, AsyncIterator
from typing import Protocol

from rogatory_crypto.wire.challenge import Challenge, ChallengeResponse, Token
from rogatory_crypto.wire.frame import ClientFrame, RelayFrame
from rogatory_crypto.wire.identifier import BlobId, DeviceId
from rogatory_crypto.wire.log_request import EntryPublication, LogPage, TrustUpdate
from rogatory_crypto.wire.request import (
    ClaimedKeyPackages,
    KeyPackageClaim,
    KeyPackageStock,
    KeyPackageUpload,
    Published,
    RelayInfo,
    UploadCompletion,
    UploadRequest,
    UploadState,
)


class Relay(Protocol):
    """What anybody may ask a relay. Refusals are PeerError, a lost network TransportError."""

    async def info(self) -> RelayInfo:
        """Who answers, and its limits."""
        ...

    async def trust(self, version: int) -> TrustUpdate:
        """Root metadata after ``version``, and what the network believes now."""
        ...

    async def checkpoint(self) -> bytes:
        """The newest published checkpoint of the log, with its cosignatures (C2SP tlog-checkpoint).

        Raises:
            PeerError: NOT_FOUND before the first.
        """
        ...

    async def log_entries(self, first_index: int) -> LogPage:
        """Entries of the log from an index on, up to the newest published checkpoint."""
        ...

    async def publish_entries(self, publication: EntryPublication) -> Published:
        """Append entries to the log, all or none; durable when this returns.

        Their checkpoint follows as soon as the log's witnesses have cosigned it.
        """
        ...

    async def directory(self, known_sha256: bytes | None) -> bytes | None:
        """The newest signed directory snapshot, or None if it is the one already known."""
        ...

    async def publish_directory(self, snapshot: bytes) -> None:
        """Replace the directory snapshot by a newer one that the directory operator signed."""
        ...

    async def challenge(self, device_id: DeviceId) -> Challenge:
        """Begin device authentication."""
        ...

    async def token(self, response: ChallengeResponse) -> Token:
        """Finish device authentication."""
        ...


class Session(Protocol):
    """What an authenticated device may ask."""

    async def upload_key_packages(self, upload: KeyPackageUpload) -> KeyPackageStock:
        """Store KeyPackages of the calling device."""
        ...

    async def key_package_stock(self, suite: int) -> KeyPackageStock:
        """Count what is left of them."""
        ...

    async def claim_key_packages(self, claim: KeyPackageClaim) -> ClaimedKeyPackages:
        """Take one KeyPackage of each named device."""
        ...

    async def begin_upload(self, blob_id: BlobId, request: UploadRequest) -> UploadState:
        """Announce an attachment, or ask how far its upload has come.

        Raises:
            PeerError: CONFLICT if the id is taken by another size, group, or device's unsealed upload.
        """
        ...

    async def upload(
        self, blob_id: BlobId, offset: int, size: int, piece: AsyncIterator[bytes]
    ) -> UploadState:
        """Append a piece of ``size`` bytes at ``offset``; durable when this returns, all or nothing.

        Raises:
            PeerError: WRONG_OFFSET if the relay holds another number of bytes.
        """
        ...

    async def complete_upload(self, blob_id: BlobId, completion: UploadCompletion) -> UploadState:
        """Seal an upload; from now on it can be fetched. Of a sealed one, compare the hash.

        Raises:
            PeerError: HASH_MISMATCH if it arrived damaged, CONFLICT if it was sealed with another hash.
        """
        ...

    def download(self, blob_id: BlobId, offset: int) -> AsyncGenerator[bytes]:
        """Stream a sealed attachment from an offset on; whoever stops in the middle closes the stream."""
        ...


class Feed(Protocol):
    """The live connection of one device."""

    async def send(self, frame: ClientFrame) -> None:
        """Send a frame; returns when it is on its way."""
        ...

    async def receive(self) -> RelayFrame:
        """Wait for the next frame.

        Raises:
            TransportError: the connection is gone.
        """
        ...
