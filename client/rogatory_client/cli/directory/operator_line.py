"""The directory operator's way into the log: a verified copy of it, and entries signed for their places.

The operator has no vault. What it signs names a place in the log, so it reads the whole log first, under a
cosigned checkpoint, and signs nothing for one that does not add up.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from rogatory_client.office import Progress
from rogatory_client.office.line.log_replica import audit_trust, sentence_of
from rogatory_crypto.errors import Code, MisuseError, PeerError
from rogatory_crypto.identity import NetworkProfile, SignedStatement
from rogatory_crypto.log.entry import EntryType
from rogatory_crypto.log.entry_body import sign_content
from rogatory_crypto.log.entry_content import DirectoryChange, DirectorySnapshot
from rogatory_crypto.log.follower import require_followable
from rogatory_crypto.log.merkle import leaf_hash
from rogatory_crypto.log.pinned import pinned_trust
from rogatory_crypto.log.replica import Replica
from rogatory_crypto.log.root import NetworkTrust
from rogatory_crypto.log.signed_checkpoint import parse_signed_checkpoint
from rogatory_crypto.log.witness_policy import verify_checkpoint
from rogatory_crypto.signing import PrivateKeys
from rogatory_crypto.wire.api import Relay
from rogatory_crypto.wire.log_request import EntryPublication, ProposedEntry

# A publication is one request: 256 entries with both signatures are two thirds of a megabyte.
ENTRIES_AT_ONCE: Final = 256


def no_progress(_what: str, _done: int, _total: int) -> None:
    """Show nothing."""


@dataclass(frozen=True, slots=True)
class OperatorLine:
    """The operator with its key at a relay whose log it has read.

    Attributes:
        relay: whom it talks to.
        origin: the relay's name.
        trust: what the network believes now.
        replica: the log.
        now: unix seconds.
    """

    relay: Relay
    origin: str
    trust: NetworkTrust
    replica: Replica
    now: int
    _private: PrivateKeys = field(repr=False)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What is wrong with entries of the log, a sentence each."""
        return tuple(sentence_of(finding) for finding in self.replica.findings)

    @property
    def private_keys(self) -> PrivateKeys:
        """The directory operator's keys."""
        return self._private

    def signed(self, content: DirectoryChange | DirectorySnapshot) -> ProposedEntry:
        """Sign content for the place that is next in its chain."""
        place = self.replica.next_place(content.subject)
        entry = sign_content(content, self.replica.origin, place, {b"": self._private}, self.now)
        return ProposedEntry(entry.type, entry.body)

    async def publish(
        self, entries: Sequence[ProposedEntry], what: str, progress: Progress = no_progress
    ) -> None:
        """Hand entries to the log, as many at once as may be; what was handed over stays after a cut.

        Raises:
            PeerError: the relay refuses; CONFLICT where the log has grown about the same subject.
            TransportError: the relay cannot be reached.
        """
        for done in range(0, len(entries), ENTRIES_AT_ONCE):
            progress(what, done, len(entries))
            chosen = tuple(entries[done : done + ENTRIES_AT_ONCE])
            try:
                await self.relay.publish_entries(EntryPublication(chosen))
            except PeerError as error:
                raise _out_of_place(error) from error
        progress(what, len(entries), len(entries))


async def operator_line(
    relay: Relay,
    profile: NetworkProfile,
    private_keys: PrivateKeys,
    *,
    now: int,
    progress: Progress = no_progress,
) -> OperatorLine:
    """Follow the root of trust and read the log.

    Raises:
        MisuseError: the key is not the directory operator's.
        PeerError: EXPIRED for the root of trust or a log that no witness has seen for a day, HASH_MISMATCH
            for entries that are not the checkpoint's, or whatever else does not hold.
        TransportError: the relay cannot be reached.
    """
    pinned = pinned_trust(profile)
    pinned = pinned.follow(await relay.trust(pinned.root.version), now=now)
    trust = pinned.current(now)
    if private_keys.public != trust.operator_at(now):
        raise MisuseError("this key is not the directory operator's that the network's root of trust names")
    replica = Replica(audit_trust(pinned), trust.policy)
    await _read(relay, replica, now, progress)
    return OperatorLine(relay, profile.origin, trust, replica, now, private_keys)


def statement(signed: SignedStatement) -> ProposedEntry:
    """Return an identity statement as the log takes it."""
    return ProposedEntry(EntryType.IDENTITY_STATEMENT, signed.encoded)


async def _read(relay: Relay, replica: Replica, now: int, progress: Progress) -> None:
    signed = await _checkpoint(relay)
    if signed is None:
        return
    parsed = parse_signed_checkpoint(signed)
    verify_checkpoint(parsed, replica.policy, now=now)  # before any of what it promises is fetched
    require_followable(parsed.checkpoint)
    size = parsed.checkpoint.size
    entries: list[bytes] = []
    while len(entries) < size:
        progress("log", len(entries), size)
        page = await relay.log_entries(len(entries))
        if page.first_index != len(entries) or not page.entries:
            raise PeerError(Code.MALFORMED, "the relay listed other entries of its log than were asked for")
        entries += page.entries[: size - len(entries)]
    progress("log", size, size)
    judged = replica.judge(signed, [leaf_hash(entry) for entry in entries], now=now)
    replica.take(judged, lambda: entries)


async def _checkpoint(relay: Relay) -> bytes | None:
    try:
        return await relay.checkpoint()
    except PeerError as error:
        if error.code is Code.NOT_FOUND:
            return None  # nobody has said anything yet
        raise


def _out_of_place(error: PeerError) -> PeerError:
    """A signature covers its place; where the log has grown meanwhile it no longer holds."""
    if error.code is not Code.BAD_SIGNATURE:
        return error
    reason = "the log has entries that no witness has confirmed yet, or the relay an older root of trust"
    return PeerError(Code.CONFLICT, reason)
