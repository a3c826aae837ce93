"""One thing spoilt in a tree that was sound; each function changes it in place and tells whether it did."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final, TypeAlias

from tests.crypto.mls.tree_pair import nodes_of

from rogatory_crypto.mls.nodes import ParentNode
from rogatory_crypto.mls.ratchet_tree import RatchetTree
from rogatory_crypto.mls.tree_math import NodeIndex, node_of

Spoiler: TypeAlias = Callable[[RatchetTree, int], bool]


def parents_of(tree: RatchetTree) -> list[tuple[NodeIndex, ParentNode]]:
    return list(tree.parents())


def with_unmerged(
    tree: RatchetTree, which: int, change: Callable[[tuple[int, ...], int], tuple[int, ...]]
) -> bool:
    """Change the list of one parent; False if it stays as it was."""
    parents = parents_of(tree)
    if not parents:
        return False
    index, parent = parents[which % len(parents)]
    changed = change(parent.unmerged_leaves, which)
    if changed == parent.unmerged_leaves:
        return False
    tree.set_node(index, replace(parent, unmerged_leaves=changed))
    return True


def drop_unmerged(tree: RatchetTree, which: int) -> bool:
    return with_unmerged(tree, which, lambda leaves, _: leaves[1:])


def duplicate_unmerged(tree: RatchetTree, which: int) -> bool:
    return with_unmerged(tree, which, lambda leaves, _: (*leaves, *leaves[-1:]))


def unsort_unmerged(tree: RatchetTree, which: int) -> bool:
    return with_unmerged(tree, which, lambda leaves, _: leaves[::-1])


def invent_unmerged(tree: RatchetTree, which: int) -> bool:
    extra = which * 7 % (tree.size + 1)
    return with_unmerged(tree, which, lambda leaves, _: tuple(sorted({*leaves, extra})))


def swap_parent_keys(tree: RatchetTree, which: int) -> bool:
    parents = parents_of(tree)
    if len(parents) < 2:
        return False
    (index, one), (other_index, other) = parents[which % len(parents)], parents[(which + 1) % len(parents)]
    tree.set_node(index, replace(one, encryption_key=other.encryption_key))
    tree.set_node(other_index, replace(other, encryption_key=one.encryption_key))
    return True


def change_parent_key(tree: RatchetTree, which: int) -> bool:
    parents = parents_of(tree)
    if not parents:
        return False
    index, parent = parents[which % len(parents)]
    tree.set_node(index, replace(parent, encryption_key=bytes(32)))
    return True


def duplicate_key(tree: RatchetTree, which: int) -> bool:
    """Give a parent the key of a leaf."""
    parents = parents_of(tree)
    leaves = list(tree.leaves())
    if not parents:
        return False
    index, parent = parents[which % len(parents)]
    tree.set_node(index, replace(parent, encryption_key=leaves[which % len(leaves)][1].encryption_key))
    return True


def seat_twice(tree: RatchetTree, which: int) -> bool:
    """Put a copy of a leaf on another's seat."""
    leaves = list(tree.leaves())
    if len(leaves) < 2:
        return False
    seat, _ = leaves[which % len(leaves)]
    tree.set_node(node_of(seat), leaves[(which + 1) % len(leaves)][1])
    return True


def invent_parent(tree: RatchetTree, which: int) -> bool:
    """Fill a blank with a key for which nobody vouches."""
    blanks = [index for index, node in enumerate(nodes_of(tree)) if index % 2 and node is None]
    if not blanks:
        return False
    tree.set_node(NodeIndex(blanks[which % len(blanks)]), ParentNode(bytes(32), b"", ()))
    return True


def blank_parent(tree: RatchetTree, which: int) -> bool:
    parents = parents_of(tree)
    if not parents:
        return False
    tree.set_node(parents[which % len(parents)][0], None)
    return True


def blank_leaf(tree: RatchetTree, which: int) -> bool:
    leaves = list(tree.leaves())
    tree.set_node(node_of(leaves[which % len(leaves)][0]), None)
    return len(leaves) > 1


def with_parent_hash(tree: RatchetTree, which: int, value: bytes) -> bool:
    parents = [(index, parent) for index, parent in parents_of(tree) if parent.parent_hash != value]
    if not parents:
        return False
    index, parent = parents[which % len(parents)]
    tree.set_node(index, replace(parent, parent_hash=value))
    return True


def forge_parent_hash(tree: RatchetTree, which: int) -> bool:
    return with_parent_hash(tree, which, bytes(32))


def clear_parent_hash(tree: RatchetTree, which: int) -> bool:
    return with_parent_hash(tree, which, b"")


def copy_parent_hash(tree: RatchetTree, which: int) -> bool:
    """Put another parent's hash into a parent, as a stale one would be."""
    parents = parents_of(tree)
    return bool(parents) and with_parent_hash(tree, which, parents[-1 - which % len(parents)][1].parent_hash)


def swap_leaves(tree: RatchetTree, which: int) -> bool:
    leaves = list(tree.leaves())
    if len(leaves) < 2:
        return False
    (seat, one), (other_seat, other) = leaves[which % len(leaves)], leaves[(which + 1) % len(leaves)]
    tree.set_node(node_of(seat), other)
    tree.set_node(node_of(other_seat), one)
    return True


# No tree survives these; of the others some are trees that members could have made.
FATAL: Final[list[Spoiler]] = [
    drop_unmerged,
    duplicate_unmerged,
    unsort_unmerged,
    invent_unmerged,
    swap_parent_keys,
    change_parent_key,
    duplicate_key,
    seat_twice,
    invent_parent,
]
DOUBTFUL: Final[list[Spoiler]] = [
    blank_parent,
    blank_leaf,
    forge_parent_hash,
    clear_parent_hash,
    copy_parent_hash,
    swap_leaves,
]
