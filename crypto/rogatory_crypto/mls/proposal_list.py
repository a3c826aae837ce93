"""The rules of a commit's list of proposals, and what it does to the tree (RFC 9420 sections 12.2, 12.3).

Outside of the scope as yet, and refused as a whole: pre-shared keys, re-initialisation, external joins and
changes of the group's extensions.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.mls.leaf_validation import Admission
from rogatory_crypto.mls.nodes import KeyPackage, LeafNode
from rogatory_crypto.mls.proposals import Add, Proposal, Remove, Update
from rogatory_crypto.mls.ratchet_tree import RatchetTree
from rogatory_crypto.mls.tree_math import LeafIndex


@dataclass(frozen=True, slots=True)
class Listed:
    """A proposal, who made it (G15), and its reference if it was sent before."""

    proposal: Proposal
    sender: LeafIndex
    reference: bytes | None = None


@dataclass(frozen=True, slots=True)
class Applied:
    """What a list did to a tree."""

    tree: RatchetTree
    added: tuple[tuple[LeafIndex, KeyPackage], ...]
    removed: tuple[tuple[LeafIndex, LeafNode], ...]
    updated: tuple[tuple[LeafIndex, LeafNode], ...]

    @property
    def new_seats(self) -> frozenset[LeafIndex]:
        """The seats of those just added."""
        return frozenset(seat for seat, _ in self.added)


def path_required(listed: Sequence[Listed]) -> bool:
    """Tell whether the commit must carry a path: for an empty list, or anything but Adds.  # I01."""
    return not listed or any(not isinstance(entry.proposal, Add) for entry in listed)


def verify_proposal(entry: Listed, tree: RatchetTree, admission: Admission) -> None:
    """Return only if a single proposal is sound in this epoch.  # F.

    Raises:
        PeerError: INVALID_PROPOSAL, UNSUPPORTED, or what the leaf or KeyPackage breaks.
    """
    match entry.proposal:
        case Add(package):
            admission.verify_key_package(package)
        case Update(leaf):
            old = tree.leaf(entry.sender)
            if old is None:
                raise PeerError(Code.INVALID_PROPOSAL, "F02: an update of a blank seat")
            admission.verify_update(leaf, entry.sender, old)
        case Remove(removed):
            if tree.leaf(LeafIndex(removed)) is None:
                raise PeerError(Code.INVALID_PROPOSAL, "F03: nobody sits there")
        case other:
            # F04 to F08: the place of the proposals that are not carried out yet
            raise PeerError(Code.UNSUPPORTED, f"G11: proposals of type {other.NAME} are not carried out")


def verify_list(listed: Sequence[Listed], committer: LeafIndex) -> None:
    """Return only if the proposals may stand beside each other.  # G01 to G10.

    Raises:
        PeerError: INVALID_PROPOSAL or UNSUPPORTED.
    """
    seats: list[int] = []
    packages: list[KeyPackage] = []
    for entry in listed:
        match entry.proposal:
            case Add(package):
                packages.append(package)
            case Update():
                if entry.sender == committer:
                    raise PeerError(Code.INVALID_PROPOSAL, "G02: the committer's own update")
                seats.append(entry.sender)
            case Remove(removed):
                if removed == committer:
                    raise PeerError(Code.INVALID_PROPOSAL, "G03: the committer's own removal")
                seats.append(removed)
            case other:
                raise PeerError(Code.UNSUPPORTED, f"G07 to G10: proposals of type {other.NAME}")
    if len(set(seats)) != len(seats):
        raise PeerError(Code.INVALID_PROPOSAL, "G04: two changes of one seat")
    _verify_distinct(packages)


def _verify_distinct(packages: list[KeyPackage]) -> None:
    for rule, values in (
        ("G05: two Adds of one signature key", {package.leaf_node.signature_key for package in packages}),
        ("G05: two Adds of one identity", {package.leaf_node.identity for package in packages}),
        ("E05: one init key twice", {package.init_key for package in packages}),
    ):
        if len(values) != len(packages):
            raise PeerError(Code.INVALID_PROPOSAL, rule)


def apply(listed: Sequence[Listed], tree: RatchetTree) -> Applied:
    """Return the tree after the list: updates, removals, additions, in that order.  # G14 I14."""
    after = tree.copy()
    updated, removed, added = [], [], []
    for entry in listed:
        if isinstance(entry.proposal, Update):
            after.update_leaf(entry.sender, entry.proposal.leaf_node)
            updated.append((entry.sender, entry.proposal.leaf_node))
    for entry in listed:
        if isinstance(entry.proposal, Remove):
            seat = LeafIndex(entry.proposal.removed)
            removed.append((seat, _removed_leaf(after, seat)))
            after.remove_leaf(seat)
    for entry in listed:
        if isinstance(entry.proposal, Add):
            package = entry.proposal.key_package
            added.append((after.add_leaf(package.leaf_node), package))
    after.truncate()
    return Applied(after, tuple(added), tuple(removed), tuple(updated))


def _removed_leaf(tree: RatchetTree, seat: LeafIndex) -> LeafNode:
    leaf = tree.leaf(seat)
    if leaf is None:
        raise PeerError(Code.INVALID_PROPOSAL, "F03: nobody sits there")
    return leaf


def verify_result(applied: Applied) -> None:
    """Return only if nobody sits twice in the tree that a list makes.  # G06 G12 D09.

    Raises:
        PeerError: INVALID_PROPOSAL.
    """
    if not applied.added and not applied.updated:
        return
    leaves = [leaf for _, leaf in applied.tree.leaves()]
    if len({leaf.signature_key for leaf in leaves}) != len(leaves):
        raise PeerError(Code.INVALID_PROPOSAL, "G06 D09: a signature key sits twice")
    if len({leaf.credential for leaf in leaves}) != len(leaves):
        raise PeerError(Code.INVALID_PROPOSAL, "G06: an identity sits twice")
    parents = sum(1 for _ in applied.tree.parents())
    if len(applied.tree.encryption_keys()) != len(leaves) + parents:
        raise PeerError(Code.INVALID_PROPOSAL, "D09: an encryption key sits twice")
