"""Commands as processes: JSON in, exit code checked, secrets never among the arguments."""

import asyncio
import sys
from pathlib import Path

import pytest

from rogatory_client.demo import command_process
from rogatory_client.demo.command_process import finish_command, run_command, start_command
from rogatory_client.demo.fact import FactMissingError


async def test_a_secret_travels_by_descriptor_only(tmp_path: Path) -> None:
    process = await start_command(
        "directory", "operator-init", str(tmp_path / "operator.key"),
        secrets={"--passphrase-fd": b"correct horse battery"},
    )  # fmt: skip
    arguments = await asyncio.to_thread(Path(f"/proc/{process.pid}/cmdline").read_bytes)
    environment = await asyncio.to_thread(Path(f"/proc/{process.pid}/environ").read_bytes)
    answered = await finish_command(process)
    assert answered.exit_code == 0
    assert b"horse" not in arguments + environment
    assert b"--passphrase-fd" in arguments


async def test_another_exit_code_is_a_missing_fact() -> None:
    with pytest.raises(FactMissingError, match="64 instead of 0"):
        await run_command("directory", "show", "CNA-XX-99", "--state", "nowhere.json")


async def test_no_json_is_a_missing_fact(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command_process, "PROGRAM", (sys.executable, "-c", "print('hello')"))
    with pytest.raises(FactMissingError, match="no JSON"):
        await run_command("anything")


async def test_no_process_outlives_a_cancelled_story(monkeypatch: pytest.MonkeyPatch) -> None:
    program = (sys.executable, "-c", "import time; print(1, flush=True); time.sleep(600)")
    monkeypatch.setattr(command_process, "PROGRAM", program)
    process = await start_command("anything")
    finishing = asyncio.create_task(finish_command(process))
    await asyncio.sleep(0)
    finishing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await finishing
    assert process.returncode == -9
