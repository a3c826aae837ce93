"""Commits beside the living group: staged, accepted, refused, lost; and whom a KeyPackage may bring in."""

from dataclasses import replace
from hashlib import sha256

import pytest
from tests.client.engine.case_room import (
    GROUP,
    LATER,
    NET,
    A,
    B,
    C,
    Device,
    Offices,
    archived,
    committed,
    kinds,
    leaf_of,
    made_room,
)

from rogatory_client.engine.effect import PlanReseal, RememberPayload, SaveRoom
from rogatory_client.engine.membership import Change
from rogatory_client.engine.room import Room
from rogatory_client.engine.staging import discard, merge, stage_change, submission_of, verify_acceptance
from rogatory_crypto import mls
from rogatory_crypto.content.case_kind import CaseKind
from rogatory_crypto.errors import MisuseError, PeerError
from rogatory_crypto.signing import public_key
from rogatory_crypto.wire.frame import Acceptance
from rogatory_crypto.wire.identifier import EntryId, RowKind, Sequence, SubmissionId
from rogatory_crypto.wire.postmark import Consignment, sign_postmarks

POSTMARK = bytes(range(32))
PLAN = Room(GROUP, CaseKind.CONSULTATION, "Company records", offices=(EntryId(B),))


def staged_room(first: Device, second: Device) -> Room:
    staged, _ = committed(first, PLAN, Change((second.id,)), {second.id: second.key_package()})
    return staged


def test_a_staged_change_leaves_the_living_group_as_it_is(first: Device, second: Device) -> None:
    """N01: creating a commit must not change live state."""
    room = staged_room(first, second)
    assert room.group is not None
    assert room.staged is not None
    assert (room.group.epoch, len(room.group.members)) == (0, 1)
    assert (room.staged.group.epoch, len(room.staged.group.members)) == (1, 2)


def test_what_is_staged_is_written_with_the_hash_by_which_it_is_known(first: Device, second: Device) -> None:
    package = second.key_package()
    outcome = stage_change(PLAN, Change((second.id,)), {second.id: package}, first.context)
    (room,) = outcome.rooms
    assert room.staged is not None
    digest = sha256(room.staged.message).digest()
    assert outcome.effects == (SaveRoom(room), RememberPayload(GROUP, digest))


def test_the_welcome_travels_with_its_commit(first: Device, second: Device) -> None:
    """N02: the relay releases it only when it has accepted the commit."""
    room = staged_room(first, second)
    frame = submission_of(room)
    assert room.staged is not None
    assert (frame.payload, frame.welcome) == (room.staged.message, room.staged.welcome)
    assert (frame.epoch, frame.added, frame.removed) == (0, (second.id,), ())


def test_one_commit_at_a_time(first: Device, second: Device) -> None:
    room = staged_room(first, second)
    with pytest.raises(MisuseError, match="one commit at a time"):
        stage_change(room, Change((second.id,)), {}, first.context)


def test_nothing_staged_nothing_done(first: Device) -> None:
    with pytest.raises(MisuseError, match="nothing is staged"):
        submission_of(PLAN)
    with pytest.raises(MisuseError, match="nothing is staged"):
        verify_acceptance(PLAN, acceptance(bytes(4)), origin="relay.example", postmark_key=bytes(32))
    with pytest.raises(MisuseError, match="nothing is staged"):
        merge(PLAN, 1, first.context)
    with pytest.raises(MisuseError, match="nothing is staged"):
        discard(PLAN, None)


def acceptance(message: bytes) -> Acceptance:
    number, submission = Sequence(1), SubmissionId(bytes(16))
    consignment = Consignment(GROUP, number, submission, sha256(message).digest())
    (mark,) = sign_postmarks(
        [consignment], origin="relay.example", accepted_at_ms=LATER * 1000, private_key=POSTMARK
    )
    return Acceptance(submission, GROUP, number, mark)


def test_an_acceptance_is_of_exactly_the_staged_commit(first: Device, second: Device) -> None:
    # N01
    room = staged_room(first, second)
    assert room.staged is not None
    key = public_key(POSTMARK)
    verify_acceptance(room, acceptance(room.staged.message), origin="relay.example", postmark_key=key)
    with pytest.raises(PeerError):
        verify_acceptance(room, acceptance(b"another"), origin="relay.example", postmark_key=key)
    true = acceptance(room.staged.message)
    with pytest.raises(PeerError):
        verify_acceptance(room, true, origin="relay.example", postmark_key=bytes(32))


def test_a_refused_first_commit_leaves_the_plan(first: Device, second: Device) -> None:
    # N01 N05
    outcome = discard(staged_room(first, second), None)
    assert outcome.rooms == (PLAN,), "group and staged group are gone, and nobody has heard of them"


@pytest.mark.parametrize(("named", "needed"), [(None, 2), (4, 4)])
def test_a_commit_that_lost_is_forgotten_and_the_winner_awaited(
    world: Offices, first: Device, second: Device, named: int | None, needed: int
) -> None:
    """N03, N05: the loser's keys are deleted, and it is rebased on the epoch the relay names."""
    # H09
    talk = made_room(first, [second])
    more = world.device(A, "second")
    staged, _ = committed(first, talk.of(first), Change((more.id,)), {more.id: more.key_package()})
    (lost,) = discard(staged, named).rooms
    assert (lost.staged, lost.needs_epoch, lost.is_behind) == (None, needed, True)
    assert lost.group is not None
    assert lost.group.epoch == 1


