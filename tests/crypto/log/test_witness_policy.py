"""A checkpoint judged by a policy: quorum, its time, and an oracle that counts subsets."""

from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.crypto.log.log_world import (
    DAY,
    LOG_KEY_PQ,
    NOW,
    POLICY,
    WITNESS_KEYS,
    WITNESSES,
    World,
    signing_key,
)

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.log.cosignature import Cosignature, cosign, signed_message
from rogatory_crypto.log.signed_checkpoint import SignedCheckpoint, sign_checkpoint
from rogatory_crypto.log.signed_note import NoteSignature
from rogatory_crypto.log.witness_policy import (
    CLOCK_TOLERANCE_S,
    Group,
    Log,
    Policy,
    quorum_time,
    verify_checkpoint,
)

WORLD = World().grow(20)


def refusal(
    signed: SignedCheckpoint, policy: Policy = POLICY, *, now: int = NOW, max_age_s: int | None = DAY
) -> Code:
    with pytest.raises(PeerError) as raised:
        verify_checkpoint(signed, policy, now=now, max_age_s=max_age_s)
    return raised.value.code


@pytest.mark.parametrize("by", ["013", "023", "123", "0123", "01234"])
def test_a_quorum_is_enough(by: str) -> None:
    witnessed = verify_checkpoint(WORLD.witnessed(by=by), POLICY, now=NOW + 5)
    assert witnessed.checkpoint == WORLD.checkpoint()
    assert witnessed.witnessed_at == NOW
    assert len(witnessed.cosignatures) == len(by)


@pytest.mark.parametrize("by", ["", "3", "01", "03", "012", "034", "0124"])
def test_less_than_a_quorum_is_not(by: str) -> None:
    assert refusal(WORLD.witnessed(by=by)) is Code.FORBIDDEN


def test_witnesses_the_policy_does_not_know_are_ignored() -> None:
    stranger = signing_key("stranger.example", WITNESS_KEYS[0].type)
    lines = [cosign(WORLD.checkpoint(), stranger, NOW)]
    assert refusal(WORLD.witnessed(by="03").with_signatures(lines)) is Code.FORBIDDEN
    assert len(verify_checkpoint(WORLD.witnessed().with_signatures(lines), POLICY, now=NOW).cosignatures) == 3


def test_a_wrong_cosignature_of_a_known_witness_spoils_the_quorum() -> None:
    key = WITNESS_KEYS[2].verifier
    line = NoteSignature(key.name, key.key_id, NOW.to_bytes(8) + bytes(64))
    assert refusal(WORLD.witnessed().with_signatures([line])) is Code.BAD_SIGNATURE


def test_a_cosignature_of_another_checkpoint_is_wrong() -> None:
    lines = WORLD.witnessed(10).note.signatures[1:]
    assert refusal(WORLD.signed().with_signatures(lines)) is Code.BAD_SIGNATURE


def test_a_log_the_policy_does_not_know_is_refused() -> None:
    other = replace(WORLD.checkpoint(), origin="other.example")
    signed = sign_checkpoint(other, [signing_key("other.example", LOG_KEY_PQ.type)], NOW)
    assert refusal(signed) is Code.NOT_FOUND


def test_a_log_may_not_sign_for_another_of_the_policy() -> None:
    other = signing_key("other.example", LOG_KEY_PQ.type)
    policy = replace(POLICY, logs=(*POLICY.logs, Log(other.verifier)))
    assert refusal(sign_checkpoint(WORLD.checkpoint(), [other], NOW), policy) is Code.BAD_SIGNATURE


def test_an_empty_tree_has_one_root() -> None:
    assert verify_checkpoint(World().witnessed(), POLICY, now=NOW).checkpoint.size == 0
    forged = replace(World().checkpoint(), root=bytes(32))
    assert refusal(sign_checkpoint(forged, [LOG_KEY_PQ], NOW)) is Code.HASH_MISMATCH


