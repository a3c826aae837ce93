"""A relay that shows two histories to two offices is caught inside their room, and named by both."""

from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.simulator.log import SimulatedLog
from tests.simulator.test_hostile_relay import consulting
from tests.simulator.test_story import A, B, link
from tests.simulator.world import World

from rogatory_client.engine import additions, gossip
from rogatory_client.engine.effect import Happening, Outcome
from rogatory_client.office.line.trusting import TwoHistoriesError
from rogatory_crypto.errors import MisuseError
from rogatory_crypto.log.split_view import verify_split_view
from rogatory_crypto.wire.identifier import DeviceId

LISTED = {A: "CNA-NG-01", B: "CNA-ML-01"}


@dataclass
class TwoFaced:
    """A relay that shows each office a log of its own."""

    world: World
    shown: dict[str, SimulatedLog]

    async def sync(self, name: str) -> None:
        self.world.relay.log = self.shown[name]
        await self.world.sync(name)

    async def say(self, name: str, text: str) -> None:
        self.world.relay.log = self.shown[name]
        async with self.world.at(name) as office:
            office.reply("SN/1", text)
            await office.sync()

    async def alarms(self, name: str) -> list[str]:
        async with self.world.at(name) as office:
            return [each.text for each in office.alarms() if "two histories" in each.text]


@pytest.fixture
async def relay(tmp_path: Path) -> TwoFaced:
    """A and B are in one room, and each has followed the log where the other will never go."""
    world, _ = await consulting(tmp_path)
    await world.sync(B)
    await world.sync(A)
    one = world.relay.log
    made = TwoFaced(world, {A: one, B: one.forked_at(len(one.entries))})
    for name, listed in LISTED.items():
        world.relay.log = made.shown[name]
        await world.invite(listed)
        await made.sync(name)
    return made


async def test_both_offices_name_the_log_that_has_two_histories(relay: TwoFaced) -> None:
    await relay.say(B, "We have seen your register.")
    await relay.sync(A)
    assert await relay.alarms(A)
    await relay.sync(B)
    assert await relay.alarms(B), "A has shown the evidence to the room"
    for name in (A, B):
        async with relay.world.at(name) as office:
            (evidence,) = office._desk.split_views()
            network = relay.world.network
            verify_split_view(evidence, network.policy.log_keys(network.log_origin))


async def test_nobody_is_added_until_an_officer_has_taken_note(relay: TwoFaced) -> None:
    await relay.say(B, "We have seen your register.")
    await relay.sync(A)
    relay.world.relay.log = relay.shown[A]
    await link(relay.world, A, "second")
    await relay.world.sync(A)
    async with relay.world.at(A) as office:
        (room,) = (each for each in office._desk.rooms.values() if each.kind and each.kind.value != "office")
        assert room.group is not None
        assert len(room.group.members) == 2
        for alarm in office.alarms():
            office.acknowledge_alarm(alarm.number)
        with pytest.raises(MisuseError):
            office.acknowledge_alarm(10**6)
    await relay.world.sync(A)
    async with relay.world.at(A) as office:
        (room,) = (each for each in office._desk.rooms.values() if each.kind and each.kind.value != "office")
        assert room.group is not None
        assert len(room.group.members) == 3


async def test_a_welcome_waits_until_an_officer_has_taken_note(relay: TwoFaced) -> None:
    await relay.say(B, "We have seen your register.")
    await relay.sync(A)
    await relay.sync(B)
    relay.world.relay.log = relay.shown[B]
    async with relay.world.at(B) as office:
        for alarm in office.alarms():
            office.acknowledge_alarm(alarm.number)
        office.start_consultation([A], "Meanwhile", "Are you there?", reference="GH/7")
        await office.sync()
    relay.world.relay.log = relay.shown[A]
    for _ in range(2):
        async with relay.world.at(A) as office:
            report = await office.sync()
            assert any("it goes in when an officer" in each for each in report.warnings)
            assert "Meanwhile" not in {each.subject for each in office.rooms()}
    async with relay.world.at(A) as office:
        for alarm in office.alarms():
            office.acknowledge_alarm(alarm.number)
        await office.sync()
        assert [each.text for each in office.messages(office.room("GH/7").room_id)] == ["Are you there?"]


async def test_a_larger_log_of_the_same_history_accuses_nobody(tmp_path: Path) -> None:
    world, _ = await consulting(tmp_path)
    await world.sync(B)
    await world.invite(LISTED[A])
    async with world.at(A) as office:
        office.reply("SN/1", "Ahead of you.")
        await office.sync()
    await world.sync(B)
    async with world.at(B) as office:
        assert not office.alarms()
        assert not office._desk.heard


