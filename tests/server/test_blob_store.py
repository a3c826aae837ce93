"""Attachments as files: pieces, what a crash leaves, hashes along the way, a full disk."""

import os
import resource
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

import pytest

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.wire.identifier import BlobId
from rogatory_server import blob_store
from rogatory_server.blob_store import BlobFolder

BLOB = BlobId(bytes(range(16)))


@pytest.fixture
def folder(tmp_path: Path) -> BlobFolder:
    return BlobFolder(tmp_path / "blobs")


def append(folder: BlobFolder, offset: int, data: bytes) -> None:
    piece = folder.begin_piece(BLOB, offset)
    piece.write(data)
    piece.commit()


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    """Let no file of this process grow beyond a size, as a full disk does."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_pieces_make_a_file_only_its_owner_reads(folder: BlobFolder) -> None:
    append(folder, 0, b"first ")
    append(folder, 6, b"second")
    path = folder.path(BLOB)
    assert path.read_bytes() == b"first second"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert path.name == BLOB.hex()


def test_an_aborted_piece_leaves_nothing_and_no_wrong_hash(folder: BlobFolder) -> None:
    append(folder, 0, b"kept")
    piece = folder.begin_piece(BLOB, 4)
    piece.write(b"dropped")
    piece.abort()
    assert folder.path(BLOB).read_bytes() == b"kept"
    append(folder, 4, b"changed")
    assert folder.sha256(BLOB, 11) == sha256(b"keptchanged").digest()


def test_a_piece_begins_where_the_record_says_whatever_the_file_holds(folder: BlobFolder) -> None:
    append(folder, 0, b"recorded and not recorded")
    append(folder, 8, b"!")
    assert folder.path(BLOB).read_bytes() == b"recorded!"
    assert folder.sha256(BLOB, 9) == sha256(b"recorded!").digest()


def test_the_hash_is_the_files_with_and_without_memory_of_the_upload(tmp_path: Path) -> None:
    data = os.urandom(3_000_000)
    append(BlobFolder(tmp_path), 0, data)
    assert BlobFolder(tmp_path).sha256(BLOB, len(data)) == sha256(data).digest()


def test_hashes_in_memory_are_bounded(folder: BlobFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blob_store, "MAX_RUNNING_HASHES", 2)
    for number in range(5):
        folder.begin_piece(BlobId(bytes([number]) * 16), 0).commit()
    assert len(folder._hashes) == 2


def test_a_full_disk_is_told_and_the_piece_can_be_undone(folder: BlobFolder) -> None:
    append(folder, 0, b"x" * 1000)
    piece = folder.begin_piece(BLOB, 1000)
    with largest_file(1500), pytest.raises(PeerError) as caught:
        piece.write(b"y" * 1000)
    assert caught.value.code is Code.STORAGE_FULL
    piece.abort()
    assert folder.path(BLOB).read_bytes() == b"x" * 1000


def test_deleting_twice_is_no_error(folder: BlobFolder) -> None:
    append(folder, 0, b"x")
    folder.delete(BLOB)
    folder.delete(BLOB)
    assert not folder.path(BLOB).exists()
