"""Alarms: one while it is open, raised again once an officer has taken note of what was before."""

from pathlib import Path

import pytest

from rogatory_client.vault import Cost, Vault, alarms, create_vault, open_vault
from rogatory_client.vault.casework_schema import CASEWORK_TABLES
from rogatory_client.vault.migrations import MIGRATIONS

PASSPHRASE = b"correct horse battery staple"
TEXT = "CNA-NG-01 has enrolled anew"
_BEFORE = """CREATE TABLE alarms (number INTEGER NOT NULL PRIMARY KEY, raised_at INTEGER NOT NULL,
    said TEXT NOT NULL UNIQUE, acknowledged_at INTEGER, acknowledged_by TEXT)"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    home = tmp_path / "home"
    cheap = Cost(memory_kib=32, passes=1, lanes=1)
    create_vault(home, PASSPHRASE, cost=cheap, salt=bytes(16)).close()
    return home


def told(vault: Vault) -> list[tuple[int, int | None]]:
    with vault.reading() as connection:
        return [(each.raised_at, each.acknowledged_at) for each in alarms.load_alarms(connection)]


def test_an_open_alarm_is_one_and_an_acknowledged_one_is_raised_again(home: Path) -> None:
    vault = open_vault(home, PASSPHRASE)
    for at in (1, 2):
        with vault.writing() as connection:
            alarms.raise_alarms(connection, [TEXT, TEXT], at)
    assert told(vault) == [(1, None)]
    with vault.writing() as connection:
        alarms.acknowledge_alarm(connection, 1, "head", 3)
        alarms.raise_alarms(connection, [TEXT], 4)
    assert told(vault) == [(1, 3), (4, None)]
    vault.close()


def test_a_vault_from_before_keeps_its_alarms_and_raises_them_again(home: Path) -> None:
    vault = open_vault(home, PASSPHRASE)
    with vault.writing() as connection:
        connection.exec_driver_sql("DROP TABLE alarms")
        connection.exec_driver_sql(_BEFORE)
        connection.exec_driver_sql("INSERT INTO alarms VALUES (7, 1, ?, 2, 'head')", (TEXT,))
        later = ("office_returns", "held_histories", "vouchers", "verdicts")
        for table in (*later, *(each.name for each in CASEWORK_TABLES)):
            connection.exec_driver_sql(f"DROP TABLE {table}")
        connection.exec_driver_sql("ALTER TABLE rooms DROP COLUMN seats")
        connection.exec_driver_sql("ALTER TABLE room_references DROP COLUMN hearsay")
        connection.exec_driver_sql(f"PRAGMA user_version = {_version_of('open_alarms')}")
    vault.close()
    vault = open_vault(home, PASSPHRASE)
    with vault.writing() as connection:
        alarms.raise_alarms(connection, [TEXT], 3)
    assert told(vault) == [(1, 2), (3, None)]
    vault.close()


def _version_of(what: str) -> int:
    """How many migrations come before the one that speaks of something."""
    return next(number for number, steps in enumerate(MIGRATIONS) if any(what in each for each in steps))
