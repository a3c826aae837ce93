"""What is particular to SQLite: the write-ahead log, checkpoints, a full file."""

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from rogatory_crypto.errors import Code, PeerError
from rogatory_server.store import key_packages, log, sqlite
from rogatory_server.store.log import NewRow
from rogatory_server.store.schema import row_id
from rogatory_server.store.sqlite import SqliteStore


async def append(store: SqliteStore, first: int, count: int, size: int = 1000) -> None:
    rows = [NewRow(row_id(1, at), 0, 0, at.to_bytes(32), bytes(size)) for at in range(first, first + count)]
    await store.write(lambda connection: log.append_rows(connection, rows))


async def stored(store: SqliteStore) -> int:
    return await store.read(
        lambda connection: int(connection.execute(text("SELECT count(*) FROM log_row")).scalar_one())
    )


async def test_a_commit_is_on_disk_when_it_returns(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "relay.sqlite")

    def settings(connection: Connection) -> tuple[object, object]:
        return (
            connection.exec_driver_sql("PRAGMA journal_mode").scalar(),
            connection.exec_driver_sql("PRAGMA synchronous").scalar(),
        )

    # sqlite.org/pragma.html: 2 is FULL.
    assert await store.write(settings) == ("wal", 2)
    await store.close()


async def test_the_log_does_not_grow_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "CHECKPOINT_BYTES", 64 << 10)
    monkeypatch.setattr(sqlite, "CHECKPOINT_CHANGES", 20)
    monkeypatch.setattr(sqlite, "RESTART_BYTES", 128 << 10)
    store = SqliteStore(tmp_path / "relay.sqlite")
    for batch in range(100):
        await append(store, batch * 30, 30)
    log_bytes = (tmp_path / "relay.sqlite-wal").stat().st_size
    assert log_bytes < (tmp_path / "relay.sqlite").stat().st_size
    assert await stored(store) == 3000
    await store.close()


async def test_closing_leaves_everything_in_one_file(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "relay.sqlite")
    await append(store, 0, 10)
    await store.close()
    database = sqlite3.connect(f"file:{tmp_path / 'relay.sqlite'}?immutable=1", uri=True)
    assert database.execute("SELECT count(*) FROM log_row").fetchone() == (10,)
    database.close()


async def test_a_full_file_refuses_whole_transactions_and_goes_on_reading(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "relay.sqlite", max_bytes=1 << 20)
    await append(store, 0, 100)
    with pytest.raises(PeerError) as caught:
        await append(store, 100, 2000)
    assert caught.value.code is Code.STORAGE_FULL
    assert await stored(store) == 100
    await store.write(lambda connection: key_packages.drop_expired(connection, 0))
    await append(store, 100, 10)
    assert await stored(store) == 110
    await store.close()
