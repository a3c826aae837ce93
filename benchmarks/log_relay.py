"""The relay's transparency log: durable appends by many publishers, verified, cosigned and shown.

Offices enter devices, each in its own chain, all at once, each publication waiting until it is durable; the
entries are signed beforehand. ``eN``: N entries a publication. Beside it, in the same run, what its parts
cost alone: judging the entries, storing them. ``shown`` is from the call until a checkpoint covers the entry,
without witnesses and with three of them on loopback. ``start`` is a relay that finds its log on disk.
"""

import asyncio
import os
import statistics
import tempfile
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Final

import uvloop
from benchmarks.measure import report, timed
from tests.crypto.identity.enrolled_office import NOW, EnrolledOffice
from tests.server.log.logged_network import LoggedNetwork, enrolment, proposed
from tests.server.log.small_witness import witnesses_at_work

from rogatory_crypto.wire.log_request import ProposedEntry
from rogatory_server.log.ledger import empty_ledger
from rogatory_server.log.transparency_log import TransparencyLog
from rogatory_server.store import transparency
from rogatory_server.store.sqlite import SqliteStore

PUBLISHERS: Final = 50
DEVICES: Final = int(os.environ.get("ROGATORY_BENCH_DEVICES", "100"))
SHOWN: Final = 40
BUDGET: Final = 1000.0

Chain = list[ProposedEntry]


def written() -> list[Chain]:
    """One chain of entries for each office: its enrolment, then its devices."""
    chains: list[Chain] = []
    for number in range(PUBLISHERS):
        office = EnrolledOffice(f"CNA-{number:04}")
        chain = enrolment(office)
        chain += [proposed(office.device(str(device))) for device in range(DEVICES)]
        chains.append(chain)
    return chains


async def publish(log: TransparencyLog, chain: Sequence[ProposedEntry], size: int) -> None:
    """Publish a chain, so many entries at a time."""
    rest = iter(chain)
    while part := list(islice(rest, size)):
        await log.append(part)


async def appends(folder: Path, chains: list[Chain], size: int) -> None:
    """Everybody publishes at once."""
    store = SqliteStore(folder / f"relay-{size}.sqlite")
    async with LoggedNetwork().running(store) as log:
        for chain in chains:
            await log.append(chain[:3])
        started = time.perf_counter()
        await asyncio.gather(*(publish(log, chain[3:], size) for chain in chains))
        durable = time.perf_counter() - started
        await log.publisher.covered(log.appender.tree.size, 60)
        shown = time.perf_counter() - started
    await store.close()
    scenario, count = f"log append e{size} publishers {PUBLISHERS}", sum(map(len, chains)) - 3 * len(chains)
    report(scenario, "durable", count / durable, "1/s", BUDGET)
    report(scenario, "shown", count / shown, "1/s")


async def parts(folder: Path, chains: list[Chain]) -> None:
    """What judging and storing cost alone."""
    ledger = empty_ledger(LoggedNetwork().trust)
    entries = [entry for chain in chains for entry in chain]
    judged, seconds = timed(lambda: [ledger.judge(entry, NOW).encoded for entry in entries])
    report("log append parts", "judged", len(entries) / seconds, "1/s")
    store = SqliteStore(folder / "raw.sqlite")
    started = time.perf_counter()
    for first in range(0, len(judged), PUBLISHERS):
        part = judged[first : first + PUBLISHERS]
        await store.write(partial(transparency.append_entries, first=first, encoded=part))
    report(
        "log append parts",
        f"stored {PUBLISHERS} a commit",
        len(judged) / (time.perf_counter() - started),
        "1/s",
    )
    await store.close()


async def shown(folder: Path, witnesses: int, chains: list[Chain]) -> None:
    """How long a single publication takes until everybody may see it."""
    world = LoggedNetwork(witness_count=witnesses)
    store = SqliteStore(folder / f"shown-{witnesses}.sqlite")
    delays: list[float] = []
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(witnesses_at_work(*world.witnesses))
        log = await stack.enter_async_context(world.running(store))
        await log.append(chains[0][:3])
        for entry in chains[0][3 : 3 + SHOWN]:
            await log.publisher.covered(log.appender.tree.size, 60)
            started = time.perf_counter()
            index = await log.append([entry])
            await log.publisher.covered(index + 1, 60)
            delays.append(time.perf_counter() - started)
    await store.close()
    report(f"log shown witnesses {witnesses}", "p50", statistics.median(delays) * 1000, "ms")


async def start(folder: Path) -> None:
    """How long a relay needs to take up its log."""
    store = SqliteStore(folder / "relay-1.sqlite")
    (folder / "start").mkdir()
    log = LoggedNetwork().log(store, folder / "start")
    started = time.perf_counter()
    await log.load()
    elapsed = time.perf_counter() - started
    report("log start", "entries", log.appender.tree.size / elapsed, "1/s")
    await store.close()


async def main(folder: Path) -> None:
    chains = written()
    await parts(folder, chains)
    for size in (1, 16):
        await appends(folder, chains, size)
    for witnesses in (0, 3):
        await shown(folder, witnesses, chains)
    await start(folder)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as temporary:
        uvloop.run(main(Path(temporary)))
