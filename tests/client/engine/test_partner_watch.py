"""Changed keys of another office are told to whoever shares a room with it."""

from tests.client.engine.case_room import GROUP, A, B, C, Device, Offices, Talk, made_room
from tests.crypto.identity.enrolled_office import keys, seed

from rogatory_client.engine.partner_watch import watch_partners
from rogatory_crypto.identity import EnrolmentCode


def told(world: Offices, device: Device, talk: Talk, since: int) -> list[str]:
    rooms = {GROUP: talk.of(device)}
    return [each.text for each in watch_partners(world.written.entries[since:], rooms, device.context)]


def kinds(world: Offices, device: Device, talk: Talk, since: int) -> list[str]:
    rooms = {GROUP: talk.of(device)}
    changed = watch_partners(world.written.entries[since:], rooms, device.context)
    return [each.happening.kind for each in changed]


def enrol_anew(world: Offices, office: str) -> None:
    anew = world.offices[office]
    anew.code = EnrolmentCode(seed("another code of " + office)[:20])
    anew.office_private = keys("other keys of " + office)
    invitation = anew.invitation()
    for signed in (invitation, anew.enrolment(invitation), anew.device("anew")):
        world.enter(signed, world.now)


def test_who_enrols_anew_is_named_with_what_to_do(world: Offices, first: Device, second: Device) -> None:
    talk, since = made_room(first, [second]), len(world.written.entries)
    enrol_anew(world, B)
    assert kinds(world, first, talk, since) == ["alarm"]
    (text,) = told(world, first, talk, since)
    assert text.startswith(f"{B} has enrolled anew, with other keys")
    assert f"rogatory office accept {B}" in text


def test_who_replaces_its_keys_is_named(world: Offices, first: Device, second: Device) -> None:
    talk, since = made_room(first, [second]), len(world.written.entries)
    world.enter(world.offices[B].succession(keys("the next keys")), world.now)
    assert kinds(world, first, talk, since) == ["warning"]
    (text,) = told(world, first, talk, since)
    assert text.startswith(f"{B} has replaced its keys")


def test_a_first_enrolment_is_no_change(world: Offices, first: Device, second: Device) -> None:
    assert told(world, first, made_room(first, [second]), 0) == []


def test_of_offices_in_no_room_of_ours_nothing_is_told(world: Offices, first: Device, second: Device) -> None:
    world.device(C)
    talk, since = made_room(first, [second]), len(world.written.entries)
    for office in (A, C):
        enrol_anew(world, office)
    world.written.entries.append(b"made up")
    assert told(world, first, talk, since) == []
