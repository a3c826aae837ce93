"""What officers read of signatures that arrived, and what is checked again: real vaults, real processes."""

import asyncio
import json
import os
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from tests.client.cli.transcript import type_command
from tests.simulator.test_story import A, B, world_with
from tests.simulator.test_verdicts import sent, signed_letter
from tests.simulator.world import PASSPHRASE, World

from rogatory_client.cli.answer import Facts
from rogatory_client.cli.signatures.verdict_commands import Kept, check_saved, verdict_blocks
from rogatory_client.demo.pki import DemoPki, build_pki
from rogatory_client.office.evidence.verdicts import STATE_UNKNOWN, VerdictView
from rogatory_crypto.esign.wording import wording

NUMBER = "0"


@dataclass(frozen=True, slots=True)
class Arrived:
    """A signed letter at an office, saved and checked on arrival by nobody's word but its sender's."""

    world: World
    folder: Path
    message: str
    saved: Path
    pki: DemoPki

    def typed(self, command: str) -> tuple[int, str, str]:
        home = self.world.folder / B
        secret = "{secret:" + PASSPHRASE.decode() + "}"
        ended = type_command(
            f"rogatory verdict {command} --home {home} --passphrase-fd {secret}", self.folder
        )
        return ended.returncode, ended.stdout, ended.stderr

    def listed(self) -> list[dict[str, object]]:
        code, out, said = self.typed(f"list {self.message} --json")
        assert (code, said) == (0, "")
        found: list[dict[str, object]] = json.loads(out)["verdicts"]
        return found


@pytest.fixture
async def arrived(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Arrived:
    monkeypatch.setenv("HOME", str(tmp_path))
    world = await world_with(tmp_path / "world", A, B)
    now = int(world.now) - 60
    pki = build_pki(now=now, random=os.urandom, passphrase=b"x")
    files = {"letter.pdf": await asyncio.to_thread(signed_letter, pki, now), "note.txt": b"A note."}
    await sent(world, tmp_path, files)
    async with world.at(B) as office:
        await office.sync()
        message = next(each for each in office.messages() if each.attachments)
        # A consultation states no hash of its files, so that only the first verdict knows which one came.
        assert [each.sha256 for each in message.attachments] == [None, None]
        saved = await office.save_attachment(message.message_id, 0, tmp_path / "out")
        await check_saved(office, message, {0: saved}, Kept())
    (tmp_path / "root.pem").write_bytes(pki.root_pem)
    (tmp_path / "other.pdf").write_bytes(await asyncio.to_thread(signed_letter, pki, now))
    return Arrived(world, tmp_path, message.message_id, saved, pki)


def test_a_verdict_is_listed_and_a_trust_anchor_that_came_later_turns_it(arrived: Arrived) -> None:
    (first,) = arrived.listed()
    assert (first["filename"], first["indication"]) == ("letter.pdf", "INDETERMINATE")
    code, out, _ = arrived.typed(f"renew {arrived.message} {NUMBER} {arrived.saved} --trust root.pem")
    assert code == 0
    assert "letter.pdf: Valid (TOTAL-PASSED)" in out
    # What was said on arrival stays beside it, and both are about the arrival.
    before, after = arrived.listed()
    assert before == first
    assert (after["indication"], after["checked_for"]) == ("TOTAL-PASSED", first["checked_for"])
    code, out, _ = arrived.typed(f"list {arrived.message[:12]}")
    assert [word in out for word in ("INDETERMINATE", "TOTAL-PASSED", "letter.pdf")] == [True] * 3
    code, out, _ = arrived.typed(f"list {arrived.message[:12]} --language fr")
    assert [word in out for word in ("Non établi (INDETERMINATE)", "Fichier")] == [True] * 2
    # Now is another instant than the arrival.
    assert (
        arrived.typed(
            f"renew {arrived.message} {NUMBER} {arrived.saved} --trust root.pem --now --language ar"
        )[0]
        == 0
    )
    assert arrived.listed()[2]["checked_for"] != first["checked_for"]


def test_a_file_of_which_nothing_says_that_it_came_is_refused_and_changes_nothing(arrived: Arrived) -> None:
    before = arrived.listed()
    refusals = {
        # Another signed file, by the same signer, than the one that was saved.
        f"{arrived.message} {NUMBER} other.pdf": "not the one that came with the message",
        # The second file was never saved; any signed file could be given for it.
        f"{arrived.message} 1 other.pdf": "nothing says yet which file came",
        f"{arrived.message} 2 other.pdf": "numbered from 0",
        f"ffffffffffff {NUMBER} other.pdf": "no message",
        f"{arrived.message} {NUMBER} {arrived.saved} --now --at 2026-01-01T00:00:00Z": "two instants",
    }
    for given, reason in refusals.items():
        code, _, said = arrived.typed(f"renew {given} --trust root.pem")
        assert (code, reason in said) == (64, True), said
    assert arrived.listed() == before
    code, _, said = arrived.typed("list ffffffffffff")
    assert (code, "no message" in said) == (64, True)


def test_what_is_to_be_noted_about_a_file_is_told_in_the_language() -> None:
    report: dict[str, object] = {"signatures": [{}], "warnings": [STATE_UNKNOWN]}
    said = "The file is intact."
    view = VerdictView("3f", 0, "a.pdf", "11" * 32, 1, 1, "TOTAL-PASSED", said, None, report)
    words = wording("fr")
    (facts,) = [each for each in verdict_blocks(view, Path("a.pdf"), words) if isinstance(each, Facts)]
    assert (words.labels["warnings"], words.note(STATE_UNKNOWN)) in facts.pairs
    quiet = replace(view, report=report | {"warnings": []})
    (facts,) = [each for each in verdict_blocks(quiet, Path("a.pdf"), words) if isinstance(each, Facts)]
    assert (words.labels["warnings"], None) in facts.pairs
