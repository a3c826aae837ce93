"""Verdicts stay as they were given, also in a vault from before there were any."""

from dataclasses import replace
from pathlib import Path

from tests.client.vault.earlier_version import PASSPHRASE, make_earlier_vault, version_before

from rogatory_client.vault import open_vault
from rogatory_client.vault.verdicts import StoredVerdict, add_verdict, load_verdicts

FIRST = StoredVerdict(b"m" * 32, 0, b"h" * 32, 20, 10, "{}", signer_named=None)
GIVEN = (
    FIRST,
    replace(FIRST, checked_at=30, signer_named=False),
    replace(FIRST, attachment=1, signer_named=True),
)


def test_a_vault_from_before_keeps_verdicts_in_their_order(tmp_path: Path) -> None:
    make_earlier_vault(tmp_path / "home", version_before("verdicts"))
    for _ in range(2):
        vault = open_vault(tmp_path / "home", PASSPHRASE)
        with vault.writing() as connection:
            if not load_verdicts(connection, FIRST.message_id):
                for each in GIVEN:
                    add_verdict(connection, each)
            assert load_verdicts(connection, FIRST.message_id) == GIVEN
            assert load_verdicts(connection, b"o" * 32) == ()
        vault.close()
