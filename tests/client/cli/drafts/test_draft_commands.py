"""Drafts from the command line: in a simulated world, and as processes on a vault of it."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.client.cli.drafting import begun, draft_of, filled, two_offices
from tests.client.cli.sitting import said, sit
from tests.simulator.test_story import A, B
from tests.simulator.world import PASSPHRASE, World

from rogatory_client.cli.drafts import commands as draft_commands
from rogatory_crypto.errors import MisuseError

TREATIES = '[UNTOC.parties]\nSN = { since = "2003-10-27" }\nGH = { since = "2012-08-21" }\n'


@pytest.fixture
async def world(tmp_path: Path) -> World:
    return await two_offices(tmp_path)


async def test_a_draft_begins_with_what_is_known(world: World) -> None:
    draft = draft_of(await draft_commands.new(sit(world, A), "freezing_or_seizure_of_assets", B))
    assert draft["answers"] == {
        "requesting_authority": A, "addressed_authority": B, "channel": "platform", "urgency_level": "urgent",
    }  # fmt: skip
    assert (draft["revision"], draft["addressee"], draft["made_by"]) == (1, B, "case officer")
    with pytest.raises(MisuseError, match="no entry CNA-XX-99"):
        await draft_commands.new(sit(world, A), "extradition", "CNA-XX-99")
    with pytest.raises(MisuseError, match="no request type arrest"):
        await draft_commands.new(sit(world, A), "arrest", B)


async def test_every_answer_is_a_revision(world: World, tmp_path: Path) -> None:
    draft = await begun(world)
    call = sit(world, A)
    (tmp_path / "facts.txt").write_text("The goods were seen in Tema.\r\nTwice.\n")
    shown = await draft_commands.set_(call, draft, "facts_summary", file=[tmp_path / "facts.txt"])
    assert draft_of(shown)["answers"]["facts_summary"] == "The goods were seen in Tema.\nTwice."
    await draft_commands.set_(call, draft[:6], "purpose", "Trial.")
    cleared = await draft_commands.set_(call, draft, "purpose", clear=True)
    assert (draft_of(cleared)["revision"], "purpose" in draft_of(cleared)["answers"]) == (4, False)
    was = draft_of(await draft_commands.show(call, draft, 3))
    assert (was["revision"], was["answers"]["purpose"]) == (3, "Trial.")
    text = said(await draft_commands.show(call, draft, language="fr"))
    assert "Faits | " in text
    assert "Recueil de témoignages" in text


async def test_files_are_answered_by_their_hash(world: World, tmp_path: Path) -> None:
    draft = await begun(world)
    for name in ("a.pdf", "b.pdf"):
        (tmp_path / name).write_bytes(name.encode())
    files = [tmp_path / "a.pdf", tmp_path / "b.pdf"]
    shown = await draft_commands.set_(sit(world, A), draft, "translation_files", file=files)
    kept = draft_of(shown)["answers"]["translation_files"]
    assert [(each["name"], each["size"], len(each["sha256"])) for each in kept] == [
        ("a.pdf", "5", 64),
        ("b.pdf", "5", 64),
    ]
    with pytest.raises(MisuseError, match="give one file"):
        await draft_commands.set_(sit(world, A), draft, "purpose", file=files)


async def test_standard_input(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    draft = await begun(world)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO("Für den Prozess.".encode())))
    shown = await draft_commands.set_(sit(world, A), draft, "purpose", "-")
    assert draft_of(shown)["answers"]["purpose"] == "Für den Prozess."
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"\xff\xfe")))
    with pytest.raises(MisuseError, match="no text in UTF-8"):
        await draft_commands.set_(sit(world, A), draft, "purpose", "-")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"x" * ((1 << 20) + 1))))
    with pytest.raises(MisuseError, match="larger than 1 MiB"):
        await draft_commands.set_(sit(world, A), draft, "purpose", "-")


async def test_a_wrong_answer_is_refused_by_name_and_saves_nothing(world: World) -> None:
    draft = await begun(world)
    for field, value in (
        ("purpose", "a\u202eb"),
        ("vessel", "A ship"),
        ("deadline_date", "soon"),
        ("protected_person", "perhaps"),
        ("purpose", "x" * 100_001),
        ("purpose", "  "),
        ("witness", "[{"),
    ):
        with pytest.raises(MisuseError, match=f"^{field}: "):
            await draft_commands.set_(sit(world, A), draft, field, value)
        with pytest.raises(MisuseError, match="give either"):
            await draft_commands.set_(sit(world, A), draft, field, value, clear=True)
    assert draft_of(await draft_commands.show(sit(world, A), draft))["revision"] == 1


async def test_a_check_ends_with_what_it_has_found(world: World, tmp_path: Path) -> None:
    draft = await begun(world)
    empty = await draft_commands.check(sit(world, A), draft)
    assert (empty.exit_code, empty.data["ready"]) == (1, False)
    assert "Blocks: cannot be sent" in said(empty)
    assert "[UNTOC 18(15)(f)] → purpose" in said(empty)
    whole = await filled(world)
    asked = await draft_commands.check(sit(world, A), whole)
    # The entry says that requests go through diplomatic channels.
    assert asked.exit_code == 1
    findings = {each["id"] for each in asked.data["check"]["findings"]}  # type: ignore[index]  # a dictionary
    assert asked.data["check"]["deficiencies"] == []  # type: ignore[index]  # the same
    assert not {"not_onboarded", "treaty_unknown:UNTOC"} & findings
    (tmp_path / "treaties.toml").write_text(f"[UNTOC]\ncomplete = true\n{TREATIES}".replace("GH", "NG"))
    bound = await draft_commands.check(sit(world, A), whole, tmp_path / "treaties.toml")
    assert "G-j" in {each["id"] for each in bound.data["check"]["findings"]}  # type: ignore[index]  # the same


async def test_who_has_not_been_enrolled_cannot_be_written_to(world: World) -> None:
    draft = draft_of(await draft_commands.new(sit(world, A), "taking_evidence", "CNA-BJ-01"))["draft_id"]
    assert "has not been enrolled" in said(await draft_commands.check(sit(world, A), draft))
    await draft_commands.set_(sit(world, A), draft, "addressed_authority", "CNA-XX-99")
    assert "not in the directory" in said(await draft_commands.check(sit(world, A), draft))


async def test_a_draft_is_put_away_taken_back_and_erased(world: World) -> None:
    draft, call = await begun(world), sit(world, A)
    assert "takes it back" in said(await draft_commands.remove(call, draft))
    assert (await draft_commands.list_drafts(call)).data["drafts"] == []
    with pytest.raises(MisuseError, match="put away"):
        await draft_commands.set_(call, draft, "purpose", "Trial.")
    await draft_commands.remove(call, draft, undo=True)
    assert len((await draft_commands.list_drafts(call)).data["drafts"]) == 1  # type: ignore[arg-type]  # a list
    await draft_commands.remove(call, draft)
    erased = await draft_commands.remove(call, draft)
    assert (said(erased), erased.data["erased"]) == ("Erased.", True)
    with pytest.raises(MisuseError, match="there is no draft"):
        await draft_commands.show(call, draft)


def rogatory(home: Path, *arguments: str) -> tuple[int, dict[str, Any]]:
    """One command in a process of its own, on a vault of the world."""
    reading, writing = os.pipe()
    os.write(writing, PASSPHRASE)
    os.close(writing)
    command = [sys.executable, "-m", "rogatory_client.cli", *arguments, "--home", str(home), "--json"]
    done = subprocess.run(
        [*command, "--passphrase-fd", str(reading)], capture_output=True, pass_fds=(reading,), check=False
    )
    os.close(reading)
    answer = json.loads(done.stdout)
    assert isinstance(answer, dict)
    return done.returncode, answer


async def test_processes_on_one_vault(world: World) -> None:
    home = world.folder / A
    code, made = rogatory(home, "draft", "new", "criminal_records", "--to", B)
    assert code == 0
    draft = made["draft"]["draft_id"]
    code, set_ = rogatory(home, "draft", "set", draft, "record_subject", '[{"name": "A person"}]')
    assert (code, set_["draft"]["answers"]["record_subject"]) == (0, [{"name": "A person"}])
    code, found = rogatory(home, "draft", "check", draft)
    assert (code, found["ready"]) == (1, False)
    code, wrong = rogatory(home, "draft", "set", draft, "urgency_level", "soon")
    assert (code, wrong["error"]["what"][:15]) == (64, "urgency_level: ")
    code, listed = rogatory(home, "draft", "list")
    assert (code, [each["draft_id"] for each in listed["drafts"]]) == (0, [draft])


async def test_a_check_without_an_addressee_is_never_ready(world: World) -> None:
    draft = await begun(world, "informal_consultation")
    await draft_commands.set_(sit(world, A), draft, "addressed_authority", clear=True)
    found = await draft_commands.check(sit(world, A), draft)
    assert [each["id"] for each in found.data["check"]["findings"]] == ["no_addressee"]  # type: ignore[index]  # a dictionary
    assert found.exit_code == 1


async def test_what_is_not_there_is_not_taken_for_something_else(world: World) -> None:
    draft, call = await begun(world), sit(world, A)
    with pytest.raises(MisuseError, match="has 1 revisions, and no revision 2"):
        await draft_commands.show(call, draft, revision=2)
    for state in ("Ghana", "ZZ", "G"):
        with pytest.raises(MisuseError, match="no two-letter code of a State"):
            await draft_commands.save_template(call, draft, state)
    await draft_commands.save_template(call, draft, "gh")
    async with world.at(A) as office:
        assert [each.state for each in office.drafts.templates()] == ["GH"]
