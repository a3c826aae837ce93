"""The file behind a witness's store: how it is opened, and its tables."""

import sqlite3
from pathlib import Path
from typing import Final

from rogatory_client.fault import VaultError

VERSION: Final = 1
_PRAGMAS: Final = ("journal_mode = WAL", "synchronous = FULL", "busy_timeout = 5000")
_SCHEMA: Final = (
    """
    CREATE TABLE newest (
        origin TEXT PRIMARY KEY,
        origin_sha256 TEXT NOT NULL UNIQUE,
        signed BLOB NOT NULL,
        cosigned BLOB
    ) STRICT
    """,
    """
    CREATE TABLE evidence (
        id INTEGER PRIMARY KEY,
        origin TEXT NOT NULL,
        found_at INTEGER NOT NULL,
        is_proof INTEGER NOT NULL,
        reason TEXT NOT NULL,
        held BLOB,
        suspect BLOB NOT NULL,
        suspect_sha256 BLOB NOT NULL,
        UNIQUE (origin, suspect_sha256)
    ) STRICT
    """,
    f"PRAGMA user_version = {VERSION}",
)


def connect(path: Path, *, read_only: bool) -> sqlite3.Connection:
    """Open the file, which exists, and make its tables if it has none.

    Raises:
        VaultError: a newer program has written it.
        sqlite3.Error: it cannot be opened.
    """
    mode = "ro" if read_only else "rw"
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={mode}", uri=True, isolation_level=None, check_same_thread=False
    )
    try:
        if not read_only:
            for pragma in _PRAGMAS:
                connection.execute(f"PRAGMA {pragma}")
        _require_version(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _require_version(connection: sqlite3.Connection) -> None:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > VERSION:
        raise VaultError("the witness's store was written by a newer program: update this one")
    if version == VERSION:
        return
    connection.execute("BEGIN IMMEDIATE")
    for statement in _SCHEMA:
        connection.execute(statement)
    connection.execute("COMMIT")
