"""Which nodes of a Merkle tree a root or a proof is made of: coordinates only, no hashing of entries.

``Node(level, position)`` is the root over ``2 ** level`` leaves. Only such complete subtrees never
change as the log grows, so they are what a tree in memory and tiles on a disk keep. The incomplete right edge
is a range of them, folded from the right (RFC 9162 section 2.1.2). Whoever can look nodes up can build every
root and proof of every size the log ever had.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeAlias

from rogatory_crypto.errors import MisuseError
from rogatory_crypto.log.merkle import EMPTY_ROOT, Proof, node_hash


class Node(NamedTuple):
    """A complete subtree of ``2 ** level`` leaves, counted from the left at its level."""

    level: int
    position: int


NodeReader: TypeAlias = Callable[[Node], bytes]
Range: TypeAlias = tuple[Node, ...]


def range_nodes(start: int, end: int) -> Range:
    """Return the complete subtrees over leaves ``start`` to ``end``, left to right.

    Args:
        start: a multiple of the largest power of two that fits into the range.
        end: exclusive.
    """
    nodes: list[Node] = []
    while start < end:
        level = (end - start).bit_length() - 1
        nodes.append(Node(level, start >> level))
        start += 1 << level
    return tuple(nodes)


def inclusion_ranges(index: int, size: int) -> list[Range]:
    """Return what each hash of an inclusion proof covers (RFC 9162 section 2.1.3.1)."""
    if not 0 <= index < size:
        raise MisuseError(f"no leaf {index} in a tree of {size}")
    return _path(Node(0, index), size)


def consistency_ranges(old_size: int, size: int) -> list[Range]:
    """Return what each hash of a consistency proof covers (RFC 9162 section 2.1.4.1)."""
    if not 0 <= old_size <= size:
        raise MisuseError(f"a tree of {size} never had {old_size} leaves")
    if old_size in {0, size}:
        return []
    index, level = old_size - 1, 0
    while index & 1:
        index, level = index >> 1, level + 1
    # A complete left edge is the old root itself, which the verifier has.
    start: list[Range] = [(Node(level, index),)] if index else []
    return start + _path(Node(level, index), size)


def _path(node: Node, size: int) -> list[Range]:
    level, index = node
    path: list[Range] = []
    while (index + 1) << level < size or index:
        sibling = index ^ 1
        start = sibling << level
        if start < size:  # a last node without a sibling rises unchanged
            path.append(range_nodes(start, min(size, start + (1 << level))))
        index, level = index >> 1, level + 1
    return path


def fold(hashes: Sequence[bytes]) -> bytes:
    """Return the hash over complete subtrees of falling height."""
    *rest, computed = hashes
    for left in reversed(rest):
        computed = node_hash(left, computed)
    return computed


def read_root(read: NodeReader, size: int) -> bytes:
    """Return the root of the tree of the first ``size`` leaves."""
    return fold([read(node) for node in range_nodes(0, size)]) if size else EMPTY_ROOT


def read_proof(read: NodeReader, ranges: Sequence[Range]) -> Proof:
    """Return the hashes of a proof."""
    return tuple(fold([read(node) for node in nodes]) for nodes in ranges)
