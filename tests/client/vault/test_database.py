"""The vault's promises: one key, one process, all or nothing (checklist L07, L08)."""

import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import Connection, insert, select
from tests.client.vault.earlier_version import make_earlier_vault

from rogatory_client.fault import DiskFullError, VaultError
from rogatory_client.vault import Cost, Vault, create_vault, open_vault
from rogatory_client.vault.columns import metadata
from rogatory_client.vault.migrations import MIGRATIONS
from rogatory_client.vault.schema import own_payloads
from rogatory_crypto.errors import Code, MisuseError, PeerError

CHEAP = Cost(memory_kib=32, passes=1, lanes=1)
PASSPHRASE = b"correct horse battery staple"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    home = tmp_path / "home"
    create_vault(home, PASSPHRASE, cost=CHEAP, salt=bytes(16)).close()
    return home


def put(vault: Vault, name: bytes) -> None:
    with vault.writing() as connection:
        connection.execute(insert(own_payloads).values(sha256=name, group_id=b"group"))


def stored(vault: Vault) -> set[bytes]:
    with vault.reading() as connection:
        return set(connection.execute(select(own_payloads.c.sha256)).scalars())


def test_what_was_written_is_there_with_the_passphrase_and_only_with_it(home: Path) -> None:
    vault = open_vault(home, PASSPHRASE)
    put(vault, b"a plaintext marker")
    vault.close()
    again = open_vault(home, PASSPHRASE)
    assert stored(again) == {b"a plaintext marker"}
    again.close()
    assert all(b"plaintext marker" not in path.read_bytes() for path in home.iterdir())
    with pytest.raises(VaultError, match="passphrase is wrong"):
        open_vault(home, b"another")
    open_vault(home, PASSPHRASE).close()


def test_a_damaged_vault_is_not_to_be_replaced_by_an_old_copy(home: Path) -> None:
    # L09: a copy would use message keys a second time, so the device is linked anew
    damaged = bytearray((home / "vault.db").read_bytes())
    damaged[100] ^= 1
    (home / "vault.db").write_bytes(bytes(damaged))
    with pytest.raises(VaultError, match="link this device anew"):
        open_vault(home, PASSPHRASE)


def test_a_page_that_does_not_hold_is_damage_wherever_it_lies(home: Path) -> None:
    whole = (home / "vault.db").read_bytes()
    for begin in range(4096, len(whole), 4096):
        damaged = bytearray(whole)
        damaged[begin + 200] ^= 1
        (home / "vault.db").write_bytes(damaged)
        with pytest.raises(VaultError, match=r"vault\.db is damaged: link this device anew"):
            make_no_sense_of(home)


def make_no_sense_of(home: Path) -> None:
    vault = open_vault(home, PASSPHRASE)
    try:
        with vault.blaming_damage():
            read_everything(vault)
            raise PeerError(Code.MALFORMED, "as of a page that is read as zeros")
    finally:
        vault.close()


def read_everything(vault: Vault) -> None:
    with vault.reading() as connection:
        for table in metadata.sorted_tables:
            connection.execute(select(table)).all()


def test_what_makes_no_sense_in_a_whole_vault_is_no_damage(home: Path) -> None:
    vault = open_vault(home, PASSPHRASE)
    with pytest.raises(PeerError, match="malformed"), vault.blaming_damage():
        raise PeerError(Code.MALFORMED)
    vault.close()


def test_files_are_the_users_alone(home: Path) -> None:
    vault = open_vault(home, PASSPHRASE)
    put(vault, b"x")
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in home.iterdir()}
    vault.close()
    assert set(modes.values()) == {0o600}
    assert stat.S_IMODE(home.stat().st_mode) == 0o700


