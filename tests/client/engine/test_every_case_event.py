"""Each kind of case event against who forges, repeats or misplaces it: nobody acts on any of them.

One table has the room and the roles of each (``test_rights``); a kind that is missing there fails here.
"""

from dataclasses import replace
from typing import get_args

import pytest
from tests.client.engine.case_room import (
    LATER,
    A,
    B,
    Device,
    Offices,
    Talk,
    kinds,
    made_room,
    notes,
)
from tests.crypto.content.test_rights import EVENTS

from rogatory_crypto.content.case_company import CircleRoom, LiaisonAssigned
from rogatory_crypto.content.case_kind import CaseKind
from rogatory_crypto.content.events import CaseEvent, CaseOpened, Notice
from rogatory_crypto.content.history import HistoryResealed, HistoryReturned, KeysAccepted
from rogatory_crypto.content.office_work import CaseAssigned, CaseNote, DeputySet, DraftMoved, DraftSaved
from rogatory_crypto.content.outgoing_release import ReleaseAnswered, ReleaseAsked, ReleasePolicySet
from rogatory_crypto.content.retention import CaseHeld, HoldLifted, PurgeConfirmed, PurgeProposed
from rogatory_crypto.errors import Code
from rogatory_crypto.identity import Role

# What an office tells itself: another office says it in no room at all.
AT_HOME = (
    *(CaseNote, CaseAssigned, DeputySet, DraftSaved, DraftMoved),
    *(ReleasePolicySet, ReleaseAsked, ReleaseAnswered),
    *(CaseHeld, HoldLifted, PurgeProposed, PurgeConfirmed),
    *(CircleRoom, LiaisonAssigned, HistoryResealed, KeysAccepted),
)
# What a row leaves behind that was not believed.
NOTHING = {"SaveRoom", "Note", "NoteUnreadable"}
# Who may say all there is.
HEAD = Role.HEAD
PLACED = [(event, kind) for event, kind, _ in EVENTS]


def named(value: object) -> str:
    if isinstance(value, frozenset):
        return f"{len(value)} roles"
    return type(value).__name__ if isinstance(value, get_args(CaseEvent)) else str(value)


def room_of(sender: Device, receiver: Device, kind: CaseKind | None) -> Talk:
    """A room of the two, which the receiver takes for one of this kind."""
    talk = made_room(receiver, [sender])
    network = "WACAP" if kind is CaseKind.NETWORK else None
    talk.rooms[receiver.id] = replace(talk.of(receiver), kind=kind, network=network)
    return talk


def place_of(event: CaseEvent, kind: CaseKind) -> CaseKind | None:
    """An opening is the first word of its room."""
    return None if isinstance(event, CaseOpened) else kind


def test_no_kind_of_event_is_left_out() -> None:
    assert {type(event) for event, *_ in EVENTS} == set(get_args(CaseEvent))


@pytest.mark.parametrize(("event", "kind", "roles"), EVENTS, ids=named)
def test_a_forged_role_is_noted_by_the_receiver_and_nothing_follows(
    event: CaseEvent, kind: CaseKind, roles: frozenset[Role]
) -> None:
    """As an own device says it, which is the most that anybody may."""
    for role in sorted(frozenset(Role) - roles):
        world = Offices()
        receiver = world.device(A)
        sender = world.device(A, "forger", role=role)
        talk = room_of(sender, receiver, place_of(event, kind))
        (outcome,) = talk.tell(sender, sender.event(event), receiver)
        assert notes(outcome) == [Code.FORBIDDEN], role
        assert set(kinds(outcome)) <= NOTHING, role


@pytest.mark.parametrize(("event", "kind"), PLACED, ids=named)
@pytest.mark.parametrize("office", [A, B])
def test_a_device_that_was_revoked_says_nothing_more(event: CaseEvent, kind: CaseKind, office: str) -> None:
    world = Offices()
    receiver, sender = world.device(A), world.device(office, "leaver", role=HEAD)
    talk = room_of(sender, receiver, place_of(event, kind))
    world.revoke(sender, LATER - 1)
    (outcome,) = talk.tell(sender, sender.event(event), receiver)
    assert notes(outcome) == [Code.REVOKED]
    assert set(kinds(outcome)) <= NOTHING


@pytest.mark.parametrize(("event", "kind"), PLACED, ids=named)
def test_a_row_that_comes_again_is_no_second_event(event: CaseEvent, kind: CaseKind) -> None:
    world = Offices()
    receiver, sender = world.device(A), world.device(A, "second", role=HEAD)
    talk = room_of(sender, receiver, place_of(event, kind))
    row = talk.said(sender, sender.event(event))
    talk.take(receiver, row)
    after = talk.of(receiver)
    again = talk.take(receiver, row)
    assert (again.effects, talk.of(receiver)) == ((), after)
    listed_twice = talk.take(receiver, talk.row(row.kind, row.payload))
    assert notes(listed_twice) == [Code.REPLAYED]
    assert set(kinds(listed_twice)) <= NOTHING


@pytest.mark.parametrize(("event", "kind"), PLACED, ids=named)
def test_another_office_says_nothing_that_an_office_tells_itself(event: CaseEvent, kind: CaseKind) -> None:
    for place in (None, *CaseKind):
        world = Offices()
        receiver, sender = world.device(A), world.device(B, role=HEAD)
        talk = room_of(sender, receiver, place)
        (outcome,) = talk.tell(sender, sender.event(event), receiver)
        if isinstance(event, AT_HOME):
            assert (place, kinds(outcome)) == (place, ["SaveRoom", "Note"])
        elif isinstance(event, CaseOpened | Notice | HistoryReturned):
            continue
        elif place is kind:
            assert outcome.refused is None


@pytest.mark.parametrize(("event", "kind"), PLACED, ids=named)
def test_what_an_office_tells_itself_is_told_in_no_case(event: CaseEvent, kind: CaseKind) -> None:
    """Its own officer says it, but where the other office reads it."""
    if not isinstance(event, AT_HOME):
        assert kind is not CaseKind.CIRCLE
        return
    for place in (CaseKind.CONSULTATION, CaseKind.REQUEST, CaseKind.NETWORK, CaseKind.RETURN):
        world = Offices()
        receiver, sender = world.device(A), world.device(A, "second", role=HEAD)
        talk = room_of(sender, receiver, place)
        (outcome,) = talk.tell(sender, sender.event(event), receiver)
        assert (place, kinds(outcome)) == (place, ["SaveRoom", "Note"])
