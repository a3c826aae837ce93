"""Where attachments lie: a Protocol, and a folder of files. An object store (S3) can stand behind the same.

A file may be longer than what is recorded as durable, after a crash in the middle of a piece; the next piece
cuts it back. Ids are hex, so that no name can leave the folder.
"""

import os
from collections import OrderedDict
from hashlib import sha256
from pathlib import Path
from typing import IO, Final, Protocol

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.wire.identifier import BlobId

MAX_RUNNING_HASHES: Final = 256
_CHUNK_BYTES: Final = 1 << 20


class BlobWriter(Protocol):
    """One piece on its way to disk; used from one thread at a time."""

    def write(self, data: bytes) -> None:
        """Append data.

        Raises:
            PeerError: STORAGE_FULL.
        """
        ...

    def commit(self) -> None:
        """Return when everything written is durable.

        Raises:
            PeerError: STORAGE_FULL.
        """
        ...

    def abort(self) -> None:
        """Undo what was written."""
        ...


class BlobStore(Protocol):
    """Opaque attachments by id."""

    def begin_piece(self, blob_id: BlobId, offset: int) -> BlobWriter:
        """Open a blob for appending at ``offset``."""
        ...

    def sha256(self, blob_id: BlobId, size: int) -> bytes:
        """Return the hash of the first ``size`` bytes."""
        ...

    def path(self, blob_id: BlobId) -> Path:
        """Return the file to serve."""
        ...

    def delete(self, blob_id: BlobId) -> None:
        """Delete a blob; one that is not there is no error."""
        ...


class BlobFolder:
    """Attachments as files of one folder.

    Args:
        folder: created with mode 0700 where absent.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder = folder
        self._hashes: OrderedDict[BlobId, RunningHash] = OrderedDict()

    def begin_piece(self, blob_id: BlobId, offset: int) -> "FilePiece":
        """Open a blob's file for appending at ``offset``, cutting off what lies beyond."""
        path = self.path(blob_id)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        file = os.fdopen(descriptor, "r+b", buffering=0)
        file.truncate(offset)
        file.seek(offset)
        if offset == 0:
            _sync_folder(self._folder)
        return FilePiece(file, offset, self._hash_at(blob_id, offset))

    def sha256(self, blob_id: BlobId, size: int) -> bytes:
        """Return the hash, computed along with the upload where it came in one go."""
        running = self._hashes.pop(blob_id, None)
        if running is not None and running.size == size:
            return running.digest()
        with self.path(blob_id).open("rb", buffering=0) as file:
            digest = sha256()
            while chunk := file.read(min(_CHUNK_BYTES, size)):
                digest.update(chunk)
                size -= len(chunk)
        return digest.digest()

    def path(self, blob_id: BlobId) -> Path:
        """Return the file of a blob."""
        return self._folder / blob_id.hex()

    def delete(self, blob_id: BlobId) -> None:
        """Delete the file of a blob."""
        self._hashes.pop(blob_id, None)
        self.path(blob_id).unlink(missing_ok=True)

    def _hash_at(self, blob_id: BlobId, offset: int) -> "RunningHash | None":
        running = self._hashes.get(blob_id)
        if offset == 0:
            running = self._hashes[blob_id] = RunningHash()
        elif running is not None and running.size != offset:
            # A piece was undone: the file goes on without what the hash has already taken in.
            del self._hashes[blob_id]
            return None
        if running is not None:
            self._hashes.move_to_end(blob_id)
        if len(self._hashes) > MAX_RUNNING_HASHES:
            self._hashes.popitem(last=False)
        return running


class RunningHash:
    """SHA-256 of a blob so far; forgotten with the process and then computed anew."""

    def __init__(self) -> None:
        self._hash = sha256()
        self.size = 0

    def update(self, data: bytes) -> None:
        """Take in what follows."""
        self._hash.update(data)
        self.size += len(data)

    def digest(self) -> bytes:
        """Return the hash."""
        return self._hash.digest()


class FilePiece:
    """One piece of a blob's file.

    Args:
        file: unbuffered, positioned at ``offset``.
        offset: where the piece begins.
        running: the hash up to here, if it is known.
    """

    def __init__(self, file: IO[bytes], offset: int, running: RunningHash | None) -> None:
        self._file = file
        self._offset = offset
        self._running = running

    def write(self, data: bytes) -> None:
        """Append all of ``data``."""
        view = memoryview(data)
        try:
            while view:
                view = view[self._file.write(view) :]
        except OSError as error:
            raise PeerError(Code.STORAGE_FULL, f"an attachment cannot be written: {error}") from error
        if self._running is not None:
            self._running.update(data)

    def commit(self) -> None:
        """Return when the piece is on disk."""
        try:
            os.fdatasync(self._file.fileno())
        except OSError as error:
            raise PeerError(Code.STORAGE_FULL, f"an attachment cannot be written: {error}") from error
        finally:
            self._file.close()

    def abort(self) -> None:
        """Cut the file back to where the piece began; the running hash no longer fits and dies of it."""
        self._file.truncate(self._offset)
        self._file.close()


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
