"""The one queue into the logs: what arrived during the last commit is the next commit.

There is no timer. An answer is given only for what is on disk. Read positions ride along with the next
commit, or are written by themselves when nothing else comes for a while: losing one costs a repeated
delivery, never a row. So do the roots of the postmarks that were signed, on their way into the log.
"""

import asyncio
from collections.abc import Callable
from operator import itemgetter
from typing import Final, NamedTuple

import structlog
from sqlalchemy import Connection

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.log.listed_postmarks import SignedBatch
from rogatory_crypto.wire.identifier import DeviceId, GroupId
from rogatory_server import admission
from rogatory_server.admission import Admitted, GroupLog, Growth, Refusal, Submission
from rogatory_server.store import Store, log, postmarks
from rogatory_server.store.schema import row_id

MAX_BATCH: Final = 2048
MAX_BATCH_BYTES: Final = 16 << 20
MAX_QUEUED_BYTES: Final = 64 << 20
MAX_CACHED_GROUPS: Final = 8192
POSITIONS_EVERY_S: Final = 0.25
_ROW_OVERHEAD: Final = 256

_log = structlog.get_logger(__name__)


class Committed(NamedTuple):
    """A batch that is on disk."""

    accepted_at_ms: int
    batch: list[Submission]
    admitted: Admitted


Publish = Callable[[Committed], None]
Positions = dict[DeviceId, dict[int, int]]


