"""The one queue into the transparency log: judged, then stored, and only then true.

There are two ledgers. Proposed entries are taken into one of them, in a thread; when they are durable, the
other one follows, and that one is what the relay acts by. So a publication that is refused in its middle, or
a disk that is full, costs one copy of the ledger, and a publication that holds costs none. What arrived
during the last commit is the next commit.
"""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import structlog
from sqlalchemy import Connection

from rogatory_crypto.errors import Code, MisuseError, PeerError
from rogatory_crypto.identity import DeviceEntry, Invitation, SignedStatement
from rogatory_crypto.log.entry import EntryType
from rogatory_crypto.log.merkle import leaf_hash
from rogatory_crypto.log.tree import Tree
from rogatory_crypto.signing import verified_before
from rogatory_crypto.wire.identifier import DeviceId
from rogatory_crypto.wire.log_request import ProposedEntry
from rogatory_server.log.entry_clock import EntryClock
from rogatory_server.log.ledger import Judged, Ledger
from rogatory_server.store import Store, key_packages, transparency

MAX_QUEUED_ENTRIES: Final = 4096
MAX_BATCH_ENTRIES: Final = 512
_PAGE_ENTRIES: Final = 4096
_PAGE_BYTES: Final = 16 << 20

_log = structlog.get_logger(__name__)


# Work in the transaction of a publication; told the log index of its first entry.
Beside: TypeAlias = Callable[[Connection, int], None]


@dataclass
class _Publication:
    proposed: Sequence[ProposedEntry]
    done: asyncio.Future[int]
    beside: Beside | None


_Outcome: TypeAlias = list[Judged] | PeerError


class Appender:
    """Puts entries into the log, many publications in one transaction.

    Args:
        store: where the entries are.
        ledger: empty, with what the log is measured against.
        clock: dates entries.
    """

    def __init__(self, store: Store, ledger: Ledger, clock: EntryClock) -> None:
        self.tree = Tree()
        self.on_grown: Callable[[], None] = lambda: None
        self.on_retired: Callable[[DeviceId], None] = lambda _: None
        self._store = store
        self._clock = clock
        self._ledger = ledger
        self._trial = ledger.copy()
        self._queue: list[_Publication] = []
        self._queued = 0
        self._arrived = asyncio.Event()
        self._stopping = False

    @property
    def ledger(self) -> Ledger:
        """The state after the last durable entry; only this class changes it."""
        return self._ledger

    async def load(self, signed_size: int) -> None:
        """Rebuild the state from the store.

        Args:
            signed_size: how many entries this log has signed; what is in them was verified before, and that
                they are those that were signed is for the publisher to compare.

        Raises:
            MisuseError: the store does not hold what this relay has accepted.
        """
        while page := await self._page():
            for encoded in page:
                self._recall(encoded, was_signed=self._ledger.size < signed_size)
                self.tree.append(leaf_hash(encoded))
        self._trial = self._ledger.copy()

    def _recall(self, encoded: bytes, *, was_signed: bool) -> None:
        refused = self._ledger.recall(encoded, was_signed=was_signed)
        if refused is not None:
            _log.warning("entry_not_believed", index=self._ledger.size - 1, reason=str(refused))

    async def append(self, proposed: Sequence[ProposedEntry], beside: Beside | None = None) -> int:
        """Append entries, all or none; return the log index of the first once they are durable.

        Args:
            proposed: in order.
            beside: what else is written if they are.

        Raises:
            PeerError: the rule that one of them breaks, CONFLICT for one that stands there already,
                STORAGE_FULL, UNAVAILABLE while too many wait or the clock is not to be believed.
        """
        if self._stopping or self._queued + len(proposed) > MAX_QUEUED_ENTRIES:
            raise PeerError(Code.UNAVAILABLE, "too many publications are waiting")
        publication = _Publication(proposed, asyncio.get_running_loop().create_future(), beside)
        self._queue.append(publication)
        self._queued += len(proposed)
        self._arrived.set()
        return await publication.done

    def stop(self) -> None:
        """Let ``run`` end once everything queued is durable or refused."""
        self._stopping = True
        self._arrived.set()

    async def run(self) -> None:
        """Commit until stopped."""
        while self._queue or not self._stopping:
            await self._arrived.wait()
            self._arrived.clear()
            while batch := self._take():
                await self._commit(batch)

    def _take(self) -> list[_Publication]:
        count = size = 0
        for publication in self._queue:
            size += len(publication.proposed)
            if count and size > MAX_BATCH_ENTRIES:
                break
            count += 1
        batch, self._queue = self._queue[:count], self._queue[count:]
        self._queued -= sum(len(publication.proposed) for publication in batch)
        return batch

    async def _commit(self, batch: list[_Publication]) -> None:
        first = self._ledger.size
        try:
            now = self._clock.read()
        except PeerError as error:
            _log.error("entries_not_dated", reason=str(error))
            _answer(batch, [error] * len(batch), first)
            return
        outcomes = await asyncio.to_thread(self._judge, batch, now)
        accepted = list(_accepted(outcomes))
        if accepted:
            try:
                await self._persist(first, accepted, _beside(batch, outcomes, first))
            except MisuseError:
                _answer(batch, [PeerError(Code.UNAVAILABLE, "the relay stops")] * len(batch), first)
                raise
            except Exception as error:  # noqa: BLE001  # whatever failed, everybody gets an answer
                outcomes = self._undo(outcomes, error)
        _answer(batch, outcomes, first)

    def _judge(self, batch: list[_Publication], now: int) -> list[_Outcome]:
        outcomes: list[_Outcome] = []
        for publication in batch:
            size = self._trial.size
            outcome = self._judge_one(publication, now)
            outcomes.append(outcome)
            if isinstance(outcome, PeerError) and (self._trial.size > size or outcome.code is Code.INTERNAL):
                self._start_again(outcomes)
        return outcomes

    def _judge_one(self, publication: _Publication, now: int) -> _Outcome:
        try:
            return [self._trial.judge(proposed, now) for proposed in publication.proposed]
        except PeerError as error:
            return error
        except Exception:  # noqa: BLE001  # what a stranger sends must not end the relay
            _log.exception("entry_not_judged")
            return PeerError(Code.INTERNAL, "the entry could not be judged")

    def _start_again(self, outcomes: list[_Outcome]) -> None:
        self._trial = self._ledger.copy()
        for judged in _accepted(outcomes):
            self._trial.take(judged, verified_before)

    async def _persist(
        self, first: int, accepted: list[Judged], beside: Sequence[tuple[Beside, int]]
    ) -> None:
        retired = _retired(self._ledger, self._trial, accepted)
        encoded = [judged.encoded for judged in accepted]

        def write(connection: Connection) -> None:
            transparency.append_entries(connection, first, encoded)
            for device_id in retired:
                key_packages.drop_device(connection, device_id)
            for work, index in beside:
                work(connection, index)

        await self._store.write(write)
        for judged in accepted:
            self._ledger.take(judged, verified_before)
            self.tree.append(leaf_hash(judged.encoded))
        for device_id in retired:
            self.on_retired(device_id)
        self.on_grown()

    def _undo(self, outcomes: list[_Outcome], error: Exception) -> list[_Outcome]:
        self._trial = self._ledger.copy()
        if not isinstance(error, PeerError):
            _log.error("log_commit_failed", exc_info=error)
            error = PeerError(Code.INTERNAL, "the entries could not be stored")
        return [outcome if isinstance(outcome, PeerError) else error for outcome in outcomes]

    async def _page(self) -> list[bytes]:
        first = self._ledger.size
        return await self._store.read(
            lambda connection: transparency.entries_from(
                connection, first, first + _PAGE_ENTRIES, max_count=_PAGE_ENTRIES, max_bytes=_PAGE_BYTES
            )
        )


