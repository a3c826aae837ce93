"""A relay whose log floods, misleads or outruns an office: it is told, in few words, and goes on working."""

from pathlib import Path

import pytest
from tests.simulator.test_hostile_relay import consulting
from tests.simulator.test_story import B
from tests.simulator.world import World

from rogatory_client.fault import StandingFailureError
from rogatory_crypto.errors import PeerError
from rogatory_crypto.log.merkle import leaf_hash

MANY = 3_000


def flood(world: World, count: int) -> None:
    """List what nobody can read."""
    log = world.relay.log
    for number in range(count):
        garbage = b"garbage %d" % number
        log._tree.append(leaf_hash(garbage))
        log.entries.append(garbage)
    log.publish()


async def test_a_flood_of_forged_entries_is_few_alarms(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An officer who has to take note of each of thousands would never see the one that matters."""
    monkeypatch.setattr("tests.simulator.log.PAGE", 500)
    world, _ = await consulting(tmp_path)
    await world.sync(B)
    first = world.relay.log.size
    flood(world, MANY)
    async with world.at(B) as office:
        report = await office.sync()
        raised = office.alarms()
        assert f"entry {first} of the log is not believed" in raised[0].text
        assert len(raised) <= 20
        assert len(report.warnings) <= 40
        assert any(str(MANY - len(raised) + 1) in each.text for each in raised)
        assert len(office._desk.replica.refused) == MANY
    async with world.at(B) as office:
        await office.sync()
        assert len(office._desk.replica.refused) == MANY, "and all of them are refused after a restart"


async def test_a_vault_opens_with_a_clock_that_is_hours_behind(tmp_path: Path) -> None:
    world, _ = await consulting(tmp_path)
    await world.sync(B)
    now, world.now = world.now, world.now - 5 * 3_600
    async with world.at(B) as office:
        assert [each.text for each in office.messages()] == ["May we ask?"]
        with pytest.raises(StandingFailureError, match="set the clock"):
            await office.sync()
    world.now = now
    await world.sync(B)


async def test_a_first_start_with_a_clock_that_is_behind_blames_the_clock(tmp_path: Path) -> None:
    world, _ = await consulting(tmp_path)
    code = await world.invite("CNA-NG-01")
    world.now -= 5 * 3_600
    world.new_device("CNA-NG-01")
    async with world.at("CNA-NG-01") as office:
        with pytest.raises(StandingFailureError, match="set the clock"):
            await office.enrol(code, "head")


async def test_a_log_without_its_quorum_blames_no_clock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world, _ = await consulting(tmp_path)
    signed = world.relay.log.checkpoint()
    bare = b"".join(line for line in signed.splitlines(keepends=True) if b"witness.example" not in line)

    async def checkpoint() -> bytes:
        return bare

    monkeypatch.setattr(world.relay, "checkpoint", checkpoint)
    async with world.at(B) as office:
        with pytest.raises(PeerError, match="quorum"):
            await office.sync()
