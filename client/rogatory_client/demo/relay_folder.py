"""What can be seen in the relay's folder from outside: how far an upload is, how much the log holds."""

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from rogatory_client.demo.fact import FactMissingError
from rogatory_crypto.log.signed_checkpoint import parse_signed_checkpoint

_LOOK_EVERY_S: Final = 0.002
_LIMIT_S: Final = 60


def largest_blob(folder: Path) -> int:
    """Return the size of the largest attachment the relay holds, finished or not."""
    blobs = folder / "data" / "blobs"
    return max((path.stat().st_size for path in blobs.rglob("*") if path.is_file()), default=0)


def log_rows(folder: Path) -> int:
    """Return how many rows the relay's logs hold in all."""
    (count,) = _ask(folder, "SELECT count(*) FROM log_row") or (0,)
    return int(count)


def groups_of(folder: Path, device_id: bytes) -> int:
    """Return in how many groups the relay has a device."""
    (count,) = _ask(folder, "SELECT count(*) FROM membership WHERE device_id = ?", device_id) or (0,)
    return int(count)


def published_size(folder: Path) -> int:
    """Return how many entries of the transparency log the published checkpoint covers."""
    row = _ask(folder, "SELECT note FROM checkpoint WHERE state = 'published'")
    return 0 if row is None else parse_signed_checkpoint(row[0]).checkpoint.size


def _ask(folder: Path, query: str, *values: object) -> tuple[Any, ...] | None:
    with closing(sqlite3.connect(f"file:{folder / 'data' / 'relay.sqlite'}?mode=ro", uri=True)) as database:
        row: tuple[Any, ...] | None = database.execute(query, values).fetchone()
        return row


async def until(what: str, seen: Callable[[], bool], process: asyncio.subprocess.Process) -> None:
    """Look again and again until something is seen, while a process works on it.

    Raises:
        FactMissingError: the process ended, or the time ran out, before it was seen.
    """
    try:
        async with asyncio.timeout(_LIMIT_S):
            while not seen():
                if process.returncode is not None:
                    raise FactMissingError(f"not seen before the command ended: {what}")
                await asyncio.sleep(_LOOK_EVERY_S)
    except TimeoutError as error:
        raise FactMissingError(f"not seen in time: {what}") from error