def test_after_losing_the_winner_is_followed_and_the_change_made_anew(
    world: Offices, first: Device, second: Device
) -> None:
    # N03 N05
    talk = made_room(first, [second])
    more, theirs = world.device(A, "second"), world.device(B, "second")
    staged, _ = committed(first, talk.of(first), Change((more.id,)), {more.id: more.key_package()})
    won, talk.rooms[second.id] = committed(
        second, talk.of(second), Change((theirs.id,)), {theirs.id: theirs.key_package()}
    )
    (talk.rooms[first.id],) = discard(staged, 2).rooms
    assert won.staged is not None
    talk.take(first, talk.row(RowKind.COMMIT, won.staged.message))
    assert not talk.of(first).is_behind
    again, talk.rooms[first.id] = committed(
        first, talk.of(first), Change((more.id,)), {more.id: more.key_package()}
    )
    assert again.staged is not None
    assert again.staged.epoch == 2
    assert talk.take(second, talk.row(RowKind.COMMIT, again.staged.message)).refused is None
    (outcome,) = talk.tell(first, first.text("In the third epoch."), second)
    assert archived(outcome).text == "In the third epoch."


def test_an_own_new_device_is_owed_the_history(world: Offices, first: Device, second: Device) -> None:
    talk = made_room(first, [second])
    more = world.device(A, "second")
    staged, _ = committed(first, talk.of(first), Change((more.id,)), {more.id: more.key_package()})
    outcome = merge(staged, 9, first.context)
    assert PlanReseal(GROUP, 9) in outcome.effects
    assert [told.text for told in outcome.happenings] == ["1 devices added, 0 removed"]


def test_a_key_package_of_another_device_than_asked_adds_nobody(
    world: Offices, first: Device, second: Device
) -> None:
    """The relay must not choose who reads."""
    # D01
    outsider = world.device(C)
    talk = made_room(first, [second])
    wanted = world.device(A, "second")
    change = Change((wanted.id,))
    handed_out = {wanted.id: outsider.key_package(), outsider.id: outsider.key_package()}
    outcome = stage_change(talk.of(first), change, handed_out, first.context)
    assert (outcome.rooms, outcome.effects) == ((), ())


@pytest.mark.parametrize("fault", ["garbage", "expired", "early", "revoked", "none"])
def test_an_unusable_key_package_adds_nobody(
    world: Offices, first: Device, second: Device, fault: str
) -> None:
    # E02 D14
    match fault:
        case "garbage":
            packages = {second.id: b"\x00\x01\x00\x05"}
        case "expired":
            packages = {second.id: second.key_package(begins=LATER - 100, ends=LATER)}
        case "early":
            packages = {second.id: second.key_package(begins=LATER + 7_200)}
        case "revoked":
            packages = {second.id: second.key_package()}
            world.revoke(second)
        case _:
            packages = {}
    outcome = stage_change(PLAN, Change((second.id,)), packages, first.context)
    assert outcome.rooms == ()
    assert outcome.refused == f"{B} cannot be reached yet: no device with keys"


def test_a_network_is_opened_for_whoever_is_there(world: Offices, first: Device, second: Device) -> None:
    secretariat = world.device(NET)
    plan = Room(GROUP, CaseKind.NETWORK, "WACAP", "WACAP", (EntryId(A), EntryId(B)))
    change = Change((first.id, second.id))
    outcome = stage_change(plan, change, {first.id: first.key_package()}, secretariat.context)
    (room,) = outcome.rooms
    assert room.staged is not None
    assert room.staged.added == (first.id,)


def test_a_revoked_device_is_removed_though_nobody_is_added(
    world: Offices, first: Device, second: Device
) -> None:
    third = world.device(B, "second")
    talk = made_room(first, [second, third])
    world.revoke(third)
    change = Change(remove=((leaf_of(talk.of(first), third), third.id),))
    staged, merged = committed(first, talk.of(first), change, {})
    assert staged.staged is not None
    assert (staged.staged.removed, staged.staged.welcome) == ((third.id,), None)
    assert merged.group is not None
    assert len(merged.group.members) == 2


def test_a_pending_proposal_is_committed_without_other_reason(first: Device, second: Device) -> None:
    """N04."""
    talk = made_room(first, [second])
    room = talk.of(second)
    assert room.group is not None
    _, proposal = mls.propose_update(room.group, random=second.world.random)
    talk.take(first, talk.row(RowKind.PROPOSAL, proposal))
    outcome = stage_change(talk.of(first), Change(), {}, first.context)
    assert kinds(outcome) == ["SaveRoom", "RememberPayload"]


def test_no_secret_shows_when_a_staged_room_is_printed(first: Device, second: Device) -> None:
    """L08: no secrets in logs or tracebacks."""
    room = staged_room(first, second)
    assert room.group is not None
    shown = repr(replace(room)) + repr(first.context) + repr(first.oneself)
    for secret in (room.group.secrets.epoch_authenticator, first.signer.private):
        assert repr(secret)[2:-1] not in shown
