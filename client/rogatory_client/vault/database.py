"""Opening, migrating and writing the vault.

SQLCipher with a raw key, WAL, ``synchronous=FULL`` and ``secure_delete``: what a transaction wrote is on disk
when it returns, and what it deleted is overwritten in the pages. Former versions of pages stay in the
write-ahead log, so a transaction that replaces or deletes keys ends by moving the log into the file and
cutting it to nothing (checklist L08); so does opening, for a process that was killed in between. A full disk
rolls the whole transaction back.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import sqlcipher3.dbapi2
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DatabaseError, DBAPIError
from sqlalchemy.pool import StaticPool

from rogatory_client.fault import DiskFullError, VaultError
from rogatory_client.vault import key
from rogatory_client.vault.lock import ProcessLock
from rogatory_client.vault.migrations import MIGRATIONS
from rogatory_crypto.errors import MisuseError, RogatoryError

HEADER_NAME: Final = "vault.json"
DATABASE_NAME: Final = "vault.db"
LOCK_NAME: Final = "vault.lock"
_BEGUN_NAME: Final = "vault.new"
_RESTORE: Final = "restore vault.json from a copy, it never changes"
_DAMAGED: Final = "vault.db is damaged: link this device anew, as an old copy would use keys a second time"
# The index of the write-ahead log takes 32 KiB, and a page of it has to fit.
_NEEDED_BYTES: Final = 64 << 10
_PRAGMAS: Final = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA secure_delete = ON",
    "PRAGMA foreign_keys = ON",
    "PRAGMA temp_store = MEMORY",
    # 64 MiB of pages that are deciphered once; the default of 2 MiB is less than one look through the cases.
    "PRAGMA cache_size = -65536",
)


class Vault:
    """An open vault; every write is a transaction, all or nothing."""

    def __init__(self, home: Path, engine: Engine, lock: ProcessLock) -> None:
        self.home = home
        self._engine = engine
        self._lock = lock
        self._current: Connection | None = None
        # Where a test pulls the plug: called after each transaction is on disk.
        self.on_commit: Callable[[], None] | None = None
        self._erase()

    @contextmanager
    def writing(self, *, erasing: bool = True) -> Iterator[Connection]:
        """One transaction; on any exception nothing of it stays.

        Args:
            erasing: whether what it replaces or deletes must be gone from the disk when it returns. Costs
                three more times the wait for the disk; a transaction that touches no keys may do without.

        Raises:
            VaultError: the disk is full or the file cannot be written.
        """
        try:
            with self._engine.begin() as connection, self._being(connection):
                yield connection
        except DBAPIError as error:
            raise _explained(error, self.home) from error
        if self.on_commit is not None:
            self.on_commit()
        if erasing:
            self._erase()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A consistent view; inside of another or of a transaction, that one's.

        Raises:
            VaultError: the file is damaged, or cannot be read.
        """
        if self._current is not None:
            yield self._current
            return
        try:
            with self._engine.begin() as connection, self._being(connection):
                yield connection
        except DBAPIError as error:
            raise _explained(error, self.home) from error

    @contextmanager
    def blaming_damage(self) -> Iterator[None]:
        """Where what is here makes no sense, read all of it: a page that does not hold is read as zeros.

        Raises:
            VaultError: the file is damaged.
        """
        try:
            yield
        except (RogatoryError, LookupError, ValueError) as error:
            with self.reading() as connection:
                is_damaged = connection.exec_driver_sql("PRAGMA cipher_integrity_check").first() is not None
            if is_damaged:
                raise VaultError(_DAMAGED) from error
            raise

    @contextmanager
    def _being(self, connection: Connection) -> Iterator[None]:
        """Remember which view is open: what opens a group in the midst of it reads from that."""
        self._current = connection
        try:
            yield
        finally:
            self._current = None

    def close(self) -> None:
        """Empty the write-ahead log and let go of the file."""
        try:
            self._erase()
        finally:
            self._engine.dispose()
            self._lock.release()

    def _erase(self) -> None:
        """Leave nothing of former pages: neither in the file nor in the write-ahead log.  # L08."""
        # Past SQLAlchemy, which would begin a transaction, and inside of one nothing is moved.
        driver = self._engine.raw_connection()
        try:
            driver.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").close()
        except sqlcipher3.dbapi2.Error:
            pass  # on a full disk what was written stands, in the log; it is emptied the next time
        finally:
            driver.close()


def create_vault(
    home: Path,
    passphrase: bytes,
    *,
    cost: key.Cost,
    salt: bytes,
    fill: Callable[[Connection], None] = lambda _: None,
) -> Vault:
    """Make a vault in a folder that has none.

    Args:
        home: the folder; made if need be, for the user alone.
        passphrase: at least one byte.
        cost: what a guess at it shall cost.
        salt: 16 random bytes.
        fill: writes what every vault must hold; an interrupted creation leaves no vault.

    Raises:
        MisuseError: there is a vault, or what is left of one, or the passphrase is empty.
        VaultError: the folder cannot be written.
    """
    if not passphrase:
        raise MisuseError("an empty passphrase protects nothing")
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise VaultError(f"the folder {home} cannot be made ({error.strerror}): choose another") from error
    if (home / HEADER_NAME).exists():
        raise MisuseError(f"there is a vault in {home} already: choose another folder")
    lock = ProcessLock(home / LOCK_NAME)
    lock.acquire()
    try:
        header = _begun(home, key.Header(1, salt, cost))
        vault = _open(home, key.derive_key(passphrase, header), lock)
    except BaseException:
        lock.release()
        raise
    try:
        with vault.writing() as connection:
            fill(connection)
        _take_name(home / _BEGUN_NAME, home / HEADER_NAME)
    except BaseException:
        vault.close()
        raise
    return vault


