"""A tree goes up until it is sealed with the right hash, and comes down within bounds."""

import os
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable
from hashlib import sha256

import pytest

from rogatory_client.engine.large_tree import StoredTree
from rogatory_client.office.line.tree_transfer import PIECE_BYTES, fetch_tree, store_tree
from rogatory_crypto.errors import Code, PeerError, TransportError
from rogatory_crypto.wire.identifier import BlobId, GroupId
from rogatory_crypto.wire.request import UploadCompletion, UploadRequest, UploadState
from rogatory_crypto.wire.tree_object import MAX_STORED_TREE_BYTES, seal_tree, tree_object

GROUP = GroupId(b"g" * 32)
PLACE = tree_object(GROUP, b"h" * 32)
TREE = os.urandom(2 * PIECE_BYTES + 17)
STORED = StoredTree(PLACE, seal_tree(PLACE, TREE))


class TreeSession:
    """A relay's side of one object; it can refuse some pieces, damage them, or hold another's bytes."""

    def __init__(self, held: bytes = b"", *, sealed: bool = False, refusals: tuple[Code, ...] = ()) -> None:
        self.data = bytearray(held)
        self.sealed = sealed
        self.pieces: list[int] = []
        self.closed = False
        self.damages = False
        self._refusals = list(refusals)

    def state(self) -> UploadState:
        return UploadState(len(self.data), len(STORED.stored), self.sealed)

    async def begin_upload(self, blob_id: BlobId, request: UploadRequest) -> UploadState:
        assert (blob_id, request) == (PLACE.blob_id, UploadRequest(GROUP, len(STORED.stored)))
        return self.state()

    async def upload(
        self, _blob_id: BlobId, offset: int, size: int, piece: AsyncIterator[bytes]
    ) -> UploadState:
        if self._refusals:
            raise PeerError(self._refusals.pop())
        data = b"".join([part async for part in piece])
        assert (offset, size) == (len(self.data), len(data))
        self.pieces.append(size)
        self.data += bytes(size) if self.damages else data
        return self.state()

    async def complete_upload(self, _blob_id: BlobId, completion: UploadCompletion) -> UploadState:
        if sha256(self.data).digest() != completion.sha256:
            if self.sealed:
                raise PeerError(Code.CONFLICT)
            self.data.clear()
            raise PeerError(Code.HASH_MISMATCH)
        self.sealed = True
        return self.state()

    async def download(self, _blob_id: BlobId, _offset: int) -> AsyncGenerator[bytes]:
        try:
            if self._refusals:
                raise PeerError(self._refusals.pop())
            for start in range(0, len(self.data), PIECE_BYTES):
                yield bytes(self.data[start : start + PIECE_BYTES])
        finally:
            self.closed = True


async def store(session: TreeSession) -> None:
    await store_tree(session, GROUP, STORED)  # type: ignore[arg-type]  # the part of a session it needs


async def fetch(session: TreeSession) -> bytes:
    return await fetch_tree(session, PLACE)  # type: ignore[arg-type]  # the part of a session it needs


async def refusal(attempt: Awaitable[object]) -> Code:
    with pytest.raises(PeerError) as caught:
        await attempt
    return caught.value.code


async def test_what_went_up_comes_down() -> None:
    session = TreeSession()
    await store(session)
    assert session.sealed
    assert max(session.pieces) == PIECE_BYTES
    assert await fetch(session) == TREE


async def test_an_upload_goes_on_where_the_relay_stands() -> None:
    session = TreeSession(STORED.stored[:PIECE_BYTES])
    await store(session)
    assert sum(session.pieces) == len(STORED.stored) - PIECE_BYTES
    whole = TreeSession(STORED.stored)
    await store(whole)
    assert (whole.pieces, whole.sealed) == ([], True)


async def test_what_is_there_already_is_compared_and_not_sent_again() -> None:
    session = TreeSession(STORED.stored, sealed=True)
    await store(session)
    assert session.pieces == []
    other = TreeSession(bytes(len(STORED.stored)), sealed=True)
    assert await refusal(store(other)) is Code.CONFLICT


@pytest.mark.parametrize("code", [Code.WRONG_OFFSET, Code.UNAUTHENTICATED, Code.WRONG_LENGTH])
async def test_what_asking_again_settles_is_asked_again(code: Code) -> None:
    session = TreeSession(refusals=(code, code))
    await store(session)
    assert session.sealed


async def test_a_damaged_beginning_is_sent_anew() -> None:
    session = TreeSession(bytes(PIECE_BYTES))
    await store(session)
    assert bytes(session.data) == STORED.stored


async def test_a_relay_that_never_takes_it_is_left_for_later() -> None:
    session = TreeSession()
    session.damages = True
    with pytest.raises(TransportError, match="again later"):
        await store(session)
    assert not session.sealed


async def test_any_other_refusal_is_the_callers() -> None:
    assert await refusal(store(TreeSession(refusals=(Code.STORAGE_FULL,)))) is Code.STORAGE_FULL
    assert await refusal(fetch(TreeSession(refusals=(Code.NOT_FOUND,)))) is Code.NOT_FOUND
    with pytest.raises(TransportError):
        await fetch(TreeSession(refusals=(Code.UNAUTHENTICATED,)))


async def test_no_more_is_read_than_a_tree_may_have_and_the_stream_is_closed() -> None:
    session = TreeSession(STORED.stored + bytes(2 * MAX_STORED_TREE_BYTES), sealed=True)
    assert await refusal(fetch(session)) is Code.TOO_LARGE
    assert session.closed


async def test_a_cut_or_foreign_object_is_no_tree() -> None:
    assert await refusal(fetch(TreeSession(STORED.stored[:-1]))) is Code.DECRYPTION_FAILED
    assert await refusal(fetch(TreeSession(STORED.stored[:20]))) is Code.WRONG_LENGTH
    assert await refusal(fetch(TreeSession(bytes(1000)))) is Code.DECRYPTION_FAILED
