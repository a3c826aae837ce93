"""A relay and a witness, each in its own process: killed, stopped, and set back to a backup."""

import asyncio
import shutil
import time
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from tests.client.witness.running_witness import COMMAND, RunningWitness
from tests.integration.relay.device_client import RelayCalls, calling
from tests.integration.relay.identities import OfficeKeys, fresh_entry_id
from tests.integration.relay.relay_process import RelayProcess, free_port
from tests.trusted_network import TrustedNetwork

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.log.merkle import verify_consistency
from rogatory_crypto.log.tree import Tree
from rogatory_crypto.log.witness_policy import WitnessedCheckpoint, verify_checkpoint


class Pair:
    """One relay whose network asks one witness."""

    def __init__(self, folder: Path) -> None:
        network = TrustedNetwork("relay.example", int(time.time()), witnesses=1)
        (key,) = network.witness_keys
        self.witness = RunningWitness(
            folder / "witness", key=key, logs=[each.verifier for each in network.log_keys]
        )
        port = free_port()
        self._command = [*COMMAND, str(folder / "witness"), "--listen", f"127.0.0.1:{port}"]
        self.relay = RelayProcess(folder, witness_urls=(f"http://127.0.0.1:{port}",))
        self.data = folder / "relay/data"

    async def start_witness(self) -> None:
        await asyncio.to_thread(self.witness.launch, self._command)

    async def accepted(self, calls: RelayCalls) -> WitnessedCheckpoint:
        """The published checkpoint, as a client judges it."""
        signed = await calls.checkpoint()
        return verify_checkpoint(signed, self.relay.network.policy, now=int(time.time()))


@pytest.fixture
async def pair(tmp_path: Path) -> AsyncIterator[Pair]:
    made = Pair(tmp_path)
    await made.start_witness()
    await made.relay.start()
    yield made
    await made.relay.stop()
    await made.witness.stop()


async def enrol(pair: Pair, calls: RelayCalls) -> None:
    await calls.publish(*OfficeKeys(fresh_entry_id(), pair.relay.operator, int(time.time())).enrolment())


async def test_both_are_killed_and_one_history_goes_on(pair: Pair) -> None:
    async with calling(pair.relay) as calls:
        await enrol(pair, calls)
        before = await pair.accepted(calls)
        await pair.witness.stop(9)
        publishing = asyncio.create_task(enrol(pair, calls))
        await until_counted(pair, calls, "rogatory_log_entries 4.0")
        await pair.relay.kill()
        with pytest.raises((aiohttp.ClientError, OSError)):
            await publishing
        await pair.start_witness()
        await pair.relay.start()
        await enrol(pair, calls)
        after = await pair.accepted(calls)
        assert (before.checkpoint.size, after.checkpoint.size) == (2, 6)
        old, new = before.checkpoint, after.checkpoint
        tile = await calls.call("GET", "/log/tile/0/000.p/6")
        leaves = [tile[at : at + 32] for at in range(0, len(tile), 32)]
        tree = Tree(leaves)
        verify_consistency(old.size, old.root, new.size, new.root, tree.prove_consistency(old.size))


async def until_counted(pair: Pair, calls: RelayCalls, line: str) -> None:
    """Wait until the relay's metrics have a line."""
    address = f"http://127.0.0.1:{pair.relay.admin_port}/metrics"
    async with asyncio.timeout(60):
        while True:
            async with calls.http.get(address) as answer:
                if line in (await answer.text()).splitlines():
                    return


async def test_a_relay_that_was_set_back_says_so_and_takes_nothing(pair: Pair, tmp_path: Path) -> None:
    async with calling(pair.relay) as calls:
        await enrol(pair, calls)
        await pair.relay.stop()
        shutil.copytree(pair.data, tmp_path / "backup")
        await pair.relay.start()
        await enrol(pair, calls)
        await pair.relay.stop()
        newer = pair.data.rename(tmp_path / "newer")
        shutil.copytree(tmp_path / "backup", pair.data)
        await pair.relay.start()
        await until_counted(pair, calls, "rogatory_log_contradicting_witnesses 1.0")
        with pytest.raises(PeerError) as caught:
            await enrol(pair, calls)
        assert caught.value.code is Code.UNAVAILABLE
        assert (await calls.checkpoint()).checkpoint.size == 2
        await pair.relay.stop()
        refused = [event for event in pair.relay.log if event.get("code") == Code.UNAVAILABLE]
        assert "it was rolled back" in refused[0]["detail"]
        shutil.rmtree(pair.data)
        newer.rename(pair.data)
        await pair.relay.start()
        await enrol(pair, calls)
        assert (await pair.accepted(calls)).checkpoint.size == 6
    assert pair.witness.store().held()[0].newest.checkpoint.size == 6
