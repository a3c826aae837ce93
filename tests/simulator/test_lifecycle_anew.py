"""An office that has lost all its devices enrols anew: partners are alarmed, and add nobody unasked."""

from pathlib import Path

import pytest
from tests.simulator.test_lifecycle_office_key import join
from tests.simulator.test_story import NET, A, B, C, world_with
from tests.simulator.world import Adversary, Killed, World

from rogatory_crypto.errors import Code, MisuseError, PeerError
from rogatory_crypto.identity import Role
from rogatory_crypto.identity.call_back import call_back
from rogatory_crypto.wire.identifier import EntryId

ANEW = "anew"


async def case_with_b(folder: Path) -> World:
    world = await world_with(folder, A, B, C)
    async with world.at(A) as office:
        await office.sync()
        office.start_consultation([B], "Company records", "May we ask?", reference="SN/1")
        await office.sync()
    await world.sync(B)
    await world.sync(A)
    return world


def words(world: World, office: str = B) -> str:
    keys = world.relay.registry.offices[EntryId(office)].keys
    return " ".join(call_back(keys, EntryId(office), world.relay.origin).called.words)


async def anew_alarms(world: World, name: str) -> list[str]:
    async with world.at(name) as office:
        await office.sync()
        return [each.text for each in office.alarms() if "enrolled anew" in each.text]


async def former_devices_in_rooms(world: World, name: str) -> int:
    async with world.at(name) as office:
        await office.sync()
        desk = office._desk
        members = (
            desk.registry.attribute(member.identity, member.signature_key).device
            for room in desk.rooms.values()
            if room.group is not None
            for member in room.group.members
        )
        return sum(each.entry.entry_id == B for each in members)


async def test_partners_in_a_case_are_alarmed_and_no_others(tmp_path: Path) -> None:
    world = await case_with_b(tmp_path)
    assert await former_devices_in_rooms(world, A) == 1
    await world.enrol(B, ANEW)
    for _ in range(2):
        (alarm,) = await anew_alarms(world, A)
        assert alarm.startswith(f"{B} has enrolled anew")
    assert await anew_alarms(world, C) == []
    assert await former_devices_in_rooms(world, A) == 0
    async with world.at(A) as office:
        (changed,) = office.partners.changed()
        assert (changed.entry_id, changed.accepted_at) == (B, None)
        assert changed.telephones


async def test_who_enrols_anew_once_more_is_a_second_alarm(tmp_path: Path) -> None:
    """What an officer has taken note of was the first time."""
    world = await case_with_b(tmp_path)
    await world.enrol(B, ANEW)
    await anew_alarms(world, A)
    async with world.at(A) as office:
        office.partners.accept(B, words(world))
        for each in office.alarms():
            office.acknowledge_alarm(each.number)
        office.start_consultation([B], "Next", "Is it you?")
        await office.sync()
    await world.enrol(B, "once more")
    assert len(await anew_alarms(world, A)) == 2
    async with world.at(A) as office:
        assert [each.acknowledged_at is None for each in office.alarms()] == [False, True]


async def test_who_is_let_into_a_case_after_the_loss_is_alarmed_too(tmp_path: Path) -> None:
    """Its former device sits in the room already; the log told of the change before there was a room."""
    world = await world_with(tmp_path, A, B)
    async with world.at(B) as office:
        await office.sync()
        office.start_consultation([A], "Company records", "May we ask?", reference="GH/1")
        await office.sync()
    await world.enrol(B, ANEW)
    for _ in range(2):
        (alarm,) = await anew_alarms(world, A)
        assert alarm.startswith(f"{B} has enrolled anew")
    async with world.at(A) as office:
        office.partners.accept(B, words(world))
        await office.sync()
        assert [each.accepted_by for each in office.partners.changed()] == ["case officer"]


