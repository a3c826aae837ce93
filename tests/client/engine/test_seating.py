"""Which devices sit in a room: circles, liaisons, and who knows a room well enough to add others."""

from dataclasses import replace

import pytest
from tests.client.engine.case_room import (
    GROUP,
    LATER,
    A,
    B,
    C,
    Device,
    Offices,
    Talk,
    leaf_of,
    made_room,
)

from rogatory_client.engine.membership import Change, plan_change
from rogatory_client.engine.outbox import Send, next_step
from rogatory_client.engine.outgoing_effect import Parcel
from rogatory_client.engine.room import Context, Room
from rogatory_crypto.casework.company import Word
from rogatory_crypto.content.case_company import CircleSet, LiaisonAssigned
from rogatory_crypto.content.case_kind import CaseKind
from rogatory_crypto.content.mimi import MessageId
from rogatory_crypto.identity import Role
from rogatory_crypto.wire.identifier import EntryId, GroupId

CIRCLE = GroupId(b"c" * 32)


@pytest.fixture
def talk(first: Device, second: Device) -> Talk:
    return made_room(first, [second])


def word(
    device: Device, event: CircleSet | LiaisonAssigned, *, number: int = 0, is_queued: bool = False
) -> Word:
    name = MessageId(bytes([number]) * 32)
    return Word(name, device.office.entry_id, device.id, LATER * 1000, event, is_queued)


def limited(device: Device, *words: Word) -> Context:
    return replace(device.context, companies={GROUP: words})


def planned(room: Room, context: Context) -> Change:
    return plan_change(room, context, in_office_room=True)


def test_of_the_own_office_only_devices_of_the_circle_are_added(
    world: Offices, first: Device, talk: Talk
) -> None:
    named = world.device(A, "named", officer="named officer")
    world.device(A, "other", officer="other officer")
    context = limited(first, word(first, CircleSet(("case officer", "named officer"), None)))
    assert planned(talk.of(first), context) == Change(add=(named.id,))


def test_what_is_said_and_not_sent_lets_nobody_in_and_takes_nobody_out(
    world: Offices, first: Device, second: Device
) -> None:
    other = world.device(A, "other", officer="other officer")
    talk = made_room(first, [second, other])
    world.device(A, "later", officer="later officer")
    said = word(first, CircleSet(("case officer",), None), is_queued=True)
    assert not planned(talk.of(first), limited(first, said)).is_needed
    change = planned(talk.of(first), limited(first, replace(said, is_queued=False)))
    assert change == Change(remove=((leaf_of(talk.of(first), other), other.id),))


def test_nothing_goes_out_with_the_word_that_takes_devices_out(first: Device, talk: Talk) -> None:
    messages = [first.text(each) for each in ("before", "limits", "secret")]
    parcels = [Parcel(n, GROUP, each.message_id, each.encoded) for n, each in enumerate(messages)]
    said = Word(
        messages[1].message_id, EntryId(A), first.id, 1, CircleSet(("case officer",), None), is_queued=True
    )
    step = next_step(
        talk.of(first), parcels, frozenset(), limited(first, said), in_office_room=False, caught_up=True
    )
    assert step == Send(tuple(parcels[:2]))


def test_who_is_shut_out_adds_nobody(world: Offices, first: Device, second: Device) -> None:
    other = world.device(A, "other", officer="other officer")
    talk = made_room(first, [second, other])
    world.device(A, "more of other", officer="other officer")
    context = limited(other, word(first, CircleSet(("case officer",), None)))
    assert planned(talk.of(other), context).add == ()


def test_a_device_that_came_late_adds_nobody_before_it_has_the_history(
    world: Offices, first: Device, talk: Talk
) -> None:
    world.device(A, "more")
    strange = replace(talk.of(first), subject="")
    assert not planned(strange, first.context).is_needed
    assert planned(talk.of(first), first.context).is_needed


@pytest.mark.parametrize("role", [Role.OBSERVER, Role.CLERK])
def test_who_may_not_hand_the_history_on_adds_nobody(
    world: Offices, first: Device, second: Device, role: Role
) -> None:
    lesser = world.device(A, "lesser", role=role)
    talk = made_room(first, [second, lesser])
    world.device(A, "more")
    assert not planned(talk.of(lesser), lesser.context).is_needed


def test_who_makes_a_room_leaves_the_liaisons_of_others_to_them(
    world: Offices, first: Device, second: Device
) -> None:
    world.device(B, "liaison", officer="liaison", role=Role.LIAISON)
    plan = Room(GROUP, CaseKind.CONSULTATION, "x", offices=(EntryId(B), EntryId(A)))
    assert planned(plan, first.context) == Change(add=(second.id,))


@pytest.mark.parametrize(
    ("states", "sits"), [(("GH",), True), (("GH", "IT"), True), (("NG",), False), ((), False), (None, None)]
)
def test_a_liaison_sits_where_it_was_assigned(
    world: Offices, first: Device, second: Device, *, states: tuple[str, ...] | None, sits: bool | None
) -> None:
    """Where nobody has said anything, it is not let in; who sits there already stays."""
    liaison = world.device(A, "liaison", officer="Liaison", role=Role.LIAISON)
    said = () if states is None else (word(first, LiaisonAssigned("liaison", states)),)
    context = replace(
        first.context,
        companies={GroupId(b"o" * 32): said},
        states={EntryId(A): "SN", EntryId(B): "GH", EntryId(C): "NG"},
    )
    outside = made_room(first, [second])
    assert planned(outside.of(first), context).add == ((liaison.id,) if sits else ())
    inside = made_room(first, [second, liaison])
    assert bool(planned(inside.of(first), context).remove) is (sits is False)


def test_a_liaison_is_not_in_the_offices_own_room(world: Offices, first: Device) -> None:
    liaison = world.device(A, "liaison", role=Role.LIAISON)
    home = made_room(first, [liaison], CaseKind.OFFICE)
    change = planned(home.of(first), first.context)
    assert change == Change(remove=((leaf_of(home.of(first), liaison), liaison.id),))


def test_a_circles_room_is_for_the_own_devices_in_its_case(
    world: Offices, first: Device, second: Device
) -> None:
    inside, outside = world.device(A, "inside"), world.device(A, "outside")
    case = made_room(first, [second, inside])
    room = Room(CIRCLE, CaseKind.CIRCLE, GROUP.hex(), offices=(EntryId(A),))
    context = replace(first.context, rooms={GROUP: case.of(first)})
    assert planned(room, context) == Change(add=(inside.id,))
    other = made_room(first, [outside], CaseKind.OFFICE, CIRCLE).of(first)
    made = replace(other, kind=CaseKind.CIRCLE, subject=GROUP.hex())
    change = planned(made, context)
    assert (change.add, [device for _, device in change.remove]) == ((inside.id,), [outside.id])
    assert not planned(made, first.context).is_needed, "of a case that is not known here nothing follows"
