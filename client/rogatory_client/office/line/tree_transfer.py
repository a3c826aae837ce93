"""Large trees on their way: up before the commit that makes them, down before the Welcome that names them."""

from collections.abc import AsyncIterator
from contextlib import aclosing
from hashlib import sha256
from typing import Final

from rogatory_client.engine.large_tree import StoredTree
from rogatory_crypto.errors import Code, PeerError, TransportError
from rogatory_crypto.wire.api import Session
from rogatory_crypto.wire.identifier import GroupId
from rogatory_crypto.wire.request import UploadCompletion, UploadRequest, UploadState
from rogatory_crypto.wire.tree_object import MAX_STORED_TREE_BYTES, TreeObject, open_tree

PIECE_BYTES: Final = 256 << 10
MAX_ATTEMPTS: Final = 4
# The relay stands elsewhere, has lost a piece or has forgotten the token: asking where it stands settles it.
_ASK_AGAIN: Final = frozenset(
    {Code.WRONG_OFFSET, Code.WRONG_LENGTH, Code.HASH_MISMATCH, Code.UNAUTHENTICATED}
)


async def store_tree(session: Session, group_id: GroupId, tree: StoredTree) -> None:
    """Bring a tree to the relay, from wherever it stands; return when it is sealed with the right hash.

    Raises:
        PeerError: CONFLICT if somebody else's bytes have its address, or what else the relay refuses with.
        TransportError: the network failed; the next attempt goes on.
    """
    request = UploadRequest(group_id, len(tree.stored))
    for _ in range(MAX_ATTEMPTS):
        state = await session.begin_upload(tree.place.blob_id, request)
        try:
            await _finish(session, tree, state)
        except PeerError as error:
            if error.code not in _ASK_AGAIN:
                raise
        else:
            return
    raise TransportError("the relay does not take the list of a room's members: it is sent again later")


async def _finish(session: Session, tree: StoredTree, state: UploadState) -> None:
    offset = len(tree.stored) if state.complete else state.offset
    while offset < len(tree.stored):
        piece = tree.stored[offset : offset + PIECE_BYTES]
        offset = (await session.upload(tree.place.blob_id, offset, len(piece), _once(piece))).offset
    await session.complete_upload(tree.place.blob_id, UploadCompletion(sha256(tree.stored).digest()))


async def _once(piece: bytes) -> AsyncIterator[bytes]:
    yield piece


async def fetch_tree(session: Session, place: TreeObject) -> bytes:
    """Return a tree as its committer stored it; whether it is the right one, its hash says in joining.

    Raises:
        PeerError: NOT_FOUND, WRONG_LENGTH or DECRYPTION_FAILED, which may pass; TOO_LARGE, which cannot, as
            what is sealed stays as long as it is; or what else the relay refuses with.
        TransportError: the network failed.
    """
    stored = bytearray()
    try:
        async with aclosing(session.download(place.blob_id, 0)) as pieces:
            async for piece in pieces:
                stored += piece
                if len(stored) > MAX_STORED_TREE_BYTES:
                    break
    except PeerError as error:
        if error.code is Code.UNAUTHENTICATED:
            raise TransportError("the relay has forgotten this device's token: it is asked anew") from error
        raise
    return open_tree(place, bytes(stored))
