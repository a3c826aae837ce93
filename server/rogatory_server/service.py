"""What the relay does for anybody, and for an authenticated device: ``wire.api``'s Relay and Session.

Decisions stand in the modules this one calls; here they are put in order: allow, decide, persist, tell.
"""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from hmac import compare_digest

from sqlalchemy import Connection

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.identity import Registry, verify_snapshot
from rogatory_crypto.log.listed_postmarks import prove_listed
from rogatory_crypto.wire import limits
from rogatory_crypto.wire.challenge import Challenge, ChallengeResponse, Token
from rogatory_crypto.wire.frame import PROTOCOL_VERSION
from rogatory_crypto.wire.identifier import DeviceId
from rogatory_crypto.wire.log_request import (
    EntryPublication,
    LogPage,
    PostmarkProof,
    TrustUpdate,
)
from rogatory_crypto.wire.request import (
    Published,
    RelayInfo,
)
from rogatory_server.attachments import Attachments
from rogatory_server.authentication import Authenticator
from rogatory_server.config import Config
from rogatory_server.device_session import DeviceSession
from rogatory_server.hub import Hub
from rogatory_server.log.transparency_log import TransparencyLog
from rogatory_server.rate import RateLimiter
from rogatory_server.store import Store, directory, postmarks
from rogatory_server.trust import TrustFolder


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
            self.hub.postmark_keys.public_at(self.clock_ms()),
            self.clock_ms(),
            limits.MAX_APPLICATION_BYTES,
            limits.MAX_ATTACHMENT_BYTES,
        )

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
        """Replace the snapshot by the one that the log names; which one is newer the log says.

        Raises:
            PeerError: BAD_SIGNATURE, FORBIDDEN if it is another relay's, NOT_FOUND if the log's newest
                snapshot is not this one, CONFLICT if it bears another number than the log gives it.
        """
        trust = self.trust.trust
        verified = verify_snapshot(
            snapshot, origin=self._config.origin, operator_key=trust.directory_key, former=trust.former
        )
        digest, sequence = sha256(snapshot).digest(), verified.snapshot.sequence

        def replace(connection: Connection) -> None:
            logged = self.log.newest_snapshot
            if logged is None or not compare_digest(digest, logged.sha256):
                raise PeerError(Code.NOT_FOUND, "the newest snapshot in the log is another one")
            if sequence != logged.number:
                raise PeerError(Code.CONFLICT, f"snapshot {sequence} is {logged.number} in the log")
            directory.replace_snapshot(connection, sequence, snapshot)

        await self.store.write(replace)

    async def postmark_proof(self, accepted_at_ms: int, root: bytes) -> PostmarkProof:
        """Where the log lists the batch of a postmark."""

        def prove(connection: Connection) -> PostmarkProof | None:
            found = postmarks.find(connection, accepted_at_ms, root)
            if found is None or found.log_index >= self.log.publisher.size:
                return None
            log_index, position, batches = found
            return prove_listed(batches, position, origin=self._config.origin, log_index=log_index)

        proof = await self.store.read(prove)
        if proof is None:
            raise PeerError(Code.NOT_FOUND, "no published entry lists such a batch of postmarks")
        return proof

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

    async def postmark_proof(self, accepted_at_ms: int, root: bytes) -> PostmarkProof:
        """Where the log lists the batch of a postmark.

        Raises:
            PeerError: NOT_FOUND while no published entry does, QUOTA_EXCEEDED.
        """
        self._service.limiters.challenges.spend(self._address, self._service.clock_ms())
        return await self._service.postmark_proof(accepted_at_ms, root)

    async def publish_entries(self, publication: EntryPublication) -> Published:
        """Append entries to the log."""
        return await self._service.publish_entries(publication)

    def charge_publication(self) -> None:
        """Count a publication, before a byte of it is read.

        Raises:
            PeerError: QUOTA_EXCEEDED.
        """
        self._service.limiters.publications.spend(self._address, self._service.clock_ms())

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
