"""Drafts from the command line: in a simulated world, and as processes on a vault of it."""

import asyncio
import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.client.casework.sample_answers import complete_answers
from tests.client.cli.sitting import said, sit
from tests.simulator.test_story import A, B, C, world_with
from tests.simulator.test_verdicts import signed_letter
from tests.simulator.world import PASSPHRASE, World

from rogatory_client.casework.answer_value import Item, value_to_json
from rogatory_client.casework.catalogue import request_type, type_ids
from rogatory_client.cli import draft_commands, request_commands, request_sending
from rogatory_client.cli.answer import Answer
from rogatory_client.demo.pki import build_pki
from rogatory_crypto.errors import MisuseError

TREATIES = '[UNTOC.parties]\nSN = { since = "2003-10-27" }\nGH = { since = "2012-08-21" }\n'


@pytest.fixture
async def world(tmp_path: Path) -> World:
    (tmp_path / "world").mkdir()
    made = await world_with(tmp_path / "world", A, B)
    async with made.at(A) as office:
        await office.sync()
    return made


def draft_of(answer: Answer) -> dict[str, Any]:
    draft = answer.data["draft"]
    assert isinstance(draft, dict)
    return draft


async def begun(world: World, type_id: str = "taking_evidence") -> str:
    return str(draft_of(await draft_commands.new(sit(world, A), type_id, B))["draft_id"])


async def filled(world: World, type_id: str = "taking_evidence") -> str:
    """A draft with a complete set of answers."""
    draft = await begun(world, type_id)
    known = {"requesting_authority", "addressed_authority"}
    async with world.at(A) as office:
        for name, value in complete_answers(request_type(type_id)).items():
            if name not in known:
                office.drafts.set(draft, name, value)
    return draft


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


async def test_a_template_begins_the_next_request(world: World) -> None:
    call, draft = sit(world, A), await filled(world)
    with pytest.raises(MisuseError, match="no template"):
        await draft_commands.new(call, "taking_evidence", B, template=True)
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
    with pytest.raises(MisuseError, match="no template"):
        await draft_commands.new(call, "taking_evidence", "CNA-BJ-01", template=True)


@pytest.mark.parametrize("language", ["en", "fr", "es", "ru", "zh", "ar", "pt"])
def test_types_are_shown_in_each_language(language: str) -> None:
    call = sit(World.__new__(World), "")
    listed = request_commands.types(call, None, language)
    assert len(listed.data["types"]) == 37  # type: ignore[arg-type]  # a list
    for type_id in type_ids():
        shown = request_commands.types(call, type_id, language)
        assert request_type(type_id).title[language] in said(shown)
        full: Any = shown.data["type"]
        assert [each["id"] for each in full["urgency_levels"]] == [
            "routine",
            "priority",
            "urgent",
            "emergency",
        ]
        assert [each["id"] for each in full["refusal_grounds"]] == list(request_type(type_id).typical_refusal)
        assert all(each["text"] in said(shown) for each in full["refusal_grounds"])
    with pytest.raises(MisuseError, match="titles are in"):
        request_commands.types(call, None, "xx")


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


@pytest.fixture
def order(tmp_path: Path) -> Path:
    path = tmp_path / "order.pdf"
    path.write_bytes(b"%PDF-1.7 an order")
    return path


async def ready(world: World, order: Path) -> str:
    """A draft that names no other file than one."""
    draft = await filled(world)
    for name, value in complete_answers(request_type("taking_evidence")).items():
        if holds_files(value):
            await draft_commands.set_(sit(world, A), draft, name, file=[order])
    return draft