async def test_an_office_is_told_of_a_device_it_did_not_add_itself(tmp_path: Path) -> None:
    world, _ = await consulting(tmp_path)
    await link(world, A, "second")
    await link(world, A, "third")
    await world.sync("second")
    async with world.at("second") as office:
        (alarm,) = office.alarms()
        assert "duty officer" in alarm.text or "device" in alarm.text
    async with world.at(A) as office:
        assert not office.alarms(), "this device has added them"


async def test_more_evidence_while_some_waits_is_no_further_alarm(relay: TwoFaced) -> None:
    """Who holds a log's key could else bury an officer in alarms, each of which he has to take note of."""
    await relay.say(B, "We have seen your register.")
    await relay.sync(A)
    raised = len(await relay.alarms(A))
    async with relay.world.at(A) as office:
        desk = office._desk
        (evidence,) = desk.split_views()
        (room,) = (each for each in desk.rooms.values() if each.kind and each.kind.value != "office")
        device = next(each for each in desk.registry.devices.values() if each.entry.entry_id == B)
        for _ in range(3):
            hearing = gossip._shown(evidence, device.entry, room.group_id, desk.context())
            assert not hearing.effects
            assert [each.kind for each in hearing.happenings] == ["warning"]
            desk.carry_out(Outcome((), hearing.effects, hearing.happenings))
    assert len(await relay.alarms(A)) == raised


async def test_evidence_that_was_noted_hides_no_other_alarm(relay: TwoFaced) -> None:
    """Who sends it once more with something else could else keep that from the officer's list."""
    await relay.say(B, "We have seen your register.")
    await relay.sync(A)
    async with relay.world.at(A) as office:
        desk = office._desk
        (evidence,) = desk.split_views()
        for alarm in office.alarms():
            office.acknowledge_alarm(alarm.number)
        (room,) = (each for each in desk.rooms.values() if each.kind and each.kind.value != "office")
        device = next(each for each in desk.registry.devices.values() if each.entry.entry_id == B)
        before = len(office.alarms())
        hearing = gossip._shown(evidence, device.entry, room.group_id, desk.context())
        other = Happening("alarm", None, None, "CNA-ML-01 has enrolled anew")
        desk.carry_out(Outcome((), hearing.effects, (*hearing.happenings, other)))
        raised = [each.text for each in office.alarms() if each.acknowledged_at is None]
        assert (raised, len(office.alarms())) == ([other.text], before + 1)


async def known_to_all(folder: Path) -> World:
    """A and B know of an invitation that a fork will not know of."""
    world, _ = await consulting(folder)
    await world.invite(LISTED[A])
    for name in (A, B):
        await world.sync(name)
    return world


async def fork(world: World, missing: int = 1) -> None:
    """Go on without the last entries, with others in their place."""
    world.relay.log = world.relay.log.forked_at(world.relay.log.size - missing)
    for listed in LISTED.values():
        await world.invite(listed)


async def forked_for_everybody(folder: Path) -> World:
    """A and B know an invitation that the log does not know any more."""
    world = await known_to_all(folder)
    await fork(world)
    return world


async def test_under_a_fork_what_was_verified_before_goes_on_and_nobody_is_added(tmp_path: Path) -> None:
    """The relay shows this very office another history than before: its correspondence need not end."""
    world = await forked_for_everybody(tmp_path)
    for name, text in ((B, "Before anybody calls."), (A, "We read you.")):
        async with world.at(name) as office:
            held = office._desk.replica.size
            office.reply("SN/1", text)
            report = await office.sync()
            assert any("two histories" in each.text for each in office.alarms())
            assert any("call the other offices" in each for each in report.warnings)
            assert (office._desk.replica.size, report.waiting) == (held, 0)
    async with world.at(A) as office:
        assert [each.text for each in office.messages()] == [
            "May we ask?",
            "Before anybody calls.",
            "We read you.",
        ]
        with pytest.raises(MisuseError, match="nobody is added"):
            additions.provable({DeviceId(bytes(16)): b""}, office._desk.context())


async def test_a_fork_that_an_officer_has_noted_is_no_alarm_at_each_connection(tmp_path: Path) -> None:
    world = await forked_for_everybody(tmp_path)
    async with world.at(B) as office:
        await office.sync()
        (alarm,) = office.alarms()
        office.acknowledge_alarm(alarm.number)
        for _ in range(2):
            report = await office.sync()
            assert any("two histories" in each for each in report.warnings), "it is told all the same"
        assert len(office.alarms()) == 1


async def test_a_fork_in_which_this_device_does_not_exist_is_named_as_a_fork(tmp_path: Path) -> None:
    world = await known_to_all(tmp_path)
    await fork(world, missing=2)  # the other one is how B was entered
    async with world.at(B) as office:
        for _ in range(2):
            with pytest.raises(TwoHistoriesError, match="rogatory alarm list"):
                await office.sync()
        assert any("two histories" in each.text for each in office.alarms())
