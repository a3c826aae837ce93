"""An office that was away for longer than the root of trust is valid for."""

from dataclasses import replace
from pathlib import Path

import pytest
from tests.simulator.test_hostile_relay import consulting
from tests.simulator.test_story import A, B, link
from tests.simulator.world import World

DAY_S = 86_400


@pytest.fixture
async def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setattr("tests.simulator.world.YEARS", 365)
    made, _ = await consulting(tmp_path)
    await made.sync(B)
    made.tick(400 * DAY_S)
    made.relay.expire_key_packages()
    return made


def renew(world: World) -> None:
    """The operators have signed the next root and the next network trust, one of them has changed."""
    world.relay.log.network = replace(world.network.rotated(), days=2 * 365)


async def test_what_needs_no_new_keys_goes_on(world: World) -> None:
    for name, text in ((A, "Are you back?"), (B, "Yes.")):
        async with world.at(name) as office:
            office.reply("SN/1", text)
            report = await office.sync()
            assert any("until the operators renew it" in each for each in report.warnings)
            assert not office.outbox()
    async with world.at(A) as office:
        await office.sync()
        assert office.messages()[-1].text == "Yes."


async def test_nobody_is_added_until_the_operators_have_renewed_it(world: World) -> None:
    async with world.at(A) as office:
        office.start_consultation([B], "Another matter", "May we ask?")
        await office.sync()
        assert len(office.outbox()) == 1
    renew(world)
    await world.sync(B)
    async with world.at(A) as office:
        await office.sync()
        assert not office.outbox()
    async with world.at(B) as office:
        await office.sync()
        assert office.messages()[-1].text == "May we ask?"
    await link(world, A, "second")
    await world.sync(A)
    async with world.at(A) as office:
        assert len(office.devices()) == 2
