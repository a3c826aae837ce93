"""A network, its relay's log in this process, and one office that publishes; time is in the test's hand."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.crypto.identity.enrolled_office import NOW, OPERATOR, ORIGIN, EnrolledOffice, public
from tests.server.log.small_witness import SmallWitness
from tests.trusted_network import TrustedNetwork

from rogatory_crypto.identity import SignedStatement
from rogatory_crypto.identity.former import NOBODY, Former
from rogatory_crypto.log.audit import Trust
from rogatory_crypto.log.entry import EntryType
from rogatory_crypto.log.replay import Replay, replay
from rogatory_crypto.log.witness_policy import WitnessedCheckpoint, verify_checkpoint
from rogatory_crypto.wire.log_request import ProposedEntry
from rogatory_server.app import witness_tls
from rogatory_server.log.entry_clock import EntryClock
from rogatory_server.log.ledger import empty_ledger
from rogatory_server.log.newest_note import NewestNote
from rogatory_server.log.publisher import LogIdentity
from rogatory_server.log.transparency_log import TransparencyLog, WitnessSettings
from rogatory_server.store import Store

PATIENCE_S = 20


def proposed(signed: SignedStatement) -> ProposedEntry:
    return ProposedEntry(EntryType.IDENTITY_STATEMENT, signed.encoded)


def enrolment(office: EnrolledOffice) -> list[ProposedEntry]:
    invitation = office.invitation()
    return [proposed(each) for each in (invitation, office.enrolment(invitation), office.device())]


@dataclass
class LoggedNetwork:
    """Everything but the store; ``clock_ahead_s`` is how wrong the relay's clock is.

    ``next_postmark`` is a time and the public key that signs postmarks from then on.
    """

    witness_count: int = 0
    quorum: int | None = None
    refresh_s: float = 3600.0
    answer_s: float = 5.0
    now: int = NOW
    clock_ahead_s: int = 0
    office: EnrolledOffice = field(default_factory=EnrolledOffice)
    next_postmark: tuple[int, bytes] | None = None

    @cached_property
    def network(self) -> TrustedNetwork:
        return TrustedNetwork(
            ORIGIN,
            NOW,
            witnesses=self.witness_count,
            quorum=self.quorum,
            directory_key=public(OPERATOR),
        )

    @cached_property
    def witnesses(self) -> list[SmallWitness]:
        logs = {self.network.log_origin: tuple(key.verifier for key in self.network.log_keys)}
        return [SmallWitness(key, logs, lambda: self.now) for key in self.network.witness_keys]

    @property
    def trust(self) -> Trust:
        known = self.network.pinned.trust
        key, former = known.postmark_key, NOBODY
        if self.next_postmark is not None:
            until, following = self.next_postmark
            key, former = following, Former(postmarks=((until, key),))
        return Trust(self.network.log_origin, ORIGIN, known.directory_key, key, known.secretariats, former)

    def log(self, store: Store, folder: Path) -> TransparencyLog:
        """The log over a store and a folder; witnesses must have their ports by now."""
        newest = NewestNote(folder / "checkpoint")
        urls = tuple(witness.url for witness in self.witnesses)
        policy = replace(self.network, witness_urls=urls).policy
        identity = LogIdentity(self.network.log_origin, self.network.log_keys, policy)
        settings = WitnessSettings(self.refresh_s, self.answer_s, witness_tls(None))
        clock = EntryClock(lambda: self.now + self.clock_ahead_s, lambda: self.now)
        return TransparencyLog(store, newest, empty_ledger(self.trust), identity, settings, clock)

    @asynccontextmanager
    async def running(self, store: Store, folder: Path | None = None) -> AsyncIterator[TransparencyLog]:
        """Run the log; without a folder it has a new one, as on a machine that got the database only."""
        with TemporaryDirectory() as new:
            log = self.log(store, folder or Path(new))
            await log.load()
            running = asyncio.create_task(log.run())
            try:
                yield log
            finally:
                log.stop()
                await running

    def accepted(self, log: TransparencyLog) -> WitnessedCheckpoint:
        """The published checkpoint, as a client judges it."""
        published = log.publisher.published
        assert published is not None
        return verify_checkpoint(published, self.network.policy, now=self.now)

    async def replayed(self, log: TransparencyLog) -> Replay:
        """Every published entry, replayed and compared with the published checkpoint."""
        entries: list[bytes] = []
        while page := (await log.page(len(entries))).entries:
            entries.extend(page)
        return replay(entries, self.trust, self.accepted(log).checkpoint)


async def shown(log: TransparencyLog, size: int) -> None:
    assert await log.publisher.covered(size, PATIENCE_S), (log.publisher.size, size)


async def until(holds: Callable[[], bool]) -> None:
    """Give way to everybody else until something holds."""
    async with asyncio.timeout(PATIENCE_S):
        while not holds():  # noqa: ASYNC110  # whoever makes it hold announces nothing
            await asyncio.sleep(0)
