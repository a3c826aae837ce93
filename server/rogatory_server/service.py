"""What the relay does for anybody, and for an authenticated device: ``wire.api``'s Relay and Session.

Decisions stand in the modules this one calls; here they are put in order: allow, decide, persist, tell.
"""

from collections.abc import AsyncGenerator, AsyncIterator, Callable
from dataclasses import dataclass
from hashlib import sha256
from hmac import compare_digest
from typing import Final

from sqlalchemy import Connection

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.identity import Registry, verify_snapshot
from rogatory_crypto.log.entry import EntryType
from rogatory_crypto.signing import public_key
from rogatory_crypto.wire import limits
from rogatory_crypto.wire.challenge import Challenge, ChallengeResponse, Token
from rogatory_crypto.wire.frame import PROTOCOL_VERSION
from rogatory_crypto.wire.identifier import BlobId, DeviceId
from rogatory_crypto.wire.log_request import EntryPublication, LogPage, ProposedEntry, TrustUpdate
from rogatory_crypto.wire.request import (
    ClaimedKeyPackage,
    ClaimedKeyPackages,
    KeyPackageClaim,
    KeyPackageStock,
    KeyPackageUpload,
    Publication,
    Published,
    RelayInfo,
    StatementPage,
    UploadCompletion,
    UploadRequest,
    UploadState,
)
from rogatory_server.attachments import Attachments
from rogatory_server.authentication import Authenticator
from rogatory_server.config import Config
from rogatory_server.hub import Hub
from rogatory_server.key_package_check import check_key_package
from rogatory_server.log.transparency_log import TransparencyLog
from rogatory_server.rate import RateLimiter
from rogatory_server.store import Store, directory, key_packages
from rogatory_server.store.key_packages import NewKeyPackage
from rogatory_server.trust import TrustFolder

MAX_STOCK: Final = 512
_CHUNK_BYTES: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Limiters:
    """The rate limiters of one relay."""

    publications: RateLimiter
    challenges: RateLimiter
    submissions: RateLimiter
    submission_bytes: RateLimiter
    additions: RateLimiter
    additions_of_one: RateLimiter
    key_package_uploads: RateLimiter
    key_package_claims: RateLimiter
    uploads: RateLimiter


