"""A group back from the bytes that ``group_state`` wrote; halves of different epochs are refused."""

from collections.abc import Hashable, Sequence
from itertools import pairwise
from typing import TypeVar

from rogatory_crypto.codec import Reader, opaque_bytes
from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.mls.group import Group, Status
from rogatory_crypto.mls.group_state import BULK, STATE_LIMIT, STATE_VERSION, EpochState, RatchetState
from rogatory_crypto.mls.key_schedule import GroupContext
from rogatory_crypto.mls.members import Member
from rogatory_crypto.mls.past_epochs import PastEpoch
from rogatory_crypto.mls.proposal_list import Listed
from rogatory_crypto.mls.ratchet_tree import RatchetTree
from rogatory_crypto.mls.secret_tree import SecretTree
from rogatory_crypto.mls.tree_math import LeafIndex, NodeIndex
from rogatory_crypto.primitives import SignatureKeyPair, cipher_suite

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


def restore_group(epoch: bytes, ratchets: bytes) -> Group:
    """Return the group of an epoch state and the ratchet state that was stored last in that epoch.

    Raises:
        PeerError: MALFORMED or UNSUPPORTED for bytes that were not written by the functions above.
    """
    stored = EpochState.decode(epoch, limit=STATE_LIMIT)
    moving = RatchetState.decode(ratchets, limit=STATE_LIMIT)
    if stored.version != STATE_VERSION or moving.version != STATE_VERSION:
        raise PeerError(Code.UNSUPPORTED, "a group state of another version")
    suite = cipher_suite(stored.suite)
    context = GroupContext.decode(stored.context)
    named = (moving.group_id, moving.epoch, moving.confirmation_tag)
    if named != (context.group_id, context.epoch, stored.confirmation_tag):
        raise PeerError(Code.MALFORMED, "two halves of different epochs")
    tree = RatchetTree.decode(suite, stored.tree)
    return Group(
        suite=suite,
        context=context,
        encoded_context=stored.context,
        tree=tree,
        own_leaf=LeafIndex(stored.own_leaf),
        signer=SignatureKeyPair(stored.signature_private, stored.signature_public),
        private_keys=_in_order([(NodeIndex(held.node), held.key) for held in stored.private_keys]),
        secrets=stored.secrets,
        interim_transcript_hash=stored.interim_transcript_hash,
        confirmation_tag=stored.confirmation_tag,
        secret_tree=SecretTree.decode(suite, tree.size, moving.secret_tree),
        proposals=_distinct(
            [
                (waiting.reference, Listed(waiting.proposal, waiting.sender, waiting.reference))
                for waiting in moving.proposals
            ]
        ),
        update_keys=_distinct([(held.reference, held.key) for held in moving.update_keys]),
        past=_restore_past(stored, moving),
        resumption=tuple((held.epoch, held.psk) for held in stored.resumption),
        policy=stored.policy,
        status=_status(stored.status),
        reinit=stored.reinit,
        leaf_since=stored.leaf_since,
        sent_messages=moving.sent_messages,
        sent_bytes=moving.sent_bytes,
    )


def _distinct(pairs: Sequence[tuple[K, V]]) -> dict[K, V]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise PeerError(Code.MALFORMED, "one name twice")
    return found


def _in_order(pairs: Sequence[tuple[NodeIndex, V]]) -> dict[NodeIndex, V]:
    if any(first >= second for (first, _), (second, _) in pairwise(pairs)):
        raise PeerError(Code.MALFORMED, "keys of nodes out of order")
    return dict(pairs)


def _status(stored: int) -> Status:
    try:
        return Status(stored)
    except ValueError:
        raise PeerError(Code.MALFORMED, "no such status of a group") from None


def _restore_past(stored: EpochState, moving: RatchetState) -> tuple[PastEpoch, ...]:
    trees = _distinct([(held.epoch, held.secret_tree) for held in moving.past])
    if list(trees) != [held.epoch for held in stored.past]:
        raise PeerError(Code.MALFORMED, "past epochs of different halves")
    suite = cipher_suite(stored.suite)
    past = []
    for held in stored.past:
        seats = [
            Member(seat.leaf_index, seat.credential, seat.signature_key, seat.encryption_key)
            for seat in held.members
        ]
        members = _distinct([(member.leaf_index, member) for member in seats])
        tree = SecretTree.decode(suite, held.leaves, trees[held.epoch])
        past.append(
            PastEpoch(held.epoch, held.context, members, held.ended_at, held.sender_data_secret, tree)
        )
    return tuple(past)


def encode_group(group: Group) -> bytes:
    """Return the whole group as one secret string of bytes."""
    return opaque_bytes(group.epoch_state()) + opaque_bytes(group.ratchet_state())


def decode_group(data: bytes) -> Group:
    """Restore a group from ``encode_group``.

    Raises:
        PeerError: MALFORMED or UNSUPPORTED.
    """
    reader = Reader(data)
    epoch = BULK.read(reader)
    ratchets = BULK.read(reader)
    reader.finish()
    return restore_group(epoch, ratchets)
