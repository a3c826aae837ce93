"""What is deleted when, with a clock in the test's hand."""

import os
from collections.abc import AsyncIterator
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import Connection, func, select

from rogatory_crypto.wire.identifier import BlobId, DeviceId, GroupId, RowKind
from rogatory_crypto.wire.request import UploadCompletion, UploadRequest
from rogatory_server.attachments import Attachments
from rogatory_server.blob_store import BlobFolder
from rogatory_server.config import Retention, UploadQuota
from rogatory_server.retention import Sweeper
from rogatory_server.store import log
from rogatory_server.store.log import NewRow
from rogatory_server.store.outdated_rows import GroupProgress
from rogatory_server.store.schema import log_row, row_id
from rogatory_server.store.sqlite import SqliteStore

DAY_MS = 86_400_000
GROUP = GroupId(b"g" * 32)
QUICK, SLOW = DeviceId(b"q" * 16), DeviceId(b"s" * 16)
RETENTION = Retention(read_ms=30 * DAY_MS, hard_ms=365 * DAY_MS, unfinished_upload_ms=7 * DAY_MS)
QUOTA = UploadQuota(unfinished_bytes=1000, bytes_per_day=1000)


class Room:
    """A store with one group of two, ten rows a day apart, and a clock."""

    def __init__(self, folder: Path) -> None:
        self.now_ms = 0
        self.store = SqliteStore(folder / "relay.sqlite")
        self.blobs = BlobFolder(folder / "blobs")
        self.attachments = Attachments(self.store, self.blobs, QUOTA, lambda: self.now_ms)
        self.sweeper = Sweeper(self.store, self.attachments, RETENTION, lambda: self.now_ms)

    async def fill(self) -> None:
        def rows(connection: Connection) -> None:
            log.advance_groups(connection, [(1, GROUP, 1, 10)])
            log.begin_membership(connection, QUICK, 1, 1)
            log.begin_membership(connection, SLOW, 1, 1)
            log.append_rows(
                connection,
                [
                    NewRow(row_id(1, at), at * DAY_MS, RowKind.APPLICATION, bytes(31) + at.to_bytes(1), b"x")
                    for at in range(1, 11)
                ],
            )

        await self.store.write(rows)

    async def read(self, device: DeviceId, sequence: int) -> None:
        await self.store.write(lambda connection: log.advance_positions(connection, {device: {1: sequence}}))

    async def count(self) -> int:
        return await self.store.read(
            lambda connection: int(connection.execute(select(func.count()).select_from(log_row)).scalar_one())
        )


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[Room]:
    made = Room(tmp_path)
    await made.fill()
    yield made
    await made.store.close()


async def test_rows_everybody_has_read_go_after_the_retention_time(room: Room) -> None:
    await room.read(QUICK, 10)
    await room.read(SLOW, 4)
    room.now_ms = 33 * DAY_MS
    assert await room.sweeper.sweep() == (2, 0)
    room.now_ms = 100 * DAY_MS
    assert await room.sweeper.sweep() == (2, 0)
    await room.read(SLOW, 10)
    assert await room.sweeper.sweep() == (6, 0)


async def test_rows_nobody_has_read_go_at_the_hard_limit(room: Room) -> None:
    room.now_ms = 360 * DAY_MS
    assert await room.sweeper.sweep() == (0, 0)
    room.now_ms = 371 * DAY_MS
    assert await room.sweeper.sweep() == (5, 0)
    assert await room.count() == 5


async def test_a_member_that_left_holds_nothing_back(room: Room) -> None:
    await room.read(QUICK, 10)
    await room.store.write(lambda connection: log.end_membership(connection, SLOW, 1, 10))
    room.now_ms = 100 * DAY_MS
    assert await room.sweeper.sweep() == (10, 0)


async def test_sequences_go_on_after_everything_was_deleted(room: Room) -> None:
    room.now_ms = 1000 * DAY_MS
    await room.sweeper.sweep()
    record = await room.store.read(lambda connection: log.load_group(connection, GROUP))
    assert record is not None
    assert record.last_sequence == 10


async def test_unfinished_uploads_go_early_and_whole_ones_at_the_hard_limit(room: Room) -> None:
    data = os.urandom(100)

    async def body() -> AsyncIterator[bytes]:
        yield data

    whole, half = BlobId(b"w" * 16), BlobId(b"h" * 16)
    for blob_id in (whole, half):
        await room.attachments.begin(QUICK, blob_id, UploadRequest(GROUP, 100))
        await room.attachments.append(QUICK, blob_id, 0, body())
    await room.attachments.complete(QUICK, whole, UploadCompletion(sha256(data).digest()))
    room.now_ms = 8 * DAY_MS
    assert await room.sweeper.sweep() == (0, 1)
    assert (room.blobs.path(whole).exists(), room.blobs.path(half).exists()) == (True, False)
    room.now_ms = 366 * DAY_MS
    assert (await room.sweeper.sweep())[1] == 1
    assert not room.blobs.path(whole).exists()


def test_nobody_waits_for_the_members_of_an_empty_group() -> None:
    from rogatory_server.retention import read_by_all

    assert read_by_all(GroupProgress(10, [])) == 10
    assert read_by_all(GroupProgress(10, [7, 3])) == 3
