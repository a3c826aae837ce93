"""Holds, rules and purges on the command line."""

from pathlib import Path

import pytest
from tests.client.cli.sitting import said, sit
from tests.simulator.office_world import CASE, SECOND, office_of_two, settle
from tests.simulator.test_story import A

from rogatory_client.cli.register import hold_commands, retention_commands
from rogatory_crypto.errors import MisuseError

RULES = '[talks]\ncase = "consultation"\nafter = "last_message"\nmonths = 1\n'


async def test_a_case_is_held_released_and_purged_by_two(tmp_path: Path) -> None:
    world = await office_of_two(tmp_path)
    rules = tmp_path / "retention.toml"
    rules.write_text(RULES)
    assert "it is kept until" in said(await retention_commands.due(sit(world, A), rules))
    with pytest.raises(MisuseError, match="it is kept until"):
        await retention_commands.propose(sit(world, A), CASE, reasons="Over.", rules=rules)
    world.tick(40 * 86_400)
    await settle(world, A, SECOND)
    assert said(await retention_commands.due(sit(world, A), rules)).endswith("due")
    held = said(await hold_commands.hold(sit(world, SECOND), CASE, "A court has asked."))
    assert "A court has asked. | in force" in held
    for room in (None, CASE):
        assert "A court has asked. | in force" in said(await hold_commands.holds(sit(world, SECOND), room))
    assert "it is under legal hold" in said(await retention_commands.due(sit(world, A), rules))
    assert "lifted by case officer" in said(await hold_commands.lift_hold(sit(world, A), CASE, "Over."))
    proposed = await retention_commands.propose(sit(world, A), CASE, reasons="Over.", rules=rules)
    assert "rogatory retention confirm" in said(proposed)
    async with world.at(A) as office:
        (purge,) = (each.message_id for each in office.retention.records())
    with pytest.raises(MisuseError, match="another officer"):
        await retention_commands.confirm(sit(world, A), purge[:12])
    done = await retention_commands.confirm(sit(world, SECOND), purge[:12])
    assert said(done).startswith("Confirmed. 0 of ")
    await settle(world, A)
    shown = await retention_commands.records(sit(world, A))
    assert "ordered" in said(shown)
    assert "talks: consultation, 1 months after last_message" in said(shown)


async def test_rules_that_are_no_text_are_refused(tmp_path: Path) -> None:
    world = await office_of_two(tmp_path)
    rules = tmp_path / "retention.toml"
    rules.write_bytes(b"\xff\xfe")
    with pytest.raises(MisuseError, match="no text"):
        await retention_commands.due(sit(world, A), rules)
