"""The register, the search and the start of the day in a vault of thousands of cases.

Wall time, as reading and deciphering the vault is part of it; beside it stands what the vault alone needs for
the same rows. The first look comes after a change of all cases, the others are in an open process. What was
queued is fetched from a relay in a process of its own, beside the decryption of as many messages and no more.
``ROGATORY_BENCH_CASES`` (5000) and ``ROGATORY_BENCH_QUEUED`` (10000) make it smaller.
"""

import asyncio
import os
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median
from typing import Final

from benchmarks.large_vault import build
from benchmarks.measure import report
from tests.crypto.mls.world import HYBRID, grown
from tests.integration.small_network import small_network

from rogatory_client.demo.world import REQUESTED, REQUESTING
from rogatory_client.office import Office, RegisterFilter
from rogatory_client.vault import Vault
from rogatory_crypto import mls

CASES: Final = int(os.environ.get("ROGATORY_BENCH_CASES", "5000"))
QUEUED: Final = int(os.environ.get("ROGATORY_BENCH_QUEUED", "10000"))
QUEUED_ROOMS: Final = 20
REPETITIONS: Final = 7
_SEARCHES: Final = {
    "common word": "account",
    "rare words": "confiscation 4242",
    "phrase": '"bank records"',
    "beginning": "confi*",
    "Chinese": "账户记录",
    "Arabic": "الحساب",
}


def wall_ms(action: Callable[[], object]) -> float:
    """Return how long one run takes, milliseconds."""
    began = time.perf_counter()
    action()
    return (time.perf_counter() - began) * 1000


def median_ms(action: Callable[[], object]) -> float:
    """Return the median of some runs after one that is not counted, milliseconds."""
    action()
    return median(wall_ms(action) for _ in range(REPETITIONS))


def raw_ms(vault: Vault, statement: str, *values: object) -> float:
    """Return how long the vault alone needs for rows of it, milliseconds."""
    with vault.reading() as connection:
        return median_ms(lambda: connection.exec_driver_sql(statement, values).all())


def looks(office: Office, vault: Vault) -> None:
    """Report the register and the search."""
    page, find = office.register.page, office.search.find
    scenario = f"casework, {CASES} cases"
    report(scenario, "register, first look", wall_ms(lambda: page(RegisterFilter())), "ms")
    report(scenario, "register", median_ms(lambda: page(RegisterFilter())), "ms", 150)
    late = RegisterFilter(direction="incoming", overdue=True, sort="next")
    report(scenario, "register, overdue", median_ms(lambda: page(late)), "ms", 150)
    report(scenario, "register, rows alone", raw_ms(vault, "SELECT * FROM case_digests"), "ms")
    report(scenario, "statistics", median_ms(lambda: office.register.statistics(RegisterFilter())), "ms")
    for name, typed in _SEARCHES.items():
        report(scenario, f"search, {name}", median_ms(partial(find, typed)), "ms", 200)
    alone = "SELECT rowid FROM words WHERE words MATCH 'account' ORDER BY rowid DESC LIMIT 51"
    report(scenario, "search, index alone", raw_ms(vault, alone), "ms")
    row = page(RegisterFilter()).rows[0]
    named = row.their_reference or row.room_id

    def opened() -> None:
        office.room(named)
        office.messages(named)
        office.cases.state(named)

    report(scenario, "open a case", median_ms(opened), "ms", 100)
    report(scenario, "conflicts", median_ms(office.cases.conflicts), "ms")


async def queued(folder: Path) -> None:
    """Report how long it takes to fetch what has come overnight, beside decrypting as much."""
    async with small_network(folder) as world:
        sender, receiver = world.desks[REQUESTING], world.desks[REQUESTED]
        async with Office.open(sender.home, sender.passphrase) as office:
            await office.sync()
            rooms = [
                office.start_consultation([REQUESTED], f"Case {number}", "May we ask?").room_id
                for number in range(QUEUED_ROOMS)
            ]
            await office.sync()
            for number in range(QUEUED):
                office.reply(rooms[number % QUEUED_ROOMS], "What we have found about the account. " * 8)
            await office.sync()
        async with Office.open(receiver.home, receiver.passphrase) as office:
            began = time.perf_counter()
            await office.sync()
            spent = time.perf_counter() - began
    report("casework, queued", f"{QUEUED} messages", spent, "s")
    alone = decrypted_s(QUEUED)
    report("casework, queued", "decrypting them alone", alone, "s")
    report("casework, queued", "ratio", spent / alone, "times")


def decrypted_s(count: int) -> float:
    """Return how long it takes to decrypt so many messages, seconds."""
    world = grown(2, HYBRID)
    payloads = []
    for _ in range(count):
        world.groups[0], payload = mls.protect(world.groups[0], b"found" * 60, random=world.random)
        payloads.append(payload)
    began = time.perf_counter()
    for payload in payloads:
        world.receive(1, payload)
    return time.perf_counter() - began


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        large = build(Path(folder), CASES)
        began = time.perf_counter()
        with large.opened() as (office, vault):
            opened = (time.perf_counter() - began) * 1000
            report(f"casework, {CASES} cases", "open the vault, cold, without Argon2", opened, "ms")
            looks(office, vault)
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(queued(Path(folder)))


if __name__ == "__main__":
    main()
