"""What can be seen in the relay's folder from outside: how far an upload is, how much the log holds."""

import asyncio
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Final

from rogatory_client.demo.fact import FactMissingError

_LOOK_EVERY_S: Final = 0.002
_LIMIT_S: Final = 60


def largest_blob(folder: Path) -> int:
    """Return the size of the largest attachment the relay holds, finished or not."""
    blobs = folder / "data" / "blobs"
    return max((path.stat().st_size for path in blobs.rglob("*") if path.is_file()), default=0)


def log_rows(folder: Path) -> int:
    """Return how many rows the relay's logs hold in all."""
    database = sqlite3.connect(f"file:{folder / 'data' / 'relay.sqlite'}?mode=ro", uri=True)
    try:
        count: int = database.execute("SELECT count(*) FROM log_row").fetchone()[0]
        return count
    finally:
        database.close()


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
