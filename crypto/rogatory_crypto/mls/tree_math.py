"""Where nodes stand in a complete balanced tree kept as an array (RFC 9420 appendix C).

Leaf ``i`` is node ``2 i``; the level of a node is the number of its trailing one bits. A tree of ``n``
leaves, ``n`` a power of two, has the nodes ``0 .. 2 n - 2`` and its root is node ``n - 1``.
"""

from typing import NewType

from rogatory_crypto.errors import MisuseError

LeafIndex = NewType("LeafIndex", int)
NodeIndex = NewType("NodeIndex", int)


def node_of(leaf: LeafIndex) -> NodeIndex:
    """Return the node of a leaf."""
    return NodeIndex(2 * leaf)


def level(node: NodeIndex) -> int:
    """Return the height of a node above the leaves."""
    return (node ^ (node + 1)).bit_length() - 1


def root(leaves: int) -> NodeIndex:
    """Return the root of a tree of ``leaves`` leaves, a power of two."""
    return NodeIndex(leaves - 1)


def left(node: NodeIndex) -> NodeIndex:
    """Return the left child of a parent node."""
    return NodeIndex(node ^ (1 << _parent_level(node) >> 1))


def right(node: NodeIndex) -> NodeIndex:
    """Return the right child of a parent node."""
    return NodeIndex(node ^ (3 << _parent_level(node) >> 1))


def _parent_level(node: NodeIndex) -> int:
    height = level(node)
    if not height:
        raise MisuseError("a leaf has no children")
    return height


def parent(node: NodeIndex) -> NodeIndex:
    """Return the parent of a node that is not the root."""
    height = level(node)
    return NodeIndex((node | 1 << height) & ~(1 << height + 1))


def sibling(node: NodeIndex) -> NodeIndex:
    """Return the other child of the parent."""
    return NodeIndex(node ^ 2 << level(node))


def direct_path(node: NodeIndex, leaves: int) -> tuple[NodeIndex, ...]:
    """Return the parents from just above ``node`` up to the root."""
    top = root(leaves)
    path: list[NodeIndex] = []
    while node != top:
        node = parent(node)
        path.append(node)
    return tuple(path)


def is_below(node: NodeIndex, ancestor: NodeIndex) -> bool:
    """Tell whether ``node`` stands in the subtree of ``ancestor``, which it may be itself."""
    reach = (1 << level(ancestor)) - 1
    return ancestor - reach <= node <= ancestor + reach


def leaf_span(node: NodeIndex) -> range:
    """Return the indices of the leaves below a node, as a range."""
    reach = (1 << level(node)) - 1
    return range((node - reach) // 2, (node + reach) // 2 + 1)


def common_ancestor(first: NodeIndex, second: NodeIndex) -> NodeIndex:
    """Return the lowest node that stands above both."""
    while not is_below(second, first):
        first = parent(first)
    return first
