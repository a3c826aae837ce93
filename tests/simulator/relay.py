"""A relay in memory behind the wire's Protocols: one log for each group, positions, Welcomes, attachments.

It keeps the rules a real relay keeps (one commit an epoch, idempotent submission, a roster) and complains
loudly when a client breaks them. What an adversary does to a connection is in ``adversary``.
"""

from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from dataclasses import dataclass, field
from hashlib import sha256

from tests.simulator.log import SimulatedLog
from tests.trusted_network import TrustedNetwork

from rogatory_client.transport.line import DeviceKey
from rogatory_crypto import mls
from rogatory_crypto.errors import Code, PeerError, TransportError
from rogatory_crypto.identity import Registry
from rogatory_crypto.wire import frame
from rogatory_crypto.wire.challenge import Challenge, ChallengeResponse, Token
from rogatory_crypto.wire.identifier import BlobId, DeviceId, Epoch, GroupId, RowKind, Sequence, SubmissionId
from rogatory_crypto.wire.log_request import EntryPublication, LogPage, TrustUpdate
from rogatory_crypto.wire.postmark import Consignment, sign_postmarks
from rogatory_crypto.wire.request import (
    ClaimedKeyPackage,
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


def _has_expired(package: bytes, now: int) -> bool:
    return mls.key_package_identity(package).lifetime.not_after <= now


@dataclass
class Membership:
    first: int
    last: int | None = None
    position: int = 0
    former: tuple[range, ...] = ()

    def saw(self, sequence: int) -> bool:
        is_now = self.first <= sequence and (self.last is None or sequence <= self.last)
        return is_now or any(sequence in interval for interval in self.former)

    def again(self, first: int) -> "Membership":
        """Return it begun anew: what was not read of the former one is still to be read."""
        assert self.last is not None
        return Membership(first, None, self.position, (*self.former, range(self.first, self.last + 1)))


@dataclass
class Log:
    rows: list[tuple[frame.Row, frozenset[DeviceId] | None]] = field(default_factory=list)
    epoch: int = 0
    roster: dict[DeviceId, Membership] = field(default_factory=dict)

    def is_member(self, device: DeviceId) -> bool:
        return device in self.roster and self.roster[device].last is None

    def visible(self, device: DeviceId) -> list[frame.Row]:
        member = self.roster.get(device)
        if member is None:
            return []
        return [
            row
            for row, only in self.rows
            if member.position < row.sequence
            and member.saw(row.sequence)
            and (only is None or device in only)
        ]


@dataclass
class Blob:
    group_id: GroupId
    uploader: DeviceId
    size: int
    data: bytearray = field(default_factory=bytearray)
    complete: bool = False


class SimulatedRelay:
    def __init__(self, network: TrustedNetwork, clock_ms: Callable[[], int]) -> None:
        self.origin = network.origin
        self.clock_ms = clock_ms
        self.log = SimulatedLog(network, lambda: clock_ms() // 1000)
        self.postmark_seed = network.postmark_seed
        self.snapshot: bytes | None = None
        self.logs: dict[GroupId, Log] = {}
        self.blobs: dict[BlobId, Blob] = {}
        self.packages: dict[DeviceId, list[bytes]] = {}
        self.last_resorts: dict[DeviceId, bytes] = {}
        self.feeds: list[SimulatedFeed] = []
        # What is done to a feed before anything of it is received.
        self.jumble: Callable[[SimulatedFeed], None] = lambda _: None
        # Of one room in one frame; a real relay bounds the bytes.
        self.rows_at_once = 1_000
        self.submissions: dict[tuple[DeviceId, SubmissionId], tuple[bytes, frame.Acceptance]] = {}

    async def info(self) -> RelayInfo:
        return RelayInfo(1, self.origin, bytes(32), self.clock_ms(), 1 << 20, 1 << 30)

    @property
    def registry(self) -> Registry:
        return self.log.audit.registry

    async def trust(self, version: int) -> TrustUpdate:
        network = self.log.network
        return TrustUpdate(network.roots[version:], network.trust)

    async def checkpoint(self) -> bytes:
        return self.log.checkpoint()

    async def log_entries(self, first_index: int) -> LogPage:
        return self.log.page(first_index)

    async def publish_entries(self, publication: EntryPublication) -> Published:
        first = self.log.append(publication)
        for feed in self.feeds:
            feed.queue.append(frame.LogGrew(self.log.size))
        return Published(first)

    async def directory(self, known_sha256: bytes | None) -> bytes | None:
        if self.snapshot is None or sha256(self.snapshot).digest() == known_sha256:
            return None
        return self.snapshot

    async def publish_directory(self, snapshot: bytes) -> None:
        named = self.log.audit.snapshot
        assert named is not None
        assert named.sha256 == sha256(snapshot).digest(), "a directory that the log does not name"
        self.snapshot = snapshot

    async def challenge(self, device_id: DeviceId) -> Challenge:
        raise NotImplementedError("the simulator's line authenticates by itself")

    async def token(self, response: ChallengeResponse) -> Token:
        raise NotImplementedError("the simulator's line authenticates by itself")

    def admit(self, device: DeviceKey) -> None:
        known = self.registry.devices.get(device.device_id)
        if known is None or not known.is_in_service(self.clock_ms() // 1000):
            raise PeerError(Code.UNAUTHENTICATED, "unknown or revoked")

    def submit(self, device: DeviceId, sent: frame.Submit | frame.SubmitCommit) -> frame.RelayFrame:
        former = self.submissions.get((device, sent.submission_id))
        if former is not None:
            assert former[0] == sent.payload, "one submission id for two payloads"
            return frame.Accepted((former[1],))
        try:
            sequence = self._append(device, sent)
        except PeerError as error:
            log = self.logs.get(sent.group_id)
            return frame.Refused(sent.submission_id, error.code, None if log is None else Epoch(log.epoch))
        acceptance = self._accept(sent, sequence)
        self.submissions[device, sent.submission_id] = (sent.payload, acceptance)
        self.deliver()
        return frame.Accepted((acceptance,))

    def _append(self, device: DeviceId, sent: frame.Submit | frame.SubmitCommit) -> int:
        if isinstance(sent, frame.SubmitCommit):
            return self._append_commit(device, sent)
        log = self._log_of(device, sent.group_id)
        if sent.epoch > log.epoch:
            raise PeerError(Code.WRONG_EPOCH)
        return self._row(log, sent.kind, sent.payload)

    def _append_commit(self, device: DeviceId, sent: frame.SubmitCommit) -> int:
        if sent.epoch == 0 and sent.group_id not in self.logs:
            self.logs[sent.group_id] = Log(roster={device: Membership(1)})
        log = self._log_of(device, sent.group_id)
        if sent.epoch != log.epoch:
            raise PeerError(Code.EPOCH_TAKEN)
        log.epoch += 1
        sequence = self._row(log, RowKind.COMMIT, sent.payload)
        for removed in sent.removed:
            log.roster[removed].last = sequence
        if sent.welcome is not None:
            welcomed = self._row(log, RowKind.WELCOME, sent.welcome, frozenset(sent.added))
            for added in sent.added:
                former = log.roster.get(added)
                begun = Membership(welcomed, position=welcomed - 1)
                log.roster[added] = begun if former is None else former.again(welcomed)
        return sequence

    def _log_of(self, device: DeviceId, group_id: GroupId) -> Log:
        log = self.logs.get(group_id)
        if log is None or device not in log.roster or log.roster[device].last is not None:
            raise PeerError(Code.FORBIDDEN)
        return log

    def _row(self, log: Log, kind: RowKind, payload: bytes, only: frozenset[DeviceId] | None = None) -> int:
        sequence = len(log.rows) + 1
        row = frame.Row(Sequence(sequence), self.clock_ms(), kind, payload)
        log.rows.append((row, only))
        return sequence

    def _accept(self, sent: frame.Submit | frame.SubmitCommit, sequence: int) -> frame.Acceptance:
        digest = sha256(sent.payload).digest()
        consignment = Consignment(sent.group_id, Sequence(sequence), sent.submission_id, digest)
        (postmark,) = sign_postmarks(
            [consignment],
            origin=self.origin,
            accepted_at_ms=self.clock_ms(),
            private_key=self.postmark_seed,
        )
        return frame.Acceptance(sent.submission_id, sent.group_id, Sequence(sequence), postmark)

    def expire_key_packages(self) -> None:
        """Drop what can no longer be used, as a relay does from time to time."""
        now = self.clock_ms() // 1000
        for device, packages in self.packages.items():
            self.packages[device] = [package for package in packages if not _has_expired(package, now)]

    def deliver(self) -> None:
        for feed in self.feeds:
            feed.catch_up()


class SimulatedSession:
    def __init__(self, relay: SimulatedRelay, device: DeviceId, step: Callable[[], None]) -> None:
        self._relay = relay
        self._device = device
        self._step = step

    async def upload_key_packages(self, upload: KeyPackageUpload) -> KeyPackageStock:
        now = self._relay.clock_ms() // 1000
        if any(_has_expired(each, now) for each in (*upload.key_packages, upload.last_resort) if each):
            raise PeerError(Code.EXPIRED)
        self._relay.packages.setdefault(self._device, []).extend(upload.key_packages)
        if upload.last_resort is not None:
            self._relay.last_resorts[self._device] = upload.last_resort
        self._step()
        return await self.key_package_stock(upload.suite)

    async def key_package_stock(self, suite: int) -> KeyPackageStock:
        del suite
        return KeyPackageStock(len(self._relay.packages.get(self._device, [])))

    async def claim_key_packages(self, claim: KeyPackageClaim) -> ClaimedKeyPackages:
        claimed = []
        for device in claim.devices:
            stock = self._relay.packages.get(device, [])
            package = stock.pop(0) if stock else self._relay.last_resorts.get(device)
            claimed.append(ClaimedKeyPackage(device, package))
        self._step()
        return ClaimedKeyPackages(tuple(claimed))

    async def begin_upload(self, blob_id: BlobId, request: UploadRequest) -> UploadState:
        log = self._relay.logs.get(request.group_id)
        assert log is None or self._device in log.roster, "an upload from outside of the room"
        if log is not None and not log.is_member(self._device):
            raise PeerError(Code.FORBIDDEN)
        fresh = Blob(request.group_id, self._device, request.size)
        blob = self._relay.blobs.setdefault(blob_id, fresh)
        is_other = blob.uploader != self._device and not blob.complete
        if is_other or (blob.group_id, blob.size) != (request.group_id, request.size):
            raise PeerError(Code.CONFLICT)
        return self._state(blob)

    async def upload(
        self, blob_id: BlobId, offset: int, size: int, piece: AsyncIterator[bytes]
    ) -> UploadState:
        blob = self._relay.blobs[blob_id]
        if offset != len(blob.data):
            raise PeerError(Code.WRONG_OFFSET)
        data = b"".join([part async for part in piece])
        assert len(data) == size
        blob.data += data[: size // 2]
        self._step()
        blob.data += data[size // 2 :]
        return self._state(blob)

    async def complete_upload(self, blob_id: BlobId, completion: UploadCompletion) -> UploadState:
        blob = self._relay.blobs[blob_id]
        if sha256(blob.data).digest() != completion.sha256:
            raise PeerError(Code.CONFLICT if blob.complete else Code.HASH_MISMATCH)
        blob.complete = True
        self._step()
        return self._state(blob)

    async def download(self, blob_id: BlobId, offset: int) -> AsyncGenerator[bytes]:
        blob = self._relay.blobs.get(blob_id)
        log = None if blob is None else self._relay.logs.get(blob.group_id)
        if blob is None or log is None or not blob.complete or not log.is_member(self._device):
            raise PeerError(Code.NOT_FOUND)
        for at in range(offset, len(blob.data), 50_000):
            self._step()
            yield bytes(blob.data[at : at + 50_000])

    @staticmethod
    def _state(blob: Blob) -> UploadState:
        return UploadState(len(blob.data), blob.size, blob.complete)


class SimulatedFeed:
    def __init__(self, relay: SimulatedRelay, device: DeviceId, step: Callable[[], None]) -> None:
        self._relay = relay
        self._device = device
        self._step = step
        self._delivered: dict[GroupId, int] = {}
        self.is_open = True
        self.queue: deque[frame.RelayFrame] = deque([frame.Ready(1, relay.clock_ms(), 1000)])
        relay.feeds.append(self)
        self.catch_up()
        self.queue.append(frame.CaughtUp())
        relay.jumble(self)

    def catch_up(self) -> None:
        for group_id, log in self._relay.logs.items():
            done = self._delivered.get(group_id, 0)
            rows = [row for row in log.visible(self._device) if row.sequence > done]
            if rows:
                self._delivered[group_id] = rows[-1].sequence
                for first in range(0, len(rows), self._relay.rows_at_once):
                    some = rows[first : first + self._relay.rows_at_once]
                    self.queue.append(frame.Deliver(group_id, tuple(some)))

    async def send(self, sent: frame.ClientFrame) -> None:
        self._check_open()
        self._step()
        match frame.decode_client_frame(frame.encode_frame(sent)):
            case frame.Read(positions):
                for position in positions:
                    member = self._relay.logs[position.group_id].roster[self._device]
                    member.position = max(member.position, position.sequence)
            case frame.Submit() | frame.SubmitCommit() as submission:
                self.queue.append(self._relay.submit(self._device, submission))
        self._step()

    async def receive(self) -> frame.RelayFrame:
        self._check_open()
        self._step()
        self._check_open()
        assert self.queue, "a real relay would leave this client waiting for ever"
        return frame.decode_relay_frame(frame.encode_frame(self.queue.popleft()))

    async def receive_waiting(self) -> frame.RelayFrame | None:
        return await self.receive() if self.queue else None

    async def close(self) -> None:
        self.is_open = False
        if self in self._relay.feeds:
            self._relay.feeds.remove(self)

    def _check_open(self) -> None:
        if not self.is_open:
            raise TransportError("the connection is gone")
