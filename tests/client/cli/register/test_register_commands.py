"""The register and the search as commands: what is typed, what is kept as a view, what is shown."""

from pathlib import Path

import pytest
from tests.client.cli.sitting import said, sit
from tests.simulator.test_life_cycle import CASE, taken_in_hand
from tests.simulator.test_story import A, B
from typer.testing import CliRunner

from rogatory_client.cli.application import build
from rogatory_client.cli.register.commands import (
    export,
    list_register,
    list_views,
    remove_view,
    save_view,
    statistics,
)
from rogatory_client.cli.register.search_commands import search
from rogatory_crypto.errors import MisuseError

WORDS = ["bank*", "账户", '"', "NEAR(", "\x00\ud800", "- OR NOT ^ : {"]


def test_the_register_alone_is_its_list() -> None:
    runner = CliRunner()
    for arguments in (["--help"], ["list", "--help"], ["view", "--help"]):
        assert runner.invoke(build(), ["register", *arguments]).exit_code == 0
    refused = runner.invoke(build(), ["register", "--no-such-filter"])
    assert refused.exit_code != 0
    assert "register list" in refused.output


async def test_a_register_is_listed_viewed_counted_and_exported(tmp_path: Path) -> None:
    world = await taken_in_hand(tmp_path)
    call = sit(world, B)
    listed = said(await list_register(call, incoming=True))
    assert "SN/2 | banking_records | routine | acknowledged" in listed
    assert "Page 1 of 1, 1 in all." in listed
    assert "Company records" not in listed
    assert "GH/9" not in said(await list_register(call, outgoing=True))
    await save_view(call, "late", incoming=True, overdue=True)
    assert "late | direction: incoming, overdue: True" in said(await list_views(call))
    assert "0 in all" in said(await list_register(call, view="late"))
    world.now += 400 * 86_400
    assert "OVERDUE" in said(await list_register(call, view="late"))
    await remove_view(call, "late")
    table = tmp_path / "out.csv"
    assert "1 rows" in said(await export(call, table))
    assert "Company records" not in table.read_text("utf-8-sig")
    figures = tmp_path / "figures.csv"
    told = said(await statistics(call, csv=figures))
    assert "Senegal | ·" in told  # one case is too few to be told
    assert "<3" in figures.read_text("utf-8-sig")
    for wrong in ({"incoming": True, "outgoing": True}, {"since": "yesterday"}, {"view": "late"}):
        with pytest.raises(MisuseError):
            await list_register(call, **wrong)


async def test_what_was_said_is_searched_and_nothing_typed_is_an_error(tmp_path: Path) -> None:
    world = await taken_in_hand(tmp_path)
    async with world.at(A) as office:
        office.reply(CASE, "请提供银行账户记录 of the beneficial owner")
        await office.sync()
    await world.sync(B)
    call = sit(world, B)
    assert "[账户]" in said(await search(call, ["账户"]))
    assert "[owner]" in said(await search(call, ["own*", "beneficial"]))
    assert "[evidence.bin]" in said(await search(call, ["evidence.bin"]))
    assert "Nothing" not in said(await search(call, ["SN/2"], case=CASE))
    assert said(await search(call, ["owner"], office=B)) == ""
    assert said(await search(call, ["owner"], until="2020-01-01")) == ""
    for words in WORDS:
        await search(call, [words])
