"""The product's ratchet tree against an oracle written from the RFC, in random histories and named cases.

The rules are K06, K08, K09 and D09; the named cases are mistakes that other implementations made.
"""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, event, given, settings
from hypothesis import strategies as st
from tests.conftest import absent
from tests.crypto.mls import tree_oracle as oracle
from tests.crypto.mls.spoilt_trees import DOUBTFUL, FATAL, Spoiler
from tests.crypto.mls.tree_pair import (
    SUITE,
    TreePair,
    assert_same_views,
    digest,
    is_accepted,
    leaf_content,
    nodes_of,
    oracle_of,
)
from tests.effort import examples

from rogatory_crypto.mls import tree_math
from rogatory_crypto.mls.nodes import FromCommit, ParentNode
from rogatory_crypto.mls.proposals import PROPOSAL, Add, Remove, Update
from rogatory_crypto.mls.ratchet_tree import RatchetTree
from rogatory_crypto.mls.tree_math import NodeIndex
from rogatory_crypto.primitives import cipher_suite

STEP = st.fixed_dictionaries(
    {
        "adds": st.integers(0, 3),
        "removes": st.frozensets(st.integers(0, 19), max_size=3),
        "updates": st.frozensets(st.integers(0, 19), max_size=2),
        "committer": st.integers(0, 19) | st.none(),
    }
)


def live(pair: TreePair, step: dict[str, Any]) -> None:
    """Carry out one commit; numbers stand for whoever sits there by turn."""
    seats = pair.seats
    committer = step["committer"]
    by = seats[0] if committer is None else seats[committer % len(seats)]
    removes = {seats[number % len(seats)] for number in step["removes"]} - {by}
    updates = {seats[number % len(seats)] for number in step["updates"]} - {by} - removes
    path_of = None if committer is None else by
    pair.commit(updates=sorted(updates), removes=sorted(removes), adds=step["adds"], path_of=path_of)


@settings(max_examples=examples(60), deadline=None)
@given(st.integers(1, 17), st.lists(STEP, min_size=4, max_size=12))
def test_every_history_gives_the_tree_of_the_oracle(members: int, history: list[dict[str, Any]]) -> None:
    pair = TreePair(members)
    pair.assert_same()
    for step in history:
        live(pair, step)
        pair.assert_same()


@pytest.mark.parametrize("width", [1, 2, 4, 8, 16, 32])
def test_node_indices_are_places_in_order(width: int) -> None:
    # RFC 9420 appendix C
    tree = oracle.blank_tree(0, width)
    nodes = oracle.in_order(tree)
    place = {node: NodeIndex(index) for index, node in enumerate(nodes)}
    assert nodes[tree_math.root(width)] is tree
    for node, index in place.items():
        below = [place[inner] for inner in oracle.in_order(node)]
        assert [other for other in range(len(nodes)) if tree_math.is_below(NodeIndex(other), index)] == below
        assert list(tree_math.leaf_span(index)) == [leaf.index for leaf in oracle.leaves(node)]
        if isinstance(node, oracle.Parent):
            children = (place[node.left], place[node.right])
            assert (tree_math.left(index), tree_math.right(index)) == children
            assert [tree_math.parent(child) for child in children] == [index, index]
            assert [tree_math.sibling(child) for child in children] == list(reversed(children))
        for other in place.values():
            shared = [above for above in nodes if {node, nodes[other]} <= set(oracle.in_order(above))]
            lowest = min(shared, key=lambda above: len(oracle.in_order(above)))
            assert tree_math.common_ancestor(index, other) == place[lowest]


# Spoilt trees


def grown_pair(members: int, leavers: frozenset[int], history: list[dict[str, Any]], adds: int) -> TreePair:
    """Return a tree with many parents, of which some have unmerged leaves."""
    pair = TreePair(members)
    for seat in pair.seats:
        pair.commit(path_of=seat)
    leaving = sorted(leavers - {0})
    pair.commit(removes=[seat for seat in leaving if seat in pair.seats], path_of=0)
    for step in history:
        live(pair, step)
    pair.commit(adds=adds)
    return pair


@settings(max_examples=examples(300), deadline=None)
@given(
    st.integers(3, 17),
    st.frozensets(st.integers(0, 16), max_size=4),
    st.lists(STEP, max_size=4),
    st.integers(0, 3),
    st.sampled_from(FATAL + DOUBTFUL),
    st.integers(0, 40),
)
def test_a_spoilt_tree_is_judged_as_the_oracle_judges_it(
    members: int,
    leavers: frozenset[int],
    history: list[dict[str, Any]],
    adds: int,
    spoil: Spoiler,
    which: int,
) -> None:
    tree = grown_pair(members, leavers, history, adds).tree.copy()
    assume(spoil(tree, which))
    expected = oracle.flaws(oracle_of(tree), digest) == []
    event(f"{spoil.__name__}: {'accepted' if expected else 'refused'}")
    assert is_accepted(tree) == expected
    assert not (expected and spoil in FATAL)
    if nodes_of(tree)[-1] is not None:
        assert is_accepted(RatchetTree.decode(SUITE, tree.encode())) == expected


