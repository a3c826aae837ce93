"""Attachments: announced by a member, uploaded in durable pieces, sealed by hash, fetched by members."""

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
from rogatory_server.store import Store, blobs
from rogatory_server.store.blobs import BlobRecord

WRITE_BYTES: Final = 1 << 20

Result = TypeVar("Result")


class Attachments:
    """Uploads and downloads of every device.

    Args:
        store: what is recorded of blobs.
        blob_store: their bytes.
        clock_ms: the relay's clock.
    """

    def __init__(self, store: Store, blob_store: BlobStore, clock_ms: Callable[[], int]) -> None:
        self._store = store
        self._blobs = blob_store
        self._clock_ms = clock_ms
        self._turns: WeakValueDictionary[BlobId, asyncio.Lock] = WeakValueDictionary()

    async def begin(self, caller: DeviceId, blob_id: BlobId, request: UploadRequest) -> UploadState:
        """Announce a blob, or tell how far it has come.

        Raises:
            PeerError: FORBIDDEN for who is not in the group, CONFLICT where the id is taken by another blob.
        """
        now_ms = self._clock_ms()
        return _state(
            await self._store.write(lambda connection: _begin(connection, caller, blob_id, request, now_ms))
        )

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
        """Seal a blob whose hash is the announced one.

        Raises:
            PeerError: WRONG_LENGTH while bytes are missing, HASH_MISMATCH: the upload begins anew.
        """
        async with self._turn(blob_id):
            record = await self._own(caller, blob_id)
            if record.complete and record.sha256 is not None:
                return _confirm(record, record.sha256, completion)
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
        found = await self._store.read(lambda connection: _visible(connection, caller, blob_id))
        if not found:
            raise PeerError(Code.NOT_FOUND, "no such attachment for this device")
        return self._blobs.path(blob_id)

    async def sweep(self, *, complete_before_ms: int, unfinished_before_ms: int) -> int:
        """Delete blobs older than what is kept; return how many."""
        outdated = await self._store.read(
            lambda connection: blobs.outdated(
                connection,
                complete_before_ms=complete_before_ms,
                unfinished_before_ms=unfinished_before_ms,
                limit=1000,
            )
        )
        for blob_id in outdated:
            await self._drop(blob_id)
        return len(outdated)

    async def _drop(self, blob_id: BlobId) -> None:
        async with self._turn(blob_id):
            await self._store.write(lambda connection: blobs.drop(connection, blob_id))
            await asyncio.to_thread(self._blobs.delete, blob_id)

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
    connection: Connection, caller: DeviceId, blob_id: BlobId, request: UploadRequest, now_ms: int
) -> BlobRecord:
    number = blobs.group_number_of_member(connection, request.group_id, caller)
    if number is None:
        raise PeerError(Code.FORBIDDEN, "the device is not in the group")
    record = blobs.find(connection, blob_id)
    if record is None:
        blobs.announce(connection, blob_id, number, caller, request.size, now_ms)
        return BlobRecord(number, caller, request.size, 0, complete=False, sha256=None)
    if (record.group_number, record.uploader, record.size) != (number, caller, request.size):
        raise PeerError(Code.CONFLICT, "another attachment has this id")
    return record


def _visible(connection: Connection, caller: DeviceId, blob_id: BlobId) -> bool:
    record = blobs.find(connection, blob_id)
    return record is not None and record.complete and blobs.is_member(connection, record.group_number, caller)


def _state(record: BlobRecord) -> UploadState:
    return UploadState(record.stored, record.size, record.complete)


def _confirm(record: BlobRecord, sealed: bytes, completion: UploadCompletion) -> UploadState:
    if not compare_digest(sealed, completion.sha256):
        raise PeerError(Code.CONFLICT, "the attachment was sealed with another hash")
    return _state(record)
