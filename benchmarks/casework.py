"""The register, the search and all other lists of an office in a vault of thousands of cases.

Wall time, as reading and deciphering the vault is part of it; beside it stands what the vault alone needs for
the same rows. All cases are new when the digests are made, as at the end of a first synchronisation. The
first look at each thing is in a process of its own, the others are the median in an open one.
``ROGATORY_BENCH_CASES`` (5000) makes it smaller.
"""

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median
from typing import Final

from benchmarks.large_vault import LargeVault, build
from benchmarks.measure import report
from benchmarks.office_looks import BUDGETS_MS, FIRST_MS, LOOKS

from rogatory_client.office import Office, RegisterFilter
from rogatory_client.office.cases import digesting
from rogatory_client.office.desk import Desk
from rogatory_client.vault import Vault

CASES: Final = int(os.environ.get("ROGATORY_BENCH_CASES", "5000"))
REPETITIONS: Final = 7
SCENARIO: Final = f"casework, {CASES} cases"
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


def first_looks(large: LargeVault) -> None:
    """Report how long it takes to see each thing in a process that has just been started."""
    for name in LOOKS:
        home, now = str(large.world.folder / large.name), str(large.world.now)
        command = [sys.executable, "-m", "benchmarks.first_look", home, now, name]
        told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        opened, looked = map(float, told.split())
        report(SCENARIO, f"{name}, first look", looked, "ms", FIRST_MS)
        report(SCENARIO, f"{name}, opening before", opened, "ms")


def looks(office: Office, vault: Vault) -> None:
    """Report the same in an open process, the search, and a case."""
    for name, look in LOOKS.items():
        report(SCENARIO, name, median_ms(partial(look, office)), "ms", BUDGETS_MS[name])
    report(SCENARIO, "register, rows alone", raw_ms(vault, "SELECT * FROM case_digests"), "ms")
    for name, typed in _SEARCHES.items():
        report(SCENARIO, f"search, {name}", median_ms(partial(office.search.find, typed)), "ms", 200)
    alone = "SELECT rowid FROM words WHERE words MATCH 'account' ORDER BY rowid DESC LIMIT 51"
    report(SCENARIO, "search, index alone", raw_ms(vault, alone), "ms")
    row = office.register.page(RegisterFilter()).rows[0]
    named = row.their_reference or row.room_id

    def opened() -> None:
        office.room(named)
        office.messages(named)
        office.cases.state(named)

    report(SCENARIO, "open a case", median_ms(opened), "ms", 100)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        large = build(Path(folder), CASES)
        with large.opened() as (_, vault):
            desk = Desk(vault, large.world.surroundings)
            spent = wall_ms(lambda: asyncio.run(digesting.refresh(desk)))
            report(SCENARIO, "digests of all cases, after a synchronisation", spent / 1000, "s")
        first_looks(large)
        with large.opened() as (office, vault):
            looks(office, vault)


if __name__ == "__main__":
    main()
