"""The directory operator's commands against a real relay: profile, directory, invitation, enrolment."""

import json
import os
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from tests.client.cli.transcript import type_command
from tests.integration.relay.relay_process import RelayProcess

from rogatory_client.cli.directory.operator_key import create_operator_key
from rogatory_directory_sync import sample_file

PASSPHRASE = "correct horse battery"
OPENED = f"--passphrase-fd {{secret:{PASSPHRASE}}}"
OPERATOR = f"--operator-key operator.key --profile profile.json {OPENED}"
STATE = sample_file("state-after-2026-06.json").content


def given(*seeds: bytes) -> Callable[[int], bytes]:
    """Randomness that begins with what the relay's operator has."""
    left = list(seeds)
    return lambda size: left.pop(0) if left else os.urandom(size)


@pytest.fixture
async def folder(tmp_path: Path) -> AsyncIterator[Path]:
    relay = RelayProcess(tmp_path)
    private = relay.operator.private_key
    create_operator_key(
        tmp_path / "operator.key", PASSPHRASE.encode(), given(private.ed25519, private.ml_dsa_44)
    )
    (tmp_path / "directory.json").write_bytes(STATE)
    await relay.start()
    try:
        command = f"relay profile --relay {relay.url} --origin relay.example --trust relay/trust"
        done(f"{command} --tls-ca ca.pem --out profile.json", tmp_path)
        yield tmp_path
    finally:
        await relay.stop()


def done(command: str, folder: Path) -> dict[str, Any]:
    ended = type_command(f"rogatory {command} --json", folder)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    answer: dict[str, Any] = json.loads(ended.stdout)
    return answer


def refused(command: str, folder: Path) -> tuple[int, str]:
    ended = type_command(f"rogatory {command}", folder)
    return ended.returncode, ended.stderr


async def test_from_the_root_of_trust_to_an_enrolled_secretariat(folder: Path) -> None:
    first = done(f"directory publish --state directory.json {OPERATOR}", folder)
    assert (first["sequence"], first["entries"], first["is_new"]) == (1, 77, True)
    again = done(f"directory publish --state directory.json {OPERATOR}", folder)
    assert (again["sequence"], again["sha256"], again["is_new"]) == (1, first["sha256"], False)
    records = json.loads(STATE)
    records[0]["unit"] = "Another unit"
    (folder / "directory.json").write_text(json.dumps(records))
    changed = done(f"directory publish --state directory.json {OPERATOR}", folder)
    assert (changed["sequence"], changed["added"], changed["changed"]) == (2, 0, 1)
    (invited,) = done(f"directory invite NET-WACAP {OPERATOR}", folder)["invitations"]
    done(f"init --profile profile.json --home vault {OPENED}", folder)
    code = f"--code-fd {{secret:{invited['code']}}}"
    enrolled = done(f"enrol --officer 'secretariat officer' --home vault {OPENED} {code}", folder)
    assert enrolled["identity"]["entry_id"] == "NET-WACAP"


async def test_what_the_operator_may_not_do(folder: Path) -> None:
    code, said = refused(f"directory invite NET-WACAP {OPERATOR}", folder)
    assert (code, "run `rogatory directory publish` first" in said) == (64, True)
    done(f"directory publish --state directory.json {OPERATOR}", folder)
    code, said = refused(f"directory invite CNA-KZ-01 {OPERATOR}", folder)
    assert code == 64
    assert "CNA-KZ-01 is no secretariat that the root of trust names: two officers of its network's" in said
    done(f"directory operator-init another.key {OPENED}", folder)
    stranger = OPERATOR.replace("operator.key", "another.key")
    code, said = refused(f"directory publish --state directory.json {stranger}", folder)
    assert code == 64
    assert "not the directory operator's that the network's root of trust names" in said
