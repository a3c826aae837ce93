"""Alarms: one while it is open, raised again once an officer has taken note of what was before."""

from pathlib import Path

import pytest
from tests.client.vault.earlier_version import PASSPHRASE, make_earlier_vault, version_before

from rogatory_client.vault import Cost, Vault, alarms, create_vault, open_vault

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


def test_a_vault_from_before_keeps_its_alarms_and_raises_them_again(tmp_path: Path) -> None:
    before = tmp_path / "before"
    make_earlier_vault(
        before,
        version_before("open_alarms"),
        ("DROP TABLE alarms", ()),
        (_BEFORE, ()),
        ("INSERT INTO alarms VALUES (7, 1, ?, 2, 'head')", (TEXT,)),
    )
    vault = open_vault(before, PASSPHRASE)
    with vault.writing() as connection:
        alarms.raise_alarms(connection, [TEXT], 3)
    assert told(vault) == [(1, 2), (3, None)]
    vault.close()
