"""The relay's transparency log as the rest of the relay sees it: one door to append, one to read.

Whoever reads sees what the published checkpoint covers and nothing beyond. The relay itself acts by what is
durable: a device that its office has revoked is out before any witness has heard of it.
"""

import asyncio
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import aiohttp
import structlog

from rogatory_crypto.errors import Code, MisuseError, PeerError
from rogatory_crypto.identity import Registry
from rogatory_crypto.log.entry_bundle import encode_bundle
from rogatory_crypto.log.entry_content import DirectorySnapshot
from rogatory_crypto.log.merkle import Proof
from rogatory_crypto.log.note_key import VerifierKey
from rogatory_crypto.log.tiled_tree import tile_bytes
from rogatory_crypto.log.tiles import TILE_WIDTH, EntryBundle, Tile, tile_width
from rogatory_crypto.log.witness_policy import Policy
from rogatory_crypto.wire import limits
from rogatory_crypto.wire.identifier import DeviceId
from rogatory_crypto.wire.log_request import LogPage, ProposedEntry
from rogatory_server.log.appender import Appender, Beside, is_for_anybody
from rogatory_server.log.entry_clock import EntryClock
from rogatory_server.log.ledger import Ledger
from rogatory_server.log.newest_note import NewestNote
from rogatory_server.log.publisher import LogIdentity, Publisher
from rogatory_server.log.witness_client import WitnessClient
from rogatory_server.log.witness_link import WitnessLink
from rogatory_server.store import Store, transparency

# How long a publication waits for the witnesses before it is answered all the same.
PATIENCE_S: Final = 5.0
DRAIN_S: Final = 1.0
_PAGE_BYTES: Final = limits.MAX_BODY_BYTES - (64 << 10)

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class WitnessSettings:
    """How witnesses are asked; times are seconds.

    Attributes:
        refresh_s: how old cosignatures may become while nothing happens.
        answer_s: how long one request may take.
        tls: whose certificates to believe.
    """

    refresh_s: float
    answer_s: float
    tls: ssl.SSLContext


