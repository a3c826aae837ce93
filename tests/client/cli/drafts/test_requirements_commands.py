"""What stands beside the form: the addressee's entry in words, and the template that applies by its State."""

from pathlib import Path
from typing import Any

import pytest
from tests.client.cli.drafting import begun, draft_of, two_offices
from tests.client.cli.sitting import said, sit
from tests.simulator.test_story import A, B, C
from tests.simulator.world import World

from rogatory_client.cli.drafts import commands as draft_commands
from rogatory_client.cli.drafts import requirements_commands
from rogatory_crypto.errors import MisuseError

TYPE = "bank_and_business_records"


@pytest.fixture
async def world(tmp_path: Path) -> World:
    return await two_offices(tmp_path)


async def new(world: World, to: str = B) -> dict[str, Any]:
    return draft_of(await draft_commands.new(sit(world, A), TYPE, to, template=True))


async def test_a_draft_begins_with_the_sample_and_is_not_sent_with_it(world: World) -> None:
    draft = await new(world)
    assert (draft["blocking"], draft["own_reference"]) == (1, "")
    await draft_commands.set_(sit(world, A), draft["draft_id"], "own_reference", "SN/9")
    found = (await draft_commands.check(sit(world, A), draft["draft_id"])).data["check"]
    ids = {each["id"] for each in found["findings"]}  # type: ignore[index]  # a dictionary
    assert found["deficiencies"] == []  # type: ignore[index]  # a dictionary
    assert "sample:facts_summary" in ids


async def test_the_template_is_chosen_by_the_addressee_s_state(world: World) -> None:
    call = sit(world, A)
    for purpose, state in (("For any.", ""), ("For Ghana.", "gh")):
        draft = await begun(world, TYPE)
        await draft_commands.set_(call, draft, "purpose", purpose)
        await draft_commands.save_template(call, draft, state)
        panel: Any = (await requirements_commands.panel(call, draft)).data["panel"]
        assert panel["template"] == ("own, for GH" if state else "own, for any State")
    assert (await new(world))["answers"]["purpose"] == "For Ghana."
    assert (await new(world, C))["answers"]["purpose"] == "For any."
    shown = await requirements_commands.show_template(call, TYPE, "GH")
    assert "For Ghana." in said(shown)
    assert "Company Y" in said(await requirements_commands.show_template(call, "confiscation"))
    with pytest.raises(MisuseError, match="no request type arrest"):
        await requirements_commands.show_template(call, "arrest")


async def test_the_panel_tells_what_the_entry_says_and_leaves_open(world: World) -> None:
    call = sit(world, A)
    draft = await begun(world, "extradition")
    text = said(await requirements_commands.panel(call, draft))
    for topic in (
        "languages",
        "original on paper",
        "electronic signature",
        "dual criminality",
        "urgent procedure",
    ):
        assert f"{topic} | " in text
    assert "untoc as extradition basis | conditional | 16(5)" in text
    assert "oral requests | not stated: ask | 18(14)" in text
    assert "Template: sample" in text
    await draft_commands.set_(call, draft, "addressed_authority", clear=True)
    with pytest.raises(MisuseError, match="addressed_authority: the directory has no entry"):
        await requirements_commands.panel(call, draft)
