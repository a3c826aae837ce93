"""Keys that one device's officer has accepted count for all devices of the office; for those keys only."""

from dataclasses import replace
from hashlib import sha256

import pytest
from tests.client.engine.case_room import GROUP, LATER, A, B, Device, Offices, Talk, made_room, notes
from tests.client.engine.test_partner_watch import enrol_anew

from rogatory_client.engine.effect import Outcome
from rogatory_client.engine.history import take_in
from rogatory_client.engine.partner_effect import AcceptPartner
from rogatory_client.engine.room import Room
from rogatory_crypto.content.case_kind import CaseKind
from rogatory_crypto.content.history import ArchivedRow, HistoryResealed, KeysAccepted
from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.identity import Role
from rogatory_crypto.wire.identifier import EntryId

OFFICE = EntryId(B)


@pytest.fixture
def more(world: Offices, talk: Talk) -> Device:
    assert talk.rooms, "both offices are enrolled"
    return world.device(A, "second", officer="deputy")


@pytest.fixture
def home(first: Device, more: Device) -> Talk:
    return made_room(first, [more], CaseKind.OFFICE)


def accepted(world: Offices) -> KeysAccepted:
    return KeysAccepted(OFFICE, sha256(world.registry.offices[OFFICE].keys.encode()).digest())


def effects(outcome: Outcome) -> list[AcceptPartner]:
    return [effect for effect in outcome.effects if isinstance(effect, AcceptPartner)]


def test_one_call_counts_for_all_devices(world: Offices, first: Device, home: Talk, more: Device) -> None:
    enrol_anew(world, B)
    (outcome,) = home.tell(first, first.event(accepted(world)), more)
    assert effects(outcome) == [AcceptPartner(OFFICE, LATER, "case officer")]


def test_it_counts_for_the_keys_of_then(world: Offices, first: Device, home: Talk, more: Device) -> None:
    before = accepted(world)
    enrol_anew(world, B)
    (outcome,) = home.tell(first, first.event(before), more)
    assert outcome.refused is None
    assert effects(outcome) == []


def test_no_other_office_accepts_for_this_one(world: Offices, first: Device, second: Device) -> None:
    talk = made_room(first, [second])
    for room in (talk.of(first), Room(GROUP, group=talk.of(first).group, position=talk.of(first).position)):
        talk.rooms[first.id] = room
        (outcome,) = talk.tell(second, second.event(accepted(world)), first)
        assert notes(outcome) == [Code.FORBIDDEN]
        assert effects(outcome) == []


@pytest.mark.usefixtures("second")
def test_who_only_looks_on_accepts_for_nobody(world: Offices, first: Device) -> None:
    observer = world.device(A, "observer", officer="observer", role=Role.OBSERVER)
    home = made_room(first, [observer], CaseKind.OFFICE)
    (outcome,) = home.tell(observer, observer.event(accepted(world)), first)
    assert notes(outcome) == [Code.FORBIDDEN]


@pytest.mark.usefixtures("second")
def test_an_archive_accepts_nobody(world: Offices, first: Device) -> None:
    """What stands in it may have been handed back by another office, in this one's name."""
    said = first.event(accepted(world))
    row = ArchivedRow(first.oneself.credential.encode(), LATER * 1000, said.encoded)
    for each in (row, replace(row, vouched_by=(OFFICE,))):
        with pytest.raises(PeerError, match="keys accepted from outside"):
            take_in(HistoryResealed((each,)), Room(GROUP), first.context)
