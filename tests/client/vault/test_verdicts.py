"""Verdicts stay as they were given, also in a vault from before there were any."""

from dataclasses import replace
from pathlib import Path

from rogatory_client.vault import Cost, create_vault, open_vault
from rogatory_client.vault.casework_schema import CASEWORK_TABLES
from rogatory_client.vault.migrations import MIGRATIONS
from rogatory_client.vault.verdicts import StoredVerdict, add_verdict, load_verdicts

CHEAP = Cost(memory_kib=32, passes=1, lanes=1)
PASSPHRASE = b"correct horse battery staple"
FIRST = StoredVerdict(b"m" * 32, 0, b"h" * 32, 20, 10, "{}", signer_named=None)
GIVEN = (
    FIRST,
    replace(FIRST, checked_at=30, signer_named=False),
    replace(FIRST, attachment=1, signer_named=True),
)


def test_a_vault_from_before_keeps_verdicts_in_their_order(tmp_path: Path) -> None:
    vault = create_vault(tmp_path / "home", PASSPHRASE, cost=CHEAP, salt=bytes(16))
    before = next(
        number for number, steps in enumerate(MIGRATIONS) if any("verdicts" in each for each in steps)
    )
    with vault.writing() as connection:
        for table in ("verdicts", *(each.name for each in CASEWORK_TABLES)):
            connection.exec_driver_sql(f"DROP TABLE {table}")
        connection.exec_driver_sql(f"PRAGMA user_version = {before}")
    vault.close()
    for _ in range(2):
        vault = open_vault(tmp_path / "home", PASSPHRASE)
        with vault.writing() as connection:
            if not load_verdicts(connection, FIRST.message_id):
                for each in GIVEN:
                    add_verdict(connection, each)
            assert load_verdicts(connection, FIRST.message_id) == GIVEN
            assert load_verdicts(connection, b"o" * 32) == ()
        vault.close()
