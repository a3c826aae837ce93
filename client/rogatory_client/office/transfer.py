"""Attachments on their way, in constant memory: up in pieces from where the relay stands, down into a file.

Encryption is deterministic for the stored key, so an upload goes on at any offset after any interruption; the
file must still be the one that was hashed when it was attached.
"""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final, Self

from rogatory_client.engine.effect import Transfer
from rogatory_client.office.view import Progress
from rogatory_crypto.attachments import PIECE_BYTES, AttachmentKey, Digests, Encryptor, stored_size
from rogatory_crypto.errors import Code, MisuseError, PeerError
from rogatory_crypto.wire.api import Session
from rogatory_crypto.wire.request import UploadCompletion, UploadRequest, UploadState

UPLOAD_PIECE_BYTES: Final = 4 << 20
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


@dataclass(slots=True)
class _Source:
    """The rest of a file as stored pieces."""

    file: BinaryIO
    encryptor: Encryptor
    finished: bool = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.file.close()

    def next_piece(self) -> bytes:
        """Return up to about 4 MiB of the stored form; nothing at the end."""
        parts: list[bytes] = []
        size = 0
        while size < UPLOAD_PIECE_BYTES and not self.finished:
            plaintext = self.file.read(PIECE_BYTES)
            part = self.encryptor.update(plaintext) if plaintext else self.encryptor.finish()
            self.finished = not plaintext
            parts.append(part)
            size += len(part)
        return b"".join(parts)


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
    total = stored_size(transfer.size)
    _check_unchanged(transfer)
    try:
        with _open_at(transfer, key, offset) as source:
            piece = await asyncio.to_thread(source.next_piece)
            while piece:
                # The next piece is encrypted while this one travels.
                state, piece = await _together(
                    session.upload(transfer.blob_id, offset, piece), asyncio.to_thread(source.next_piece)
                )
                offset = state.offset
                if progress is not None:
                    progress(transfer.filename, offset, total)
    except OSError as error:
        raise MisuseError(_CHANGED.format(transfer.filename)) from error
    except PeerError as error:
        if error.code is not Code.WRONG_OFFSET:
            raise


async def _together(sent: Awaitable[UploadState], prepared: Awaitable[bytes]) -> tuple[UploadState, bytes]:
    """Wait for both, whatever becomes of one: the file is closed only when no thread reads it."""
    state, piece = await asyncio.gather(sent, prepared, return_exceptions=True)
    if isinstance(state, BaseException):
        raise state
    if isinstance(piece, BaseException):
        raise piece
    return state, piece


def _open_at(transfer: Transfer, key: AttachmentKey, offset: int) -> _Source:
    encryptor = Encryptor(key, transfer.size, stored_offset=offset, digesting=False)
    file = Path(transfer.path).open("rb")  # noqa: SIM115  # the source closes it
    file.seek(encryptor.plaintext_offset)
    return _Source(file, encryptor)


def _check_unchanged(transfer: Transfer) -> None:
    try:
        status = Path(transfer.path).stat()
    except OSError as error:
        raise MisuseError(_CHANGED.format(transfer.filename)) from error
    if (status.st_size, status.st_mtime_ns) != (transfer.size, transfer.modified_ns):
        raise MisuseError(_CHANGED.format(transfer.filename))