def is_for_anybody(proposed: ProposedEntry) -> bool:
    """Tell whether others may propose such an entry; the relay's own statements are not for repeating."""
    return proposed.type != EntryType.POSTMARK_BATCH


def _accepted(outcomes: Sequence[_Outcome]) -> Iterator[Judged]:
    for outcome in outcomes:
        if isinstance(outcome, list):
            yield from outcome


def _beside(
    batch: Sequence[_Publication], outcomes: Sequence[_Outcome], first: int
) -> list[tuple[Beside, int]]:
    return [
        (publication.beside, index)
        for publication, index in zip(batch, _indexes(outcomes, first), strict=True)
        if publication.beside is not None and index is not None
    ]


def _answer(batch: Sequence[_Publication], outcomes: Sequence[_Outcome], first: int) -> None:
    for publication, outcome, index in zip(batch, outcomes, _indexes(outcomes, first), strict=True):
        if publication.done.done():  # whoever asked has gone
            continue
        if isinstance(outcome, PeerError):
            publication.done.set_exception(outcome)
        elif index is not None:
            publication.done.set_result(index)


def _indexes(outcomes: Sequence[_Outcome], first: int) -> Iterator[int | None]:
    """Yield the log index of each publication's first entry, None where it was refused."""
    for outcome in outcomes:
        if isinstance(outcome, PeerError):
            yield None
        else:
            yield first
            first += len(outcome)


def _retired(before: Ledger, after: Ledger, accepted: Sequence[Judged]) -> list[DeviceId]:
    """Find devices that were in service and are so no longer, by whatever their office has said."""
    concerned = {
        judged.body.statement.entry_id
        for judged in accepted
        if isinstance(judged.body, SignedStatement)
        and not isinstance(judged.body.statement, Invitation | DeviceEntry)
    }
    return [
        device.entry.device_id
        for entry_id in concerned
        for device in before.registry.devices_of(entry_id, after.latest)
        if after.registry.devices[device.entry.device_id].revoked_at is not None
    ]
