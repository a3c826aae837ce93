"""What a list of proposals makes of the tree and the extensions of a group (RFC 9420 section 12.3)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.mls.credentials import Extension
from rogatory_crypto.mls.framing import MemberSender
from rogatory_crypto.mls.leaf_validation import Admission
from rogatory_crypto.mls.nodes import LEAVES_LIMIT, SMALL_LEAF, KeyPackage, LeafNode
from rogatory_crypto.mls.proposal_list import Listed
from rogatory_crypto.mls.proposals import Add, GroupContextExtensions, Remove, Update
from rogatory_crypto.mls.ratchet_tree import RatchetTree
from rogatory_crypto.mls.tree_math import LeafIndex


@dataclass(frozen=True, slots=True)
class Provisional:
    """The group as a list leaves it, before the path of its commit.

    Attributes:
        tree: for the commit's path to be put in.
        extensions: of the group from now on.
        added: who got which seat.
        removed: who left which seat.
        updated: who replaced his leaf.
    """

    tree: RatchetTree
    extensions: tuple[Extension, ...]
    added: tuple[tuple[LeafIndex, KeyPackage], ...]
    removed: tuple[tuple[LeafIndex, LeafNode], ...]
    updated: tuple[tuple[LeafIndex, LeafNode], ...]

    @property
    def new_seats(self) -> frozenset[LeafIndex]:
        """The seats of those just added."""
        return frozenset(seat for seat, _ in self.added)


def extensions_after(listed: Sequence[Listed], before: tuple[Extension, ...]) -> tuple[Extension, ...]:
    """Return the group's extensions once a list is applied: they rule all other checks.  # G14."""
    for entry in listed:
        if isinstance(entry.proposal, GroupContextExtensions):
            return entry.proposal.extensions
    return before


def apply(listed: Sequence[Listed], tree: RatchetTree, extensions: tuple[Extension, ...]) -> Provisional:
    """Apply a list: extensions, updates, removals, additions, in that order.  # G14 I14.

    Raises:
        PeerError: INVALID_PROPOSAL, TOO_LARGE.
    """
    after = tree.copy()
    updated = _update(listed, after)
    removed = _remove(listed, after)
    added = tuple(
        (after.add_leaf(entry.proposal.key_package.leaf_node), entry.proposal.key_package)
        for entry in listed
        if isinstance(entry.proposal, Add)
    )
    after.truncate()
    return Provisional(after, extensions_after(listed, extensions), added, removed, updated)


def _update(listed: Sequence[Listed], tree: RatchetTree) -> tuple[tuple[LeafIndex, LeafNode], ...]:
    updated = []
    for entry in listed:
        if isinstance(entry.proposal, Update) and isinstance(entry.sender, MemberSender):
            seat = LeafIndex(entry.sender.leaf_index)
            tree.update_leaf(seat, entry.proposal.leaf_node)
            updated.append((seat, entry.proposal.leaf_node))
    return tuple(updated)


def _remove(listed: Sequence[Listed], tree: RatchetTree) -> tuple[tuple[LeafIndex, LeafNode], ...]:
    removed = []
    for entry in listed:
        if isinstance(entry.proposal, Remove):
            seat = LeafIndex(entry.proposal.removed)
            leaf = tree.leaf(seat)
            if leaf is None:
                raise PeerError(Code.INVALID_PROPOSAL, "F03: nobody sits there")
            tree.remove_leaf(seat)
            removed.append((seat, leaf))
    return tuple(removed)


def verify_result(after: Provisional, before: tuple[Extension, ...], admission: Admission) -> None:
    """Return only if the group that a list makes is sound as a whole.  # F07 G06 G12 D09 D12.

    Args:
        after: what the list made.
        before: the group's extensions until now.
        admission: the terms from now on.

    Raises:
        PeerError: INVALID_PROPOSAL, TOO_LARGE, or INVALID_LEAF_NODE for a member who lacks a capability.
    """
    if after.extensions != before:
        for _, leaf in after.tree.leaves():
            admission.verify_capabilities(leaf)  # F07
    if after.added or after.updated:
        verify_room(after.tree, (leaf for _, leaf in after.updated))
        verify_room(after.tree, (package.leaf_node for _, package in after.added))
        _verify_unique(after.tree)
        admission.verify_credential_types(after.tree)


def verify_room(tree: RatchetTree, new: Iterable[LeafNode]) -> None:
    """Return only if a tree with new leaves can still be sent to who joins next.  # Q02.

    Small leaves always can: as many as there are seats, beside large ones of ``LEAVES_LIMIT``, and all the
    parents above them stay within ``TREE_LIMIT``.

    Raises:
        PeerError: TOO_LARGE.
    """
    if all(len(leaf.encoded) <= SMALL_LEAF for leaf in new):
        return
    if sum(len(leaf.encoded) for _, leaf in tree.leaves()) > LEAVES_LIMIT:
        raise PeerError(Code.TOO_LARGE, "Q02: the leaves of the tree have grown too large")


def _verify_unique(tree: RatchetTree) -> None:
    census = tree.census
    if not census.signature_keys.is_distinct:
        raise PeerError(Code.INVALID_PROPOSAL, "G06 D09: a signature key sits twice")
    if not census.identities.is_distinct:
        raise PeerError(Code.INVALID_PROPOSAL, "G06: an identity sits twice")
    if not census.encryption_keys.is_distinct:
        raise PeerError(Code.INVALID_PROPOSAL, "D09: an encryption key sits twice")