def test_a_second_process_is_told_who_has_the_vault(home: Path) -> None:
    vault = open_vault(home, PASSPHRASE)
    code = (
        "import sys, pathlib\n"
        "from rogatory_client.vault import open_vault\n"
        "from rogatory_client.fault import VaultError\n"
        "try: open_vault(pathlib.Path(sys.argv[1]), b'x')\n"
        "except VaultError as error: print(error)\n"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code, str(home)], capture_output=True, text=True, check=True
    )
    vault.close()
    assert "another program has this vault open (process" in answer.stdout
    assert "try again" in answer.stdout
    open_vault(home, PASSPHRASE).close()


def test_a_full_disk_leaves_nothing_half_written(home: Path) -> None:
    vault = open_vault(home, PASSPHRASE)
    put(vault, b"before")
    with vault.reading() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + 1}")

    def put_both() -> None:
        with vault.writing() as connection:
            connection.execute(insert(own_payloads).values(sha256=b"small", group_id=b"group"))
            connection.execute(insert(own_payloads).values(sha256=bytes(100_000), group_id=b"group"))

    with pytest.raises(DiskFullError, match="the disk is full"):
        put_both()
    assert stored(vault) == {b"before"}
    vault.close()


def test_an_interrupted_transaction_leaves_nothing(home: Path) -> None:
    vault = open_vault(home, PASSPHRASE)

    def interrupted() -> None:
        with vault.writing() as connection:
            connection.execute(insert(own_payloads).values(sha256=b"half", group_id=b"group"))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert stored(vault) == set()
    vault.close()


def test_erased_rows_are_overwritten_on_disk_settings(home: Path) -> None:
    vault = open_vault(home, PASSPHRASE)
    with vault.reading() as connection:
        asked = ("journal_mode", "synchronous", "secure_delete")
        settings = [connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in asked]
    assert settings == ["wal", 2, 1]
    vault.close()
    assert not (home / "vault.db-wal").exists() or (home / "vault.db-wal").stat().st_size == 0


def log_size(home: Path) -> int:
    log = home / "vault.db-wal"
    return log.stat().st_size if log.exists() else 0


def test_former_pages_leave_the_log_with_the_transaction_that_replaced_them(home: Path) -> None:
    """L08."""
    vault = open_vault(home, PASSPHRASE)
    with vault.writing(erasing=False) as connection:
        connection.execute(insert(own_payloads).values(sha256=b"kept in the log", group_id=b"group"))
    assert log_size(home) > 0
    put(vault, b"erasing")
    assert log_size(home) == 0
    assert stored(vault) == {b"kept in the log", b"erasing"}
    vault.close()


def test_what_a_killed_process_left_in_the_log_is_erased_by_the_next(home: Path) -> None:
    """L08: killed after the transaction was on disk and before the log was cut."""
    code = (
        "import os, pathlib, signal, sys\n"
        "from sqlalchemy import insert\n"
        "from rogatory_client.vault import open_vault\n"
        "from rogatory_client.vault.schema import own_payloads\n"
        "vault = open_vault(pathlib.Path(sys.argv[1]), sys.argv[2].encode())\n"
        "vault.on_commit = lambda: os.kill(os.getpid(), signal.SIGKILL)\n"
        "with vault.writing() as connection:\n"
        "    connection.execute(insert(own_payloads).values(sha256=b'written', group_id=b'group'))\n"
    )
    ended = subprocess.run([sys.executable, "-c", code, str(home), PASSPHRASE.decode()], check=False)
    assert ended.returncode == -signal.SIGKILL
    assert log_size(home) > 0
    vault = open_vault(home, PASSPHRASE)
    assert log_size(home) == 0
    assert stored(vault) == {b"written"}
    vault.close()


def test_there_is_one_vault_in_a_folder(home: Path, tmp_path: Path) -> None:
    with pytest.raises(MisuseError, match="already"):
        create_vault(home, PASSPHRASE, cost=CHEAP, salt=bytes(16))
    with pytest.raises(VaultError, match="no vault"):
        open_vault(tmp_path / "elsewhere", PASSPHRASE)
    with pytest.raises(MisuseError, match="empty passphrase"):
        create_vault(tmp_path / "elsewhere", b"", cost=CHEAP, salt=bytes(16))