def test_a_quorum_grows_stale_unless_age_is_no_matter() -> None:
    signed = WORLD.witnessed(at=NOW - DAY)
    assert verify_checkpoint(signed, POLICY, now=NOW).witnessed_at == NOW - DAY
    assert refusal(signed, now=NOW + 1) is Code.EXPIRED
    assert verify_checkpoint(signed, POLICY, now=NOW + 9 * DAY, max_age_s=None).witnessed_at == NOW - DAY


def test_cosignatures_of_the_future_do_not_count() -> None:
    limit = NOW + CLOCK_TOLERANCE_S
    assert verify_checkpoint(WORLD.witnessed(at=limit), POLICY, now=NOW).witnessed_at == limit
    assert refusal(WORLD.witnessed(at=limit + 1)) is Code.FORBIDDEN


def test_a_cosignature_that_states_no_time_does_not_count() -> None:
    key = WITNESS_KEYS[3]
    message = signed_message(WORLD.checkpoint(), key.verifier, 0)
    signature = bytes(8) + key.type.scheme.sign(key.seed, message)
    untimed = NoteSignature(key.name, key.verifier.key_id, signature)
    signed = WORLD.witnessed(by="01").with_signatures([untimed])
    assert refusal(signed, max_age_s=None) is Code.FORBIDDEN


def test_a_quorum_is_as_old_as_the_oldest_it_needs() -> None:
    head = WORLD.checkpoint()
    times = {0: NOW - 3 * DAY, 1: NOW - 50, 2: NOW - 40, 3: NOW - 70}
    lines = [cosign(head, WITNESS_KEYS[number], at) for number, at in times.items()]
    assert verify_checkpoint(WORLD.signed().with_signatures(lines), POLICY, now=NOW).witnessed_at == NOW - 70
    again = [*lines[:3], cosign(head, WITNESS_KEYS[3], NOW - 2 * DAY), cosign(head, WITNESS_KEYS[3], NOW - 9)]
    for order in (again, again[::-1]):
        witnessed = verify_checkpoint(WORLD.signed().with_signatures(order), POLICY, now=NOW)
        assert witnessed.witnessed_at == NOW - 50


def test_without_a_quorum_the_log_alone_is_believed_and_nothing_says_when() -> None:
    policy = replace(POLICY, quorum=None)
    witnessed = verify_checkpoint(WORLD.signed(), policy, now=NOW)
    assert (witnessed.witnessed_at, witnessed.cosignatures) == (None, ())


def satisfied(policy: Policy, name: bytes | None, signers: set[bytes]) -> bool:
    """Say by recursion whether the named witness or group is satisfied (tlog-policy, witness group)."""
    group = {group.name: group for group in policy.groups}.get(name or b"")
    if group is None:
        return name in signers
    return sum(satisfied(policy, member, signers) for member in group.members) >= group.threshold


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    free = [witness.name for witness in WITNESSES]
    groups: list[Group] = []
    while len(free) > 1 and draw(st.booleans()):
        members = draw(st.lists(st.sampled_from(free), min_size=1, unique=True))
        groups.append(Group(b"g%d" % len(groups), draw(st.integers(1, len(members))), tuple(members)))
        free = [name for name in free if name not in members] + [groups[-1].name]
    quorum = draw(st.sampled_from([witness.name for witness in WITNESSES] + [group.name for group in groups]))
    return Policy((), WITNESSES, tuple(groups), quorum)


@given(policies(), st.lists(st.none() | st.integers(NOW - 100, NOW), min_size=5, max_size=5))
@settings(max_examples=150, deadline=None)
def test_the_quorums_time_is_the_latest_at_which_enough_had_signed(
    policy: Policy, times: list[int | None]
) -> None:
    signed = {witness: at for witness, at in zip(WITNESSES, times, strict=True) if at is not None}
    cosignatures = tuple(Cosignature(witness.key, at) for witness, at in signed.items())
    found = [
        min(signed[witness] for witness in subset)
        for count in range(1, 6)
        for subset in combinations(signed, count)
        if satisfied(policy, policy.quorum, {witness.name for witness in subset})
    ]
    assert quorum_time(policy, cosignatures, not_after=NOW) == max(found, default=None)
