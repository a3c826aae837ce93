"""What one device may leave on the relay's disk, and what a sweep may take while uploads go on."""

import os
from collections.abc import AsyncIterator, Awaitable
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
WHOLE, OTHERS = UploadCompletion(sha256(DATA).digest()), UploadCompletion(bytes(32))


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

    async def refusal(self, attempt: Awaitable[object]) -> Code:
        with pytest.raises(PeerError) as caught:
            await attempt
        return caught.value.code

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


async def test_the_tree_of_a_group_comes_before_the_commit_that_creates_it(shelf: Shelf) -> None:
    group = GroupId(b"n" * 32)
    announced = UploadRequest(group, 100)
    assert (await shelf.attachments.begin(DEVICE, FIRST, announced)).offset == 0
    await shelf.finish(FIRST)
    # Who begins again is told so and may compare; nobody fetches for a group without members.
    assert (await shelf.attachments.begin(DEVICE, FIRST, announced)).complete
    assert (await shelf.attachments.complete(DEVICE, FIRST, WHOLE)).complete
    assert await shelf.refusal(shelf.attachments.complete(DEVICE, FIRST, OTHERS)) is Code.CONFLICT
    assert await shelf.refusal(shelf.attachments.locate(DEVICE, FIRST)) is Code.NOT_FOUND

    def create(connection: Connection) -> None:
        log.advance_groups(connection, [(2, group, 1, 2)])
        log.begin_membership(connection, OTHER, 2, 2)

    await shelf.store.write(create)
    assert (await shelf.attachments.locate(OTHER, FIRST)).read_bytes() == DATA
    # Once it is created, only its members announce anything in it, and see what is there.
    assert await shelf.refusal(shelf.attachments.begin(DEVICE, SECOND, announced)) is Code.FORBIDDEN
    assert await shelf.refusal(shelf.attachments.begin(DEVICE, FIRST, announced)) is Code.FORBIDDEN
    assert await shelf.refusal(shelf.attachments.locate(DEVICE, FIRST)) is Code.NOT_FOUND


async def test_a_sealed_object_is_confirmed_to_any_member_and_changed_by_none(shelf: Shelf) -> None:
    await shelf.begin(FIRST)
    assert await shelf.refusal(shelf.begin(FIRST, device=OTHER)) is Code.CONFLICT
    assert await shelf.refusal(shelf.attachments.complete(OTHER, FIRST, WHOLE)) is Code.NOT_FOUND
    await shelf.finish(FIRST)
    same = UploadRequest(GROUP, 100)
    assert (await shelf.attachments.begin(OTHER, FIRST, same)).complete
    assert (await shelf.attachments.complete(OTHER, FIRST, WHOLE)).complete
    assert await shelf.refusal(shelf.attachments.complete(OTHER, FIRST, OTHERS)) is Code.CONFLICT
    assert await shelf.refusal(shelf.begin(FIRST, 99, OTHER)) is Code.CONFLICT
    assert await shelf.refusal(shelf.attachments.append(OTHER, FIRST, 100, body())) is Code.NOT_FOUND
    stranger = DeviceId(b"s" * 16)
    assert await shelf.refusal(shelf.attachments.begin(stranger, FIRST, same)) is Code.FORBIDDEN
    assert await shelf.refusal(shelf.attachments.complete(stranger, FIRST, WHOLE)) is Code.NOT_FOUND
    assert (await shelf.attachments.locate(OTHER, FIRST)).read_bytes() == DATA


async def test_what_lies_there_for_no_group_counts_and_is_swept_like_the_rest(shelf: Shelf) -> None:
    unknown = UploadRequest(GroupId(b"n" * 32), 100)
    await shelf.attachments.begin(DEVICE, FIRST, unknown)
    await shelf.attachments.begin(DEVICE, SECOND, unknown)
    assert await shelf.refusal(shelf.attachments.begin(DEVICE, THIRD, unknown)) is Code.QUOTA_EXCEEDED
    shelf.now_ms += 8 * DAY_MS
    assert await shelf.sweep() == 2
