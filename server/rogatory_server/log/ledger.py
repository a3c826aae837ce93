"""What the entries so far add up to, and whether the next one may stand behind them. No IO.

The rules are those of ``rogatory_crypto.log``, which every client and monitor runs over the same entries:
what is accepted here leaves no finding in a replay.
"""

from dataclasses import dataclass, field
from hashlib import sha256
from typing import NamedTuple

from rogatory_crypto.errors import Code, MisuseError, PeerError
from rogatory_crypto.identity import Registry
from rogatory_crypto.identity.former import NOBODY
from rogatory_crypto.log.audit import Audit, Trust
from rogatory_crypto.log.chains import Chains
from rogatory_crypto.log.entry import EntryType, LogEntry
from rogatory_crypto.log.entry_body import Body, decode_body, subject_of
from rogatory_crypto.log.merkle import leaf_hash
from rogatory_crypto.signing import Check, Verify, verify_now
from rogatory_crypto.wire.log_request import ProposedEntry


class Judged(NamedTuple):
    """An entry that follows, what its body says, and its bytes."""

    entry: LogEntry
    body: Body
    encoded: bytes


@dataclass
class Ledger:
    """The state after the last entry taken in.

    Attributes:
        audit: offices, devices, records, seals, networks.
        chains: the newest entry about each subject.
        size: how many entries there are.
        latest: when the newest was appended, unix seconds.
    """

    audit: Audit
    chains: Chains = field(default_factory=Chains)
    size: int = 0
    latest: int = 0
    _bodies: set[bytes] = field(default_factory=set)

    @property
    def registry(self) -> Registry:
        """Offices and devices."""
        return self.audit.registry

    def copy(self) -> "Ledger":
        """Return a ledger in the same state that goes its own way."""
        return Ledger(self.audit.copy(), self.chains.copy(), self.size, self.latest, self._bodies.copy())

    def judge(self, proposed: ProposedEntry, now: int) -> Judged:
        """Give a proposed entry its place and take it in; on any error nothing changes.

        Args:
            proposed: type and body.
            now: unix seconds; where that is before the newest entry, its time counts.

        Raises:
            PeerError: CONFLICT for a body that stands in the log already, UNSUPPORTED for an unknown type,
                else the rule that the entry breaks.
        """
        kind, now = _entry_type(proposed.type), max(now, self.latest)
        body = decode_body(LogEntry(kind, 0, None, proposed.body, now))
        if _fingerprint(kind, proposed.body) in self._bodies:
            raise PeerError(Code.CONFLICT, "the entry stands in the log already")
        entry = LogEntry(kind, *self.chains.next_place(subject_of(body)), proposed.body, now)
        judged = Judged(entry, body, entry.encode())
        self.take(judged, verify_now)
        return judged

    def take(self, judged: Judged, verify: Verify) -> None:
        """Take in the next entry, whose place is right; on any error nothing changes.

        Args:
            judged: the entry.
            verify: ``verify_now``, or ``verified_before``.
        """
        self.audit.accept(judged.entry, judged.body, index=self.size, verify=verify)
        self._extend(judged)

    def recall(self, encoded: bytes, *, was_signed: bool = True) -> PeerError | None:
        """Take in the next entry of a stored log.

        Newer trust may refuse what held when it was appended. Everybody who reads the log goes on without
        that entry's content, so the relay does; return why, or None where it holds.

        Args:
            encoded: the entry.
            was_signed: whether this relay has signed a checkpoint over it, so that it is what it was. Else
                everything about it is verified, and only trust that has replaced somebody may refuse it.

        Raises:
            MisuseError: the store does not hold what this relay has accepted.
        """
        judged, refused = self._stored(encoded), None
        verify = self._verify_dated if was_signed else verify_now
        try:
            self.audit.accept(judged.entry, judged.body, index=self.size, verify=verify)
        except PeerError as error:
            if not was_signed and self.audit.trust.former == NOBODY:
                raise self._altered(error) from error
            refused = error
        self._extend(judged)
        return refused

    def _verify_dated(self, check: Check) -> None:
        """Verify what depends on the trust of today: whose key it was; all else was verified before."""
        trust = self.audit.trust
        dated = {key for _, key in (*trust.former.operators, *trust.former.postmarks)}
        if dated and check.key in {trust.operator_key, trust.postmark_key, *dated}:
            verify_now(check)

    def _extend(self, judged: Judged) -> None:
        entry, body, encoded = judged
        self.chains.extend(subject_of(body), leaf_hash(encoded))
        self._bodies.add(_fingerprint(entry.type, entry.body))
        self.size += 1
        self.latest = entry.appended_at

    def follow(self, encoded: bytes, verify: Verify) -> None:
        """Take in the next entry of a stored log.

        Args:
            encoded: the entry.
            verify: as in ``take``.

        Raises:
            MisuseError: the store does not hold what this relay has accepted.
        """
        judged = self._stored(encoded)
        try:
            self.take(judged, verify)
        except PeerError as error:
            raise self._altered(error) from error

    def _stored(self, encoded: bytes) -> Judged:
        try:
            return self._next(encoded)
        except PeerError as error:
            raise self._altered(error) from error

    def _altered(self, error: PeerError) -> MisuseError:
        reason = f"entry {self.size} of the stored log does not hold: {error}"
        return MisuseError(f"{reason}; restore the database or correct the trust folder")

    def _next(self, encoded: bytes) -> Judged:
        entry = LogEntry.decode(encoded)
        body = decode_body(entry)
        if (entry.sequence, entry.previous) != self.chains.next_place(subject_of(body)):
            raise PeerError(Code.CONFLICT, "it does not continue its chain")
        if entry.appended_at < self.latest:
            raise PeerError(Code.CONFLICT, "it is older than the entry before it")
        return Judged(entry, body, encoded)


def empty_ledger(trust: Trust) -> Ledger:
    """Return the ledger of a log without entries."""
    return Ledger(Audit(trust))


def _entry_type(number: int) -> EntryType:
    try:
        return EntryType(number)
    except ValueError as error:
        raise PeerError(Code.UNSUPPORTED, f"no entries of type {number}") from error


def _fingerprint(kind: EntryType, body: bytes) -> bytes:
    return sha256(bytes((kind,)) + body).digest()
