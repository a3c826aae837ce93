"""Terms of devices: told in time, prolonged by who holds the office key, known to all who read the log."""

from pathlib import Path

import pytest
from tests.simulator.test_story import A, B, link, world_with
from tests.simulator.world import Adversary, Killed, World

from rogatory_crypto.errors import MisuseError

DAY = 86_400


async def two_devices(folder: Path) -> World:
    world = await world_with(folder, A)
    await link(world, A, "second")
    return world


async def warnings_of(world: World, name: str) -> list[str]:
    async with world.at(name) as office:
        return [each for each in (await office.sync()).warnings if "term" in each]


async def test_a_term_that_ends_is_told_to_who_has_it_and_to_who_can_renew_it(tmp_path: Path) -> None:
    world = await two_devices(tmp_path)
    assert await warnings_of(world, A) == []
    world.tick(671 * DAY + DAY / 2)
    first, second = await warnings_of(world, A)
    assert "(case officer) ends in 58 days" in first
    assert "(duty officer) ends in 58 days" in second
    assert await warnings_of(world, "second") == [
        "this device's term ends in 58 days: have it renewed with `rogatory device renew`"
    ]


async def test_devices_are_renewed_together_and_go_on_past_their_first_end(tmp_path: Path) -> None:
    world = await two_devices(tmp_path)
    world.tick(700 * DAY)
    async with world.at(A) as office:
        renewed = await office.lifecycle.renew()
        assert [(each.days_left, each.renewed) for each in renewed] == [(730, True), (730, True)]
        assert [each.log_index for each in renewed] == sorted(each.log_index for each in office.devices())
    assert await warnings_of(world, A) == []
    world.tick(100 * DAY)
    async with world.at("second") as office:
        await office.sync()
        assert all(each.in_service for each in office.devices())
        assert [each.role for each in office.devices()] == ["head", "case-officer"]


async def test_only_the_office_key_renews_and_only_to_a_later_end(tmp_path: Path) -> None:
    world = await two_devices(tmp_path)
    async with world.at("second") as office:
        with pytest.raises(MisuseError, match="does not hold the office key"):
            await office.lifecycle.renew()
    async with world.at(A) as office:
        with pytest.raises(MisuseError, match="no device's term ends within 60 days"):
            await office.lifecycle.renew()
        own = next(each.device_id for each in office.devices() if each.this_device)
        with pytest.raises(MisuseError, match="days already"):
            await office.lifecycle.renew([own], days=30)
        with pytest.raises(MisuseError, match="1 to 730 days"):
            await office.lifecycle.renew([own], days=731)
        with pytest.raises(MisuseError, match="no device of this office"):
            await office.lifecycle.renew(["zz"])
        other = next(each.device_id for each in office.devices() if not each.this_device)
        await office.revoke_device(other, "lost")
        with pytest.raises(MisuseError, match="not in service"):
            await office.lifecycle.renew([other])


async def test_a_device_out_of_term_is_not_renewed(tmp_path: Path) -> None:
    world = await two_devices(tmp_path)
    world.tick(731 * DAY)
    async with world.at(A) as office:
        (first, *_) = office.devices()
        with pytest.raises(MisuseError, match="not in service"):
            await office.lifecycle.renew([first.device_id])


async def test_a_renewal_cut_after_every_step_is_published_once(tmp_path: Path) -> None:
    world = await world_with(tmp_path, A, B)
    size = len(world.relay.log.entries)
    for cut in range(1, 40):
        world.tick(DAY)
        world.adversary = Adversary(world.chance, kill_at=cut)
        try:
            async with world.at(A) as office:
                own = next(each.device_id for each in office.devices() if each.this_device)
                await office.lifecycle.renew([own])
        except Killed:
            world.adversary = Adversary(world.chance)
            await world.sync(A)
        else:
            break
    assert cut > 4, "there are steps to be cut at"
    async with world.at(A) as office:
        own_view = next(each for each in office.devices() if each.this_device)
        assert own_view.renewed
        # Whatever was signed before a cut is published by the next start, and nothing twice.
        assert size < len(world.relay.log.entries) <= size + cut
        assert not [each for each in office.alarms() if "prolonged" in each.text]
