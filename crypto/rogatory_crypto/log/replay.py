"""Replay of a whole log, offline: every rule on every entry, and each fault by its name.

An entry that is refused stays in the tree, because the log committed to it, and the replay goes on: its
subject's chain is followed, its content is not believed. Without findings, the log is what its checkpoint
says and nobody was given a key, a device or a membership that whoever answers for it did not sign.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.log.audit import Audit, Trust
from rogatory_crypto.log.chains import Chains, Place
from rogatory_crypto.log.checkpoint import Checkpoint
from rogatory_crypto.log.entry import EntryType, LogEntry
from rogatory_crypto.log.entry_body import Body, decode_body, subject_of
from rogatory_crypto.log.entry_content import Subject
from rogatory_crypto.log.merkle import leaf_hash
from rogatory_crypto.log.tree import Tree
from rogatory_crypto.signing import Verify, verify_now


class Fault(StrEnum):
    """What may be wrong with a log; the value is for people and files."""

    UNREADABLE = "unreadable-entry"
    BROKEN_CHAIN = "broken-chain"
    FORKED_CHAIN = "forked-chain"
    TIME_REVERSED = "time-reversed"
    STATEMENT_REFUSED = "statement-refused"
    SIGNATURE_REFUSED = "signature-refused"
    UNKNOWN_SIGNER = "unknown-signer"
    FOUR_EYES = "four-eyes-missing"
    CONTRADICTION = "contradiction"
    SIZE_MISMATCH = "size-mismatch"
    ROOT_MISMATCH = "root-mismatch"


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault at one place; ``index`` counts entries from 0, None for the log as a whole."""

    fault: Fault
    index: int | None
    detail: str


_BY_CODE: Final = {
    Code.BAD_SIGNATURE: Fault.SIGNATURE_REFUSED,
    Code.NOT_FOUND: Fault.UNKNOWN_SIGNER,
    Code.REVOKED: Fault.UNKNOWN_SIGNER,
    Code.EXPIRED: Fault.UNKNOWN_SIGNER,
    Code.FORBIDDEN: Fault.FOUR_EYES,
}


@dataclass
class Replay:
    """A replay in progress; feed it every entry from the first, then ``compare`` it with a checkpoint.

    Attributes:
        audit: what the accepted entries add up to.
        tree: over all entries, accepted or not.
        verify: what becomes of each signature; whoever puts them off has no verdict before they are done.
        findings: in the order they were made.
    """

    audit: Audit
    tree: Tree = field(default_factory=Tree)
    verify: Verify = verify_now
    findings: list[Finding] = field(default_factory=list)
    _chains: Chains = field(default_factory=Chains)
    _latest: int = 0

    def feed(self, data: bytes, *, refused: bool = False) -> bool:
        """Take in the next entry; tell whether all of it was accepted.

        Args:
            data: the entry.
            refused: it was not believed before, and is not to be judged again.
        """
        leaf = leaf_hash(data)
        index = self.tree.append(leaf)
        before = len(self.findings)
        try:
            entry = LogEntry.decode(data)
            body = decode_body(entry)
        except PeerError as error:
            self._find(Fault.UNREADABLE, index, error.detail)
            return False
        timely = self._is_timely(entry, index)
        if self._follows(entry, body, index):
            self._chains.extend(subject_of(body), leaf)
            if timely and not refused:
                self._accept(entry, body, index)
        return not refused and len(self.findings) == before

    def copy(self, verify: Verify) -> "Replay":
        """Return the same replay, to try entries on that stand or fall together."""
        return replace(
            self,
            audit=self.audit.copy(),
            tree=self.tree.copy(),
            verify=verify,
            findings=self.findings.copy(),
            _chains=self._chains.copy(),
        )

    def next_place(self, subject: Subject) -> Place:
        """Return where the next entry about a subject belongs."""
        return self._chains.next_place(subject)

    def compare(self, checkpoint: Checkpoint) -> None:
        """Note where the entries are not what a verified checkpoint commits to."""
        if self.tree.size != checkpoint.size:
            detail = f"{self.tree.size} entries, {checkpoint.size} in the checkpoint"
            self._find(Fault.SIZE_MISMATCH, None, detail)
        elif self.tree.root() != checkpoint.root:
            self._find(Fault.ROOT_MISMATCH, None, "the entries have another root than the checkpoint")

    def _follows(self, entry: LogEntry, body: Body, index: int) -> bool:
        expected = self._chains.next_place(subject_of(body))
        if (entry.sequence, entry.previous) == expected:
            return True
        branches = entry.sequence < expected.sequence
        fault = Fault.FORKED_CHAIN if branches else Fault.BROKEN_CHAIN
        self._find(fault, index, f"{subject_of(body)} at {entry.sequence} where {expected.sequence} follows")
        return False

    def _is_timely(self, entry: LogEntry, index: int) -> bool:
        """Dated back, an entry would be judged by keys that count no more, so it is not believed."""
        if entry.appended_at >= self._latest:
            self._latest = entry.appended_at
            return True
        self._find(Fault.TIME_REVERSED, index, "listed as older than the entry before it")
        return False

    def _accept(self, entry: LogEntry, body: Body, index: int) -> None:
        try:
            self.audit.accept(entry, body, index=index, verify=self.verify)
        except PeerError as error:
            self._find(_fault(entry.type, error.code), index, f"{subject_of(body)}: {error}")

    def _find(self, fault: Fault, index: int | None, detail: str) -> None:
        self.findings.append(Finding(fault, index, detail))


def _fault(kind: EntryType, code: Code) -> Fault:
    if kind is EntryType.IDENTITY_STATEMENT and code is not Code.BAD_SIGNATURE:
        return Fault.STATEMENT_REFUSED
    return _BY_CODE.get(code, Fault.CONTRADICTION)


def replay(entries: Iterable[bytes], trust: Trust, checkpoint: Checkpoint | None = None) -> Replay:
    """Replay a log from its first entry.

    Args:
        entries: encoded, in order.
        trust: what it is measured against.
        checkpoint: a verified one that the entries must add up to.
    """
    replayed = Replay(Audit(trust))
    for data in entries:
        replayed.feed(data)
    if checkpoint is not None:
        replayed.compare(checkpoint)
    return replayed
