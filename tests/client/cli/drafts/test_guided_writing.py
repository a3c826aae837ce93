"""The guided writer: question by question, each answer on disk before the next, whatever ends the process."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tests.client.casework.sample_answers import AS_OF
from tests.client.cli.drafting import begun, draft_of, two_offices
from tests.client.cli.sitting import said, sit
from tests.simulator.test_story import A
from tests.simulator.world import PASSPHRASE, World

from rogatory_client.casework.answers.checking import check_answer
from rogatory_client.casework.answers.value import Value, value_to_json
from rogatory_client.casework.drafts.glossary import terms
from rogatory_client.casework.forms.catalogue import request_type
from rogatory_client.cli.drafts import commands as draft_commands
from rogatory_client.cli.drafts import writing_commands
from rogatory_client.cli.drafts.guided_writing import Dialogue, WritingDesk
from rogatory_client.cli.requests.commands import glossary
from rogatory_crypto.errors import MisuseError

TYPE = request_type("taking_evidence")


@pytest.fixture
async def world(tmp_path: Path) -> World:
    return await two_offices(tmp_path)


class Officer:
    """Who types lines, reads what is said, and has what is saved."""

    def __init__(self, *lines: str) -> None:
        self.lines = list(lines)
        self.told: list[str] = []
        self.answers: dict[str, object] = {}

    def read(self) -> str | None:
        return self.lines.pop(0) if self.lines else None

    def save(self, field: str, value: Value | None) -> None:
        if value is None:
            self.answers.pop(field, None)
        else:
            self.answers[field] = value_to_json(check_answer(TYPE.fields[field], value))

    def sit_down(self, begin: str, *, everything: bool = True) -> str:
        desk = WritingDesk(self.read, self.told.append, self.save, lambda: self.answers, terms(), AS_OF)
        Dialogue(TYPE, desk, "fr", everything=everything).run(begin)
        return "\n".join(self.told)


def test_answers_words_and_errors() -> None:
    officer = Officer(
        *("He paid.", "Dual criminality is given.", "", ":help", ":back", ":c", "", ":b", "::x", ""),
        *(":glossary dual", ":nonsense", ":n", ":q"),
    )
    told = officer.sit_down("facts_summary")
    assert officer.answers == {"facts_summary": ":x"}
    assert officer.lines == []
    assert "== Faits ==" in told
    assert "Facts summary (required) [UNTOC 18(15)(c)]" in told
    assert "  now: He paid.\nDual criminality is given." in told
    assert "term: en dual criminality · fr double incrimination" in told
    assert "  cleared" in told
    assert told.count(":back goes back") == 2


def test_what_does_not_fit_is_asked_again() -> None:
    officer = Officer("soon", "urgent", ":q")
    told = officer.sit_down("urgency_level")
    assert "not saved: is one of routine, priority" in told
    assert officer.answers == {"urgency_level": "urgent"}


def test_help_gives_values_rules_and_articles() -> None:
    told = Officer(":help", ":q").sit_down("confidentiality_requested")
    assert "one of: none_requested, substance, fact_and_substance" in told
    told = Officer(":help", ":q").sit_down("facts_summary")
    assert "blocking: No sufficient summary of the facts" in told
    assert "[UNTOC 18(15)(c)]" in told


def test_every_question_is_asked_once_and_ends() -> None:
    officer = Officer(*[""] * 200)
    told = officer.sit_down("")
    assert told.endswith("That was the last question.")
    assert all(f"{field.label} (" in told for field in TYPE.fields.values())
    fewer = Officer(*[""] * 200).sit_down("", everything=False)
    assert all(f"{field.label} (" in fewer for field in TYPE.fields.values()) is False
    assert all(f"{TYPE.fields[name].label} (" in fewer for name in (*TYPE.required, *TYPE.recommended))


def test_what_depends_on_another_answer_is_asked_where_that_is_given() -> None:
    reason = "Urgency reason (conditional)"
    calm = Officer("routine", *[""] * 200).sit_down("urgency_level", everything=False)
    pressing = Officer("urgent", *[""] * 200).sit_down("urgency_level", everything=False)
    assert (reason in calm, reason in pressing) == (False, True)
    back = Officer("routine", ":back", ":q").sit_down("urgency_level", everything=False)
    assert back.count("Urgency level (required)") == 2
    assert Officer().sit_down("").count("(required)") == 1


def test_an_endless_answer_ends() -> None:
    officer = Officer(*["x" * 1000] * 150, "", ":q")
    told = officer.sit_down("facts_summary")
    assert "not saved: longer than 100000 characters" in told


def process(home: Path, draft: str, *more: str) -> tuple[subprocess.Popen[str], int]:
    reading, writing = os.pipe()
    os.write(writing, PASSPHRASE)
    os.close(writing)
    command = [
        sys.executable,
        "-m",
        "rogatory_client.cli",
        "draft",
        "write",
        draft,
        *more,
        "--home",
        str(home),
    ]
    writer = subprocess.Popen(
        [*command, "--passphrase-fd", str(reading)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, pass_fds=(reading,),
        env={**os.environ, "NO_COLOR": "1", "PYTHONUTF8": "1"},
    )  # fmt: skip
    return writer, reading


async def test_what_was_answered_survives_a_kill(world: World) -> None:
    """Checklist: drafts autosave and survive kill -9."""
    draft = await begun(world)
    writer, reading = process(world.folder / A, draft, "--begin", "facts_summary")
    assert writer.stdin is not None
    assert writer.stdout is not None
    kept = []
    for number in range(3):
        writer.stdin.write(f"The goods were seen, {number}.\n\n:back\n")
        writer.stdin.flush()
        while not (line := writer.stdout.readline()).startswith("  saved"):
            assert line
        kept.append(f"The goods were seen, {number}.")
    writer.stdin.write("Half an ans")
    writer.stdin.flush()
    writer.send_signal(signal.SIGKILL)
    assert writer.wait(30) == -signal.SIGKILL
    writer.communicate()
    os.close(reading)
    now = draft_of(await draft_commands.show(sit(world, A), draft))
    assert now["answers"]["facts_summary"] == kept[-1]
    was = draft_of(await draft_commands.show(sit(world, A), draft, now["revision"] - 1))
    assert was["answers"]["facts_summary"] == kept[-2]


async def test_a_sitting_without_a_terminal(world: World) -> None:
    draft = await begun(world)
    writer, reading = process(world.folder / A, draft)
    told, errors = writer.communicate(":n\n:q\n", timeout=60)
    os.close(reading)
    assert (writer.returncode, errors) == (0, "")
    assert "\x1b" not in told
    assert "required" in told
    with pytest.raises(MisuseError, match="not asked for"):
        await writing_commands.write(sit(world, A), draft, begin="vessel")


async def test_terms_of_a_draft_and_of_its_translation(world: World, tmp_path: Path) -> None:
    call = sit(world, A)
    draft, translation = await begun(world), await begun(world)
    await draft_commands.set_(call, draft, "request_language", "en")
    for held, text in ((draft, "Dual criminality is given."), (translation, "La bande organisée existe.")):
        await draft_commands.set_(call, held, "dual_criminality_note", text)
    told = await writing_commands.terms(call, draft, "fr", translation=translation)
    assert [each["id"] for each in told.data["terms"]] == ["dual_criminality"]  # type: ignore[attr-defined]  # a list
    assert "the glossary has double incrimination for it" in said(told)
    await draft_commands.set_(call, translation, "dual_criminality_note", "Des doubles incriminations.")
    told = await writing_commands.terms(call, draft, "fr", translation=translation)
    assert told.data["findings"] == []
    own = tmp_path / "own.toml"
    own.write_text('[[term]]\nid = "sniffer_dog"\nmeaning = "A dog."\nwords = { fr = "chien renifleur" }\n')
    assert said(glossary(call, ["renifleur"], "fr", own)).startswith("chien renifleur | A dog.")
    own.write_bytes(b"\xff")
    with pytest.raises(MisuseError, match="no text in UTF-8"):
        glossary(call, [], "fr", own)