async def test_nobody_writes_to_it_before_its_words_were_compared(tmp_path: Path) -> None:
    world = await case_with_b(tmp_path)
    await world.enrol(B, ANEW)
    async with world.at(A) as office:
        await office.sync()
        with pytest.raises(MisuseError, match="rogatory office accept"):
            office.start_consultation([B], "Next", "Is it you?")
        with pytest.raises(PeerError) as raised:
            office.partners.accept(B, words(world, C))
        assert raised.value.code is Code.HASH_MISMATCH
        assert any("words" in each.text for each in office.alarms())
        with pytest.raises(PeerError) as raised:
            office.partners.accept(B, "no words")
        assert raised.value.code is Code.MALFORMED
        with pytest.raises(MisuseError, match="has not enrolled anew"):
            office.partners.accept(C, words(world, C))
        with pytest.raises(MisuseError, match="rogatory office accept"):
            office.start_consultation([B], "Next", "Is it you?")
        accepted = office.partners.accept(B, words(world))
        assert accepted.accepted_by == "case officer"
        office.start_consultation([B], "Next", "Is it you?")
        await office.sync()
    assert await texts(world, ANEW) == ["Is it you?"]


async def test_what_waits_for_it_waits_for_an_officer(tmp_path: Path) -> None:
    """A case that was begun before the change was known is not sealed to keys that nobody has accepted."""
    world = await case_with_b(tmp_path)
    async with world.at(A) as office:
        office.start_consultation([B], "Next", "Is it you?")
    await world.enrol(B, ANEW)
    await world.sync(A)
    assert await texts(world, ANEW) == []
    async with world.at(A) as office:
        office.partners.accept(B, words(world))
        await office.sync()
        assert not office.outbox()
    assert await texts(world, ANEW) == ["Is it you?"]


async def test_a_secretariat_adds_it_to_its_network_when_an_officer_has_agreed(tmp_path: Path) -> None:
    world = await world_with(tmp_path, NET, A, B)
    await post(world, "In March.")
    await world.sync(B)
    await world.enrol(B, ANEW)
    await post(world, "In April.")
    assert await texts(world, ANEW) == []
    assert await texts(world, A) == ["In March.", "In April."]
    async with world.at(NET) as office:
        office.partners.accept(B, words(world))
    await post(world, "In May.")
    assert await texts(world, ANEW) == ["In May."]


async def test_who_only_looks_on_accepts_nobody(tmp_path: Path) -> None:
    world = await case_with_b(tmp_path)
    await join(world, "observer", "observer", Role.OBSERVER)
    for name in (A, "observer"):
        await world.sync(name)
    await world.enrol(B, ANEW)
    async with world.at("observer") as office:
        await office.sync()
        with pytest.raises(MisuseError, match="role observer may not accept"):
            office.partners.accept(B, words(world))


async def test_what_was_accepted_ends_with_the_next_enrolment(tmp_path: Path) -> None:
    world = await case_with_b(tmp_path)
    await world.enrol(B, ANEW)
    async with world.at(A) as office:
        await office.sync()
        office.partners.accept(B, words(world))
        office.start_consultation([B], "Next", "Is it you?")
        await office.sync()
    await world.sync(ANEW)
    await world.enrol(B, "once more")
    async with world.at(A) as office:
        await office.sync()
        assert [each.accepted_at for each in office.partners.changed()] == [None]
        with pytest.raises(MisuseError, match="rogatory office accept"):
            office.start_consultation([B], "And now?", "Is it you?")


async def test_no_cut_loses_the_alarm_or_lets_it_in(tmp_path: Path) -> None:
    world = await case_with_b(tmp_path)
    async with world.at(A) as office:
        office.start_consultation([B], "Next", "Is it you?")
    await world.enrol(B, ANEW)
    cuts = 0
    for cut in range(1, 80):
        world.adversary = Adversary(world.chance, kill_at=cut)
        try:
            async with world.at(A) as office:
                await office.sync()
        except Killed:
            cuts += 1
        else:
            break
    world.adversary = Adversary(world.chance)
    assert cuts > 4, "there are steps to be cut at"
    assert len(await anew_alarms(world, A)) == 1
    assert await texts(world, ANEW) == []


async def post(world: World, text: str) -> None:
    async with world.at(NET) as office:
        await office.sync()
        office.post_notice("WACAP", "Annual meeting", text)
        await office.sync()


async def texts(world: World, name: str) -> list[str]:
    async with world.at(name) as office:
        await office.sync()
        return [each.text for each in office.messages()]