class _CutError(Exception):
    """The plug was pulled."""


def test_what_an_interrupted_creation_left_is_no_obstacle(tmp_path: Path) -> None:
    home = tmp_path / "home"

    def cut(_: Connection) -> None:
        raise _CutError

    with pytest.raises(_CutError):
        create_vault(home, b"first attempt", cost=CHEAP, salt=bytes(16), fill=cut)
    assert (home / "vault.db").exists()
    with pytest.raises(VaultError, match="there is no vault"):
        open_vault(home, b"first attempt")
    create_vault(home, PASSPHRASE, cost=CHEAP, salt=bytes(16)).close()
    open_vault(home, PASSPHRASE).close()
    assert {path.name for path in home.iterdir()} == {"vault.json", "vault.db", "vault.lock"}


def test_a_vault_that_lost_its_header_is_not_overwritten(home: Path) -> None:
    vault = open_vault(home, PASSPHRASE)
    put(vault, b"all that there is")
    vault.close()
    header = (home / "vault.json").read_bytes()
    (home / "vault.json").unlink()
    with pytest.raises(VaultError, match=r"restore vault\.json from a copy"):
        open_vault(home, PASSPHRASE)
    with pytest.raises(MisuseError, match=r"restore vault\.json from a copy"):
        create_vault(home, PASSPHRASE, cost=CHEAP, salt=bytes(16))
    (home / "vault.json").write_bytes(header)
    again = open_vault(home, PASSPHRASE)
    assert stored(again) == {b"all that there is"}
    again.close()


@pytest.mark.parametrize("half", [None, b""])
def test_a_half_of_a_vault_is_said_so_and_not_completed_with_nothing(home: Path, half: bytes | None) -> None:
    (home / "vault.db").unlink()
    if half is not None:
        (home / "vault.db").write_bytes(half)
    with pytest.raises(VaultError, match="was the folder copied whole"):
        open_vault(home, PASSPHRASE)
    assert half == ((home / "vault.db").read_bytes() if (home / "vault.db").exists() else None)


def test_a_vault_of_a_newer_program_is_left_alone(home: Path) -> None:
    vault = open_vault(home, PASSPHRASE)
    with vault.reading() as connection:
        connection.exec_driver_sql(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    vault.close()
    with pytest.raises(VaultError, match="newer program"):
        open_vault(home, PASSPHRASE)


def test_migrations_lead_to_the_tables_the_program_uses(home: Path) -> None:
    vault = open_vault(home, PASSPHRASE)
    with vault.reading() as connection:
        for table in metadata.sorted_tables:
            rows = connection.exec_driver_sql(f"PRAGMA table_info({table.name})").all()
            assert [row[1] for row in rows] == [column.name for column in table.columns]
    vault.close()


@pytest.mark.parametrize("version", range(1, len(MIGRATIONS)))
def test_a_vault_of_each_earlier_version_becomes_the_same(home: Path, tmp_path: Path, version: int) -> None:
    make_earlier_vault(tmp_path / "before", version)
    assert layout(tmp_path / "before") == layout(home)


def layout(folder: Path) -> list[tuple[str, str, str]]:
    vault = open_vault(folder, PASSPHRASE)
    with vault.reading() as connection:
        found = connection.exec_driver_sql("SELECT type, name, tbl_name FROM sqlite_master ORDER BY 1, 2, 3")
        named = [(row[0], row[1], row[2]) for row in found]
    vault.close()
    return named


_HUGE = '{"version": 1, "kdf": "argon2id", "salt": "00", "memory_kib": 1e999, "passes": 3, "lanes": 4}'


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"version": 2}', '{"version": 1, "salt": "00"}', "[" * 4000, _HUGE]
)
def test_a_damaged_header_is_said_so(home: Path, text: str) -> None:
    (home / "vault.json").write_text(text)
    with pytest.raises(VaultError, match="header"):
        open_vault(home, PASSPHRASE)
