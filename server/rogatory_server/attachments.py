"""Attachments: announced by a member, uploaded in durable pieces, sealed by hash, fetched by members.

The tree of a large group is one of them; the relay does not tell them apart. It comes before the commit that
makes it, so a group nobody has created yet may be named by anybody, as in its first commit.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from hmac import compare_digest
from pathlib import Path
from typing import Final, TypeVar
from weakref import WeakValueDictionary

from sqlalchemy import Connection

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.wire import limits
from rogatory_crypto.wire.identifier import BlobId, DeviceId
from rogatory_crypto.wire.request import UploadCompletion, UploadRequest, UploadState
from rogatory_server.blob_store import BlobStore, BlobWriter
from rogatory_server.config import UploadQuota
from rogatory_server.store import Store, blobs
from rogatory_server.store.blobs import BlobRecord

WRITE_BYTES: Final = 1 << 20
SWEEP_STEP: Final = 1000
DAY_MS: Final = 86_400_000

Result = TypeVar("Result")


class Attachments:
    """Uploads and downloads of every device.

    Args:
        store: what is recorded of blobs.
        blob_store: their bytes.
        quota: what one device may announce.
        clock_ms: the relay's clock.
    """

    def __init__(
        self, store: Store, blob_store: BlobStore, quota: UploadQuota, clock_ms: Callable[[], int]
    ) -> None:
        self._store = store
        self._blobs = blob_store
        self._quota = quota
        self._clock_ms = clock_ms
        self._turns: WeakValueDictionary[BlobId, asyncio.Lock] = WeakValueDictionary()

    async def begin(self, caller: DeviceId, blob_id: BlobId, request: UploadRequest) -> UploadState:
        """Announce a blob, or tell how far it has come.

        Raises:
            PeerError: FORBIDDEN for who is not in the group, CONFLICT where the id is taken by another blob
                or by another device's that is not sealed, QUOTA_EXCEEDED for more bytes than one device may
                announce.
        """
        now_ms = self._clock_ms()

        def announce(connection: Connection) -> BlobRecord:
            return _begin(connection, caller, blob_id, request, now_ms, self._quota)

        return _state(await self._store.write(announce))

    async def append(
        self, caller: DeviceId, blob_id: BlobId, offset: int, body: AsyncIterator[bytes]
    ) -> UploadState:
        """Append a piece; durable when this returns, and nothing of it kept when it raises.

        Raises:
            PeerError: WRONG_OFFSET, WRONG_LENGTH beyond the announced size, TOO_LARGE, STORAGE_FULL,
                ALREADY_USED for a sealed blob, NOT_FOUND, FORBIDDEN.
        """
        async with self._turn(blob_id):
            record = await self._own(caller, blob_id)
            if record.complete:
                raise PeerError(Code.ALREADY_USED, "the attachment is sealed")
            if offset != record.stored:
                raise PeerError(Code.WRONG_OFFSET, f"the relay holds {record.stored} bytes")
            room = min(record.size - offset, limits.MAX_UPLOAD_PIECE_BYTES)
            piece = await _in_thread(lambda: self._blobs.begin_piece(blob_id, offset))
            try:
                stored = offset + await _write_all(piece, body, room)
            except BaseException:
                await _in_thread(piece.abort)
                raise
            await _in_thread(piece.commit)
            await self._store.write(lambda connection: blobs.advance(connection, blob_id, stored))
            return UploadState(stored, record.size, complete=False)

    async def complete(self, caller: DeviceId, blob_id: BlobId, completion: UploadCompletion) -> UploadState:
        """Seal a blob whose hash is the announced one, or confirm to a member that it has that hash.

        Raises:
            PeerError: WRONG_LENGTH while bytes are missing, HASH_MISMATCH: the upload begins anew, CONFLICT
                where it was sealed with another hash.
        """
        async with self._turn(blob_id):
            record = await self._sealed(caller, blob_id) or await self._own(caller, blob_id)
            if record.complete:
                return _confirm(record, completion)
            if record.stored != record.size:
                raise PeerError(Code.WRONG_LENGTH, f"{record.stored} of {record.size} bytes have arrived")
            digest = await asyncio.to_thread(self._blobs.sha256, blob_id, record.size)
            if not compare_digest(digest, completion.sha256):
                await self._store.write(lambda connection: blobs.advance(connection, blob_id, 0))
                raise PeerError(Code.HASH_MISMATCH, "the attachment arrived damaged")
            await self._store.write(lambda connection: blobs.seal(connection, blob_id, digest))
            return UploadState(record.size, record.size, complete=True)

    async def locate(self, caller: DeviceId, blob_id: BlobId) -> Path:
        """Return the file of a sealed blob for a member of its group.

        Raises:
            PeerError: NOT_FOUND, also for who is no member.
        """
        if await self._sealed(caller, blob_id) is None:
            raise PeerError(Code.NOT_FOUND, "no such attachment for this device")
        return self._blobs.path(blob_id)

    async def sweep(self, *, complete_before_ms: int, unfinished_before_ms: int) -> int:
        """Delete blobs older than what is kept; return how many."""
        dropped = 0
        while True:
            outdated = await self._store.read(
                lambda connection: blobs.outdated(
                    connection,
                    complete_before_ms=complete_before_ms,
                    unfinished_before_ms=unfinished_before_ms,
                    limit=SWEEP_STEP,
                )
            )
            if not outdated:
                return dropped
            for blob_id in outdated:
                dropped += await self._drop(blob_id, complete_before_ms, unfinished_before_ms)

    async def _drop(self, blob_id: BlobId, complete_before_ms: int, unfinished_before_ms: int) -> bool:
        """Delete a blob unless it was sealed since it was listed."""

        def is_outdated(connection: Connection) -> bool:
            return blobs.is_outdated(
                connection,
                blob_id,
                complete_before_ms=complete_before_ms,
                unfinished_before_ms=unfinished_before_ms,
            )

        async with self._turn(blob_id):
            if not await self._store.read(is_outdated):
                return False
            # The file first: whoever dies between the two finds the record and deletes again.
            await asyncio.to_thread(self._blobs.delete, blob_id)
            await self._store.write(lambda connection: blobs.drop(connection, blob_id))
            return True

    async def _sealed(self, caller: DeviceId, blob_id: BlobId) -> BlobRecord | None:
        """Return a sealed blob if the caller is a member of its group."""
        return await self._store.read(lambda connection: _visible(connection, caller, blob_id))

    async def _own(self, caller: DeviceId, blob_id: BlobId) -> BlobRecord:
        record = await self._store.read(lambda connection: blobs.find(connection, blob_id))
        if record is None or record.uploader != caller:
            raise PeerError(Code.NOT_FOUND, "no such upload of this device")
        return record

    def _turn(self, blob_id: BlobId) -> asyncio.Lock:
        turn = self._turns.get(blob_id)
        if turn is None:
            turn = self._turns[blob_id] = asyncio.Lock()
        return turn


async def _write_all(piece: BlobWriter, body: AsyncIterator[bytes], room: int) -> int:
    """Write the body in large strokes, in a thread; return its length."""
    waiting: list[bytes] = []
    waiting_bytes = total = 0
    async for data in body:
        total += len(data)
        if total > room:
            code = Code.TOO_LARGE if room == limits.MAX_UPLOAD_PIECE_BYTES else Code.WRONG_LENGTH
            raise PeerError(code, "the piece is longer than announced or allowed")
        waiting.append(data)
        waiting_bytes += len(data)
        if waiting_bytes >= WRITE_BYTES:
            await _write(piece, waiting)
            waiting, waiting_bytes = [], 0
    await _write(piece, waiting)
    return total


async def _write(piece: BlobWriter, waiting: list[bytes]) -> None:
    data = b"".join(waiting)
    await _in_thread(lambda: piece.write(data))


async def _in_thread(work: Callable[[], Result]) -> Result:
    """Run ``work`` in a thread; whoever is cancelled leaves only when the thread has let go of the file."""
    running = asyncio.ensure_future(asyncio.to_thread(work))
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        await asyncio.wait([running])
        raise


def _begin(
    connection: Connection,
    caller: DeviceId,
    blob_id: BlobId,
    request: UploadRequest,
    now_ms: int,
    quota: UploadQuota,
) -> BlobRecord:
    group_id = request.group_id
    if blobs.is_known(connection, group_id) and not blobs.is_member(connection, group_id, caller):
        raise PeerError(Code.FORBIDDEN, "the device is not in the group")
    record = blobs.find(connection, blob_id)
    if record is None:
        _require_room(connection, caller, request.size, now_ms, quota)
        blobs.announce(connection, blob_id, group_id, caller, request.size, now_ms)
        return BlobRecord(group_id, caller, request.size, 0, complete=False, sha256=None)
    # Nobody goes on with another device's upload; once sealed, its hash is there for all members to compare.
    is_other = record.uploader != caller and not record.complete
    if is_other or (record.group_id, record.size) != (group_id, request.size):
        raise PeerError(Code.CONFLICT, "another attachment has this id")
    return record


def _require_room(
    connection: Connection, caller: DeviceId, size: int, now_ms: int, quota: UploadQuota
) -> None:
    """Charge an announcement in full: what is announced is what the device may go on to store."""
    if blobs.unfinished_bytes(connection, caller) + size > quota.unfinished_bytes:
        raise PeerError(Code.QUOTA_EXCEEDED, "too many bytes in unfinished uploads of one device")
    if blobs.announced_bytes(connection, caller, now_ms - DAY_MS) + size > quota.bytes_per_day:
        raise PeerError(Code.QUOTA_EXCEEDED, "too many bytes announced by one device in a day")


def _visible(connection: Connection, caller: DeviceId, blob_id: BlobId) -> BlobRecord | None:
    record = blobs.find(connection, blob_id)
    if record is None or not record.complete or not blobs.is_member(connection, record.group_id, caller):
        return None
    return record


def _state(record: BlobRecord) -> UploadState:
    return UploadState(record.stored, record.size, record.complete)


def _confirm(record: BlobRecord, completion: UploadCompletion) -> UploadState:
    if record.sha256 is None or not compare_digest(record.sha256, completion.sha256):
        raise PeerError(Code.CONFLICT, "the attachment was sealed with another hash")
    return _state(record)
