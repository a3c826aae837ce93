"""Lists in the log which batches of postmarks were signed: now and then one entry over all since the last.

The sequencer keeps each batch's root a moment after the batch itself. A crash in that moment leaves a batch
out of the log; its postmarks prove by their own signature what they proved before.
"""

import asyncio
from collections.abc import Callable
from typing import Final

import structlog
from sqlalchemy import Connection

from rogatory_crypto.errors import PeerError
from rogatory_crypto.log.entry import EntryType
from rogatory_crypto.log.listed_postmarks import MAX_LISTED, SignedBatch, list_batches
from rogatory_crypto.wire.log_request import ProposedEntry
from rogatory_server.log.transparency_log import TransparencyLog
from rogatory_server.postmark_keys import PostmarkKeys
from rogatory_server.store import Store, postmarks

MAX_ENTRIES_AT_ONCE: Final = 64

_log = structlog.get_logger(__name__)


class PostmarkLister:
    """Appends entries of type POSTMARK_BATCH.

    Args:
        store: where the batches are.
        log: where the entries go.
        keys: sign them.
        every_s: seconds from one entry to the next.
        clock_ms: the relay's clock.
    """

    def __init__(
        self,
        store: Store,
        log: TransparencyLog,
        keys: PostmarkKeys,
        every_s: float,
        clock_ms: Callable[[], int],
    ) -> None:
        self._store = store
        self._transparency = log
        self._keys = keys
        self._every_s = every_s
        self._clock_ms = clock_ms

    async def run(self) -> None:
        """List until cancelled."""
        while True:
            await asyncio.sleep(self._every_s)
            try:
                await self.list_all()
            except PeerError as error:
                _log.warning("postmarks_not_listed", reason=str(error))

    async def list_all(self) -> int:
        """List everything that is not listed, unless there is too much for once; return how many entries.

        Raises:
            PeerError: the log takes no entries now.
        """
        entries = 0
        while entries < MAX_ENTRIES_AT_ONCE:
            first, batches = await self._store.read(
                lambda connection: postmarks.unlisted(connection, MAX_LISTED)
            )
            if not batches:
                break
            await self._list(first, batches)
            entries += 1
        return entries

    async def _list(self, first: int, batches: list[SignedBatch]) -> None:
        now_ms = self._clock_ms()
        body = list_batches(
            batches,
            origin=self._keys.origin,
            listed_at_ms=now_ms,
            private_key=self._keys.private_at(now_ms),
        )
        proposed = ProposedEntry(EntryType.POSTMARK_BATCH, body.encode())

        def note(connection: Connection, log_index: int) -> None:
            postmarks.list_in(connection, first, len(batches), log_index)

        await self._transparency.append_own(proposed, note)
