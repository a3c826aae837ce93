"""What is counted as a tree changes, against counting the whole tree anew (rules D09, G06, K09)."""

from collections import Counter
from collections.abc import Hashable, Iterable
from typing import TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.crypto.mls.test_ratchet_tree import all_nodes, change, made_leaf

from rogatory_crypto.mls import census
from rogatory_crypto.mls.census import Census, Tally
from rogatory_crypto.mls.nodes import LeafNode, Node
from rogatory_crypto.mls.ratchet_tree import RatchetTree
from rogatory_crypto.primitives import cipher_suite

SUITE = cipher_suite(1)
# Few numbers, so that keys and credentials meet.
STEPS = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 40), st.integers(0, 9)), max_size=25)


T = TypeVar("T", bound=Hashable)


def assert_counts(tally: Tally[T], values: Iterable[T]) -> None:
    expected = Counter(values)
    assert len(tally) == len(expected)
    assert all(value in tally for value in expected)
    assert tally.is_distinct == all(count == 1 for count in expected.values())


def assert_agrees(tree: RatchetTree) -> None:
    nodes = [node for node in all_nodes(tree) if node is not None]
    leaves = [node for node in nodes if isinstance(node, LeafNode)]
    assert_counts(tree.census.encryption_keys, (node.encryption_key for node in nodes))
    assert_counts(tree.census.signature_keys, (leaf.signature_key for leaf in leaves))
    assert_counts(tree.census.identities, ((leaf.credential.TAG, leaf.identity) for leaf in leaves))


@settings(max_examples=60, deadline=None)
@given(STEPS, st.integers(0, 24))
def test_a_census_kept_is_the_census_taken(steps: list[tuple[int, int, int]], asked_at: int) -> None:
    tree = RatchetTree.of(SUITE, made_leaf(0))
    for step, (action, which, number) in enumerate(steps):
        if step >= asked_at:
            assert_agrees(tree)
        before = tree
        tree = tree.copy()
        change(tree, action, which, number)
        assert_agrees(tree)
        assert_agrees(before)


@settings(max_examples=60, deadline=None)
@given(STEPS, STEPS)
def test_two_copies_count_apart(
    steps: list[tuple[int, int, int]], other_steps: list[tuple[int, int, int]]
) -> None:
    tree = RatchetTree.of(SUITE, made_leaf(0))
    assert_agrees(tree)
    copies = tree.copy(), tree.copy()
    for copy, taken in zip(copies, (steps, other_steps), strict=True):
        for action, which, number in taken:
            change(copy, action, which, number)
    for each in (*copies, tree):
        assert_agrees(each)
    assert len(tree.census.encryption_keys) == 1


def test_the_one_who_leaves_makes_room_for_the_same_key() -> None:
    # D09
    tally = Tally([b"one", b"two"])
    twin = tally.copy()
    twin.replace(b"two", b"one")
    assert_counts(twin, [b"one", b"one"])
    assert_counts(tally, [b"one", b"two"])
    twin.replace(b"one", None)
    tally.replace(None, b"one")
    assert_counts(twin, [b"one"])
    assert_counts(tally, [b"one", b"one", b"two"])


@given(st.lists(st.tuples(st.none() | st.integers(0, 5), st.booleans()), max_size=60), st.integers(0, 6))
def test_a_tally_that_settles_counts_the_same(steps: list[tuple[int | None, bool]], many: int) -> None:
    tally, held = Tally([0, 0, 3]), [0, 0, 3]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(census, "_MANY", many)
        for value, copied in steps:
            old = held.pop(0) if held else None
            held += [] if value is None else [value]
            tally = tally.copy() if copied else tally
            tally.replace(old, value)
            assert_counts(tally, held)


def test_a_census_counts_no_blanks() -> None:
    taken = Census.of([None, made_leaf(1), None])
    assert len(taken.encryption_keys) == len(taken.signature_keys) == len(taken.identities) == 1


def test_a_tree_is_counted_once_however_often_it_is_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    # Q07: also one that was just read, whose identities may stand in certificates
    read = RatchetTree.decode(SUITE, RatchetTree.of(SUITE, made_leaf(0)).encode())
    counts: list[Census] = []
    count = Census.of

    def counting(nodes: Iterable[Node | None]) -> Census:
        counts.append(count(nodes))
        return counts[-1]

    monkeypatch.setattr(Census, "of", counting)
    for number in range(1, 4):
        tree = read.copy()
        tree.add_leaf(made_leaf(number))
        assert_counts(tree.census.signature_keys, (leaf.signature_key for _, leaf in tree.leaves()))
    assert len(counts) == 1
