"""Pieces grow on a fast line and shrink on a thin one; a file that gives out is named as the cause."""

import os
from collections.abc import AsyncIterator
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rogatory_client.engine.outgoing_effect import Transfer
from rogatory_client.office.line.transfer import (
    FIRST_PIECE_BYTES,
    LEAST_PIECE_BYTES,
    PIECE_S,
    digest_file,
    next_piece_bytes,
    upload,
)
from rogatory_crypto.attachments import AttachmentKey, Decryptor
from rogatory_crypto.content.mimi import MessageId
from rogatory_crypto.errors import Code, MisuseError, PeerError, TransportError
from rogatory_crypto.wire import limits
from rogatory_crypto.wire.identifier import BlobId, GroupId
from rogatory_crypto.wire.request import UploadCompletion, UploadRequest, UploadState

KEY = AttachmentKey(bytes(32), bytes(24), bytes(32))


class StoringSession:
    """A relay's side of one upload; it can lose the line once, or have forgotten the token."""

    def __init__(self, *, refuse_piece: int | None = None, code: Code = Code.UNAUTHENTICATED) -> None:
        self.data = bytearray()
        self.complete = False
        self.size = 0
        self.pieces: list[int] = []
        self._refuse_piece = refuse_piece
        self._code = code

    def state(self) -> UploadState:
        return UploadState(len(self.data), self.size, self.complete)

    async def begin_upload(self, _blob_id: BlobId, request: UploadRequest) -> UploadState:
        self.size = request.size
        return self.state()

    async def upload(
        self, _blob_id: BlobId, offset: int, size: int, piece: AsyncIterator[bytes]
    ) -> UploadState:
        assert offset == len(self.data)
        self.pieces.append(size)
        if len(self.pieces) == self._refuse_piece:
            raise PeerError(self._code)
        try:
            arrived = b"".join([part async for part in piece])
        except (OSError, MisuseError) as error:
            raise TransportError("what HTTP makes of a body that breaks off") from error
        assert len(arrived) == size
        self.data += arrived
        return self.state()

    async def complete_upload(self, _blob_id: BlobId, completion: UploadCompletion) -> UploadState:
        assert sha256(self.data).digest() == completion.sha256
        self.complete = True
        return self.state()


def transfer_of(path: Path) -> Transfer:
    status = path.stat()
    digests = digest_file(path, KEY, status.st_size)
    return Transfer(
        BlobId(bytes(16)),
        GroupId(bytes(32)),
        MessageId(bytes(32)),
        str(path),
        path.name,
        status.st_size,
        status.st_mtime_ns,
        KEY.key,
        KEY.salt,
        KEY.context,
        digests.stored_sha256,
    )


@pytest.fixture
def evidence(tmp_path: Path) -> Path:
    path = tmp_path / "evidence.bin"
    path.write_bytes(os.urandom(5_000_001))
    return path


async def test_what_arrives_decrypts_to_the_file_and_pieces_grow(evidence: Path) -> None:
    session, moved = StoringSession(), list[int]()
    await upload(session, transfer_of(evidence), lambda _name, done, _total: moved.append(done))  # type: ignore[arg-type]  # the part of a session an upload needs
    decryptor = Decryptor(KEY)
    assert decryptor.update(bytes(session.data)) + decryptor.finish() == evidence.read_bytes()
    assert session.pieces[:2] == [FIRST_PIECE_BYTES, 2 * FIRST_PIECE_BYTES]
    assert moved == sorted(moved)
    assert moved[-1] == session.size


@pytest.mark.parametrize("code", [Code.UNAUTHENTICATED, Code.WRONG_OFFSET])
async def test_a_forgotten_token_or_another_offset_is_settled_by_asking(evidence: Path, code: Code) -> None:
    session = StoringSession(refuse_piece=2, code=code)
    await upload(session, transfer_of(evidence))  # type: ignore[arg-type]  # as above
    assert session.complete


async def test_any_other_refusal_is_the_callers(evidence: Path) -> None:
    session = StoringSession(refuse_piece=2, code=Code.STORAGE_FULL)
    with pytest.raises(PeerError) as refusal:
        await upload(session, transfer_of(evidence))  # type: ignore[arg-type]  # as above
    assert refusal.value.code is Code.STORAGE_FULL


async def test_a_file_that_shrinks_under_way_is_the_cause_not_the_network(evidence: Path) -> None:
    session, transfer = StoringSession(), transfer_of(evidence)

    def shrink(_name: str, _done: int, _total: int) -> None:
        os.truncate(evidence, 1_000_000)

    with pytest.raises(MisuseError, match="attach it again"):
        await upload(session, transfer, shrink)  # type: ignore[arg-type]  # as above


async def test_a_file_that_is_gone_is_the_cause(evidence: Path) -> None:
    transfer = transfer_of(evidence)
    evidence.unlink()
    with pytest.raises(MisuseError, match="attach it again"):
        await upload(StoringSession(), transfer)  # type: ignore[arg-type]  # as above


@given(st.integers(LEAST_PIECE_BYTES, limits.MAX_UPLOAD_PIECE_BYTES), st.floats(0, 3600))
def test_a_piece_stays_within_bounds_and_near_a_second(size: int, seconds: float) -> None:
    following = next_piece_bytes(size, seconds)
    assert LEAST_PIECE_BYTES <= following <= limits.MAX_UPLOAD_PIECE_BYTES
    if seconds < PIECE_S / 2:
        assert following >= size
    elif seconds > 2 * PIECE_S:
        assert following <= size
    else:
        assert following == size
