"""What was acknowledged survives kill -9; a full disk refuses and goes on reading; SIGTERM ends in order."""

import asyncio
import contextlib
import sqlite3
import stat
import subprocess
import sys
import time
from pathlib import Path

from tests.integration.relay.device_client import (
    FeedClient,
    RelayCalls,
    accepted,
    calling,
    new_group,
    new_id,
    refused,
)
from tests.integration.relay.identities import OfficeKeys
from tests.integration.relay.relay_process import START, RelayProcess, trust_relay

from rogatory_crypto.errors import Code
from rogatory_crypto.wire.frame import Acceptance, Accepted, Submit, encode_frame
from rogatory_crypto.wire.identifier import EntryId, Epoch, GroupId, RowKind, SubmissionId
from rogatory_server.app import init_relay


async def stream(feed: FeedClient, group: GroupId, acknowledged: dict[SubmissionId, int]) -> None:
    """Submit without waiting, until the connection dies; note what was acknowledged."""

    async def send() -> None:
        while True:
            frame = Submit(new_id(), group, Epoch(1), RowKind.APPLICATION, b"x" * 1024)
            await feed.socket.send_bytes(encode_frame(frame))
            await asyncio.sleep(0)  # sending into a dead TLS connection never suspends

    async def receive() -> None:
        while True:
            frame = await feed.receive()
            if isinstance(frame, Accepted):
                acknowledged.update((item.submission_id, item.sequence) for item in frame.results)

    with contextlib.suppress(ExceptionGroup, ConnectionError):
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(send())
            tasks.create_task(receive())


async def test_kill_in_mid_stream_loses_nothing_acknowledged_and_doubles_nothing(
    relay: RelayProcess, calls: RelayCalls, office: OfficeKeys
) -> None:
    await kill_in_mid_stream(relay, calls, office)


async def test_the_same_on_postgresql(tmp_path: Path, postgresql: str) -> None:
    relay = RelayProcess(tmp_path, settings=f'database = "{postgresql}"\n')
    await relay.start()
    office = OfficeKeys(EntryId("CNA-SN-01"), relay.operator, int(time.time()))
    async with calling(relay) as calls:
        await kill_in_mid_stream(relay, calls, office)
    assert await relay.stop() == 0
    assert not (relay.folder / "relay/data/relay.sqlite").exists()


async def kill_in_mid_stream(relay: RelayProcess, calls: RelayCalls, office: OfficeKeys) -> None:
    (device,) = await calls.enrol(office)
    group = new_group()
    acknowledged: dict[SubmissionId, int] = {}
    async with calls.feed(device) as feed:
        accepted(await feed.commit(group, 0))
        streaming = asyncio.create_task(stream(feed, group, acknowledged))
        while len(acknowledged) < 300:
            assert not streaming.done()
            await asyncio.sleep(0)
        await relay.kill()
        await streaming
    await relay.start()
    repeated = next(iter(acknowledged))
    async with calls.feed(device) as feed:
        rows = (await feed.backlog())[group]
        sequences = [row.sequence for row in rows]
        assert sequences == list(range(1, len(rows) + 1))
        assert set(acknowledged.values()) <= set(sequences)
        assert len(set(acknowledged.values())) == len(acknowledged)
        again = accepted(await feed.submit(group, b"x" * 1024, submission_id=repeated))
        assert again.sequence == acknowledged[repeated]


async def test_a_full_disk_refuses_writes_and_serves_reads(tmp_path: Path) -> None:
    relay = RelayProcess(tmp_path, settings=f"max_database_bytes = {2 << 20}\n")
    await relay.start()
    office = OfficeKeys(EntryId("CNA-SN-01"), relay.operator, int(time.time()))
    async with calling(relay) as calls:
        (device,) = await calls.enrol(office)
        group = new_group()
        stored = [b"commit"]
        async with calls.feed(device) as feed:
            accepted(await feed.commit(group, 0))
            payload = bytes(64 << 10)
            while isinstance(outcome := await feed.submit(group, payload), Acceptance):
                stored.append(payload)
                payload = len(stored).to_bytes(1) * (64 << 10)
            assert (outcome.code, len(stored) > 8) == (Code.STORAGE_FULL, True)
            assert refused(await feed.submit(group, bytes(1 << 20))).code is Code.STORAGE_FULL
        async with calls.feed(device) as feed:
            assert [row.payload for row in (await feed.backlog())[group]] == stored
    assert await relay.stop() == 0


async def test_a_stopped_relay_says_so_and_leaves_no_log_to_recover(
    relay: RelayProcess, calls: RelayCalls, office: OfficeKeys
) -> None:
    (device,) = await calls.enrol(office)
    group = new_group()
    async with calls.feed(device) as feed:
        accepted(await feed.commit(group, 0))
        stopping = asyncio.create_task(relay.stop())
        assert await feed.until_closed() is Code.UNAVAILABLE
        assert await stopping == 0
    data = relay.folder / "relay" / "data"
    log = data / "relay.sqlite-wal"
    assert not log.exists() or log.stat().st_size == 0
    with sqlite3.connect(data / "relay.sqlite") as database:
        assert database.execute("SELECT count(*) FROM log_row").fetchone() == (1,)
    database.close()


async def test_nobody_else_reads_the_relays_files(relay: RelayProcess) -> None:
    folder = relay.folder / "relay"
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in [folder, *folder.rglob("*")]}
    assert len(modes) > 4
    for path, mode in modes.items():
        assert mode == (0o700 if path.is_dir() else 0o600), path


async def test_health_and_metrics_answer_on_loopback_and_name_nobody(
    relay: RelayProcess, calls: RelayCalls, office: OfficeKeys
) -> None:
    # R06
    (device,) = await calls.enrol(office)
    async with calls.feed(device) as feed:
        accepted(await feed.commit(new_group(), 0))
        async with calls.http.get(f"http://127.0.0.1:{relay.admin_port}/health") as answer:
            assert (answer.status, await answer.text()) == (200, "ok\n")
        async with calls.http.get(f"http://127.0.0.1:{relay.admin_port}/metrics") as answer:
            text = await answer.text()
    assert "rogatory_submissions_accepted_total 1.0" in text
    assert "rogatory_connections 1.0" in text
    assert device.device_id.hex() not in text


def start_and_fail(config: Path) -> str:
    command = [sys.executable, "-c", START, str(config)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)
    assert ended.returncode == 1
    return ended.stderr.splitlines()[-1]


def test_two_relays_do_not_share_a_folder(relay: RelayProcess) -> None:
    assert "another relay is running on" in start_and_fail(relay.config)


def test_an_address_that_is_taken_is_named(relay: RelayProcess, tmp_path: Path) -> None:
    other = init_relay(tmp_path / "other", "other.example", f"127.0.0.1:{relay.port}", None, None)
    trust_relay(other, relay.operator, "other.example")
    assert f"127.0.0.1:{relay.port} cannot be listened on" in start_and_fail(other.config)
