"""An office is told of every device, key, seal and revocation in its name that it did not make here."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.client.engine.case_room import A, B, Device, Offices
from tests.crypto.identity.enrolled_office import NOW, seed
from tests.crypto.log.written_log import WrittenLog

from rogatory_client.engine.self_watch import Alarm, watch
from rogatory_crypto.log.entry import LogEntry
from rogatory_crypto.log.entry_content import (
    Change,
    DirectoryChange,
    NetworkAdmission,
    OfficeSeal,
    Revocation,
)


def alarms(world: Offices, device: Device, *ours: bytes, acknowledged: tuple[int, ...] = ()) -> list[Alarm]:
    entries = enumerate(world.written.entries)
    return list(watch(entries, device.oneself, ours=ours, acknowledged=acknowledged))


def body_of(written: WrittenLog, index: int) -> bytes:
    return sha256(LogEntry.decode(written.entries[index]).body).digest()


def test_what_was_there_before_the_device_is_not_its_matter(world: Offices, first: Device) -> None:
    assert alarms(world, first) == []


def test_a_device_that_somebody_entered_is_told(world: Offices, first: Device) -> None:
    world.device(A, "forged")
    index = len(world.written.entries) - 1
    (alarm,) = alarms(world, first)
    assert alarm.index == index
    told = alarm.happening
    assert told.kind == "alarm"
    assert told.text.startswith("a device of 'case officer' was entered in this office's name (entry")


def test_what_this_device_made_is_not_told(world: Offices, first: Device) -> None:
    world.device(A, "second")
    assert alarms(world, first, body_of(world.written, -1)) == []


def test_what_an_officer_has_taken_note_of_is_not_told_again(world: Offices, first: Device) -> None:
    world.device(A, "second")
    index = len(world.written.entries) - 1
    assert alarms(world, first, acknowledged=(index,)) == []


def test_a_device_has_confirmed_its_own_entry(world: Offices, first: Device) -> None:
    """It came by the other device, and the new one has the key."""
    second = world.device(A, "second")
    assert alarms(world, second) == []
    assert len(alarms(world, first)) == 1


def test_a_revocation_that_somebody_listed_is_told(world: Offices, first: Device) -> None:
    second = world.device(A, "second")
    seen_there = alarms(world, first)
    world.revoke(second)
    (*before, told) = alarms(world, first)
    assert before == seen_there
    assert told.what == f"the device {second.id.hex()[:8]} of this office was revoked (lost)"


def test_an_invitation_and_a_new_key_in_our_name_are_told(world: Offices, first: Device) -> None:
    """The way of who would take an office over: a letter that the office has not asked for."""
    office = world.offices[A]
    office.code = type(office.code)(seed("another code")[:20])
    office.office_private = seed("another key")
    invitation = office.invitation()
    for signed in (invitation, office.enrolment(invitation)):
        world.enter(signed, world.now)
    assert [each.what for each in alarms(world, first)] == [
        "somebody was invited to enrol as this office",
        "a new key was enrolled as this office's",
    ]


def test_seals_in_our_name_are_told(world: Offices, first: Device) -> None:
    office, written = world.offices[A], world.written
    sealed = written.by_office(office, OfficeSeal(office.entry_id, seed("certificate"), NOW, NOW + 1000))
    written.by_office(office, Revocation(office.entry_id, sealed.leaf, "key lost"))
    assert [each.what for each in alarms(world, first)] == [
        "a seal was introduced in this office's name",
        "a seal of this office was revoked (key lost)",
    ]


def test_what_is_in_the_name_of_others_is_theirs(world: Offices, first: Device) -> None:
    world.device(B)
    world.written.by_operator(DirectoryChange(world.offices[A].entry_id, Change.CHANGED, seed("record")))
    world.device(B, "second")
    member = NetworkAdmission("WACAP", world.offices[A].entry_id, admitted=True)
    world.written.admission(world.offices[B], member, "first", "second")
    assert alarms(world, first) == []


@pytest.mark.parametrize("entry", [b"", b"made up", bytes(40)])
def test_what_nobody_can_read_nobody_believes(world: Offices, first: Device, entry: bytes) -> None:
    world.written.entries.append(entry)
    assert alarms(world, first) == []


@given(st.lists(st.sampled_from(["own", "other", "forged"]), max_size=8))
def test_exactly_the_foreign_is_told(what: list[str]) -> None:
    world = Offices()
    first = world.device(A)
    ours: list[bytes] = []
    foreign: list[int] = []
    for number, each in enumerate(what):
        match each:
            case "own":
                world.device(A, f"device {number}")
                ours.append(body_of(world.written, -1))
            case "other":
                world.device(B, f"device {number}")
            case _:
                world.device(A, f"device {number}")
                foreign.append(len(world.written.entries) - 1)
    assert [each.index for each in alarms(world, first, *ours)] == foreign
