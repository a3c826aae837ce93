"""A process that ends or a disk that is full: there is never evidence without an alarm, or the other way."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Connection
from tests.integration.relay.identities import OfficeKeys, Operator
from tests.simulator.test_hostile_relay import consulting
from tests.simulator.test_split_view import TwoFaced, relay
from tests.simulator.test_story import A, B, link, world_with
from tests.simulator.world import Adversary, Killed, World

from rogatory_client.fault import VaultError
from rogatory_client.vault import alarms, log
from rogatory_crypto.log.entry import EntryType
from rogatory_crypto.wire.identifier import DeviceId, EntryId

__all__ = ["relay"]


def cut_after(world: World, patch: pytest.MonkeyPatch, module: object, name: str) -> None:
    """Kill the process when the transaction in which this was called is on disk."""
    honest: Callable[..., object] = getattr(module, name)

    def then_cut(*arguments: object) -> object:
        done = honest(*arguments)
        world.adversary.kill_at = world.adversary.steps + 1
        return done

    patch.setattr(module, name, then_cut)


async def require_an_alarm(world: World, name: str) -> None:
    """Where nobody is added before an officer has taken note, there is something to take note of."""
    async with world.at(name) as office:
        assert office._desk.split is not None
        waiting = [each for each in office.alarms() if each.acknowledged_at is None]
        assert any("two histories" in each.text for each in waiting)
        for each in waiting:
            office.acknowledge_alarm(each.number)
        assert office._desk.split is None


async def test_evidence_from_a_room_is_never_on_disk_without_its_alarm(
    relay: TwoFaced, monkeypatch: pytest.MonkeyPatch
) -> None:
    await relay.say(B, "We have seen your register.")
    with monkeypatch.context() as patch:
        cut_after(relay.world, patch, alarms, "save_split_view")
        relay.world.relay.log = relay.shown[A]
        with pytest.raises(Killed):
            async with relay.world.at(A) as office:
                await office.sync()
    await require_an_alarm(relay.world, A)


async def test_evidence_of_our_own_is_never_on_disk_without_its_alarm(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world, _ = await consulting(tmp_path)
    await world.sync(B)
    world.relay.log = world.relay.log.forked_at(world.relay.log.size - 1)
    await world.invite("CNA-NG-01")
    await world.invite("CNA-ML-01")
    with monkeypatch.context() as patch:
        cut_after(world, patch, alarms, "save_split_view")
        with pytest.raises(Killed):
            async with world.at(B) as office:
                await office.sync()
    await require_an_alarm(world, B)


async def test_a_second_fork_is_a_second_alarm(tmp_path: Path) -> None:
    world, _ = await consulting(tmp_path)
    await world.invite("CNA-GH-01")
    await world.sync(B)
    honest = world.relay.log
    for _ in range(2):
        world.relay.log = honest.forked_at(honest.size - 1)
        await world.invite("CNA-NG-01")
        await world.invite("CNA-ML-01")
        async with world.at(B) as office:
            await office.sync()
        await require_an_alarm(world, B)


class FullDisk:
    """A disk that is full at one write."""

    def __init__(self, honest: Callable[..., None]) -> None:
        self._honest = honest
        self.is_full = True

    def __call__(self, connection: Connection, *arguments: object) -> None:
        if self.is_full:
            self.is_full = False
            raise VaultError("the disk is full")
        self._honest(connection, *arguments)


def forge_device(world: World, entry_id: str) -> DeviceId:
    """Put a device into the log that its office has not signed."""
    office = world.relay.registry.offices[EntryId(entry_id)]
    stranger = OfficeKeys(EntryId(entry_id), Operator(world.network.directory_private), int(world.now))
    stranger.sequence, stranger.head = office.sequence, office.head
    device, forged = stranger.device()
    world.relay.log.force(world.relay.log.forced(EntryType.IDENTITY_STATEMENT, forged))
    world.relay.log.publish()
    return device.device_id


async def test_a_full_disk_makes_no_forged_device_believed_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world, _ = await consulting(tmp_path)
    await world.sync(B)
    forged = forge_device(world, A)
    async with world.at(B) as office:
        monkeypatch.setattr(log, "save_view", FullDisk(log.save_view))
        with pytest.raises(VaultError):
            await office.sync()
        await office.sync()
        assert forged not in office._desk.registry.devices
        assert any("is not believed" in each.text for each in office.alarms())
    async with world.at(B) as office:
        assert forged not in office._desk.registry.devices, "nor after a restart"


async def test_a_full_disk_silences_no_alarm_about_the_own_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world, _ = await consulting(tmp_path)
    await link(world, A, "second")
    await world.sync("second")
    await link(world, A, "third")
    async with world.at("second") as office:
        monkeypatch.setattr(alarms, "raise_alarms", FullDisk(alarms.raise_alarms))
        with pytest.raises(VaultError):
            await office.sync()
        await office.sync()
        assert any("was entered in this office's name" in each.text for each in office.alarms())


async def said_by(world: World, name: str) -> tuple[list[str], frozenset[int]]:
    async with world.at(name) as office:
        await office.sync(until_idle=False)
        return sorted(each.text for each in office.alarms()), office._desk.replica.refused


async def test_a_kill_at_any_step_of_learning_loses_no_alarm(tmp_path: Path) -> None:
    """A forged device, one entered by a colleague, and a sign of the log's other history, all at once."""
    world, _ = await consulting(tmp_path)
    await link(world, A, "second")
    await world.sync("second")
    await link(world, A, "third")
    forge_device(world, A)
    shutil.copytree(tmp_path / "second", tmp_path / "before")
    expected = await said_by(world, "second")
    assert len(expected[0]) == 2
    assert expected[1]
    for step in range(1, 60):
        shutil.rmtree(tmp_path / "second")
        shutil.copytree(tmp_path / "before", tmp_path / "second")
        world.adversary = Adversary(world.chance, kill_at=step)
        try:
            found = await said_by(world, "second")
        except Killed:
            world.adversary = Adversary(world.chance)
            assert await said_by(world, "second") == expected, step
        else:
            assert found == expected
            break
    assert step >= 4


async def test_an_enrolment_that_was_killed_at_any_step_is_made_good_by_doing_it_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.simulator.log.PAGE", 500)
    world = await world_with(tmp_path)
    for step in range(1, 60):
        name = f"device {step}"
        world.new_device(name)
        code = await world.invite(A)
        world.adversary = Adversary(world.chance, kill_at=step)
        try:
            async with world.at(name) as office:
                await office.enrol(code, "head")
        except Killed:
            world.adversary = Adversary(world.chance)
            async with world.at(name) as office:
                assert office.identity.enrolled or (await office.enrol(code, "head")).enrolled
                assert office.identity.holds_office_key
        else:
            break
    assert step > 4
