"""Vaults as earlier versions of this program have made them."""

from pathlib import Path
from unittest.mock import patch

from rogatory_client.vault import Cost, create_vault, database
from rogatory_client.vault.migrations import MIGRATIONS

CHEAP = Cost(memory_kib=32, passes=1, lanes=1)
PASSPHRASE = b"correct horse battery staple"


def version_before(what: str) -> int:
    """How many migrations come before the one that speaks of something."""
    return next(number for number, steps in enumerate(MIGRATIONS) if any(what in each for each in steps))


def make_earlier_vault(home: Path, version: int, *changes: tuple[str, tuple[object, ...]]) -> None:
    """Make a vault that has gone through so many migrations and no more, and change it by statements."""
    with patch.object(database, "MIGRATIONS", MIGRATIONS[:version]):
        vault = create_vault(home, PASSPHRASE, cost=CHEAP, salt=bytes(16))
        with vault.writing() as connection:
            for statement, values in changes:
                connection.exec_driver_sql(statement, values)
        vault.close()