class RelayService:
    """What anybody may ask; one instance serves every address.

    Args:
        config: who the relay is.
        store: what it keeps.
        log: the transparency log.
        trust: what the network's operators have signed.
        authenticator: challenges and tokens.
        attachments: uploads and downloads.
        hub: the live connections.
        clock_ms: the relay's clock.
    """

    def __init__(
        self,
        config: Config,
        store: Store,
        log: TransparencyLog,
        trust: TrustFolder,
        authenticator: Authenticator,
        attachments: Attachments,
        hub: Hub,
        clock_ms: Callable[[], int],
    ) -> None:
        quotas = config.quotas
        self.store = store
        self.log = log
        self.trust = trust
        self.authenticator = authenticator
        self.attachments = attachments
        self.hub = hub
        self.clock_ms = clock_ms
        self.limiters = Limiters(
            RateLimiter(quotas.publications),
            RateLimiter(quotas.challenges),
            RateLimiter(quotas.submissions),
            RateLimiter(quotas.submission_bytes),
            RateLimiter(quotas.additions),
            RateLimiter(quotas.additions_of_one),
            RateLimiter(quotas.key_package_uploads),
            RateLimiter(quotas.key_package_claims),
            RateLimiter(quotas.uploads),
        )
        self._config = config
        self._postmark_public = public_key(config.postmark_key)
        log.on_retired(self._retire)
        log.on_published(hub.log_grew)

    @property
    def registry(self) -> Registry:
        """Offices and devices as of the last durable entry of the log."""
        return self.log.registry

    def at(self, address: str) -> "Caller":
        """Return the relay as it answers one network address."""
        return Caller(self, address)

    def session(self, token: str) -> "DeviceSession":
        """Return the session of the device a token belongs to.

        Raises:
            PeerError: UNAUTHENTICATED, REVOKED or EXPIRED.
        """
        return DeviceSession(self, self.authenticator.authenticate(token, self.clock_ms()))

    def is_revoked(self, device_id: DeviceId) -> bool:
        """Tell whether a device's office has taken it out of service."""
        return self.registry.devices[device_id].revoked_at is not None

    def seconds_in_service(self, device_id: DeviceId) -> int:
        """Return how long a device is still in service, renewals counted."""
        return max(self.registry.devices[device_id].not_after - self.clock_ms() // 1000, 0)

    async def info(self) -> RelayInfo:
        """Who answers, and its limits."""
        return RelayInfo(
            PROTOCOL_VERSION,
            self._config.origin,
            self._postmark_public,
            self.clock_ms(),
            limits.MAX_APPLICATION_BYTES,
            limits.MAX_ATTACHMENT_BYTES,
        )

    async def publish(self, publication: Publication) -> Published:
        """Append identity statements."""
        kind = EntryType.IDENTITY_STATEMENT
        proposed = tuple(ProposedEntry(kind, statement) for statement in publication.statements)
        first = (await self.publish_entries(EntryPublication(proposed))).first_index
        return Published(self.log.statement_number(first))

    async def publish_entries(self, publication: EntryPublication) -> Published:
        """Append entries to the log, and wait a while for the checkpoint that covers them."""
        first = await self.log.append(publication.entries)
        await self.log.shown(first + len(publication.entries))
        return Published(first)

    async def directory(self, known_sha256: bytes | None) -> bytes | None:
        """The newest snapshot, or None if it is the one already known.

        Raises:
            PeerError: NOT_FOUND while there is none.
        """
        newest = await self.store.read(directory.newest_snapshot)
        if newest is None:
            raise PeerError(Code.NOT_FOUND, "no directory snapshot yet")
        _, body = newest
        known = known_sha256 is not None and compare_digest(sha256(body).digest(), known_sha256)
        return None if known else body

    async def publish_directory(self, snapshot: bytes) -> None:
        """Replace the snapshot by a newer one; the same once more changes nothing.

        Raises:
            PeerError: BAD_SIGNATURE, FORBIDDEN if it is another relay's, NOT_FOUND if the log's newest
                snapshot is not this one, CONFLICT if it is not newer.
        """
        trust = self.trust.trust
        verified = verify_snapshot(snapshot, origin=self._config.origin, operator_key=trust.directory_key)
        logged = self.log.newest_snapshot
        if logged is None or not compare_digest(sha256(snapshot).digest(), logged.sha256):
            raise PeerError(Code.NOT_FOUND, "the newest snapshot in the log is another one")
        sequence = verified.snapshot.sequence
        await self.store.write(lambda connection: _replace_snapshot(connection, sequence, snapshot))

    def _retire(self, device_id: DeviceId) -> None:
        self.authenticator.forget(device_id)
        self.hub.close_device(device_id, Code.REVOKED)


class Caller:
    """The relay as one network address sees it: ``wire.api.Relay``.

    Args:
        service: the relay.
        address: what unauthenticated calls are counted by.
    """

    def __init__(self, service: RelayService, address: str) -> None:
        self._service = service
        self._address = address

    async def info(self) -> RelayInfo:
        """Who answers, and its limits."""
        return await self._service.info()

    async def statements(self, first_index: int) -> StatementPage:
        """Identity statements from an index on."""
        return await self._service.log.statements(first_index)

    @property
    def log(self) -> TransparencyLog:
        """The transparency log, for whoever reads its tiles."""
        return self._service.log

    async def trust(self, version: int) -> TrustUpdate:
        """Root metadata after ``version``, and what the network believes now."""
        return self._service.trust.after(version)

    async def checkpoint(self) -> bytes:
        """The newest published checkpoint."""
        return self._service.log.checkpoint()

    async def log_entries(self, first_index: int) -> LogPage:
        """Published entries from an index on."""
        return await self._service.log.page(first_index)

    async def publish_entries(self, publication: EntryPublication) -> Published:
        """Append entries to the log."""
        return await self._service.publish_entries(publication)

    def charge_publication(self) -> None:
        """Count a publication, before a byte of it is read.

        Raises:
            PeerError: QUOTA_EXCEEDED.
        """
        self._service.limiters.publications.spend(self._address, self._service.clock_ms())

    async def publish(self, publication: Publication) -> Published:
        """Append identity statements."""
        return await self._service.publish(publication)

    async def directory(self, known_sha256: bytes | None) -> bytes | None:
        """The newest directory snapshot."""
        return await self._service.directory(known_sha256)

    async def publish_directory(self, snapshot: bytes) -> None:
        """Replace the directory snapshot."""
        await self._service.publish_directory(snapshot)

    async def challenge(self, device_id: DeviceId) -> Challenge:
        """Begin device authentication."""
        service = self._service
        now_ms = service.clock_ms()
        service.limiters.challenges.spend(self._address, now_ms)
        return service.authenticator.challenge(device_id, now_ms)

    async def token(self, response: ChallengeResponse) -> Token:
        """Finish device authentication."""
        service = self._service
        now_ms = service.clock_ms()
        service.limiters.challenges.spend(self._address, now_ms)
        return service.authenticator.grant(response, now_ms)


class DeviceSession:
    """What an authenticated device may ask: ``wire.api.Session``.

    Args:
        service: the relay.
        device_id: who asks; every rule is about this device.
    """

    def __init__(self, service: RelayService, device_id: DeviceId) -> None:
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


def _replace_snapshot(connection: Connection, sequence: int, snapshot: bytes) -> None:
    newest = directory.newest_snapshot(connection)
    if newest is not None:
        held, body = newest
        if body == snapshot:
            return
        if sequence <= held:
            raise PeerError(Code.CONFLICT, f"the relay holds snapshot {held}")
    directory.replace_snapshot(connection, sequence, snapshot)
