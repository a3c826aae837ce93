"""Who should be in a room: own devices, a network's members, and nobody out of service."""

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
    committed,
    followed,
    leaf_of,
    made_room,
)
from tests.crypto.identity.enrolled_office import keys, seed

from rogatory_client.engine.membership import Change, plan_change, reseal_owed
from rogatory_client.engine.room import Room
from rogatory_crypto.content.case_kind import CaseKind
from rogatory_crypto.identity import EnrolmentCode
from rogatory_crypto.wire.identifier import EntryId


def test_a_planned_room_takes_all_devices_in_service(world: Offices, first: Device, second: Device) -> None:
    lost = world.device(B, "lost")
    world.revoke(lost, LATER - 1)
    plan = Room(GROUP, CaseKind.CONSULTATION, "x", offices=(EntryId(B), EntryId(A)))
    change = plan_change(plan, first.context, in_office_room=False)
    assert change == Change(add=(second.id,))
    assert change.is_needed


def test_a_room_that_somebody_else_makes_is_not_ours_to_change(first: Device) -> None:
    assert not plan_change(Room(GROUP), first.context, in_office_room=False).is_needed


@pytest.mark.parametrize(
    ("holds_key", "in_office_room", "adds"), [(True, False, 1), (False, True, 1), (False, False, 0)]
)
def test_only_a_device_that_can_hand_history_over_adds_the_offices_others(
    world: Offices, first: Device, second: Device, *, holds_key: bool, in_office_room: bool, adds: int
) -> None:
    talk = made_room(first, [second])
    world.device(A, "second")
    first.holds_office_key = holds_key
    change = plan_change(talk.of(first), first.context, in_office_room=in_office_room)
    assert len(change.add) == adds


def test_another_offices_devices_are_added_by_that_office(
    world: Offices, first: Device, second: Device
) -> None:
    talk = made_room(first, [second])
    world.device(B, "second")
    assert not plan_change(talk.of(first), first.context, in_office_room=False).is_needed


def test_nobody_waits_for_a_device_without_keys(world: Offices, first: Device, second: Device) -> None:
    talk = made_room(first, [second])
    more = world.device(A, "second")
    change = plan_change(talk.of(first), first.context, in_office_room=False, unavailable={more.id})
    assert not change.is_needed


def test_the_secretariat_adds_its_members_and_nobody_else_does(world: Offices, first: Device) -> None:
    secretariat = world.device(NET)
    talk = made_room(secretariat, [first], CaseKind.NETWORK)
    member = world.device(B)
    for device, adds in ((secretariat, (member.id,)), (first, ())):
        room = talk.of(device).with_offices((EntryId(A), EntryId(B)))
        assert plan_change(room, device.context, in_office_room=False).add == adds


@pytest.mark.parametrize("reason", ["revoked", "expired"])
def test_a_device_out_of_service_is_removed(world: Offices, first: Device, reason: str) -> None:
    leaving = world.device(B, not_after=LATER + 50)
    talk = made_room(first, [leaving])
    if reason == "revoked":
        world.revoke(leaving)
    else:
        world.now = LATER + 50
    change = plan_change(talk.of(first), first.context, in_office_room=False)
    assert change.remove == ((leaf_of(talk.of(first), leaving), leaving.id),)


def test_an_office_that_enrolled_anew_is_taken_out_with_all_its_devices(
    world: Offices, first: Device, second: Device
) -> None:
    """All its devices were lost, or its key was; whoever speaks for it now is let in by no old one."""
    more = world.device(B, "second")
    talk = made_room(first, [second, more])
    office = world.offices[B]
    office.code = EnrolmentCode(seed("another code")[:20])
    office.office_private = keys("another key")
    invitation = office.invitation()
    for signed in (invitation, office.enrolment(invitation), office.device("third")):
        world.enter(signed, world.now)
    change = plan_change(talk.of(first), first.context, in_office_room=True)
    assert {device for _, device in change.remove} == {second.id, more.id}
    assert change.add == ()


def test_devices_stay_where_their_office_has_replaced_its_keys(
    world: Offices, first: Device, second: Device
) -> None:
    talk = made_room(first, [second])
    world.enter(world.offices[B].succession(keys("the next keys")), world.now)
    assert not plan_change(talk.of(first), first.context, in_office_room=False).is_needed


def test_a_device_that_was_handed_over_is_taken_out(world: Offices, first: Device, second: Device) -> None:
    leaver = world.device(B, "leaver", officer="duty officer")
    talk = made_room(first, [second, leaver])
    world.device(B, "successor", officer="head of unit")
    world.enter(world.offices[B].hand_over("leaver", "successor", "first", "successor"), world.now)
    change = plan_change(talk.of(first), first.context, in_office_room=False)
    assert change.remove == ((leaf_of(talk.of(first), leaver), leaver.id),)


def test_a_device_whose_term_was_prolonged_stays_and_speaks(
    world: Offices, first: Device, second: Device
) -> None:
    brief = world.device(B, "second", not_after=LATER + 50)
    talk = made_room(first, [second, brief])
    world.enter(world.offices[B].renewal("second"), world.now)
    world.now = LATER + 60
    assert not plan_change(talk.of(first), first.context, in_office_room=False).is_needed
    row = talk.said(brief, brief.text("Still here."), world.now)
    assert talk.take(first, row).refused is None


def test_a_device_does_not_remove_itself(world: Offices, first: Device, second: Device) -> None:
    """RFC 9420 section 12.2: a committer cannot remove its own leaf."""
    talk = made_room(first, [second])
    world.revoke(first)
    assert not plan_change(talk.of(first), first.context, in_office_room=False).remove


def test_an_outsider_is_removed_from_the_offices_own_room(world: Offices, first: Device) -> None:
    """A lost device may have let it in before its revocation; the histories are for the office alone."""
    more, outsider = world.device(A, "second"), world.device(C)
    talk = made_room(first, [more], CaseKind.OFFICE)
    _, talk.rooms[more.id] = committed(
        more, talk.of(more), Change((outsider.id,)), {outsider.id: outsider.key_package()}
    )
    change = plan_change(talk.of(more), more.context, in_office_room=True)
    assert change.remove == ((leaf_of(talk.of(more), outsider), outsider.id),)


def test_in_a_case_another_office_that_a_member_brought_in_stays(
    world: Offices, first: Device, second: Device
) -> None:
    talk = made_room(first, [second])
    third = world.device(C)
    talk.take(second, followed(talk, first, Change((third.id,)), {third.id: third.key_package()}))
    assert not plan_change(talk.of(second), second.context, in_office_room=False).is_needed


def test_history_is_owed_only_where_there_is_another_device_to_read_it(
    world: Offices, first: Device, second: Device
) -> None:
    room = made_room(first, [second]).of(first)
    assert reseal_owed(room, 5, first.context) == ()
    more = world.device(A, "second")
    (owed,) = reseal_owed(room, 5, first.context)
    assert (owed.group_id, owed.after_sequence) == (GROUP, 5)
    assert reseal_owed(room, 5, more.context) == ()
