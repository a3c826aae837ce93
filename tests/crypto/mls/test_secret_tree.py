"""Ratchets: windows, limits, and what is deleted (RFC 9420 section 9; rules C, L, Q)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rogatory_crypto.errors import Code, MisuseError, PeerError
from rogatory_crypto.mls import secret_tree
from rogatory_crypto.mls.secret_tree import (
    LAST_GENERATION,
    MAX_FORWARD,
    MAX_SKIPPED,
    LeafRatchets,
    MessageKey,
    Ratchet,
    RatchetKind,
    SecretTree,
)
from rogatory_crypto.mls.tree_math import LeafIndex
from rogatory_crypto.primitives import cipher_suite

SUITE = cipher_suite(1)
APPLICATION = RatchetKind.APPLICATION
SEAT = LeafIndex(2)


def fresh(leaves: int = 4) -> SecretTree:
    return SecretTree(SUITE, leaves, bytes(range(32)))


@given(st.lists(st.integers(0, 40), min_size=1, max_size=20, unique=True))
def test_any_order_gives_the_same_keys_once_each(order: list[int]) -> None:
    in_order = {}
    tree = fresh()
    for number in range(41):
        tree, generation, key = tree.take(SEAT, APPLICATION)
        in_order[generation] = key
        assert generation == number
    tree = fresh()
    for number in order:
        tree, _, key = tree.take(SEAT, APPLICATION, number)
        assert key == in_order[number]
        with pytest.raises(PeerError) as caught:
            tree.take(SEAT, APPLICATION, number)
        assert caught.value.code is Code.REPLAYED
    assert SecretTree.decode(SUITE, 4, tree.encode()) == tree


def test_the_tree_that_was_given_is_unchanged() -> None:
    # C08
    tree = fresh()
    before = tree.encode()
    tree.take(SEAT, APPLICATION, 5)
    assert tree.encode() == before


TAKEN = st.lists(st.tuples(st.integers(0, 3), st.sampled_from(RatchetKind), st.integers(0, 12)), max_size=12)


@given(TAKEN, TAKEN)
def test_two_trees_of_one_origin_live_apart(
    first: list[tuple[int, RatchetKind, int]], second: list[tuple[int, RatchetKind, int]]
) -> None:
    # C08 L03
    origin, _, _ = fresh().take(SEAT, APPLICATION, 3)
    before = origin.encode()
    alone = [taken(origin, first), taken(origin, second)]
    assert origin.encode() == before
    assert [taken(origin, first), taken(origin, second)] == alone


def taken(
    tree: SecretTree, steps: list[tuple[int, RatchetKind, int]]
) -> tuple[bytes, list[MessageKey | None]]:
    """Take keys one after the other; return the state after that and the keys, None where there was none."""
    keys: list[MessageKey | None] = []
    for seat, kind, generation in steps:
        try:
            tree, _, key = tree.take(LeafIndex(seat), kind, generation)
        except PeerError:
            keys.append(None)
        else:
            keys.append(key)
    return tree.encode(), keys


def test_what_was_split_is_gone() -> None:
    # L02 L03: neither the parents of a used leaf nor a used secret can be found in what remains
    tree = fresh()
    used, _, _ = tree.take(SEAT, APPLICATION)
    assert isinstance(tree.top, bytes)
    assert tree.top not in used.encode()
    assert isinstance(used.top, tuple)
    left, right = used.top
    assert isinstance(left, bytes)
    assert isinstance(right, tuple)
    assert isinstance(right[0], LeafRatchets)
    ratchet = right[0].application
    assert ratchet.secret is not None
    again, _, _ = used.take(SEAT, APPLICATION)
    assert ratchet.secret not in again.encode()


def test_the_window_is_bounded() -> None:
    # C07 Q03
    tree = fresh()
    with pytest.raises(PeerError) as caught:
        tree.take(SEAT, APPLICATION, MAX_FORWARD + 1)
    assert caught.value.code is Code.TOO_FAR_AHEAD
    tree, _, _ = tree.take(SEAT, APPLICATION, MAX_FORWARD)
    tree, _, _ = tree.take(SEAT, APPLICATION, MAX_FORWARD + 2)
    with pytest.raises(PeerError) as caught:
        tree.take(SEAT, APPLICATION, MAX_FORWARD - MAX_SKIPPED)
    assert caught.value.code is Code.REPLAYED  # fell out of the store of skipped keys
    tree.take(SEAT, APPLICATION, MAX_FORWARD - MAX_SKIPPED + 1)


def test_the_last_generation_does_not_overflow() -> None:
    # C07
    ratchet = Ratchet(bytes(32), LAST_GENERATION - 1)
    with pytest.raises(PeerError) as caught:
        Ratchet(bytes(32), 0).take(SUITE, LAST_GENERATION)
    assert caught.value.code is Code.TOO_FAR_AHEAD
    ratchet, _ = ratchet.take(SUITE, LAST_GENERATION)
    assert ratchet.secret is None
    ratchet, _ = ratchet.take(SUITE, LAST_GENERATION - 1)
    with pytest.raises(PeerError) as caught:
        ratchet.take(SUITE, LAST_GENERATION)
    assert caught.value.code is Code.REPLAYED
    done = SecretTree(SUITE, 1, LeafRatchets(ratchet, ratchet))
    with pytest.raises(MisuseError, match="C10"):
        done.take(LeafIndex(0), APPLICATION)


@pytest.mark.parametrize("seat", [-1, 4, 1 << 32])
def test_a_seat_outside_of_the_tree_has_no_keys(seat: int) -> None:
    # B05
    with pytest.raises(PeerError) as caught:
        fresh().take(LeafIndex(seat), APPLICATION)
    assert caught.value.code is Code.UNKNOWN_MEMBER


@pytest.mark.parametrize("data", ["03", "02", "01", ""])
def test_damaged_state_is_refused(data: str) -> None:
    with pytest.raises(PeerError):
        SecretTree.decode(SUITE, 4, bytes.fromhex(data))


def test_state_of_another_size_is_our_mistake() -> None:
    tree, _, _ = fresh(4).take(SEAT, APPLICATION)
    with pytest.raises(MisuseError):
        SecretTree(SUITE, 8, tree.top).take(LeafIndex(4), APPLICATION)
    with pytest.raises(MisuseError):
        SecretTree(SUITE, 1, tree.top).take(LeafIndex(0), APPLICATION)


def test_skipped_keys_are_bounded_for_the_whole_tree(monkeypatch: pytest.MonkeyPatch) -> None:
    # Q03
    monkeypatch.setattr(secret_tree, "MAX_SKIPPED_IN_TREE", 30)
    tree = fresh()
    tree, _, _ = tree.take(LeafIndex(0), APPLICATION, 20)
    tree, _, _ = tree.take(LeafIndex(1), RatchetKind.HANDSHAKE, 10)
    assert SecretTree.decode(SUITE, 4, tree.encode()).skipped == tree.skipped == 30
    with pytest.raises(PeerError) as caught:
        tree.take(SEAT, APPLICATION, 1)
    assert caught.value.code is Code.TOO_FAR_AHEAD
    tree.take(SEAT, APPLICATION, 0)
    tree, _, _ = tree.take(LeafIndex(0), APPLICATION, 7)
    tree.take(SEAT, APPLICATION, 1)