class TransparencyLog:
    """Appends, publishes, serves.

    Args:
        store: where all of it is.
        newest: the newest signed checkpoint, beside the database.
        ledger: empty, with what entries are measured against.
        identity: who signs, and the policy.
        settings: how witnesses are asked.
        clock: the relay's, which dates entries.
    """

    def __init__(
        self,
        store: Store,
        newest: NewestNote,
        ledger: Ledger,
        identity: LogIdentity,
        settings: WitnessSettings,
        clock: EntryClock,
    ) -> None:
        self._store = store
        self._policy = identity.policy
        self._settings = settings
        self._clock = clock
        self.appender = Appender(store, ledger, clock)
        self.publisher = Publisher(identity, store, newest, self.appender.tree, clock.now, settings.refresh_s)
        self.appender.on_grown = self.publisher.stir
        self.publisher.on_witnessed = clock.vouch
        clock.on_unsound = self.publisher.ask_again

    @property
    def registry(self) -> Registry:
        """Offices and devices as of the last durable entry."""
        return self.appender.ledger.registry

    @property
    def size(self) -> int:
        """How many entries are durable."""
        return self.appender.tree.size

    @property
    def newest_snapshot(self) -> DirectorySnapshot | None:
        """What the directory operator has last said about the directory."""
        return self.appender.ledger.audit.snapshot

    async def load(self) -> None:
        """Rebuild everything from the store.

        Raises:
            MisuseError: the store does not hold what this relay has accepted and signed.
        """
        await self.appender.load(await self.publisher.signed_size())
        await self.publisher.load()
        known_at = max(self.appender.ledger.latest, self.publisher.witnessed_at)
        self._clock.begin(known_at, has_quorum=self._policy.quorum is not None)

    async def run(self) -> None:
        """Append and publish until ``stop``, then finish what was accepted."""
        timeout = aiohttp.ClientTimeout(total=self._settings.answer_s)
        session = aiohttp.ClientSession(
            timeout=timeout, cookie_jar=aiohttp.DummyCookieJar(), auto_decompress=False
        )
        async with session as http, asyncio.TaskGroup() as tasks:
            links = self._links(http)
            self.publisher.links = links
            background = [tasks.create_task(link.run()) for link in links]
            background.append(tasks.create_task(self.publisher.run()))
            await self.appender.run()
            await self.publisher.covered(self.appender.tree.size, DRAIN_S)
            for task in background:
                task.cancel()

    def stop(self) -> None:
        """Let ``run`` end."""
        self.appender.stop()

    async def append(self, proposed: Sequence[ProposedEntry]) -> int:
        """Append entries that anybody may propose; return the log index of the first, durable.

        Raises:
            PeerError: see ``Appender.append``; FORBIDDEN for what the relay says itself, UNAVAILABLE while
                witnesses know more of this log than the relay.
        """
        if not all(map(is_for_anybody, proposed)):
            raise PeerError(Code.FORBIDDEN, "only the relay lists its postmarks")
        self.publisher.require_one_history()
        await self._clock.settle(PATIENCE_S)
        return await self.appender.append(proposed)

    async def append_own(self, proposed: ProposedEntry, beside: Beside) -> None:
        """Append what the relay says itself, and write something else in the same transaction.

        Raises:
            PeerError: as ``append``.
        """
        self.publisher.require_one_history()
        await self.appender.append((proposed,), beside)

    async def shown(self, size: int) -> None:
        """Wait, but not for ever, until a published checkpoint covers so many entries."""
        if not await self.publisher.covered(size, PATIENCE_S):
            _log.warning("checkpoint_is_late", size=size, published=self.publisher.size)

    def checkpoint(self) -> bytes:
        """Return the published checkpoint.

        Raises:
            PeerError: NOT_FOUND before the first.
        """
        published = self.publisher.published
        if published is None:
            raise PeerError(Code.NOT_FOUND, "no checkpoint is published yet")
        return published.encode()

    async def page(self, first: int) -> LogPage:
        """Return published entries from an index on, as many as fit."""
        size = self.publisher.size
        return LogPage(first, size, tuple(await self._entries(first, size)))

    def tile(self, tile: Tile) -> bytes:
        """Return a tile of the published tree.

        Raises:
            PeerError: NOT_FOUND.
        """
        self._require_published(tile)
        return tile_bytes(self.appender.tree, tile)

    async def bundle(self, bundle: EntryBundle) -> bytes:
        """Return a bundle of published entries.

        Raises:
            PeerError: NOT_FOUND.
        """
        self._require_published(Tile(0, bundle.index, bundle.width))
        first = bundle.index * TILE_WIDTH
        end = first + bundle.width
        found = await self._store.read(
            lambda connection: transparency.entries_from(
                connection, first, end, max_count=bundle.width, max_bytes=TILE_WIDTH << 15
            )
        )
        return encode_bundle(found)

    def on_retired(self, told: Callable[[DeviceId], None]) -> None:
        """Tell somebody of each device that is out of service, as soon as that is durable."""
        self.appender.on_retired = told

    def on_published(self, told: Callable[[int], None]) -> None:
        """Tell somebody of each size that is published."""
        self.publisher.on_published = told

    async def _entries(self, first: int, end: int) -> list[bytes]:
        return await self._store.read(
            lambda connection: transparency.entries_from(
                connection, first, end, max_count=limits.MAX_STATEMENTS_PER_PAGE, max_bytes=_PAGE_BYTES
            )
        )

    def _require_published(self, tile: Tile) -> None:
        if tile.width > tile_width(tile.level, tile.index, self.publisher.size):
            raise PeerError(Code.NOT_FOUND, "no such tile in the published tree")

    def _links(self, http: aiohttp.ClientSession) -> list[WitnessLink]:
        def prove(old: int, size: int) -> Proof:
            return self.appender.tree.prove_consistency(old, size)

        return [
            WitnessLink(
                WitnessClient(url, keys, http, self._settings.tls, prove),
                self._clock.now,
                self.publisher.deliver,
            )
            for url, keys in witnesses_by_url(self._policy).items()
        ]


def witnesses_by_url(policy: Policy) -> dict[str, list[VerifierKey]]:
    """Return the keys behind each address that the policy names.

    Raises:
        MisuseError: an address is not UTF-8.
    """
    found: dict[str, list[VerifierKey]] = {}
    for witness in policy.witnesses:
        if witness.url is None:
            continue
        try:
            found.setdefault(witness.url.decode(), []).append(witness.key)
        except UnicodeDecodeError as error:
            raise MisuseError("the policy names a witness with an address that is no text") from error
    return found
