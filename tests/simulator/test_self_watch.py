"""What the log lists in an office's name is told at each of its devices that did not make it."""

from pathlib import Path

import pytest
from sqlalchemy import Connection
from tests.simulator.test_story import A, link, world_with
from tests.simulator.world import Killed, World

from rogatory_client.vault import log

ENTERED = "was entered in this office's name"


async def alarms(world: World, name: str) -> list[str]:
    async with world.at(name) as office:
        return [each.text for each in office.alarms() if ENTERED in each.text]


async def test_a_device_that_another_one_entered_is_told_once_though_its_start_was_cut(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = await world_with(tmp_path, A)
    await world.sync(A)
    await link(world, A, "second")
    await world.sync("second")
    assert await alarms(world, "second") == [], "its own entry it has confirmed"
    await link(world, A, "third")

    honest = log.save_view

    def then_cut(connection: Connection, checkpoint: bytes, policy: bytes) -> None:
        honest(connection, checkpoint, policy)
        world.adversary.kill_at = world.adversary.steps + 1

    with monkeypatch.context() as patch:
        patch.setattr(log, "save_view", then_cut)
        with pytest.raises(Killed):
            async with world.at("second") as office:
                await office.sync()
    await world.sync("second")
    await world.sync("second")
    assert len(await alarms(world, "second")) == 1
    async with world.at("second") as office:
        assert any("1 alarm is open" in each for each in (await office.sync()).warnings)
        office.acknowledge_alarm(office.alarms()[0].number)
        assert not [each for each in (await office.sync()).warnings if "open" in each]
    assert await alarms(world, A) == [], "it has made both"
