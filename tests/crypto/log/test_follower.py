"""A client's view only moves forward, and two histories end as evidence that anybody can check."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.crypto.log.log_world import (
    DAY,
    HOUR,
    LOG_KEY,
    LOG_KEY_PQ,
    NOW,
    ORIGIN,
    POLICY,
    World,
    leaf,
    signing_key,
)

from rogatory_crypto.errors import Code, MisuseError, PeerError
from rogatory_crypto.log.follower import Follower
from rogatory_crypto.log.signed_checkpoint import sign_checkpoint, verify_log
from rogatory_crypto.log.split_view import Prefix, SplitView, compare, verify_split_view

HONEST = World().grow(60)
FORKED = World("forked", since=10).grow(60)
KEYS = [LOG_KEY.verifier, LOG_KEY_PQ.verifier]


def following(size: int = 20) -> Follower:
    return Follower(ORIGIN, POLICY).advance(HONEST.witnessed(size).encode(), (), now=NOW)


def refusal(follower: Follower, world: World, size: int, *, now: int = NOW, at: int = NOW) -> Code:
    proof = world.tree.prove_consistency(min(20, size), max(20, size))
    with pytest.raises(PeerError) as raised:
        follower.advance(world.witnessed(size, at=at).encode(), proof, now=now)
    return raised.value.code


def prefix(world: World, old_size: int, size: int) -> Prefix:
    return Prefix(world.tree.root(old_size), world.tree.prove_consistency(old_size, size))


def test_a_view_follows_the_log() -> None:
    follower = Follower(ORIGIN, POLICY)
    for old_size, size in ((0, 1), (1, 20), (20, 20), (20, 21), (21, 60)):
        proof = HONEST.tree.prove_consistency(old_size, size)
        follower = follower.advance(HONEST.witnessed(size).encode(), proof, now=NOW)
        assert follower.require_fresh(now=NOW) == HONEST.checkpoint(size)


def test_a_stored_view_is_taken_up_however_old_and_still_not_rolled_back() -> None:
    accepted = following().accepted
    assert accepted is not None
    stored, later = accepted.signed.encode(), NOW + 30 * DAY
    follower = Follower(ORIGIN, POLICY).resume(stored, now=later)
    assert follower.accepted is not None
    assert follower.accepted.signed.encode() == stored
    with pytest.raises(PeerError) as raised:
        follower.require_fresh(now=later)
    assert raised.value.code is Code.EXPIRED
    with pytest.raises(PeerError) as raised:
        follower.advance(HONEST.witnessed(19, at=later).encode(), (), now=later)
    assert raised.value.code is Code.CONFLICT
    with pytest.raises(PeerError) as raised:
        follower.resume(stored, now=later)
    assert raised.value.code is Code.CONFLICT
    with pytest.raises(PeerError) as raised:
        Follower(ORIGIN, POLICY).resume(HONEST.signed(20).encode(), now=later)
    assert raised.value.code is Code.FORBIDDEN


def test_a_view_never_goes_back() -> None:
    assert refusal(following(), HONEST, 19) is Code.CONFLICT
    assert refusal(following(), HONEST, 0) is Code.CONFLICT


def test_another_history_is_not_followed() -> None:
    assert refusal(following(), FORKED, 20) is Code.HASH_MISMATCH
    assert refusal(following(), FORKED, 30) is Code.HASH_MISMATCH
    with pytest.raises(PeerError):
        following().advance(HONEST.witnessed(30).encode(), (), now=NOW)


def test_a_checkpoint_without_its_quorum_or_too_old_is_not_accepted() -> None:
    assert refusal(following(), HONEST, 30, at=NOW - DAY - 1) is Code.EXPIRED
    with pytest.raises(PeerError) as raised:
        following().advance(HONEST.signed(30).encode(), HONEST.tree.prove_consistency(20, 30), now=NOW)
    assert raised.value.code is Code.FORBIDDEN


def test_the_checkpoint_of_another_log_is_refused() -> None:
    other = replace(HONEST.checkpoint(), origin="other.example")
    signed = sign_checkpoint(other, [signing_key("other.example", LOG_KEY.type)], NOW)
    for attempt in (
        lambda: following().advance(signed.encode(), (), now=NOW),
        lambda: following().gossip(signed.encode()),
    ):
        with pytest.raises(PeerError) as raised:
            attempt()
        assert raised.value.code is Code.CONFLICT


def test_the_same_tree_seen_again_later_is_fresher_and_earlier_changes_nothing() -> None:
    follower = following()
    later = follower.advance(HONEST.witnessed(20, at=NOW + HOUR).encode(), (), now=NOW + HOUR)
    assert later.accepted is not None
    assert later.accepted.witnessed_at == NOW + HOUR
    assert later.advance(HONEST.witnessed(20).encode(), (), now=NOW + HOUR) == later


def test_a_view_grows_stale() -> None:
    follower = following()
    assert follower.require_fresh(now=NOW + DAY).size == 20
    for now in (NOW + DAY + 1, NOW - HOUR):
        with pytest.raises(PeerError) as raised:
            follower.require_fresh(now=now)
        assert raised.value.code is Code.EXPIRED
    with pytest.raises(PeerError) as raised:
        Follower(ORIGIN, POLICY).require_fresh(now=NOW)
    assert raised.value.code is Code.NOT_FOUND


def test_gossip_of_the_same_history_is_no_evidence() -> None:
    follower = following()
    assert follower.gossip(HONEST.signed(20).encode()) is None
    assert follower.gossip(HONEST.signed(33).encode(), prefix(HONEST, 20, 33)) is None
    assert follower.gossip(HONEST.signed(5).encode(), prefix(HONEST, 5, 20)) is None
    assert follower.gossip(HONEST.signed(0).encode(), prefix(HONEST, 0, 20)) is None


def caught(evidence: SplitView | None) -> SplitView:
    assert evidence is not None
    received = SplitView.decode(evidence.encode())
    assert received == evidence
    verified = verify_split_view(received, KEYS)
    assert verified.log_keys == (LOG_KEY.verifier,)
    return evidence


def test_two_trees_of_one_size_are_evidence() -> None:
    caught(following().gossip(FORKED.signed(20).encode()))


@given(st.integers(11, 60), st.integers(11, 60))
@settings(max_examples=80, deadline=None)
def test_two_histories_of_any_sizes_are_evidence(ours: int, theirs: int) -> None:
    """Whoever has the larger tree can show what the smaller one must have been."""
    larger = HONEST if ours >= theirs else FORKED
    evidence = following(ours).gossip(
        FORKED.signed(theirs).encode(), prefix(larger, min(ours, theirs), max(ours, theirs))
    )
    caught(evidence)


def test_sizes_before_the_fork_agree() -> None:
    for size in (0, 1, 9, 10):
        assert following(size or 1).gossip(FORKED.signed(40).encode(), prefix(FORKED, size or 1, 40)) is None


def test_a_wrong_proof_is_no_evidence_against_the_log() -> None:
    """Else anybody could accuse it."""
    honest = prefix(HONEST, 20, 33)
    for wrong in (
        prefix(FORKED, 20, 33),
        replace(honest, root=FORKED.tree.root(20)),
        replace(honest, root=leaf(0)),
        replace(honest, proof=honest.proof[1:]),
        replace(honest, proof=(*honest.proof, leaf(0))),
        Prefix(leaf(0), ()),
    ):
        with pytest.raises(PeerError) as raised:
            following().gossip(HONEST.signed(33).encode(), wrong)
        assert raised.value.code in {Code.HASH_MISMATCH, Code.MALFORMED}


def test_nothing_to_compare_with_or_by_is_said() -> None:
    for follower in (following(), Follower(ORIGIN, POLICY)):
        with pytest.raises(PeerError) as raised:
            follower.gossip(HONEST.signed(33).encode())
        assert raised.value.code is Code.NOT_FOUND


def test_gossip_that_the_log_did_not_sign_is_refused() -> None:
    forged = sign_checkpoint(FORKED.checkpoint(20), [signing_key("other.example", LOG_KEY.type)], NOW)
    with pytest.raises(PeerError) as raised:
        following().gossip(forged.encode())
    assert raised.value.code is Code.BAD_SIGNATURE


def test_an_empty_tree_with_a_root_is_evidence() -> None:
    forged = sign_checkpoint(replace(World().checkpoint(), root=leaf(0)), [LOG_KEY], NOW)
    caught(following().gossip(forged.encode(), prefix(HONEST, 0, 20)))


def test_evidence_is_checked_in_every_part() -> None:
    older = verify_log(HONEST.signed(20), KEYS)
    newer = verify_log(FORKED.signed(33), KEYS)
    evidence = compare(older, newer, prefix(FORKED, 20, 33))
    assert evidence is not None
    stranger = signing_key(ORIGIN + "/other", LOG_KEY.type)
    unsigned = sign_checkpoint(FORKED.checkpoint(33), [stranger], NOW).encode()
    agreed = SplitView(
        HONEST.signed(20).encode(),
        HONEST.signed(33).encode(),
        HONEST.tree.root(20),
        prefix(HONEST, 20, 33).proof,
    )
    for wrong, code in (
        (replace(evidence, older=evidence.newer, newer=evidence.older), Code.MALFORMED),
        (replace(evidence, prefix_root=older.checkpoint.root), Code.HASH_MISMATCH),
        (replace(evidence, proof=evidence.proof[:-1]), Code.MALFORMED),
        (replace(evidence, newer=unsigned), Code.BAD_SIGNATURE),
        (replace(evidence, newer=b"x"), Code.MALFORMED),
        (agreed, Code.CONFLICT),
    ):
        with pytest.raises(PeerError) as raised:
            verify_split_view(wrong, KEYS)
        assert raised.value.code is code
    with pytest.raises(PeerError):
        verify_split_view(evidence, [stranger.verifier])


def test_evidence_is_about_one_log() -> None:
    key = signing_key("other.example", LOG_KEY.type)
    other = sign_checkpoint(replace(FORKED.checkpoint(20), origin="other.example"), [key], NOW)
    evidence = SplitView(HONEST.signed(20).encode(), other.encode(), FORKED.tree.root(20), ())
    with pytest.raises(PeerError) as raised:
        verify_split_view(evidence, [*KEYS, key.verifier])
    assert raised.value.code is Code.CONFLICT
    with pytest.raises(MisuseError):
        compare(verify_log(HONEST.signed(20), KEYS), verify_log(other, [key.verifier]))
