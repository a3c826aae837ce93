"""Which trees travel beside their Welcome, and where: the committer stores one, new members fetch it.

A tree of more than ``MAX_WELCOME_TREE_BYTES`` in the next epoch is left out of the Welcome. That depends on
nothing but the staged group, so that whoever is started again in the middle knows what is still to be stored.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from rogatory_client.engine.room import Context, Room
from rogatory_crypto import mls
from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.wire.frame import Row
from rogatory_crypto.wire.identifier import GroupId, RowKind
from rogatory_crypto.wire.tree_object import MAX_WELCOME_TREE_BYTES, TreeObject, seal_tree, tree_object


@dataclass(frozen=True, slots=True)
class StoredTree:
    """A tree as it is to lie at the relay."""

    place: TreeObject
    stored: bytes = field(repr=False)


def lies_beside(group: mls.Group) -> bool:
    """Tell whether the tree of this epoch is too large for a Welcome."""
    return len(group.ratchet_tree) > MAX_WELCOME_TREE_BYTES


def is_expected_beside(group: mls.Group, key_packages: Iterable[bytes]) -> bool:
    """Tell whether it will be, after these and all that wait are added; a guess that spares staging twice."""
    waiting = sum(len(entry.proposal.encode()) for entry in group.proposals.values())
    return len(group.ratchet_tree) + sum(map(len, key_packages)) + waiting > MAX_WELCOME_TREE_BYTES


def tree_to_store(room: Room) -> StoredTree | None:
    """Return the tree that must be at the relay before the staged change is submitted."""
    staged = room.staged
    if staged is None or staged.welcome is None or not lies_beside(staged.group):
        return None
    place = tree_object(room.group_id, staged.group.tree_hash)
    return StoredTree(place, seal_tree(place, staged.group.ratchet_tree))


def tree_wanted(room: Room, row: Row, context: Context) -> TreeObject | None:
    """Return where the tree lies that a Welcome does not carry.

    Nothing is wanted for a row that ``receive`` takes in or refuses without it.
    """
    is_in = room.is_planned or room.is_followed_by(context.oneself.device_id)
    if row.kind is not RowKind.WELCOME or is_in or row.sequence <= room.position:
        return None
    try:
        package = named_key_package(row.payload, context)
        tree_hash = mls.welcome_tree_hash(row.payload, package)
    except PeerError:
        return None
    return None if tree_hash is None else tree_object(GroupId(room.group_id), tree_hash)


def named_key_package(welcome: bytes, context: Context) -> mls.KeyPackageSecrets:
    """Return the one KeyPackage that a Welcome names; it is parsed once, however many are in stock.

    Raises:
        PeerError: INVALID_WELCOME.
    """
    named = [package for package in context.key_packages if package.reference in welcome]
    if len(named) != 1:
        raise PeerError(Code.INVALID_WELCOME, "no KeyPackage of this device is left for it")
    return named[0]
