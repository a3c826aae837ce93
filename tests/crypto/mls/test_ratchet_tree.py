"""The tree with its kept hashes against the definitions of RFC 9420 sections 4.1 and 7.8, kept nowhere."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.crypto.mls.world import grown

from rogatory_crypto.codec import opaque_bytes
from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.mls import Lifetime, ratchet_tree
from rogatory_crypto.mls.credentials import BasicCredential, own_capabilities
from rogatory_crypto.mls.nodes import FromKeyPackage, LeafNode, Node, ParentNode
from rogatory_crypto.mls.ratchet_tree import RatchetTree
from rogatory_crypto.mls.tree_math import LeafIndex, NodeIndex
from rogatory_crypto.primitives import cipher_suite

SUITE = cipher_suite(1)


def made_leaf(number: int) -> LeafNode:
    """Return a leaf that nothing here verifies."""
    key = number.to_bytes(32, "big")
    source = FromKeyPackage(Lifetime(0, 1))
    leaf = LeafNode(key, key, BasicCredential(key), own_capabilities(1), source, (), b"signature")
    content = leaf.to_be_signed()
    return LeafNode.decode(content[: len(content) - len(b"signature")] + opaque_bytes(b"signature"))


def naive_hash(nodes: list[Node | None], low: int, high: int) -> bytes:
    """Return the tree hash of a range of nodes by the definition of section 7.8."""
    middle = (low + high) // 2
    node = nodes[middle]
    if low == high:
        head = b"\x01" + (middle // 2).to_bytes(4, "big")
        return SUITE.hash(head + (b"\x00" if node is None else b"\x01" + node.encode()))
    below = opaque_bytes(naive_hash(nodes, low, middle - 1))
    below += opaque_bytes(naive_hash(nodes, middle + 1, high))
    return SUITE.hash(b"\x02" + (b"\x00" if node is None else b"\x01" + node.encode()) + below)


def naive_resolution(nodes: list[Node | None], low: int, high: int) -> list[int]:
    """Return the resolution of a range of nodes by the definition of section 4.1.1."""
    middle = (low + high) // 2
    node = nodes[middle]
    if isinstance(node, ParentNode):
        return [middle, *(2 * leaf for leaf in node.unmerged_leaves)]
    if node is not None:
        return [middle]
    if low == high:
        return []
    return naive_resolution(nodes, low, middle - 1) + naive_resolution(nodes, middle + 1, high)


def all_nodes(tree: RatchetTree) -> list[Node | None]:
    return [tree.node(NodeIndex(index)) for index in range(2 * tree.size - 1)]


def change(tree: RatchetTree, action: int, which: int, number: int) -> None:
    """Add, update, remove, or give a path new parents."""
    seats = [seat for seat, _ in tree.leaves()]
    seat = seats[which % len(seats)]
    match action:
        case 0 | 1:
            tree.add_leaf(made_leaf(number))
        case 2:
            tree.update_leaf(seat, made_leaf(number))
        case 3 if len(seats) > 1:
            tree.remove_leaf(seat)
            tree.truncate()
        case _:
            tree.blank_path(seat)
            for index, _ in tree.filtered_direct_path(seat):
                tree.set_node(index, ParentNode(number.to_bytes(32, "big"), b"", ()))


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 40)), max_size=30))
def test_kept_hashes_and_resolutions_are_those_of_the_definition(steps: list[tuple[int, int]]) -> None:
    tree = RatchetTree.of(SUITE, made_leaf(0))
    for number, (action, which) in enumerate(steps, start=1):
        shared, seen = tree, tree.tree_hash()
        tree = tree.copy()
        change(tree, action, which, number)
        nodes = all_nodes(tree)
        assert tree.tree_hash() == naive_hash(nodes, 0, len(nodes) - 1)
        assert tree.resolution(tree.root) == naive_resolution(nodes, 0, len(nodes) - 1)
        assert tree.is_inhabited(tree.root)
        assert RatchetTree.decode(SUITE, tree.encode()).tree_hash() == tree.tree_hash()
        assert shared.tree_hash() == seen
        assert RatchetTree.decode(SUITE, shared.encode()).tree_hash() == seen


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 40)), max_size=30))
def test_a_newcomer_takes_the_leftmost_blank_seat(steps: list[tuple[int, int]]) -> None:
    # RFC 9420 section 12.1.1
    tree = RatchetTree.of(SUITE, made_leaf(0))
    for number, (action, which) in enumerate(steps, start=1):
        tree = tree.copy()
        change(tree, action, which, number)
        taken = {seat for seat, _ in tree.leaves()}
        leftmost = next(seat for seat in range(tree.size + 1) if seat not in taken)
        assert tree.copy().add_leaf(made_leaf(number)) == leftmost
        assert RatchetTree.decode(SUITE, tree.encode()).add_leaf(made_leaf(number)) == leftmost


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 40)), max_size=30))
def test_a_node_is_inhabited_if_its_resolution_is_not_empty(steps: list[tuple[int, int]]) -> None:
    tree = RatchetTree.of(SUITE, made_leaf(0))
    for number, (action, which) in enumerate(steps, start=1):
        change(tree, action, which, number)
    for index in map(NodeIndex, range(2 * tree.size - 1)):
        assert tree.is_inhabited(index) == bool(tree.resolution(index))


def test_a_tree_halves_while_its_right_half_is_empty() -> None:
    # I14
    tree = RatchetTree.of(SUITE, made_leaf(0))
    for number in range(1, 5):
        tree.add_leaf(made_leaf(number))
    assert tree.size == 8
    tree.remove_leaf(LeafIndex(4))
    tree.remove_leaf(LeafIndex(3))
    tree.truncate()
    assert tree.size == 4
    tree.remove_leaf(LeafIndex(2))
    tree.remove_leaf(LeafIndex(1))
    tree.truncate()
    assert tree.size == 1


def test_seats_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    # Q02
    monkeypatch.setattr(ratchet_tree, "MAX_LEAVES", 4)
    tree = RatchetTree.of(SUITE, made_leaf(0))
    for number in range(1, 4):
        tree.add_leaf(made_leaf(number))
    with pytest.raises(PeerError) as caught:
        tree.add_leaf(made_leaf(4))
    assert caught.value.code is Code.TOO_LARGE


def test_a_parent_hash_over_a_blank_is_refused() -> None:
    world = grown(3)
    tree = world.groups[0].tree
    with pytest.raises(PeerError):
        tree.parent_hash(NodeIndex(1), NodeIndex(0))


def test_a_joining_tree_is_filled_from_the_left() -> None:
    world = grown(5)
    for seat in (1, 3):
        world.remove(0, seat)
    assert world.grow(3) == [1, 3, 5]
    assert world.agrees()
