"""``rogatory log``: as typed, in processes of their own; a log served over TLS, and files on a disk."""

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from tests.client.cli.transcript import type_command
from tests.client.monitor.published_log import network, publish, serving, story
from tests.crypto.log.written_log import SECRETARIAT

LOG = "rogatory log"


def typed(folder: Path, command: str) -> tuple[int, dict[str, Any], str]:
    """Run a command with ``--json``; return exit code, answer and what it said on standard error."""
    ended = type_command(f"{LOG} {command} --json", folder)
    return ended.returncode, json.loads(ended.stdout), ended.stderr


def prepared(folder: Path, entries: Sequence[bytes]) -> None:
    publish(folder / "log", entries)
    (folder / "profile.json").write_text(network().profile().to_json())


def test_a_good_log_ends_with_zero(tmp_path: Path) -> None:
    told = story()
    prepared(tmp_path, told.log.entries)
    code, answer, said = typed(tmp_path, "verify log --profile profile.json")
    assert (code, answer["findings"], said) == (0, [], "")
    assert answer["entries"] == len(told.log.entries)
    by_id = {each["entry_id"]: each for each in answer["authorities"]}
    assert by_id[told.office.entry_id]["revoked"] == 1
    shown = type_command(f"{LOG} verify log --profile profile.json", tmp_path)
    assert "nothing found" in shown.stdout
    assert shown.returncode == 0


def test_a_log_with_a_fault_ends_with_one_and_names_it(tmp_path: Path) -> None:
    prepared(tmp_path, [*story().log.entries, b"junk"])
    code, answer, _ = typed(tmp_path, "verify log --profile profile.json")
    place = f"entry {answer['entries'] - 1}"
    assert code == 1
    assert [(each["name"], each["place"]) for each in answer["findings"]] == [("unreadable-entry", place)]
    shown = type_command(f"{LOG} verify log --profile profile.json", tmp_path)
    assert shown.returncode == 1
    assert "unreadable-entry" in shown.stdout
    assert place in shown.stdout
    assert "do not rely on this log" in shown.stdout


def test_a_file_of_entries_is_compared_with_a_checkpoint(tmp_path: Path) -> None:
    entries = story().log.entries
    prepared(tmp_path, entries)
    lengths = [len(entry).to_bytes(2) + entry for entry in entries]
    (tmp_path / "entries").write_bytes(b"".join(lengths))
    with_checkpoint = "verify entries --profile profile.json --checkpoint log/checkpoint"
    assert typed(tmp_path, with_checkpoint)[0] == 0
    code, answer, said = typed(tmp_path, "verify entries --profile profile.json")
    assert (code, answer["checkpoint"]) == (0, False)
    assert "nothing says that these are all" in said
    (tmp_path / "entries").write_bytes(b"".join(lengths[:-1]))
    code, answer, _ = typed(tmp_path, with_checkpoint)
    assert (code, [each["name"] for each in answer["findings"]]) == (1, ["size-mismatch"])


def test_an_authoritys_history_is_a_table(tmp_path: Path) -> None:
    told = story()
    prepared(tmp_path, told.log.entries)
    office, device = told.office.entry_id, told.office.device_id("first").hex()[:12]
    shown = type_command(f"{LOG} show log --profile profile.json --authority {office}", tmp_path)
    assert shown.returncode == 0
    assert f"added the device {device}" in " ".join(shown.stdout.split())
    code, answer, _ = typed(tmp_path, f"show log --profile profile.json --authority {SECRETARIAT}")
    assert code == 0
    assert {each["who"] for each in answer["entries"]} == {"directory operator", SECRETARIAT}
    assert typed(tmp_path, "show log --profile profile.json --authority CNA-XX-01")[1]["entries"] == []


def test_a_log_that_is_not_whole_has_no_history(tmp_path: Path) -> None:
    prepared(tmp_path, story().log.entries)
    [bundle] = (tmp_path / "log").glob("tile/entries/000.p/*")
    bundle.unlink()
    code, answer, said = typed(tmp_path, "show log --profile profile.json")
    assert (code, answer["error"]["code"]) == (64, "misuse")
    assert "fetch it again" in said


@pytest.mark.parametrize("command", ["verify log --profile profile.json", "show log --profile profile.json"])
def test_without_a_folder_it_says_how_to_get_one(command: str, tmp_path: Path) -> None:
    (tmp_path / "profile.json").write_text(network().profile().to_json())
    code, answer, said = typed(tmp_path, command)
    assert (code, answer["error"]["code"]) == (64, "misuse")
    assert "rogatory log fetch" in said


async def test_fetched_verified_and_fetched_again(tmp_path: Path) -> None:
    entries = story().log.entries
    async with serving(publish(tmp_path / "relay", entries), tmp_path) as server:
        (tmp_path / "profile.json").write_text(server.profile.to_json())
        fetch = "fetch --profile profile.json --out log"
        server.breaks_after = 2
        code, answer, _ = await asyncio.to_thread(typed, tmp_path, fetch)
        assert (code, answer["error"]["code"]) == (69, "unreachable")
        server.breaks_after = None
        code, answer, _ = await asyncio.to_thread(typed, tmp_path, fetch)
        assert (code, answer["size"], answer["held"]) == (0, len(entries), 0)
        assert typed(tmp_path, "verify log --profile profile.json")[0] == 0
        forked = [*entries[:-1], b"another history"]
        server.folder = publish(tmp_path / "forked", forked)
        code, answer, said = await asyncio.to_thread(typed, tmp_path, fetch)
        assert code == 75
        assert "split-view.cbor" in said
        assert (tmp_path / "log" / "split-view.cbor").is_file()
