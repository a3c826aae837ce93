"""The relay under load: durable acknowledgements, deliveries, catch-up, idle connections, memory.

Plain transport on loopback, 1 KiB opaque payloads, relay and load generator on the same machine. ``n0``: each
sender is alone in a group of its own and gets its own rows back; ``nN``: one sender, N other devices of its
group online, each reporting what it has read. ``wN``: so many submissions in flight in all. Beside them, in
the same run, what the machine can do: SQLite group commits without a relay, a WebSocket echo without a store.
"""

import asyncio
import os
import sqlite3
import statistics
import sys
import tempfile
import time
from collections import deque
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Final

import aiohttp
import psutil
import uvloop
from aiohttp import web
from benchmarks.measure import report
from tests.integration.relay.device_client import FeedClient, RelayCalls, accepted, new_group
from tests.integration.relay.identities import DeviceKeys, OfficeKeys
from tests.integration.relay.relay_process import RelayProcess, free_port

from rogatory_crypto.wire.frame import Submit, encode_frame
from rogatory_crypto.wire.identifier import (
    EntryId,
    Epoch,
    GroupId,
    RowKind,
    SubmissionId,
)

PAYLOAD: Final = bytes(1024)
SECONDS: Final = float(os.environ.get("ROGATORY_BENCH_SECONDS", "4"))
SENDERS: Final = 50
# A sender and a hundred receivers, two for catching up, one for idling: these have no other group's backlog.
DEVICES: Final = 104
READ_EVERY_ROWS: Final = 512
IDLE_CONNECTIONS: Final = int(os.environ.get("ROGATORY_BENCH_IDLE", "1000"))
QUOTAS: Final = (
    "[quotas]\n"
    + "".join(f"{name}_burst = 1000000000\n" for name in ("publications", "challenges", "submissions"))
    + "connections = 1000000\n"
)
_ACCEPTED: Final = b"\x82\x11"
_DELIVER: Final = b"\x83\x13"


def head_of_array(data: bytes, at: int) -> int:
    """Return how many items the CBOR array at ``at`` has."""
    first = data[at]
    if first < 0x98:
        return first - 0x80
    return data[at + 1] if first == 0x98 else int.from_bytes(data[at + 1 : at + 3])


class Member:
    """One connection: takes what comes, reports what it has read, and may keep submissions in flight."""

    def __init__(self, feed: FeedClient, sends_to: GroupId | None = None, window: int = 0) -> None:
        self.feed = feed
        self.accepted = 0
        self.rows: dict[bytes, int] = {}
        self.latencies: list[float] = []
        self.sent_at: list[float] = []
        self.arrivals: list[tuple[int, float]] = []
        self._window = window
        self._in_flight: deque[float] = deque()
        self._awaited, self._target, self._came = b"", 0, asyncio.Event()
        group_id = sends_to or GroupId(bytes(32))
        empty = SubmissionId(bytes(16))
        frame = encode_frame(Submit(empty, group_id, Epoch(1), RowKind.APPLICATION, PAYLOAD))
        self._head, self._tail = frame[:3], frame[19:]

    async def send(self, until: float) -> None:
        """Submit until a moment of the performance counter, then wait for the answers."""
        clock, socket, in_flight = time.perf_counter, self.feed.socket, self._in_flight
        while (sending := clock() < until) or in_flight:
            while sending and len(in_flight) < self._window:
                now = clock()
                in_flight.append(now)
                self.sent_at.append(now)
                await socket.send_bytes(self._head + os.urandom(16) + self._tail)
            await self._take((await socket.receive()).data)

    async def listen(self) -> None:
        """Take what comes until cancelled."""
        while True:
            await self.take_one()

    async def until(self, group_id: GroupId, rows: int) -> None:
        """Wait, while ``listen`` runs, until so many rows of a group have come."""
        self._awaited, self._target = group_id, rows
        self._came.clear()
        if self.rows.get(group_id, 0) < rows:
            await self._came.wait()

    async def take_one(self) -> None:
        """Take one frame."""
        await self._take((await self.feed.socket.receive()).data)

    async def _take(self, data: bytes) -> None:
        if data[:2] == _ACCEPTED:
            now, count = time.perf_counter(), head_of_array(data, 2)
            self.latencies.extend(now - self._in_flight.popleft() for _ in range(count))
            self.accepted += count
        elif data[:2] == _DELIVER:
            group_id, count = data[4:36], head_of_array(data, 36)
            before = self.rows.get(group_id, 0)
            self.rows[group_id] = after = before + count
            self.arrivals.append((after, time.perf_counter()))
            if group_id == self._awaited and after >= self._target:
                self._came.set()
            if before // READ_EVERY_ROWS != after // READ_EVERY_ROWS:
                await self.feed.read(GroupId(group_id), after)