def _begun(home: Path, header: key.Header) -> key.Header:
    """Write the header under another name: by that, a creation that is interrupted is known from a loss."""
    begun, database = home / _BEGUN_NAME, home / DATABASE_NAME
    if database.exists() and not begun.exists():
        raise MisuseError(f"in {home} is a vault.db without vault.json: {_RESTORE}, or choose another folder")
    _write_durably(begun, header.to_json().encode())
    database.unlink(missing_ok=True)
    return header


def open_vault(home: Path, passphrase: bytes) -> Vault:
    """Open a vault.

    Raises:
        VaultError: there is none, another process has it, or the passphrase is wrong.
    """
    path = home / HEADER_NAME
    _require_all(home)
    lock = ProcessLock(home / LOCK_NAME)
    lock.acquire()
    try:
        header = key.parse_header(path.read_text(encoding="ascii", errors="replace"))
        return _open(home, key.derive_key(passphrase, header), lock)
    except BaseException:
        lock.release()
        raise


def _require_all(home: Path) -> None:
    """Refuse a folder that holds no vault, or not all of one: nothing is made where something is missing."""
    header, database = home / HEADER_NAME, home / DATABASE_NAME
    has_database = database.is_file() and database.stat().st_size > 0
    if not header.is_file() and has_database and not (home / _BEGUN_NAME).exists():
        raise VaultError(f"in {home} is a vault.db without vault.json: {_RESTORE}")
    if not header.is_file():
        raise VaultError(f"there is no vault in {home}: make one first, or name another folder")
    if not has_database:
        raise VaultError(
            f"in {home} is a vault.json, and vault.db is missing or empty: was the folder copied whole? "
            "Bring vault.db here, or link this device anew in another folder"
        )


def _open(home: Path, raw_key: bytes, lock: ProcessLock) -> Vault:
    path = home / DATABASE_NAME
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    engine = _engine(path, raw_key)
    try:
        _migrate(engine)
    except DatabaseError as error:
        engine.dispose()
        raise _explained(error, home) from error
    return Vault(home, engine, lock)


def _engine(path: Path, raw_key: bytes) -> Engine:
    def connect() -> object:
        connection = sqlcipher3.dbapi2.connect(str(path), isolation_level=None, check_same_thread=False)
        connection.execute("PRAGMA cipher_log_level = NONE")  # it would write to the officer's terminal
        connection.execute(f"PRAGMA key = \"x'{raw_key.hex()}'\"")
        try:
            for pragma in _PRAGMAS:
                connection.execute(pragma)
        except BaseException:
            connection.close()
            raise
        return connection

    engine = create_engine(
        "sqlite://", module=sqlcipher3.dbapi2, creator=connect, poolclass=StaticPool, hide_parameters=True
    )
    event.listen(engine, "begin", _begin)
    return engine


def _begin(connection: Connection) -> None:
    # The driver's own transaction handling would leave DDL outside; here everything is inside.
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _migrate(engine: Engine) -> None:
    with engine.begin() as connection:
        version = int(connection.exec_driver_sql("PRAGMA user_version").scalar_one())
        if version > len(MIGRATIONS):
            raise VaultError("the vault was written by a newer program: update this one")
        for number, migration in enumerate(MIGRATIONS[version:], start=version + 1):
            for statement in migration:
                connection.exec_driver_sql(statement)
            connection.exec_driver_sql(f"PRAGMA user_version = {number}")


def _explained(error: DBAPIError, home: Path) -> VaultError:
    name = getattr(error.orig, "sqlite_errorname", "")
    text = str(error.orig)
    if name == "SQLITE_NOTADB":
        return VaultError(
            "the passphrase is wrong, or vault.db is damaged: try again; if damaged, link this device anew"
        )
    # L09: an old copy would use message keys a second time.
    if name.startswith("SQLITE_CORRUPT") or "vtable constructor failed" in text:
        return VaultError(_DAMAGED)
    if name == "SQLITE_FULL" or (name.startswith("SQLITE_IOERR") and _is_full(home)):
        return DiskFullError("the disk is full: free some space and try again; nothing was half written")
    if "readonly" in text or "unable to open" in text:
        return VaultError("vault.db cannot be written: check that the file is yours and try again")
    return VaultError(f"the vault could not be read or written ({text}); nothing was half written")


def _is_full(home: Path) -> bool:
    """Tell whether there is no room for what an open database needs beside its file."""
    try:
        room = os.statvfs(home)
    except OSError:
        return False
    return room.f_bavail * room.f_frsize < _NEEDED_BYTES


def _write_durably(path: Path, data: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _take_name(temporary: Path, path: Path) -> None:
    temporary.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
