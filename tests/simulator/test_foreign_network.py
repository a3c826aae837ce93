"""Two officers of one network take the name of another's member: its office gets nothing before a call."""

from pathlib import Path

import pytest
from tests.simulator.test_lifecycle_anew import words
from tests.simulator.test_story import NET, A, B, C, world_with
from tests.simulator.world import World

from rogatory_crypto.errors import Code, MisuseError, PeerError


async def with_b_in_the_wrong_place(folder: Path) -> World:
    """The directory counts B to WACAP alone, and the secretariat on paper has invited it."""
    world = await world_with(folder, A, B, C)
    world.on_paper = {A, C}
    await world.publish_records(2, world.records(), [B, NET])
    return world


async def alarms(world: World, name: str) -> list[str]:
    async with world.at(name) as office:
        await office.sync()
        return [each.text for each in office.alarms() if "brought in by the network" in each.text]


async def test_an_office_in_the_wrong_place_gets_nothing_before_it_was_called(tmp_path: Path) -> None:
    world = await with_b_in_the_wrong_place(tmp_path)
    for name in (A, C):
        (alarm,) = await alarms(world, name)
        assert alarm.startswith(
            f"{B} was brought in by the network PAPER, and the directory counts it to WACAP"
        )
    async with world.at(A) as office:
        with pytest.raises(MisuseError, match="rogatory office accept"):
            office.start_consultation([B], "Company records", "May we ask?")
        with pytest.raises(PeerError) as raised:
            office.partners.accept(B, words(world, C))
        assert raised.value.code is Code.HASH_MISMATCH
        office.partners.accept(B, words(world))
        for each in office.alarms():
            office.acknowledge_alarm(each.number)
        office.start_consultation([B], "Company records", "May we ask?")
        await office.sync()
        assert all(each.acknowledged_at for each in office.alarms()), "once called, it is no alarm again"
    async with world.at(B) as office:
        await office.sync()
        assert [each.text for each in office.messages()] == ["May we ask?"]


async def test_its_devices_are_added_to_no_room_either(tmp_path: Path) -> None:
    world = await world_with(tmp_path, A)
    async with world.at(A) as office:
        await office.sync()
    world.on_paper = {A}
    await world.publish_records(2, world.records(), [B, NET])
    await world.enrol(B)
    async with world.at(A) as office:
        await office.sync()
        assert B in office._desk.context().unaccepted


async def test_who_is_in_the_right_place_or_in_no_network_is_no_alarm(tmp_path: Path) -> None:
    world = await world_with(tmp_path, A, B, C)
    world.on_paper = {A, B}  # C is counted to no network at all
    await world.publish_records(2, world.records(), [B, NET])
    assert await alarms(world, A) == []
    assert await alarms(world, B) == []
