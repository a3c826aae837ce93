"""A bundle made in one process at an office, and verified in another one that has no vault and no relay."""

import json
import shutil
import time
import zipfile
from pathlib import Path

import pytest
from tests.client.cli.transcript import type_command
from tests.simulator.test_bundle import Case, answered_case
from tests.simulator.test_story import A, B
from tests.simulator.world import PASSPHRASE

SECRET = "{secret:" + PASSPHRASE.decode() + "}"
HOUR = 3_600


@pytest.fixture
async def case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Case:
    # Processes have the real time, so the world's is shortly before.
    monkeypatch.setattr("tests.simulator.world.BEGIN", int(time.time()) - HOUR)
    world = tmp_path / "world"
    world.mkdir()
    return await answered_case(world)


def made(case: Case, folder: Path, *options: str) -> dict[str, object]:
    home = case.world.folder / A
    words = " ".join(options)
    typed = type_command(
        f"rogatory bundle make SN/2 --out case.asice {words} --document {case.folder}/letter.pdf "
        f"--home {home} --offline --passphrase-fd {SECRET} --json",
        folder,
    )
    assert (typed.returncode, typed.stderr) == (0, "")
    answer: dict[str, object] = json.loads(typed.stdout)
    return answer


def verified(folder: Path, options: str = "") -> tuple[int, dict[str, object]]:
    typed = type_command(f"rogatory bundle verify case.asice {options} --json", folder)
    return typed.returncode, json.loads(typed.stdout)


async def test_made_in_one_process_and_verified_in_another(case: Case, tmp_path: Path) -> None:
    maker, court = tmp_path / "maker", tmp_path / "court"
    maker.mkdir()
    court.mkdir()
    answer = made(case, maker, f"--document {case.folder}/evidence.bin")
    assert answer["informal"] == 1
    shutil.copy(maker / "case.asice", court)
    shutil.rmtree(case.world.folder)
    (court / "profile.json").write_text(case.world.profile.to_json())
    case.world.network.write(court / "trust")
    for trust in ("profile.json", "trust"):
        code, said = verified(court, f"--trust {trust}")
        assert (code, said["indication"], said["maker"]) == (0, "TOTAL-PASSED", A)
    code, said = verified(court)
    assert (code, said["indication"]) == (2, "INDETERMINATE")
    code, said = verified(court, "--trust trust --strict")
    assert (code, said["indication"]) == (2, "INDETERMINATE")
    assert isinstance(said["unsigned"], list)
    assert len(said["unsigned"]) == 1
    with zipfile.ZipFile(court / "case.asice") as opened:
        assert opened.testzip() is None
    told = type_command("rogatory bundle verify case.asice --trust profile.json", court)
    assert "TOTAL-PASSED" in told.stdout
    assert "Who vouches for its messages:" in told.stdout
    assert "1: the maker's word alone" in told.stdout
    assert "holds or names every message of the case is its maker's word" in told.stdout
    changed = bytearray((court / "case.asice").read_bytes())
    changed[len(changed) // 2] ^= 1
    (court / "case.asice").write_bytes(changed)
    code, said = verified(court, "--trust trust")
    assert (code, said["indication"]) == (1, "TOTAL-FAILED")


async def test_messages_are_read_from_their_own_bytes(case: Case, tmp_path: Path) -> None:
    """The index is its maker's word; nobody but us reads the messages' own format."""
    made(case, tmp_path, f"--document {case.folder}/evidence.bin")
    (tmp_path / "profile.json").write_text(case.world.profile.to_json())
    code, said = verified(tmp_path, "--trust profile.json --messages --language fr")
    messages = said["messages"]
    assert code == 0
    assert isinstance(messages, list)
    assert [each["sender"] for each in messages] == [A, B, B, B]
    assert [each["sent_as"] for each in messages[0]["documents"]] == ["letter.pdf", "evidence.bin"]
    assert "état under_review" in messages[2]["says"]
    assert messages[3]["text"] == "The records are attached."
    told = type_command("rogatory bundle verify case.asice --trust profile.json --messages", tmp_path)
    assert "The records are attached." in told.stdout
    changed = bytearray((tmp_path / "case.asice").read_bytes())
    changed[len(changed) // 2] ^= 1
    (tmp_path / "case.asice").write_bytes(changed)
    assert verified(tmp_path, "--trust profile.json --messages")[1]["messages"] == []


async def test_what_is_left_out_is_told_by_maker_and_verifier(case: Case, tmp_path: Path) -> None:
    answer = made(case, tmp_path, f"--leave-out {case.request[:12]}/1", f"--leave-out {case.answer[:12]}")
    (tmp_path / "profile.json").write_text(case.world.profile.to_json())
    code, said = verified(tmp_path, "--trust profile.json")
    assert (code, said["indication"]) == (0, "TOTAL-PASSED")
    assert said["left_out"] == answer["left_out"]
    assert len(str(said["left_out"])) > 100


def test_wrong_use_ends_with_64(tmp_path: Path) -> None:
    (tmp_path / "case.asice").write_bytes(b"PK")
    for options in ("--trust nothing.json", "--trust case.asice"):
        typed = type_command(f"rogatory bundle verify case.asice {options}", tmp_path)
        assert typed.returncode == 64, typed.stderr
    assert verified(tmp_path)[0] == 1
