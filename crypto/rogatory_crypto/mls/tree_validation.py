"""Is a tree that came from outside a tree that members could have made (RFC 9420 sections 7.9.2, 12.4.3.1)?

Every parent must be vouched for by exactly one chain of parent hashes that starts at a leaf (K06), unmerged
leaves must be listed in order at each parent on the way (K08), and no key may occur twice (K09, D09).
"""

from collections.abc import Mapping
from itertools import pairwise

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.mls import tree_math
from rogatory_crypto.mls.nodes import LeafNode, ParentNode
from rogatory_crypto.mls.ratchet_tree import RatchetTree
from rogatory_crypto.mls.tree_math import LeafIndex, NodeIndex


def verify_structure(tree: RatchetTree) -> None:
    """Return only if the parents of the tree are sound and its keys are unique.

    Raises:
        PeerError: INVALID_TREE.
    """
    _verify_unique_keys(tree)
    unmerged = {index: frozenset(parent.unmerged_leaves) for index, parent in tree.parents()}
    for index, parent in tree.parents():
        _verify_unmerged_leaves(tree, index, parent, unmerged)
    for index, parent in tree.parents():
        _verify_parent_hash(tree, index, parent)


def _verify_unique_keys(tree: RatchetTree) -> None:
    if not tree.census.encryption_keys.is_distinct:
        raise PeerError(Code.INVALID_TREE, "K09: an encryption key occurs twice")
    if not tree.census.signature_keys.is_distinct:
        raise PeerError(Code.INVALID_TREE, "D09: a signature key occurs twice")


def _verify_unmerged_leaves(
    tree: RatchetTree, index: NodeIndex, parent: ParentNode, unmerged: Mapping[NodeIndex, frozenset[int]]
) -> None:
    if any(first >= second for first, second in pairwise(parent.unmerged_leaves)):
        raise PeerError(Code.INVALID_TREE, "K08: unmerged leaves out of order")
    span = tree_math.leaf_span(index)
    for leaf in parent.unmerged_leaves:
        if leaf not in span or tree.leaf(LeafIndex(leaf)) is None:
            raise PeerError(Code.INVALID_TREE, "K08: an unmerged leaf that is not below")
        node = tree_math.parent(NodeIndex(2 * leaf))
        while node != index:
            if node in unmerged and leaf not in unmerged[node]:
                raise PeerError(Code.INVALID_TREE, "K08: an unmerged leaf that a node below has merged")
            node = tree_math.parent(node)


def _verify_parent_hash(tree: RatchetTree, index: NodeIndex, parent: ParentNode) -> None:
    left, right = tree_math.left(index), tree_math.right(index)
    unmerged = frozenset(parent.unmerged_leaves)
    vouchers = _vouchers(tree, index, unmerged, left, right) + _vouchers(tree, index, unmerged, right, left)
    if vouchers != 1:
        raise PeerError(Code.INVALID_TREE, f"K06: {vouchers} chains vouch for node {index}")


def _vouchers(
    tree: RatchetTree, index: NodeIndex, unmerged: frozenset[int], child: NodeIndex, beside: NodeIndex
) -> int:
    resolution = tree.resolution(child)
    span = tree_math.leaf_span(child)
    added = {2 * leaf for leaf in unmerged if leaf in span}
    originals = [node for node in resolution if node not in added]
    # The resolution without the voucher must be exactly the leaves added since.
    if len(originals) != 1 or len(resolution) != len(added) + 1:
        return 0
    match tree.node(originals[0]):
        case LeafNode() | ParentNode() as node if node.parent_hash:
            return int(node.parent_hash == tree.parent_hash(index, beside))
        case _:
            return 0