@pytest.mark.parametrize("spoil", FATAL, ids=lambda spoil: spoil.__name__)
def test_every_fatal_spoiling_is_refused_somewhere(spoil: Spoiler) -> None:
    """Seats 1 and 2 leave, all commit, three join: two of them are unmerged leaves of several parents."""
    refused = 0
    for which in range(12):
        pair = grown_pair(9, frozenset({1, 2}), [], 3)
        if spoil(pair.tree, which):
            assert not is_accepted(pair.tree)
            assert oracle.flaws(oracle_of(pair.tree), digest)
            refused += 1
    assert refused


# Named cases


def committed(members: int) -> TreePair:
    """Return a tree in which everybody committed, in order."""
    pair = TreePair(members)
    for seat in pair.seats:
        pair.commit(path_of=seat)
    return pair


def parent_at(pair: TreePair, index: int) -> ParentNode:
    node = pair.tree.node(NodeIndex(index))
    assert isinstance(node, ParentNode)
    return node


def test_the_hash_of_a_sibling_is_recomputed_below_a_blank() -> None:
    # K06, mls-rs 352 and 342: the sibling 23 is blank, and the parent 19 below it has changed
    pair = committed(16)
    pair.commit(removes=[11], path_of=8)
    pair.commit(updates=[12], path_of=0)
    assert pair.commit(adds=1) == [11]
    assert parent_at(pair, 15).unmerged_leaves == (11,)
    assert pair.tree.node(NodeIndex(23)) is None
    assert parent_at(pair, 19).unmerged_leaves == (11,)
    pair.assert_same()


def test_a_chain_with_one_good_parent_does_not_vouch_for_the_others() -> None:
    # K06, mls-rs 315: checking stopped at the first success
    for index in (1, 3, 5, 7, 9, 11, 13):
        pair = committed(8)
        changed = replace(parent_at(pair, index), encryption_key=bytes(32))
        pair.tree.set_node(NodeIndex(index), changed)
        assert oracle.flaws(oracle_of(pair.tree), digest)
        assert not is_accepted(pair.tree)


def test_a_parent_hash_of_nothing_vouches_for_nobody() -> None:
    # K06, mls-rs 360: the last committer's chain, cut at each of its links
    for index in (11, 13):
        pair = committed(8)
        pair.tree.set_node(NodeIndex(index), replace(parent_at(pair, index), parent_hash=b""))
        assert oracle.flaws(oracle_of(pair.tree), digest)
        assert not is_accepted(pair.tree)


def test_a_parent_hash_of_nothing_is_right_for_a_root_that_the_tree_outgrew() -> None:
    # K06: what was the top when it was made has nothing above it to name
    pair = committed(2)
    assert pair.commit(adds=1, path_of=None) == [2]
    pair.commit(path_of=2)
    assert parent_at(pair, 1).parent_hash == b""
    assert parent_at(pair, 3).parent_hash == b""
    pair.assert_same()


def test_a_root_with_an_empty_left_half_stays_off_the_path() -> None:
    # mlspp 430: A founds, adds B, C and D; C removes A and B
    pair = TreePair(4)
    pair.commit(removes=[0, 1], path_of=2)
    assert pair.tree.node(NodeIndex(3)) is None
    assert parent_at(pair, 5).parent_hash == b""
    pair.assert_same()
    assert pair.commit(adds=1) == [0]
    pair.assert_same()
    pair.commit(path_of=0)
    pair.assert_same()


@pytest.mark.parametrize("listed", [(7, 3), (3, 3), (3, 3, 7), (3,), (7,), ()])
def test_unmerged_leaves_are_sorted_named_once_and_all_named(listed: tuple[int, ...]) -> None:
    # K08, mls-rs 321
    pair = committed(8)
    pair.commit(removes=[3, 7], path_of=4)
    assert pair.commit(adds=2) == [3, 7]
    top = parent_at(pair, 7)
    assert top.unmerged_leaves == (3, 7)
    pair.assert_same()
    pair.tree.set_node(pair.tree.root, replace(top, unmerged_leaves=listed))
    assert oracle.flaws(oracle_of(pair.tree), digest)
    assert not is_accepted(pair.tree)


