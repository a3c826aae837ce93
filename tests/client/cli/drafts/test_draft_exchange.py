"""Drafts that two officers pass to each other, and templates, in a simulated world."""

import json
from pathlib import Path
from typing import Any

import pytest
from tests.client.casework.sample_answers import complete_answers
from tests.client.cli.drafting import begun, draft_of, filled, two_offices
from tests.client.cli.sitting import said, sit
from tests.simulator.test_story import A, B
from tests.simulator.world import World

from rogatory_client.casework.answers.value import value_to_json
from rogatory_client.casework.forms.catalogue import request_type
from rogatory_client.cli.drafts import commands as draft_commands
from rogatory_crypto.errors import MisuseError


@pytest.fixture
async def world(tmp_path: Path) -> World:
    return await two_offices(tmp_path)


async def test_two_officers_drafts_become_one(world: World, tmp_path: Path) -> None:
    draft, mine, yours = await begun(world), sit(world, A), sit(world, B)
    first, second = tmp_path / "first.json", tmp_path / "second.json"
    await draft_commands.export(mine, draft, first)
    assert first.stat().st_mode & 0o777 == 0o600
    taken = await draft_commands.merge(yours, first)
    assert taken.exit_code == 0
    for call, values in ((mine, ("Ours.", "Matter.")), (yours, ("Theirs.", None))):
        await draft_commands.set_(call, draft, "purpose", values[0])
        if values[1]:
            await draft_commands.set_(call, draft, "subject_matter", values[1])
    await draft_commands.set_(yours, draft, "costs_note", "None.")
    await draft_commands.export(yours, draft, second, since=1)
    merged = await draft_commands.merge(mine, second)
    assert merged.exit_code == 1
    assert "Taken from the file: costs_note." in said(merged)
    assert "purpose |  | Ours. | Theirs." in said(merged)
    answers = draft_of(await draft_commands.show(mine, draft))["answers"]
    assert (answers["purpose"], answers["subject_matter"], answers["costs_note"]) == (
        "Ours.",
        "Matter.",
        "None.",
    )


def spoilt(form: dict[str, Any]) -> list[str]:
    """Files that are nearly a draft."""
    changed: list[dict[str, Any]] = [
        {"more": 1},
        {"form": "rogatory draft 9"},
        {"draft": "xyz"},
        {"draft": 3},
        {"draft": ""},
        {"draft": form["draft"].upper() + "AB"},
        {"draft": " ".join((form["draft"][:8], form["draft"][8:]))},
        {"request_type": "arrest"},
        {"request_type": "maritime_boarding"},
        {"answers": {**form["answers"], "purpose": "a\u202eb"}},
        {"answers": {"vessel": "A ship"}},
        {"answers": {"purpose": 3}},
        {"answers": []},
        {"before": None},
    ]
    return [
        "not JSON",
        "[" * 100_000,
        json.dumps([form]),
        *(json.dumps({**form, **each}) for each in changed),
    ]


async def test_a_file_that_is_no_draft_changes_nothing(world: World, tmp_path: Path) -> None:
    draft, file = await begun(world), tmp_path / "draft.json"
    await draft_commands.export(sit(world, A), draft, file)
    before = await draft_commands.list_drafts(sit(world, A))
    for content in spoilt(json.loads(file.read_text())):
        file.write_text(content)
        with pytest.raises(MisuseError):
            await draft_commands.merge(sit(world, A), file)
    assert (await draft_commands.list_drafts(sit(world, A))).data == before.data


async def test_no_revision_is_left_out_of_a_file_that_is_not_there_yet(world: World, tmp_path: Path) -> None:
    draft = await begun(world)
    with pytest.raises(MisuseError, match="1 revisions, and no revision 2"):
        await draft_commands.export(sit(world, A), draft, tmp_path / "draft.json", since=2)


async def test_a_template_begins_the_next_request(world: World) -> None:
    call, draft = sit(world, A), await filled(world)
    sample = draft_of(await draft_commands.new(call, "taking_evidence", B, template=True))["answers"]
    await draft_commands.save_template(call, draft, "gh")
    listed = await draft_commands.list_templates(call)
    assert "taking_evidence | GH" in said(listed)
    begun_again = draft_of(await draft_commands.new(call, "taking_evidence", B, template=True))
    expected = {
        name: value_to_json(value)
        for name, value in complete_answers(request_type("taking_evidence")).items()
    }
    kept = {name: value for name, value in begun_again["answers"].items() if name != "urgency_level"}
    assert kept == {
        name: A if name == "requesting_authority" else B if name == "addressed_authority" else value
        for name, value in expected.items()
        if name not in {"own_reference", "urgency_level"}
    }
    elsewhere = draft_of(await draft_commands.new(call, "taking_evidence", "CNA-BJ-01", template=True))
    assert elsewhere["answers"]["facts_summary"] == sample["facts_summary"] != kept["facts_summary"]
