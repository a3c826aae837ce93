"""SQLite: write-ahead log, synchronous=FULL, one writer thread, readers beside it.

A transaction is durable when its commit returns. Checkpoints run in a thread and on a connection of their
own so that no commit waits for one; the writer only finishes the small rest when the log has grown long,
because a log that is never finished never starts again from its beginning.
"""

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import QueuePool, StaticPool

from rogatory_crypto.errors import Code, PeerError
from rogatory_server.store import migrations

Result = TypeVar("Result")

READERS: Final = 4
PAGE_BYTES: Final = 4096
WRITER_CACHE_KIB: Final = 16 << 10
READER_CACHE_KIB: Final = 2 << 10
CHECKPOINT_BYTES: Final = 4 << 20
CHECKPOINT_CHANGES: Final = 4096
RESTART_BYTES: Final = 16 << 20
_WRITE: Final = "BEGIN IMMEDIATE"
_READ: Final = "BEGIN"
_FULL_OR_FAILED_WRITE: Final = frozenset({sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR})


class SqliteStore:
    """A store in one SQLite file; only this process may write to it.

    Args:
        path: the database file, created with mode 0600 where absent.
        max_bytes: the size the database may reach, or None for what the disk holds.
    """

    def __init__(self, path: Path, max_bytes: int | None = None) -> None:
        path.touch(mode=0o600, exist_ok=True)
        self._log_path = path.with_name(path.name + "-wal")
        self._writer_engine = _engine(path, _WRITE, max_bytes)
        self._reader_engine = _engine(path, _READ, None)
        self._writer = self._writer_engine.connect()
        with self._writer.begin():
            migrations.upgrade(self._writer)
        self._write_thread = ThreadPoolExecutor(1, "store-write")
        self._checkpoint_thread = ThreadPoolExecutor(1, "store-checkpoint")
        self._read_threads = ThreadPoolExecutor(READERS, "store-read")
        self._checkpointing: asyncio.Future[None] | None = None
        self._log_is_long = False
        self._changes = self._log_bytes = 0

    async def write(self, work: Callable[[Connection], Result]) -> Result:
        """Run ``work`` in a durable transaction of the one writer."""
        loop = asyncio.get_running_loop()
        result, is_due = await loop.run_in_executor(self._write_thread, self._transact, work)
        if is_due and (self._checkpointing is None or self._checkpointing.done()):
            self._checkpointing = loop.run_in_executor(self._checkpoint_thread, self._checkpoint)
        return result

    async def read(self, work: Callable[[Connection], Result]) -> Result:
        """Run ``work`` on a snapshot."""
        return await asyncio.get_running_loop().run_in_executor(self._read_threads, self._snapshot, work)

    async def checkpoint(self) -> None:
        """Move the whole log into the database file."""
        await asyncio.get_running_loop().run_in_executor(self._write_thread, self._finish_log, "TRUNCATE")

    async def close(self) -> None:
        """Wait for running transactions, checkpoint and close."""
        if self._checkpointing is not None:
            await self._checkpointing
        await self.checkpoint()
        for threads in (self._write_thread, self._checkpoint_thread, self._read_threads):
            threads.shutdown()
        self._writer.close()
        self._writer_engine.dispose()
        self._reader_engine.dispose()

    def _transact(self, work: Callable[[Connection], Result]) -> tuple[Result, bool]:
        """Return what ``work`` returns, and whether a checkpoint is due."""
        try:
            with self._writer.begin():
                result = work(self._writer)
        except OperationalError as error:
            raise _as_peer_error(error) from error
        if self._log_is_long:
            self._log_is_long = False
            self._finish_log("PASSIVE")
        # The log's file never shrinks while in use: its size says something only while it grows.
        changes, log_bytes = self._driver.total_changes, self._log_path.stat().st_size
        is_due = (
            changes - self._changes > CHECKPOINT_CHANGES or log_bytes > self._log_bytes + CHECKPOINT_BYTES
        )
        if is_due:
            self._changes, self._log_bytes = changes, log_bytes
        return result, is_due

    def _snapshot(self, work: Callable[[Connection], Result]) -> Result:
        with self._reader_engine.connect() as connection:
            return work(connection)

    def _checkpoint(self) -> None:
        raw = self._reader_engine.raw_connection()
        try:
            _, pages, _ = raw.cursor().execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
        finally:
            raw.close()
        # Commits went on meanwhile: only the writer, between two of them, can reach the end of the log.
        self._log_is_long = pages * PAGE_BYTES > RESTART_BYTES

    def _finish_log(self, mode: str) -> None:
        self._driver.execute(f"PRAGMA wal_checkpoint({mode})")

    @property
    def _driver(self) -> sqlite3.Connection:
        driver = self._writer.connection.driver_connection
        assert isinstance(driver, sqlite3.Connection)  # noqa: S101  # for the type checker
        return driver


def _engine(path: Path, begin: str, max_bytes: int | None) -> Engine:
    writes = begin == _WRITE
    pool = StaticPool if writes else QueuePool
    options: dict[str, Any] = {} if writes else {"pool_size": READERS + 1}
    engine = create_engine(
        f"sqlite:///{path}", poolclass=pool, connect_args={"check_same_thread": False}, **options
    )

    @event.listens_for(engine, "connect")
    def _configure(driver: sqlite3.Connection, _record: object) -> None:
        driver.isolation_level = None  # transactions begin where we say, not where the driver guesses
        for pragma in _pragmas(WRITER_CACHE_KIB if writes else READER_CACHE_KIB, max_bytes):
            driver.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


def _pragmas(cache_kib: int, max_bytes: int | None) -> list[str]:
    pragmas = [
        "busy_timeout = 10000",
        f"page_size = {PAGE_BYTES}",
        "journal_mode = WAL",
        "synchronous = FULL",
        "wal_autocheckpoint = 0",
        f"cache_size = -{cache_kib}",
        "temp_store = MEMORY",
    ]
    if max_bytes is not None:
        pragmas.append(f"max_page_count = {max(max_bytes // PAGE_BYTES, 64)}")
    return pragmas


def _as_peer_error(error: OperationalError) -> Exception:
    # The low byte of an extended result code is its primary code.
    code = getattr(error.orig, "sqlite_errorcode", 0) & 0xFF
    if code in _FULL_OR_FAILED_WRITE:
        return PeerError(Code.STORAGE_FULL, f"the database cannot grow: {error.orig}")
    return error
