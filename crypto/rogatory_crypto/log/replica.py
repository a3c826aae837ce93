"""A client's own copy of a whole log: it believes what it has recomputed, and nothing else.

Whoever holds every entry needs no proof from the relay: the root over the entries it holds and the new ones
must be the root of the next checkpoint, which proves inclusion of each and consistency with all that came
before (RFC 9162 section 2.1). The proofs that others need are made from the same tree.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final, TypeAlias

from rogatory_crypto.errors import Code, MisuseError, PeerError
from rogatory_crypto.identity.registry import Registry
from rogatory_crypto.log.audit import Audit, Trust
from rogatory_crypto.log.chains import Place
from rogatory_crypto.log.checkpoint import Checkpoint
from rogatory_crypto.log.entry_content import Subject
from rogatory_crypto.log.follower import Follower
from rogatory_crypto.log.merkle import Proof
from rogatory_crypto.log.replay import Finding, Replay
from rogatory_crypto.log.signed_checkpoint import LogCheckpoint, parse_signed_checkpoint, verify_log
from rogatory_crypto.log.split_view import Prefix, SplitView, compare
from rogatory_crypto.log.tree import Tree
from rogatory_crypto.log.witness_policy import Policy, WitnessedCheckpoint
from rogatory_crypto.signing import AllHold, Check, all_hold, verified_before, verify_now

TOGETHER: Final = 512
ReadEntries: TypeAlias = Callable[[], Iterable[bytes]]


class Replica:
    """One client's replica of one log.

    Args:
        trust: what the entries are measured against.
        policy: whom to believe about its checkpoints.
    """

    def __init__(self, trust: Trust, policy: Policy) -> None:
        self._replay = Replay(Audit(trust))
        self._follower = Follower(trust.origin, policy)
        self._refused: frozenset[int] = frozenset()
        self._root: tuple[Tree, int, bytes] | None = None

    @property
    def origin(self) -> str:
        """The log's name."""
        return self._follower.origin

    @property
    def policy(self) -> Policy:
        """Whom it believes."""
        return self._follower.policy

    @property
    def size(self) -> int:
        """How many entries it holds, all under the accepted checkpoint."""
        return self._replay.tree.size

    @property
    def accepted(self) -> WitnessedCheckpoint | None:
        """The newest checkpoint it has accepted."""
        return self._follower.accepted

    @property
    def audit(self) -> Audit:
        """What the entries add up to."""
        return self._replay.audit

    @property
    def registry(self) -> Registry:
        """Offices and devices."""
        return self._replay.audit.registry

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What was wrong with entries: the log committed to them, nobody believes them."""
        return tuple(self._replay.findings)

    def next_place(self, subject: Subject) -> Place:
        """Return where the next entry about a subject belongs, which whoever signs one has to know."""
        return self._replay.next_place(subject)

    @property
    def refused(self) -> frozenset[int]:
        """Positions of entries that are not believed."""
        found = (each.index for each in self._replay.findings)
        return self._refused.union(index for index in found if index is not None)

    def believe(self, policy: Policy) -> None:
        """Judge the checkpoints to come by a newer policy."""
        self._follower = replace(self._follower, policy=policy)

    def judge_anew(
        self, trust: Trust, read: ReadEntries, all_hold: AllHold = all_hold
    ) -> tuple[Finding, ...]:
        """Measure all it holds against newer trust; return what is wrong with any of it.

        Else two who hold the same trust and the same entries would differ for ever, because a relay had
        given one of them the entries first and the trust afterwards.

        Args:
            trust: what the entries are measured against from now on, those to come as well.
            read: yields the entries held, from the first, each time it is called.
            all_hold: as in ``take``.

        Raises:
            MisuseError: they are not the entries it holds.
        """
        judged = _grown(Replay(Audit(trust)), read, all_hold)
        if (judged.tree.size, judged.tree.root()) != (self.size, self._replay.tree.root()):
            raise MisuseError("other entries than those held")
        self._replay, self._refused = judged, frozenset()
        return self.findings

    def restore(self, entries: Iterable[bytes], refused: frozenset[int], signed: bytes, *, now: int) -> None:
        """Take up what this client has stored; its signatures were verified when it was learned.

        On any error nothing changes.

        Args:
            entries: all of them, in order.
            refused: positions of those that were not believed then.
            signed: the checkpoint they were accepted under, judged by the policy of that time.
            now: unix seconds.

        Raises:
            PeerError: HASH_MISMATCH where the entries are not those of the checkpoint; else as
                ``Follower.resume``.
        """
        follower, replay = self._follower.resume(signed, now=now), self._replay.copy(verified_before)
        for index, entry in enumerate(entries):
            replay.feed(entry, refused=index in refused)
        expected = parse_signed_checkpoint(signed).checkpoint
        if (replay.tree.size, replay.tree.root()) != (expected.size, expected.root):
            raise PeerError(Code.HASH_MISMATCH, "the stored entries are not those of the stored checkpoint")
        replay.verify = verify_now
        self._replay, self._follower, self._refused = replay, follower, refused

    def judge(self, signed: bytes, leaves: Iterable[bytes], *, now: int) -> Follower:
        """Tell whether the log may grow by these leaves to this checkpoint; nothing changes yet.

        Args:
            signed: the log's next checkpoint with its cosignatures.
            leaves: leaf hashes of the entries that follow those held.
            now: unix seconds.

        Raises:
            PeerError: MALFORMED where the number of leaves is not that of the checkpoint, HASH_MISMATCH where
                they do not lead to its root; else as ``Follower.advance``.
        """
        tree, held = self._replay.tree, self.size
        try:
            for leaf in leaves:
                tree.append(leaf)
            return self._judge(signed, held, tree, now)
        finally:
            tree.truncate(held)

    def take(self, judged: Follower, read: ReadEntries, all_hold: AllHold = all_hold) -> tuple[Finding, ...]:
        """Grow by entries whose leaves were judged; return what is wrong with any of them.

        Many entries are first taken as if all their signatures held, which are then verified together; only
        if one does not is each entry judged on its own.

        Args:
            judged: what ``judge`` returned.
            read: yields those entries, from the first, each time it is called.
            all_hold: verifies signatures batch by batch, while the next entries are read if it can.

        Raises:
            MisuseError: they are not the entries that were judged.
        """
        grown = _grown(self._replay, read, all_hold)
        accepted = judged.accepted
        expected = None if accepted is None else (accepted.checkpoint.size, accepted.checkpoint.root)
        if expected != (grown.tree.size, grown.tree.root()):
            raise MisuseError("other entries than those that were judged")
        known = len(self._replay.findings)
        self._replay, self._follower = grown, judged
        return tuple(grown.findings[known:])

    def require_fresh(self, *, now: int) -> Checkpoint:
        """Return the accepted checkpoint if its quorum is not too old; see ``Follower.require_fresh``."""
        return self._follower.require_fresh(now=now)

    def root(self, size: int) -> bytes | None:
        """Return the root over the first ``size`` entries, None if it does not hold so many."""
        if size > self.size:
            return None
        tree = self._replay.tree
        # A tree only grows: what is asked of it with every message of others is computed once.
        if self._root is None or self._root[0] is not tree or self._root[1] != size:
            self._root = tree, size, tree.root(size)
        return self._root[2]

    def prove(self, index: int) -> Proof:
        """Return the proof that an entry is in the accepted tree."""
        return self._replay.tree.prove_inclusion(index)

    def prove_prefix(self, old_size: int) -> Proof:
        """Return the proof that the accepted tree continues the one of ``old_size``."""
        return self._replay.tree.prove_consistency(old_size)

    def contradicts(self, signed: bytes, leaves: Sequence[bytes]) -> SplitView | None:
        """Find out whether a log that cannot be followed has two histories.

        Args:
            signed: the checkpoint that does not continue the accepted one.
            leaves: leaf hashes of all entries that the log shows for it, from the first.

        Returns:
            Evidence, or None where the leaves prove nothing: the relay may merely have listed nonsense.

        Raises:
            PeerError: the log has not signed the checkpoint.
        """
        if self.accepted is None:
            return None
        parsed = parse_signed_checkpoint(signed)
        other = verify_log(parsed, self.policy.log_keys(self.origin))
        return _compare(self.accepted.log_checkpoint, other, leaves)

    def _judge(self, signed: bytes, held: int, tree: Tree, now: int) -> Follower:
        expected = parse_signed_checkpoint(signed).checkpoint
        proof: Proof = ()
        if expected.size >= held:
            if tree.size != expected.size:
                grown = f"{tree.size - held} entries where {expected.size - held} are missing"
                raise PeerError(Code.MALFORMED, grown)
            proof = tree.prove_consistency(held) if held else ()
        judged = self._follower.advance(signed, proof, now=now)
        if tree.root() != expected.root:
            raise PeerError(Code.HASH_MISMATCH, "the entries are not those that the log has signed")
        return judged


def _grown(begin: Replay, read: ReadEntries, all_hold: AllHold) -> Replay:
    grown = _grown_together(begin, read, all_hold)
    if grown is None:
        grown = begin.copy(verify_now)
        for entry in read():
            grown.feed(entry)
    return grown


def _grown_together(begin: Replay, read: ReadEntries, all_hold: AllHold) -> Replay | None:
    checks: list[Check] = []
    grown = begin.copy(checks.append)

    def batches() -> Iterator[Sequence[Check]]:
        for entry in read():
            grown.feed(entry)
            if len(checks) >= TOGETHER:
                yield tuple(checks)
                checks.clear()
        yield tuple(checks)

    if not all_hold(batches()):
        return None
    grown.verify = verify_now
    return grown


def _compare(held: LogCheckpoint, other: LogCheckpoint, leaves: Sequence[bytes]) -> SplitView | None:
    if held.checkpoint.size == other.checkpoint.size:
        return compare(held, other)
    tree = Tree(leaves)
    size = held.checkpoint.size
    if (tree.size, tree.root()) != (other.checkpoint.size, other.checkpoint.root) or size > tree.size:
        return None
    return compare(held, other, Prefix(tree.root(size), tree.prove_consistency(size)))
