"""Positions in the tree, against definitions rather than formulas (RFC 9420 appendix C)."""

import pytest

from rogatory_crypto.errors import MisuseError
from rogatory_crypto.mls import tree_math
from rogatory_crypto.mls.tree_math import NodeIndex


def below(node: int, low: int, high: int) -> set[int]:
    """Return all nodes under the middle of a range, by halving it."""
    if low == high:
        return {low}
    middle = (low + high) // 2
    if node == middle:
        return set(range(low, high + 1))
    return below(node, low, middle - 1) if node < middle else below(node, middle + 1, high)


@pytest.mark.parametrize("leaves", [1, 2, 4, 8, 16, 32])
def test_subtrees_paths_and_ancestors_agree_with_halving(leaves: int) -> None:
    width = 2 * leaves - 1
    subtrees = {node: below(node, 0, width - 1) for node in range(width)}
    for node in map(NodeIndex, range(width)):
        above = [n for n in subtrees if node in subtrees[n] and n != node]
        ancestors = sorted(above, key=lambda n: len(subtrees[n]))
        assert list(tree_math.direct_path(node, leaves)) == ancestors
        assert {n for n in range(width) if tree_math.is_below(NodeIndex(n), node)} == subtrees[node]
        assert set(range(width)[tree_math.span(node)]) == subtrees[node]
        assert {2 * leaf for leaf in tree_math.leaf_span(node)} == {n for n in subtrees[node] if n % 2 == 0}
        for other in map(NodeIndex, range(width)):
            common = [n for n in subtrees if {node, other} <= subtrees[n]]
            lowest = min(common, key=lambda n: len(subtrees[n]))
            assert tree_math.common_ancestor(node, other) == lowest


@pytest.mark.parametrize("leaves", [2, 4, 8, 16, 32])
def test_a_parent_and_its_children_know_each_other(leaves: int) -> None:
    for node in map(NodeIndex, range(1, 2 * leaves - 1, 2)):
        left, right = tree_math.left(node), tree_math.right(node)
        assert tree_math.parent(left) == tree_math.parent(right) == node
        assert (tree_math.sibling(left), tree_math.sibling(right)) == (right, left)
        assert tree_math.level(left) == tree_math.level(right) == tree_math.level(node) - 1


def test_a_leaf_has_no_children() -> None:
    for child in (tree_math.left, tree_math.right):
        with pytest.raises(MisuseError):
            child(NodeIndex(4))
