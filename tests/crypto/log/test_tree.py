"""The growing tree and node coordinates, for every size up to 70, against the recursion of RFC 9162."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.crypto.log.test_merkle import recursive_path, recursive_root, recursive_subproof

from rogatory_crypto.errors import MisuseError, PeerError
from rogatory_crypto.log import merkle
from rogatory_crypto.log.nodes import (
    Node,
    consistency_ranges,
    fold,
    inclusion_ranges,
    range_nodes,
    read_proof,
    read_root,
)
from rogatory_crypto.log.tree import Tree

LEAVES = [merkle.leaf_hash(number.to_bytes(2)) for number in range(600)]
TREE = Tree(LEAVES[:70])
LARGE = Tree(LEAVES)


@pytest.mark.parametrize("size", range(71))
def test_every_root_of_every_earlier_size_is_that_of_the_recursion(size: int) -> None:
    assert TREE.root(size) == recursive_root(LEAVES[:size])
    assert Tree(LEAVES[:size]).root() == TREE.root(size)


@pytest.mark.parametrize("size", range(1, 71))
def test_every_inclusion_proof_at_every_earlier_size_is_that_of_the_recursion(size: int) -> None:
    root = TREE.root(size)
    for index in range(size):
        proof = TREE.prove_inclusion(index, size)
        assert list(proof) == recursive_path(index, LEAVES[:size])
        merkle.verify_inclusion(LEAVES[index], index, size, proof, root)


@pytest.mark.parametrize("size", range(71))
def test_every_consistency_proof_between_earlier_sizes_is_that_of_the_recursion(size: int) -> None:
    for old_size in range(size + 1):
        proof = TREE.prove_consistency(old_size, size)
        if old_size:
            assert list(proof) == recursive_subproof(old_size, LEAVES[:size], whole=True)
        merkle.verify_consistency(old_size, TREE.root(old_size), size, TREE.root(size), proof)


@given(st.integers(0, 600), st.data())
@settings(max_examples=60, deadline=None)
def test_a_larger_tree_agrees_with_the_recursion(size: int, data: st.DataObject) -> None:
    leaves = LEAVES[:size]
    assert LARGE.root(size) == recursive_root(leaves)
    old_size = data.draw(st.integers(0, size))
    if old_size:
        expected = recursive_subproof(old_size, leaves, whole=True)
        assert list(LARGE.prove_consistency(old_size, size)) == expected
    if size:
        index = data.draw(st.integers(0, size - 1))
        assert list(LARGE.prove_inclusion(index, size)) == recursive_path(index, leaves)


@given(st.integers(2, 600), st.data())
@settings(max_examples=60, deadline=None)
def test_a_proof_with_one_bit_changed_proves_nothing(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    proof = list(LARGE.prove_inclusion(index, size))
    at, bit = data.draw(st.integers(0, len(proof) - 1)), data.draw(st.integers(0, 255))
    proof[at] = (int.from_bytes(proof[at]) ^ 1 << bit).to_bytes(32)
    with pytest.raises(PeerError):
        merkle.verify_inclusion(LEAVES[index], index, size, proof, LARGE.root(size))


HASHES = st.lists(st.binary(min_size=30, max_size=33) | st.sampled_from(LEAVES[:4]), max_size=12)


@given(st.integers(-1, 2**64), st.integers(-1, 2**64), HASHES, st.binary(max_size=33))
@settings(max_examples=300, deadline=None)
def test_verifiers_return_or_refuse(one: int, other: int, proof: list[bytes], root: bytes) -> None:
    with suppress(PeerError):
        merkle.verify_inclusion(LEAVES[0], one, other, proof, root)
    with suppress(PeerError):
        merkle.verify_consistency(one, LEAVES[0], other, root, proof)


@given(st.integers(0, 8), st.data())
@settings(max_examples=60, deadline=None)
def test_an_aligned_range_is_covered_once_from_left_to_right(level: int, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, 599 >> level)) << level
    end = data.draw(st.integers(start + 1, min(600, start + (1 << level))))
    covered = [
        leaf
        for node in range_nodes(start, end)
        for leaf in range(node.position << node.level, (node.position + 1) << node.level)
    ]
    assert covered == list(range(start, end))
    assert fold([LARGE.node(node) for node in range_nodes(start, end)]) == recursive_root(LEAVES[start:end])


def test_proofs_can_be_read_from_anywhere_that_has_nodes() -> None:
    assert read_root(TREE.node, 70) == TREE.root()
    assert read_proof(TREE.node, inclusion_ranges(5, 70)) == TREE.prove_inclusion(5)
    assert read_proof(TREE.node, consistency_ranges(33, 70)) == TREE.prove_consistency(33)


def test_a_proof_grows_with_the_logarithm() -> None:
    for exponent in range(1, 60):
        assert len(inclusion_ranges(1, 1 << exponent)) == exponent
        assert len(consistency_ranges((1 << exponent) - 1, 1 << exponent)) <= exponent + 1


def test_asking_for_what_was_never_there_is_our_mistake() -> None:
    with pytest.raises(MisuseError):
        TREE.root(71)
    with pytest.raises(MisuseError):
        TREE.prove_inclusion(70)
    with pytest.raises(MisuseError):
        TREE.prove_inclusion(10, 10)
    with pytest.raises(MisuseError):
        TREE.prove_consistency(11, 10)
    with pytest.raises(MisuseError):
        TREE.node(Node(0, 70))
    with pytest.raises(MisuseError):
        Tree().append(b"short")


def test_appending_returns_the_index() -> None:
    tree = Tree()
    assert [tree.append(leaf) for leaf in LEAVES[:5]] == list(range(5))
    assert tree.size == 5