class Sequencer:
    """Puts submissions into the logs, many in one transaction.

    Args:
        store: where the logs are.
        publish: told of each batch, in order, once it is durable; runs on the event loop.
        clock_ms: the relay's clock.
    """

    def __init__(self, store: Store, publish: Publish, clock_ms: Callable[[], int]) -> None:
        self._store = store
        self._publish = publish
        self._clock_ms = clock_ms
        self._queue: list[Submission] = []
        self._queued_bytes = 0
        self._positions: Positions = {}
        self._writing: Positions = {}
        self._signed: list[SignedBatch] = []
        self._arrived = asyncio.Event()
        self._room = asyncio.Event()
        self._room.set()
        self._stopping = False
        self._groups: dict[GroupId, GroupLog] = {}
        self._last_group_number: int | None = None
        self._positions_due = 0.0

    def submit(self, submission: Submission) -> None:
        """Queue a submission; ``publish`` answers it."""
        self._queue.append(submission)
        self._queued_bytes += size_of(submission)
        if self._queued_bytes > MAX_QUEUED_BYTES:
            self._room.clear()
        if len(self._queue) == 1:
            self._arrived.set()

    @property
    def has_room(self) -> bool:
        """Whether the queue takes more; who submits from a socket stops reading it otherwise."""
        return self._room.is_set()

    async def room(self) -> None:
        """Wait until the queue takes more."""
        await self._room.wait()

    def read(self, device_id: DeviceId, group_number: int, sequence: int) -> None:
        """Note how far a device has read a group."""
        positions = self._positions.setdefault(device_id, {})
        if sequence > positions.get(group_number, -1):
            positions[group_number] = sequence

    def keep(self, batch: SignedBatch) -> None:
        """Note what was signed for a batch of postmarks."""
        self._signed.append(batch)

    def positions_of(self, device_id: DeviceId) -> dict[int, int]:
        """Return a device's positions, by group number, that are not durable yet."""
        return self._writing.get(device_id, {}) | self._positions.get(device_id, {})

    def stop(self) -> None:
        """Let ``run`` end once everything queued is durable."""
        self._stopping = True
        self._arrived.set()

    async def run(self) -> None:
        """Commit until stopped."""
        loop = asyncio.get_running_loop()
        while True:
            if self._is_done():
                await asyncio.sleep(0)  # the last batch is told, and its postmarks are signed
                if self._is_done():
                    return
            await self._wait()
            batch = self._take()
            positions, signed = self._take_positions(loop.time())
            if batch or positions or signed:
                await self._commit(loop, batch, positions, signed)

    def _is_done(self) -> bool:
        return self._stopping and not (self._queue or self._positions or self._signed)

    async def _wait(self) -> None:
        """Wait for a submission; not longer than positions may wait."""
        if self._queue or self._stopping:
            return
        self._arrived.clear()
        try:
            async with asyncio.timeout(POSITIONS_EVERY_S):
                await self._arrived.wait()
        except TimeoutError:
            return

    def _take(self) -> list[Submission]:
        queue, size, count = self._queue, 0, 0
        for submission in queue:
            size += size_of(submission)
            count += 1
            if count == MAX_BATCH or size > MAX_BATCH_BYTES:
                break
        batch, self._queue = queue[:count], queue[count:]
        self._queued_bytes -= size
        if self._queued_bytes <= MAX_QUEUED_BYTES:
            self._room.set()
        return batch

    def _take_positions(self, now: float) -> tuple[Positions, list[SignedBatch]]:
        if now < self._positions_due and not self._stopping:
            return {}, []
        self._positions_due = now + POSITIONS_EVERY_S
        self._writing, self._positions = self._positions, {}
        signed, self._signed = self._signed, []
        return self._writing, signed

    async def _commit(
        self,
        loop: asyncio.AbstractEventLoop,
        batch: list[Submission],
        positions: Positions,
        signed: list[SignedBatch],
    ) -> None:
        def append(connection: Connection) -> Committed:
            postmarks.add(connection, signed)
            return self._append(connection, batch, positions)

        try:
            committed = await self._store.write(append)
        except PeerError as error:
            committed = self._undo(batch, error.code, signed)
        except Exception:  # noqa: BLE001  # whatever failed, every sender gets an answer
            _log.exception("commit_failed", submissions=len(batch))
            committed = self._undo(batch, Code.INTERNAL, signed)
        self._writing = {}
        # The next commit starts before this one is told to anybody.
        if batch:
            loop.call_soon(self._publish, committed)

    def _undo(self, batch: list[Submission], code: Code, signed: list[SignedBatch]) -> Committed:
        if not self._stopping:
            self._signed = signed + self._signed
        self._groups = {}
        self._last_group_number = None
        return Committed(0, batch, Admitted([Refusal(code, None)] * len(batch), {}))

    def _append(self, connection: Connection, batch: list[Submission], positions: Positions) -> Committed:
        now_ms = self._clock_ms()
        known = log.known_submissions(connection, [item.sender + item.submission_id for item in batch])
        groups = self._load(connection, {item.group_id for item in batch})
        admitted = admission.admit_batch(
            batch, groups, known, now_ms=now_ms, next_group_number=self._next_group_number
        )
        _persist(connection, admitted.growth, now_ms)
        log.advance_positions(connection, positions)
        return Committed(now_ms, batch, admitted)

    def _load(self, connection: Connection, wanted: set[GroupId]) -> dict[GroupId, GroupLog]:
        if self._last_group_number is None:
            self._last_group_number = log.last_group_number(connection)
        if len(self._groups) > MAX_CACHED_GROUPS:
            self._groups = {}
        for group_id in wanted - self._groups.keys():
            record = log.load_group(connection, group_id)
            if record is not None:
                self._groups[group_id] = GroupLog(
                    record.number, group_id, record.epoch, record.last_sequence, set(record.roster)
                )
        return self._groups

    def _next_group_number(self) -> int:
        self._last_group_number = (self._last_group_number or 0) + 1
        return self._last_group_number


def _persist(connection: Connection, growth: dict[GroupId, Growth], now_ms: int) -> None:
    if not growth:
        return
    log.advance_groups(
        connection,
        [
            (grown.log.number, grown.log.group_id, grown.log.epoch, grown.log.last_sequence)
            for grown in growth.values()
        ],
    )
    for grown in growth.values():
        _persist_memberships(connection, grown)
    log.append_rows(
        connection,
        [
            log.NewRow(
                row_id(grown.log.number, row.sequence), now_ms, row.kind, row.submission_key, row.payload
            )
            for grown in growth.values()
            for row in grown.rows
        ],
    )


def _persist_memberships(connection: Connection, grown: Growth) -> None:
    """Write joins and departures in the order of the log: one batch may add a device and remove it again."""
    joined = [(first, device_id, True) for device_id, first in grown.joined]
    left = [(last, device_id, False) for device_id, last in grown.left]
    for sequence, device_id, joins in sorted(joined + left, key=itemgetter(0)):
        change = log.begin_membership if joins else log.end_membership
        change(connection, device_id, grown.log.number, sequence)


def size_of(submission: Submission) -> int:
    """Return what a submission counts in queues and quotas, bytes."""
    welcome = submission.change.welcome if submission.change is not None else None
    return len(submission.payload) + len(welcome or b"") + _ROW_OVERHEAD
