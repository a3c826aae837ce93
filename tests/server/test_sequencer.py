"""Batches on their way to disk: what several commits of one batch leave behind, and what a queue may hold."""

import asyncio
from collections.abc import AsyncIterator
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import Connection

from rogatory_crypto.log.listed_postmarks import SignedBatch
from rogatory_crypto.wire.frame import SubmitCommit
from rogatory_crypto.wire.identifier import DeviceId, Epoch, GroupId, RowKind, SubmissionId
from rogatory_server import sequencer as sequencing
from rogatory_server.admission import Stored, Submission
from rogatory_server.sequencer import Committed, Sequencer
from rogatory_server.store import log, postmarks
from rogatory_server.store.sqlite import SqliteStore

GROUP = GroupId(b"g" * 32)
CREATOR, GUEST = DeviceId(b"c" * 16), DeviceId(b"d" * 16)
Change = tuple[DeviceId, ...]


def commit(
    epoch: int, *, added: Change = (), removed: Change = (), welcome: bytes = b"welcome"
) -> Submission:
    submission_id, payload = SubmissionId(epoch.to_bytes(16)), b"commit %d" % epoch
    change = SubmitCommit(
        submission_id, GROUP, Epoch(epoch), payload, added, removed, welcome if added else None
    )
    digest = sha256(payload).digest()
    return Submission(
        CREATOR, submission_id, GROUP, Epoch(epoch), RowKind.COMMIT, payload, digest, change, None, None
    )


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    made = SqliteStore(tmp_path / "relay.sqlite")
    yield made
    await made.close()


async def run(store: SqliteStore, *batch: Submission) -> list[Committed]:
    """Commit a batch in one transaction, by a sequencer that knows nothing from before."""
    committed: list[Committed] = []
    sequencer = Sequencer(store, committed.append, lambda: 1_000)
    for submission in batch:
        sequencer.submit(submission)
    sequencer.stop()
    await sequencer.run()
    return committed


async def roster(store: SqliteStore) -> frozenset[DeviceId]:
    def read(connection: Connection) -> frozenset[DeviceId]:
        record = log.load_group(connection, GROUP)
        assert record is not None
        return record.roster

    return await store.read(read)


async def visible(store: SqliteStore, device: DeviceId) -> list[int]:
    page = await store.read(
        lambda connection: log.read_page(connection, device, 1, 0, max_rows=100, max_bytes=1 << 20)
    )
    return [row.sequence for row in page.rows]


async def test_who_is_added_and_removed_within_one_batch_is_out(store: SqliteStore) -> None:
    await run(store, commit(0, added=(GUEST,)), commit(1, removed=(GUEST,)), commit(2))
    assert await roster(store) == {CREATOR}
    # Its Welcome and the commit that removed it, nothing after.
    assert await visible(store, GUEST) == [2, 3]


async def test_who_is_removed_and_added_again_within_one_batch_is_in(store: SqliteStore) -> None:
    await run(store, commit(0, added=(GUEST,)))
    await run(store, commit(1, removed=(GUEST,)), commit(2), commit(3, added=(GUEST,)), commit(4))
    assert await roster(store) == {CREATOR, GUEST}
    assert await visible(store, GUEST) == [2, 3, 6, 7]


async def test_a_welcome_counts_against_the_queue(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sequencing, "MAX_QUEUED_BYTES", 10_000)
    committed: list[Committed] = []
    sequencer = Sequencer(store, committed.append, lambda: 1_000)
    sequencer.submit(commit(0, added=(GUEST,), welcome=bytes(20_000)))
    full = not sequencer.has_room
    sequencer.stop()
    await sequencer.run()
    await asyncio.sleep(0)  # answers are given one turn of the loop after the commit
    assert (full, sequencer.has_room) == (True, True)
    assert isinstance(committed[0].admitted.outcomes[0], Stored)


async def test_what_was_signed_is_kept_though_nothing_else_comes(store: SqliteStore) -> None:
    sequencer = Sequencer(store, lambda _: None, lambda: 1_000)
    batches = [SignedBatch(number, bytes(32), 1) for number in range(3)]
    for batch in batches:
        sequencer.keep(batch)
    sequencer.stop()
    await sequencer.run()
    assert await store.read(lambda connection: postmarks.unlisted(connection, 9)) == (0, batches)


async def test_what_the_last_commit_signs_is_kept_before_the_end(store: SqliteStore) -> None:
    def sign(committed: Committed) -> None:
        sequencer.keep(SignedBatch(committed.accepted_at_ms, bytes(32), len(committed.batch)))

    sequencer = Sequencer(store, sign, lambda: 1_000)
    sequencer.submit(commit(0))
    sequencer.stop()
    await sequencer.run()
    kept = await store.read(lambda connection: postmarks.unlisted(connection, 9))
    assert kept.batches == [SignedBatch(1_000, bytes(32), 1)]