async def test_a_request_is_sent_from_its_draft(world: World, tmp_path: Path, order: Path) -> None:
    now, letter, send = int(world.now) - 60, tmp_path / "letter.pdf", request_sending.send
    pki = build_pki(now=now, random=os.urandom, passphrase=b"x")
    letter.write_bytes(await asyncio.to_thread(signed_letter, pki, now))
    draft = await ready(world, order)
    blocked = await send(sit(world, A), draft, letter, [order])
    assert (blocked.exit_code, blocked.data["sent"]) == (1, False)
    assert "G-i" not in {each["id"] for each in blocked.data["check"]["findings"]}  # type: ignore[index]  # a dictionary
    with pytest.raises(MisuseError, match="--despite is for urgent requests"):
        await send(sit(world, A), draft, letter, [order], None, "A reason.")
    await draft_commands.set_(sit(world, A), draft, "urgency_level", "urgent")
    await draft_commands.set_(sit(world, A), draft, "subject_matter", "A ship at Tema.\nMore.")
    with pytest.raises(MisuseError, match=r"names order\.pdf: give that very file"):
        await send(sit(world, A), draft, letter, [letter], None, "The ship sails tonight.")
    done = await send(sit(world, A), draft, letter, [order], None, "The ship sails tonight.")
    assert done.data["sent"] is True
    assert (await draft_commands.list_drafts(sit(world, A))).data["drafts"] == []
    with pytest.raises(MisuseError, match="put away"):
        await request_sending.send(sit(world, A), draft, letter, [order], None, "Once more.")
    async with world.at(B) as office:
        await office.sync()
        (message,) = [each for each in office.messages() if each.kind == "request"]
        opened = office.show(message.message_id)
        assert office.room(message.room_id).subject == "A ship at Tema."
    assert [each.filename for each in opened.attachments] == ["letter.pdf", "order.pdf"]
    assert (opened.text, opened.sender) == ("The ship sails tonight.", A)


async def test_a_letter_that_is_not_signed_blocks(world: World, tmp_path: Path, order: Path) -> None:
    letter = tmp_path / "letter.pdf"
    letter.write_bytes(b"%PDF-1.7 a letter")
    blocked = await request_sending.send(sit(world, A), await ready(world, order), letter, [order])
    found = {each["id"]: each["severity"] for each in blocked.data["check"]["findings"]}  # type: ignore[index]  # a dictionary
    assert (blocked.exit_code, found["G-i"]) == (1, "blocking")


async def test_what_is_refused_before_anything_is_checked(world: World, tmp_path: Path, order: Path) -> None:
    draft, call, none = await ready(world, order), sit(world, A), tmp_path / "no letter.pdf"
    async with world.at(A) as office:
        room = office.start_consultation([B], "Another matter", "A question.").room_id
    await draft_commands.set_(call, draft, "addressed_authority", C)
    with pytest.raises(MisuseError, match=f"addressed to {C}, and the case is with {B}"):
        await request_sending.send(call, draft, none, [order], room)
    await draft_commands.set_(call, draft, "translation_files", "order.pdf")
    with pytest.raises(MisuseError, match=r"translation_files names order\.pdf without its hash"):
        await request_sending.send(call, draft, none, [order])
    await draft_commands.set_(call, draft, "channel", "post")
    with pytest.raises(MisuseError, match="the request goes by post"):
        await request_sending.send(call, draft, none, [order])


async def test_a_check_without_an_addressee_is_never_ready(world: World) -> None:
    draft = await begun(world, "informal_consultation")
    await draft_commands.set_(sit(world, A), draft, "addressed_authority", clear=True)
    found = await draft_commands.check(sit(world, A), draft)
    assert [each["id"] for each in found.data["check"]["findings"]] == ["no_addressee"]  # type: ignore[index]  # a dictionary
    assert found.exit_code == 1


async def test_no_revision_is_left_out_of_a_file_that_is_not_there_yet(world: World, tmp_path: Path) -> None:
    draft = await begun(world)
    with pytest.raises(MisuseError, match="1 revisions, and no revision 2"):
        await draft_commands.export(sit(world, A), draft, tmp_path / "draft.json", since=2)


async def test_what_is_not_formal_is_not_sent_as_a_request(world: World, tmp_path: Path) -> None:
    draft = await filled(world, "informal_consultation")
    with pytest.raises(MisuseError, match="not a formal request"):
        await request_sending.send(sit(world, A), draft, tmp_path / "letter.pdf", [])


def holds_files(value: object) -> bool:
    return isinstance(value, tuple) and isinstance(value[0], Item) and bool(value[0].get("sha256"))
