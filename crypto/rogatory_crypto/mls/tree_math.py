"""Where nodes stand in a complete balanced tree kept as an array (RFC 9420 appendix C).

Leaf ``i`` is node ``2 i``; the level of a node is the number of its trailing one bits. A tree of ``n``
leaves, ``n`` a power of two, has the nodes ``0 .. 2 n - 2`` and its root is node ``n - 1``.
"""

from typing import NewType, cast

from rogatory_crypto.errors import MisuseError

LeafIndex = NewType("LeafIndex", int)
NodeIndex = NewType("NodeIndex", int)


def node_of(leaf: LeafIndex) -> NodeIndex:
    """Return the node of a leaf."""
    return NodeIndex(2 * leaf)


def level(node: NodeIndex) -> int:
    """Return the height of a node above the leaves."""
    return _step(node).bit_length() - 1


def _step(node: int) -> int:
    """Return 2 to the power of a node's level: its lowest bit that is zero."""
    return ~node & (node + 1)


def root(leaves: int) -> NodeIndex:
    """Return the root of a tree of ``leaves`` leaves, a power of two."""
    return NodeIndex(leaves - 1)


def left(node: NodeIndex) -> NodeIndex:
    """Return the left child of a parent node."""
    return children(node)[0]


def right(node: NodeIndex) -> NodeIndex:
    """Return the right child of a parent node."""
    return children(node)[1]


def children(node: NodeIndex) -> tuple[NodeIndex, NodeIndex]:
    """Return the left and the right child of a parent node."""
    half = _step(node) >> 1
    if not half:
        raise MisuseError("a leaf has no children")
    return cast("tuple[NodeIndex, NodeIndex]", (node - half, node + half))


def parent(node: NodeIndex) -> NodeIndex:
    """Return the parent of a node that is not the root."""
    step = _step(node)
    return NodeIndex((node | step) & ~(2 * step))


def sibling(node: NodeIndex) -> NodeIndex:
    """Return the other child of the parent."""
    return NodeIndex(node ^ 2 * _step(node))


def direct_path(node: NodeIndex, leaves: int) -> tuple[NodeIndex, ...]:
    """Return the parents from just above ``node`` up to the root."""
    top = root(leaves)
    step = _step(node)
    path: list[int] = []
    above: int = node
    while above != top:
        above = (above | step) & ~(2 * step)  # ``parent``, where each level doubles the step
        step *= 2
        path.append(above)
    return cast("tuple[NodeIndex, ...]", tuple(path))


def is_below(node: NodeIndex, ancestor: NodeIndex) -> bool:
    """Tell whether ``node`` stands in the subtree of ``ancestor``, which it may be itself."""
    reach = _step(ancestor) - 1
    return ancestor - reach <= node <= ancestor + reach


def span(node: NodeIndex) -> slice:
    """Return where the subtree of a node stands in the array."""
    reach = _step(node) - 1
    return slice(node - reach, node + reach + 1)


def leaf_span(node: NodeIndex) -> range:
    """Return the indices of the leaves below a node, as a range."""
    reach = _step(node) - 1
    return range((node - reach) // 2, (node + reach) // 2 + 1)


def common_ancestor(first: NodeIndex, second: NodeIndex) -> NodeIndex:
    """Return the lowest node that stands above both."""
    while not is_below(second, first):
        first = parent(first)
    return first
