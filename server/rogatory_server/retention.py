"""What may be deleted, and when. The decision is pure; ``Sweeper`` carries it out.

A row goes when everybody in the roster has read it and it is older than the retention time, or when it is
older than the hard limit, read or not. Its submission id is remembered as long as the row.
"""

import asyncio
from collections.abc import Callable
from typing import Final, NamedTuple

import structlog
from sqlalchemy import Connection

from rogatory_server.attachments import Attachments
from rogatory_server.config import Retention
from rogatory_server.store import Store, key_packages, outdated_rows, postmarks
from rogatory_server.store.outdated_rows import GroupProgress

SWEEP_EVERY_S: Final = 3600
ROWS_PER_STEP: Final = 500

_log = structlog.get_logger(__name__)


class Horizon(NamedTuple):
    """Times before which rows are not kept, milliseconds since 1970."""

    read_ms: int
    hard_ms: int


def horizon(retention: Retention, now_ms: int) -> Horizon:
    """Return the horizon of a moment; the hard limit is never the nearer one."""
    return Horizon(now_ms - retention.read_ms, now_ms - max(retention.hard_ms, retention.read_ms))


def read_by_all(progress: GroupProgress) -> int:
    """Return the sequence up to which every member of a group has read.

    A group without members has nobody to wait for.
    """
    return min(progress.positions, default=progress.last_sequence)


class Sweeper:
    """Deletes in small transactions, so that no submission waits long.

    Args:
        store: rows and KeyPackages.
        attachments: blobs.
        retention: how long things are kept.
        clock_ms: the relay's clock.
    """

    def __init__(
        self, store: Store, attachments: Attachments, retention: Retention, clock_ms: Callable[[], int]
    ) -> None:
        self._store = store
        self._attachments = attachments
        self._retention = retention
        self._clock_ms = clock_ms

    async def run(self) -> None:
        """Sweep now and every hour."""
        while True:
            try:
                rows, blobs = await self.sweep()
                _log.info("swept", rows=rows, blobs=blobs)
            except Exception:  # noqa: BLE001  # the next sweep tries again; the relay goes on
                _log.exception("sweep_failed")
            await asyncio.sleep(SWEEP_EVERY_S)

    async def sweep(self) -> tuple[int, int]:
        """Delete everything outdated; return how many rows and blobs."""
        now_ms = self._clock_ms()
        limit = horizon(self._retention, now_ms)
        await self._store.write(lambda connection: key_packages.drop_expired(connection, now_ms // 1000))
        await self._store.write(lambda connection: postmarks.drop_outdated(connection, limit.hard_ms))
        rows = 0
        for number in await self._store.read(outdated_rows.group_numbers):
            while count := await self._sweep_group(number, limit):
                rows += count
        blobs = await self._attachments.sweep(
            complete_before_ms=limit.hard_ms,
            unfinished_before_ms=now_ms - self._retention.unfinished_upload_ms,
        )
        return rows, blobs

    async def _sweep_group(self, number: int, limit: Horizon) -> int:
        def sweep(connection: Connection) -> int:
            progress = outdated_rows.progress(connection, number)
            return outdated_rows.delete(
                connection,
                number,
                read_to=read_by_all(progress),
                read_before_ms=limit.read_ms,
                before_ms=limit.hard_ms,
                limit=ROWS_PER_STEP,
            )

        return await self._store.write(sweep)
