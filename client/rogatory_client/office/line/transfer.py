"""Attachments on their way, in constant memory: up in pieces from where the relay stands, down into a file.

Encryption is deterministic for the stored key, so an upload goes on at any offset after any interruption; the
file must still be the one that was hashed when it was attached.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import BinaryIO, Final, Self

from rogatory_client.engine.outgoing_effect import Transfer
from rogatory_client.office.view import Progress
from rogatory_crypto.attachments import PIECE_BYTES, AttachmentKey, Digests, Encryptor, stored_size
from rogatory_crypto.errors import Code, MisuseError, PeerError, TransportError
from rogatory_crypto.wire import limits
from rogatory_crypto.wire.api import Session
from rogatory_crypto.wire.request import UploadCompletion, UploadRequest

FIRST_PIECE_BYTES: Final = 1 << 20
LEAST_PIECE_BYTES: Final = 256 << 10
STROKE_BYTES: Final = 512 << 10
PIECE_S: Final = 1.0
_CHANGED: Final = "{} has changed or is gone since it was attached: attach it again"


def digest_file(path: Path, key: AttachmentKey, size: int, progress: Progress | None = None) -> Digests:
    """Return both hashes of an attachment without keeping a byte.

    Raises:
        MisuseError: the file cannot be read or changes while it is.
    """
    encryptor = Encryptor(key, size)
    done = 0
    try:
        with path.open("rb") as source:
            while piece := source.read(PIECE_BYTES):
                encryptor.update(piece)
                done += len(piece)
                if progress is not None:
                    progress(path.name, done, size)
        encryptor.finish()
    except OSError as error:
        raise MisuseError(f"{path.name} cannot be read ({error.strerror}): check the file") from error
    return encryptor.digests()


class _Source:
    """The rest of a file in its stored form, read in strokes.

    Args:
        file: open at the encryptor's place.
        encryptor: what turns it into the stored form.
    """

    def __init__(self, file: BinaryIO, encryptor: Encryptor) -> None:
        self.failure: OSError | MisuseError | None = None
        self._file = file
        self._encryptor = encryptor
        self._held = b""
        self._finished = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    async def piece(self, size: int, moved: Callable[[int], None]) -> AsyncIterator[bytes]:
        """Yield the next ``size`` bytes, telling how far it is; ``failure`` says if the file gave out."""
        done = 0
        while done < size:
            try:
                stroke = await asyncio.to_thread(self.read, min(size - done, STROKE_BYTES))
            except (OSError, MisuseError) as error:
                self.failure = error
                raise
            yield stroke
            done += len(stroke)
            moved(done)

    def read(self, size: int) -> bytes:
        """Return the next bytes, fewer than asked for only at the end."""
        parts, have = [self._held], len(self._held)
        while have < size and not self._finished:
            plaintext = self._file.read(PIECE_BYTES)
            part = self._encryptor.update(plaintext) if plaintext else self._encryptor.finish()
            self._finished = not plaintext
            parts.append(part)
            have += len(part)
        data = b"".join(parts)
        self._held = data[size:]
        return data[:size]


def next_piece_bytes(size: int, seconds: float) -> int:
    """Return how large the next piece is, if one of ``size`` bytes took so long.

    A piece is what a broken line costs, and each waits for the relay's disk once: about a second is fair on a
    thin line and on a fast one.
    """
    if seconds < PIECE_S / 2:
        return min(2 * size, limits.MAX_UPLOAD_PIECE_BYTES)
    return max(size // 2, LEAST_PIECE_BYTES) if seconds > 2 * PIECE_S else size


async def upload(session: Session, transfer: Transfer, progress: Progress | None = None) -> None:
    """Bring an attachment to the relay, from wherever it stands.

    Raises:
        MisuseError: the file is not the one that was attached.
        PeerError: the relay refuses it.
        TransportError: the network failed; the next attempt goes on.
    """
    total = stored_size(transfer.size)
    state = await session.begin_upload(transfer.blob_id, UploadRequest(transfer.group_id, total))
    while not state.complete:
        if state.offset < total:
            await _send_rest(session, transfer, state.offset, progress)
        state = await session.begin_upload(transfer.blob_id, UploadRequest(transfer.group_id, total))
        if state.offset == total and not state.complete:
            completion = UploadCompletion(transfer.stored_sha256)
            state = await session.complete_upload(transfer.blob_id, completion)


async def _send_rest(session: Session, transfer: Transfer, offset: int, progress: Progress | None) -> None:
    key = AttachmentKey(transfer.key, transfer.salt, transfer.context)
    require_unchanged(transfer)
    try:
        with _open_at(transfer, key, offset) as source:
            try:
                await _send_pieces(session, transfer, source, offset, progress)
            except TransportError as error:
                raise source.failure or error from error
    except (OSError, MisuseError) as error:
        raise MisuseError(changed(transfer)) from error
    except PeerError as error:
        # The relay stands elsewhere, or has forgotten the token: asking where it stands settles both.
        if error.code not in {Code.WRONG_OFFSET, Code.UNAUTHENTICATED}:
            raise


async def _send_pieces(
    session: Session, transfer: Transfer, source: _Source, offset: int, progress: Progress | None
) -> None:
    total, size, now = stored_size(transfer.size), FIRST_PIECE_BYTES, asyncio.get_running_loop().time

    def moved(done: int) -> None:
        if progress is not None:
            progress(transfer.filename, offset + done, total)

    while offset < total:
        size = min(size, total - offset)
        began = now()
        state = await session.upload(transfer.blob_id, offset, size, source.piece(size, moved))
        size = next_piece_bytes(size, now() - began)
        offset = state.offset


def stored_pieces(transfer: Transfer, offset: int, size: int) -> Iterator[bytes]:
    """Yield ``size`` bytes of an attachment's stored form from ``offset``, for who needs no relay.

    Raises:
        MisuseError: the file is not the one that was attached.
    """
    key = AttachmentKey(transfer.key, transfer.salt, transfer.context)
    require_unchanged(transfer)
    try:
        with _open_at(transfer, key, offset) as source:
            while size > 0 and (stroke := source.read(min(size, STROKE_BYTES))):
                yield stroke
                size -= len(stroke)
    except (OSError, MisuseError) as error:
        raise MisuseError(changed(transfer)) from error


def _open_at(transfer: Transfer, key: AttachmentKey, offset: int) -> _Source:
    encryptor = Encryptor(key, transfer.size, stored_offset=offset, digesting=False)
    file = Path(transfer.path).open("rb")  # noqa: SIM115  # the source closes it
    file.seek(encryptor.plaintext_offset)
    return _Source(file, encryptor)


def changed(transfer: Transfer) -> str:
    """Say that a file is not the one that was attached."""
    return _CHANGED.format(transfer.filename)


def require_unchanged(transfer: Transfer) -> None:
    """Return only if the file is the one that was attached, by its size and time.

    Raises:
        MisuseError: it is not.
    """
    try:
        status = Path(transfer.path).stat()
    except OSError as error:
        raise MisuseError(changed(transfer)) from error
    if (status.st_size, status.st_mtime_ns) != (transfer.size, transfer.modified_ns):
        raise MisuseError(changed(transfer))
