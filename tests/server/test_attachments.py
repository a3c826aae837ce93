"""What one device may leave on the relay's disk, and what a sweep may take while uploads go on."""

import os
from collections.abc import AsyncIterator
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import Connection

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.wire.identifier import BlobId, DeviceId, GroupId
from rogatory_crypto.wire.request import UploadCompletion, UploadRequest
from rogatory_server.attachments import Attachments
from rogatory_server.blob_store import BlobFolder
from rogatory_server.config import UploadQuota
from rogatory_server.store import blobs, log
from rogatory_server.store.sqlite import SqliteStore

DAY_MS = 86_400_000
GROUP = GroupId(b"g" * 32)
DEVICE, OTHER = DeviceId(b"d" * 16), DeviceId(b"o" * 16)
FIRST, SECOND, THIRD = (BlobId(letter * 16) for letter in (b"1", b"2", b"3"))
DATA = os.urandom(100)
WHOLE = UploadCompletion(sha256(DATA).digest())


async def body() -> AsyncIterator[bytes]:
    yield DATA


class Shelf:
    """Attachments of one group of two, with little room, and a clock."""

    def __init__(self, folder: Path) -> None:
        self.now_ms = 10 * DAY_MS
        self.store = SqliteStore(folder / "relay.sqlite")
        self.files = BlobFolder(folder / "blobs")
        quota = UploadQuota(unfinished_bytes=250, bytes_per_day=350)
        self.attachments = Attachments(self.store, self.files, quota, lambda: self.now_ms)

    async def open(self) -> None:
        def group(connection: Connection) -> None:
            log.advance_groups(connection, [(1, GROUP, 1, 1)])
            for device in (DEVICE, OTHER):
                log.begin_membership(connection, device, 1, 1)

        await self.store.write(group)

    async def begin(self, blob_id: BlobId, size: int = 100, device: DeviceId = DEVICE) -> None:
        await self.attachments.begin(device, blob_id, UploadRequest(GROUP, size))

    async def finish(self, blob_id: BlobId) -> None:
        await self.attachments.append(DEVICE, blob_id, 0, body())
        await self.attachments.complete(DEVICE, blob_id, WHOLE)

    async def sweep(self) -> int:
        week = 7 * DAY_MS
        return await self.attachments.sweep(
            complete_before_ms=self.now_ms - 52 * week, unfinished_before_ms=self.now_ms - week
        )


@pytest.fixture
async def shelf(tmp_path: Path) -> AsyncIterator[Shelf]:
    made = Shelf(tmp_path)
    await made.open()
    yield made
    await made.store.close()


async def test_unfinished_uploads_of_a_device_are_bounded_in_bytes(shelf: Shelf) -> None:
    await shelf.begin(FIRST)
    await shelf.begin(SECOND)
    with pytest.raises(PeerError) as caught:
        await shelf.begin(THIRD)
    assert caught.value.code is Code.QUOTA_EXCEEDED
    # To ask again how far an upload has come costs nothing, and one device is not charged for another's.
    await shelf.begin(FIRST)
    await shelf.begin(THIRD, 250, OTHER)


async def test_a_finished_upload_makes_room_but_counts_for_its_day(shelf: Shelf) -> None:
    await shelf.begin(FIRST)
    await shelf.begin(SECOND)
    await shelf.finish(FIRST)
    await shelf.begin(THIRD)
    await shelf.finish(SECOND)
    await shelf.finish(THIRD)
    with pytest.raises(PeerError) as caught:
        await shelf.begin(BlobId(b"4" * 16))
    assert caught.value.code is Code.QUOTA_EXCEEDED
    shelf.now_ms += DAY_MS
    await shelf.begin(BlobId(b"4" * 16))


async def test_what_is_sealed_while_a_sweep_runs_stays(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    await shelf.begin(FIRST)
    await shelf.begin(SECOND)
    shelf.now_ms += 8 * DAY_MS
    before = await shelf.store.read(
        lambda connection: blobs.outdated(
            connection, complete_before_ms=0, unfinished_before_ms=shelf.now_ms, limit=10
        )
    )
    assert set(before) == {FIRST, SECOND}
    await shelf.finish(FIRST)
    # The sweep still believes what it read before.
    listed = iter([before, []])
    monkeypatch.setattr(blobs, "outdated", lambda *_, **__: next(listed))
    assert await shelf.sweep() == 1
    assert (await shelf.attachments.locate(OTHER, FIRST)).read_bytes() == DATA


async def test_a_sweep_goes_on_until_nothing_is_outdated(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rogatory_server.attachments.SWEEP_STEP", 1)
    await shelf.begin(FIRST)
    await shelf.begin(SECOND)
    shelf.now_ms += 8 * DAY_MS
    assert await shelf.sweep() == 2


async def test_a_sweep_cut_off_in_the_middle_leaves_no_file_without_a_record(tmp_path: Path) -> None:
    class Interrupted(BlobFolder):
        """A folder whose relay dies right after the deletion."""

        def delete(self, blob_id: BlobId) -> None:
            super().delete(blob_id)
            raise KeyError(blob_id)

    shelf = Shelf(tmp_path)
    await shelf.open()
    await shelf.begin(FIRST)
    shelf.now_ms += 8 * DAY_MS
    shelf.attachments._blobs = Interrupted(tmp_path / "blobs")
    with pytest.raises(KeyError):
        await shelf.sweep()
    shelf.attachments._blobs = shelf.files
    assert await shelf.sweep() == 1
    await shelf.store.close()
