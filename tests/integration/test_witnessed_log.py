"""Relay, two witnesses and a monitor, each in its own process: the log as its network sees it."""

import asyncio
import json
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tests.client.cli.transcript import type_command
from tests.client.witness.running_witness import RunningWitness
from tests.integration.relay.device_client import RelayCalls, calling
from tests.integration.relay.identities import ORIGIN, OfficeKeys, fresh_entry_id
from tests.integration.relay.relay_process import RelayProcess
from tests.trusted_network import TrustedNetwork


@asynccontextmanager
async def witnessed_relay(folder: Path) -> AsyncIterator[tuple[RelayProcess, list[RunningWitness]]]:
    """A relay whose every checkpoint needs both witnesses."""
    network = TrustedNetwork(ORIGIN, witnesses=2)
    logs = [key.verifier for key in network.log_keys]
    witnesses = [RunningWitness(folder / key.name[-2:], key=key, logs=logs) for key in network.witness_keys]
    for witness in witnesses:
        await witness.start()
    relay = RelayProcess(folder, witness_urls=tuple(witness.url for witness in witnesses))
    await relay.start()
    try:
        yield relay, witnesses
    finally:
        await relay.stop()
        for witness in witnesses:
            await witness.stop()


async def typed(folder: Path, command: str) -> tuple[int, dict[str, Any]]:
    ended = await asyncio.to_thread(type_command, f"rogatory log {command} --json", folder)
    return ended.returncode, json.loads(ended.stdout)


async def size_of(calls: RelayCalls, at_least: int) -> int:
    """Ask for checkpoints until one is that large."""
    async with asyncio.timeout(60):
        size = 0
        while size < at_least:
            size = (await calls.checkpoint()).checkpoint.size
    return size


async def test_what_two_witnesses_have_cosigned_a_monitor_fetches_and_verifies(tmp_path: Path) -> None:
    fetch, verify = "fetch --profile profile.json --out log", "verify log --profile profile.json"
    async with witnessed_relay(tmp_path) as (relay, witnesses), calling(relay) as calls:
        profile = relay.network.profile(relay.url, tls_ca=(tmp_path / "ca.pem").read_text())
        (tmp_path / "profile.json").write_text(profile.to_json())
        office = OfficeKeys(fresh_entry_id(), relay.operator, int(time.time()))
        await calls.enrol(office)
        size = await size_of(calls, 3)
        code, fetched = await typed(tmp_path, fetch)
        assert (code, fetched["size"]) == (0, size)
        code, verified = await typed(tmp_path, verify)
        assert (code, verified["findings"], verified["checkpoint"]) == (0, [], True)
        _, shown = await typed(tmp_path, f"show log --profile profile.json --authority {office.entry_id}")
        did = [each["what"].replace(";", "").split()[0] for each in shown["entries"]]
        assert did == ["invited", "enrolled", "added"]
        # Without its second witness the log goes nowhere that anybody believes.
        await witnesses[1].stop(signal.SIGKILL)
        await calls.publish(office.device()[1])
        code, fetched = await typed(tmp_path, fetch)
        assert (code, fetched["size"]) == (0, size)
        port = witnesses[1].url.rpartition(":")[2]
        await witnesses[1].start("--listen", f"127.0.0.1:{port}")
        grown = await size_of(calls, size + 1)
        code, fetched = await typed(tmp_path, fetch)
        assert (code, fetched["size"], fetched["held"]) == (0, grown, size)
        assert (await typed(tmp_path, verify))[0] == 0
