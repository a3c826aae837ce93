"""Codes are in the vault until they are worth nothing; what calls have shown stays."""

from pathlib import Path

import pytest

from rogatory_client.fault import VaultError
from rogatory_client.vault import Cost, Vault, admissions, create_vault
from rogatory_client.vault.admissions import StoredAdmission, StoredCallBack
from rogatory_crypto.wire.identifier import EntryId

A = EntryId("CNA-SN-01")
CODE = b"\x0f" * 20


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return create_vault(tmp_path, b"passphrase", cost=Cost(memory_kib=32, passes=1, lanes=1), salt=bytes(16))


def stored(key: int, code: bytes | None = CODE) -> StoredAdmission:
    return StoredAdmission(bytes([key]) * 32, A, code, b"invitation", letter_at=None, ends=False)


def test_proposals_come_back_in_order(vault: Vault) -> None:
    with vault.writing() as connection:
        for key in (2, 1):
            admissions.save_admission(connection, stored(key))
        admissions.note_letter(connection, bytes([1]) * 32, 7)
    with vault.reading() as connection:
        second, first = admissions.load_admissions(connection)
    assert second == stored(2)
    assert (first.code_key, first.letter_at) == (bytes([1]) * 32, 7)


def test_only_the_codes_that_are_named_are_erased(vault: Vault) -> None:
    with vault.writing() as connection:
        for key in (1, 2, 3):
            admissions.save_admission(connection, stored(key))
        admissions.erase_codes(connection, [bytes([1]) * 32, bytes([3]) * 32])
    with vault.reading() as connection:
        assert [each.code for each in admissions.load_admissions(connection)] == [None, CODE, None]


def test_one_code_is_kept_once(vault: Vault) -> None:
    with vault.writing() as connection:
        admissions.save_admission(connection, stored(1))
    with pytest.raises(VaultError), vault.writing() as connection:
        admissions.save_admission(connection, stored(1))
    with vault.reading() as connection:
        assert admissions.load_admissions(connection) == (stored(1),)


def test_a_code_is_in_no_repr() -> None:
    assert repr(CODE) not in repr(stored(1))


def test_what_calls_have_shown_is_all_kept(vault: Vault) -> None:
    calls = [StoredCallBack(A, bytes(32), at, "legal officer", fits) for at, fits in ((1, False), (2, True))]
    with vault.writing() as connection:
        for call in calls:
            admissions.save_call_back(connection, call)
    with vault.reading() as connection:
        assert admissions.load_call_backs(connection) == tuple(calls)