class Bench:
    """A relay with enrolled devices, and the scenarios."""

    def __init__(self, calls: RelayCalls, devices: list[DeviceKeys]) -> None:
        self.calls = calls
        self.devices = devices

    async def acknowledge(self, senders: int, in_flight: int) -> None:
        """n0: every sender alone in its group."""
        async with AsyncExitStack() as stack:
            feeds = [
                await stack.enter_async_context(self.calls.feed(each)) for each in self.devices[:senders]
            ]
            running = [
                Member(feed, await new_group_of(feed, []), max(in_flight // senders, 1)) for feed in feeds
            ]
            elapsed = await send_all(running)
        report_acknowledged(f"relay n0 w{in_flight} senders {senders}", running, elapsed)

    async def deliver(self, receivers: int, in_flight: int) -> None:
        """nN: one sender, N receivers online."""
        scenario = f"relay n{receivers} w{in_flight}"
        async with AsyncExitStack() as stack:
            devices = self.devices[: receivers + 1]
            feeds = [await stack.enter_async_context(self.calls.feed(each)) for each in devices]
            online = [Member(feed) for feed in feeds[1:]]
            listening = [asyncio.create_task(member.listen()) for member in online]
            group_id = await new_group_of(feeds[0], devices[1:])
            sender = Member(feeds[0], group_id, in_flight)
            await asyncio.gather(*(member.until(group_id, 1) for member in online))
            for member in online:
                member.arrivals.clear()
            started = time.perf_counter()
            await sender.send(started + SECONDS)
            await asyncio.gather(*(member.until(group_id, sender.accepted + 1) for member in online))
            elapsed = time.perf_counter() - started
            for task in listening:
                task.cancel()
        report_acknowledged(scenario, [sender], elapsed)
        report(scenario, "deliveries", sender.accepted * receivers / elapsed, "1/s")
        if in_flight == 1:
            delays = [at - sender.sent_at[row - 2] for member in online for row, at in member.arrivals]
            report_latency(scenario, "delivery", delays)

    async def many_groups(self, groups: int, size: int, in_flight: int) -> None:
        """Many groups of one size, a sender in each, everybody online."""
        scenario = f"relay {groups} groups of {size} w{in_flight}"
        async with AsyncExitStack() as stack:
            devices = self.devices[:groups]
            feeds = [await stack.enter_async_context(self.calls.feed(each)) for each in devices]
            members: list[Member] = []
            for at, feed in enumerate(feeds):
                others = [devices[(at + step) % groups] for step in range(1, size)]
                members.append(Member(feed, await new_group_of(feed, others), max(in_flight // groups, 1)))
            elapsed = await send_all(members)
        report(scenario, "deliveries", sum(sum(each.rows.values()) for each in members) / elapsed, "1/s")
        report_acknowledged(scenario, members, elapsed)

    async def catch_up(self, rows: int) -> None:
        """A device that was away while ``rows`` rows were stored."""
        writer, reader = self.devices[-3:-1]
        async with AsyncExitStack() as stack:
            feed = await stack.enter_async_context(self.calls.feed(writer))
            group_id = await new_group_of(feed, [reader])
            sender = Member(feed, group_id, 512)
            while sender.accepted < rows:
                await sender.send(time.perf_counter() + 0.5)
            started = time.perf_counter()
            away = Member(await stack.enter_async_context(self.calls.feed(reader)))
            while away.rows.get(group_id, 0) < sender.accepted:
                await away.take_one()
            elapsed = time.perf_counter() - started
        report(f"relay catch-up of {rows}", "served", sum(away.rows.values()) / elapsed, "1/s")

    async def idle(self, connections: int) -> None:
        """Connections that only keep themselves alive."""
        before = self.memory()
        async with AsyncExitStack() as stack:
            device = self.devices[-1]
            token = await self.calls.token(device)
            for _ in range(connections):
                await stack.enter_async_context(self.calls.feed(device, token))
            grown = self.memory() - before
        report(f"relay {connections} idle connections", "memory of each", grown / connections / 1024, "KiB")

    def memory(self) -> int:
        """Return the relay's resident memory in bytes."""
        resident: int = psutil.Process(self.calls.relay.pid).memory_info().rss
        return resident


async def new_group_of(feed: FeedClient, others: list[DeviceKeys]) -> GroupId:
    """Create a group of the feed's device and others."""
    group_id = new_group()
    accepted(await feed.commit(group_id, 0, added=tuple(device.device_id for device in others)))
    feed.kept.clear()
    return group_id


async def send_all(members: list[Member]) -> float:
    """Let everybody send for the time of a scenario; return how long it took."""
    started = time.perf_counter()
    await asyncio.gather(*(member.send(started + SECONDS) for member in members))
    return time.perf_counter() - started


def report_acknowledged(scenario: str, senders: list[Member], elapsed: float) -> None:
    """Report durable acknowledgements a second and how long they took."""
    report(scenario, "acknowledged", sum(sender.accepted for sender in senders) / elapsed, "1/s")
    report_latency(scenario, "acknowledgement", [each for sender in senders for each in sender.latencies])


def report_latency(scenario: str, what: str, delays: list[float]) -> None:
    """Report median and 99th percentile."""
    cuts = statistics.quantiles(delays, n=100)
    report(scenario, f"{what} p50", cuts[49] * 1000, "ms")
    report(scenario, f"{what} p99", cuts[98] * 1000, "ms")


def raw_sqlite(folder: Path, rows_per_commit: int) -> None:
    """Rows a second into one table, so many a commit, write-ahead log and synchronous=FULL."""
    database = sqlite3.connect(folder / f"raw-{rows_per_commit}.sqlite", isolation_level=None)
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = FULL")
    database.execute("CREATE TABLE log (id INTEGER PRIMARY KEY, key BLOB UNIQUE, payload BLOB)")
    number, started = 0, time.perf_counter()
    while time.perf_counter() - started < SECONDS:
        rows = [(number + at, os.urandom(32), PAYLOAD) for at in range(rows_per_commit)]
        database.execute("BEGIN IMMEDIATE")
        database.executemany("INSERT INTO log VALUES (?, ?, ?)", rows)
        database.execute("COMMIT")
        number += rows_per_commit
    report(f"raw SQLite {rows_per_commit} a commit", "rows", number / (time.perf_counter() - started), "1/s")
    database.close()


async def echo_server(port: int) -> None:
    """Send back every message."""

    async def echo(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(compress=False)
        await socket.prepare(request)
        async for message in socket:
            await socket.send_bytes(message.data)
        return socket

    app = web.Application()
    app.add_routes([web.get("/", echo)])
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


async def bare_echo(http: aiohttp.ClientSession, connections: int, in_flight: int) -> None:
    """Messages a second through a WebSocket echo in another process."""
    port = free_port()
    command = (sys.executable, "-m", "benchmarks.relay", "echo", str(port))
    server = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    assert server.stdout is not None
    await server.stdout.readline()
    echoed = 0

    async def run(window: int, until: float) -> None:
        nonlocal echoed
        async with http.ws_connect(f"http://127.0.0.1:{port}/") as socket:
            for _ in range(window):
                await socket.send_bytes(PAYLOAD)
            while time.perf_counter() < until:
                await socket.receive()
                echoed += 1
                await socket.send_bytes(PAYLOAD)

    started = time.perf_counter()
    each = max(in_flight // connections, 1)
    await asyncio.gather(*(run(each, started + SECONDS) for _ in range(connections)))
    elapsed = time.perf_counter() - started
    report(f"bare WebSocket echo w{in_flight} connections {connections}", "echoed", echoed / elapsed, "1/s")
    server.kill()
    await server.wait()


async def measure(folder: Path) -> None:
    """Run every scenario against one relay."""
    relay = RelayProcess(folder, plain=True, tables=QUOTAS)
    await relay.start()
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as http:
        calls = RelayCalls(relay, http)
        office = OfficeKeys(EntryId("CNA-SN-01"), relay.operator, int(time.time()))
        bench = Bench(calls, await calls.enrol(office, devices=DEVICES))
        raw_sqlite(folder, 1)
        raw_sqlite(folder, 256)
        await bare_echo(http, 1, 1)
        await bare_echo(http, SENDERS, 256)
        for senders, in_flight in ((1, 1), (1, 256), (SENDERS, 256)):
            await bench.acknowledge(senders, in_flight)
        for receivers, in_flight in ((10, 64), (100, 16), (100, 64), (100, 1)):
            await bench.deliver(receivers, in_flight)
        await bench.many_groups(100, 10, 256)
        await bench.catch_up(50_000)
        await bench.idle(IDLE_CONNECTIONS)
        report("relay after all of it", "memory", bench.memory() / 2**20, "MiB")
    await relay.stop()


def main(arguments: list[str]) -> None:
    """Measure, or serve the echo that is measured."""
    if arguments[:1] == ["echo"]:
        uvloop.run(echo_server(int(arguments[1])))
        return
    with tempfile.TemporaryDirectory() as folder:
        uvloop.run(measure(Path(folder)))


if __name__ == "__main__":
    main(sys.argv[1:])
