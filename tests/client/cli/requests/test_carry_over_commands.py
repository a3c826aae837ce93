"""What officers type to carry a consultation over into a request."""

from pathlib import Path

import pytest
from tests.client.cli.sitting import said, sit
from tests.simulator.test_carry_over import ANSWER, ASIDE, CASE, QUESTION, consultation, request
from tests.simulator.test_story import A, B
from tests.simulator.world import World

from rogatory_client.cli.cases import commands as case_commands
from rogatory_client.cli.requests import carry_over_commands
from rogatory_crypto.errors import MisuseError


async def ids(world: World, name: str, *texts: str) -> list[str]:
    async with world.at(name) as office:
        found = {each.text: each.message_id for each in office.messages(CASE)}
    return [found[text][:12] for text in texts]


async def test_a_proposal_is_answered_and_the_request_carries_it_over(tmp_path: Path) -> None:
    world = await consultation(tmp_path)
    chosen = await ids(world, A, QUESTION, ANSWER)
    done = await carry_over_commands.propose(sit(world, A), CASE, chosen, reasons="They settle it.")
    assert done.exit_code == 0
    shown = said(await carry_over_commands.show(sit(world, B), CASE))
    assert f"of {A}: 2 messages; it waits for your answer." in shown
    assert f"| {ANSWER} | proposed | not agreed by {B}" in shown
    some = await carry_over_commands.answer(sit(world, B), CASE, await ids(world, B, ANSWER))
    assert "Agreed." in said(some)
    await request(world, tmp_path)
    shown = said(await carry_over_commands.show(sit(world, B), CASE))
    assert f"| {ANSWER} | carried over |" in shown
    assert f"refused by {B}" in shown
    assert f"| {ASIDE} | informal |" in shown
    assert f"; {B} agrees to 1." in shown
    timeline = said(await case_commands.show(sit(world, A), CASE)).splitlines()
    assert [each.rpartition(" | ")[2] for each in timeline if f" | {ANSWER} | " in each] == ["carried over"]
    assert [each.rpartition(" | ")[2] for each in timeline if f" | {ASIDE} | " in each] == ["informal"]
    assert [each.rpartition(" | ")[2] for each in timeline if " | request | " in each] == ["formal"]


async def test_an_answer_says_exactly_one_thing(tmp_path: Path) -> None:
    world = await consultation(tmp_path)
    await carry_over_commands.propose(sit(world, A), CASE)
    call = sit(world, B)
    for given in ({}, {"everything": True, "refuse": True}, {"message": ["abcdef"], "refuse": True}):
        with pytest.raises(MisuseError, match="say what you agree to"):
            await carry_over_commands.answer(call, CASE, **given)
    refused = await carry_over_commands.answer(call, CASE, refuse=True, reasons="It names a source.")
    assert "Refused." in said(refused)
    assert f"; {B} refuses." in said(await carry_over_commands.show(sit(world, A), CASE))