def test_a_leaf_unmerged_above_is_unmerged_below() -> None:
    # K08, mls-protocol 837: every chain of hashes holds, for its maker computed it over leaf 3 as a blank
    pair = committed(4)
    pair.commit(path_of=0)
    tree = pair.tree
    tree.set_node(tree.root, replace(parent_at(pair, 3), unmerged_leaves=(3,)))
    below = replace(parent_at(pair, 1), parent_hash=tree.parent_hash(NodeIndex(3), NodeIndex(5)))
    tree.set_node(NodeIndex(1), below)
    source = FromCommit(tree.parent_hash(NodeIndex(1), NodeIndex(2)))
    tree.set_node(NodeIndex(0), pair.leaf_for(pair.signers[0], source))
    assert oracle.flaws(oracle_of(tree), digest) == ["parent 3 has wrong unmerged leaves"]
    assert not is_accepted(tree)


def test_a_leaf_added_before_an_unmerged_one_is_listed_before_it() -> None:
    # K08, mls-rs 321: its example, leaf 3 unmerged at node 3 while leaf 2 is blank; only liars make that
    pair = committed(8)
    pair.commit(removes=[2, 3], path_of=0)
    tree = pair.tree
    top_hash = tree.parent_hash(NodeIndex(7), NodeIndex(11))
    tree.set_node(NodeIndex(3), ParentNode(bytes(32), top_hash, ()))
    below = replace(parent_at(pair, 1), parent_hash=tree.parent_hash(NodeIndex(3), NodeIndex(5)))
    tree.set_node(NodeIndex(1), below)
    source = FromCommit(tree.parent_hash(NodeIndex(1), NodeIndex(2)))
    tree.set_node(NodeIndex(0), pair.leaf_for(pair.signers[0], source))
    pair.signers[3], leaf = pair.new_member()
    tree.set_node(NodeIndex(6), leaf)
    for index in (3, 7):
        tree.set_node(NodeIndex(index), replace(parent_at(pair, index), unmerged_leaves=(3,)))
    assert is_accepted(tree)
    pair.oracle = oracle_of(tree)
    assert pair.commit(adds=1) == [2]
    assert parent_at(pair, 3).unmerged_leaves == parent_at(pair, 7).unmerged_leaves == (2, 3)
    pair.assert_same()


def test_blanking_the_top_leaves_a_legal_tree() -> None:
    # The same as after an update without a path; both judges must see that.
    pair = committed(4)
    pair.tree.set_node(pair.tree.root, None)
    assert oracle.flaws(oracle_of(pair.tree), digest) == []
    assert is_accepted(pair.tree)


# Official vectors, which judge the oracle


def vectors(shared: Path, name: str) -> list[dict[str, Any]]:
    path = shared / "vectors" / "mls" / f"{name}.json"
    if not path.is_file():
        absent(f"the official vectors {name}.json")
    cases: list[dict[str, Any]] = json.loads(path.read_text())
    return cases


def test_the_oracle_knows_the_hashes_and_resolutions_of_the_official_trees(shared: Path) -> None:
    for case in vectors(shared, "tree-validation"):
        suite = cipher_suite(case["cipher_suite"])
        tree = RatchetTree.decode(suite, bytes.fromhex(case["tree"]))
        expected = oracle_of(tree)
        nodes = oracle.in_order(expected)
        place = {node: index for index, node in enumerate(nodes)}
        for node, value, covering in zip(nodes, case["tree_hashes"], case["resolutions"], strict=False):
            assert oracle.tree_hash(node, suite.hash).hex() == value
            assert [place[other] for other in oracle.resolution(node)] == covering
        if len(nodes) <= 31:
            assert oracle.flaws(expected, suite.hash) == []


def test_the_oracle_carries_out_the_official_tree_operations(shared: Path) -> None:
    for case in vectors(shared, "tree-operations"):
        suite = cipher_suite(case["cipher_suite"])
        tree = oracle_of(RatchetTree.decode(suite, bytes.fromhex(case["tree_before"])))
        assert oracle.tree_hash(tree, suite.hash).hex() == case["tree_hash_before"]
        match PROPOSAL.decode(bytes.fromhex(case["proposal"])):
            case Add(package):
                tree, _ = oracle.add(tree, leaf_content(package.leaf_node))
            case Update(leaf):
                oracle.replace_leaf(tree, case["proposal_sender"], leaf_content(leaf))
            case Remove(removed):
                oracle.replace_leaf(tree, removed, None)
            case other:
                pytest.fail(f"a proposal of another kind: {other}")
        tree = oracle.truncate(tree)
        assert oracle.tree_hash(tree, suite.hash).hex() == case["tree_hash_after"]
        after = RatchetTree.decode(suite, bytes.fromhex(case["tree_after"]))
        assert_same_views(after, tree, suite.hash)
