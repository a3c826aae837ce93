"""Whom a client believes about a log: the C2SP tlog-policy text as data, and a checkpoint judged by it.

A policy names logs, witnesses, groups with thresholds, and the quorum. Its quorum has a time: that of a
witness is its cosignature's timestamp, that of k of n the k-th latest of theirs. A checkpoint is as fresh as
its quorum. Names are octets without meaning outside the file.
"""

from dataclasses import dataclass
from typing import Final, TypeAlias

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.log.checkpoint import Checkpoint
from rogatory_crypto.log.cosignature import Cosignature
from rogatory_crypto.log.merkle import EMPTY_ROOT
from rogatory_crypto.log.note_key import VerifierKey
from rogatory_crypto.log.signed_checkpoint import (
    LogCheckpoint,
    SignedCheckpoint,
    verify_cosignatures,
    verify_log,
)

DAY_S: Final = 86_400
CLOCK_TOLERANCE_S: Final = 600

Name: TypeAlias = bytes


@dataclass(frozen=True, slots=True)
class Log:
    """A log by its key, whose name is the origin of its checkpoints."""

    key: VerifierKey
    url: bytes | None = None


@dataclass(frozen=True, slots=True)
class Witness:
    """A witness by its key and by its name in this policy."""

    name: Name
    key: VerifierKey
    url: bytes | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Witnesses a checkpoint when at least ``threshold`` of its members do; each is a witness or a group."""

    name: Name
    threshold: int
    members: tuple[Name, ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy as ``tlog_policy.parse_policy`` has checked it: members and quorum are defined before use.

    Attributes:
        quorum: the name of a witness or group, or None where the text says ``none``.
    """

    logs: tuple[Log, ...]
    witnesses: tuple[Witness, ...]
    groups: tuple[Group, ...]
    quorum: Name | None

    def log_keys(self, origin: str) -> tuple[VerifierKey, ...]:
        """Return the keys trusted to sign for an origin."""
        return tuple(log.key for log in self.logs if log.key.name == origin)


@dataclass(frozen=True, slots=True)
class WitnessedCheckpoint:
    """A checkpoint signed by its log and by a quorum; only ``verify_checkpoint`` makes one.

    Attributes:
        log_checkpoint: the checkpoint and who signed it for the log.
        cosignatures: all that hold, of known witnesses.
        witnessed_at: the latest time, unix seconds, for which the quorum vouches; None without a quorum.
    """

    log_checkpoint: LogCheckpoint
    cosignatures: tuple[Cosignature, ...]
    witnessed_at: int | None

    @property
    def checkpoint(self) -> Checkpoint:
        """What was signed."""
        return self.log_checkpoint.checkpoint

    @property
    def signed(self) -> SignedCheckpoint:
        """The note it came in."""
        return self.log_checkpoint.signed


def verify_checkpoint(
    signed: SignedCheckpoint, policy: Policy, *, now: int, max_age_s: int | None = DAY_S
) -> WitnessedCheckpoint:
    """Judge a checkpoint by a policy.

    Args:
        signed: what came in.
        policy: whom to believe.
        now: unix seconds; a cosignature from more than ten minutes later does not count.
        max_age_s: how old the quorum may be; None for evidence from the past, whose age is no matter.

    Raises:
        PeerError: NOT_FOUND for a log the policy does not know, BAD_SIGNATURE for a signature of a known key
            that does not hold, HASH_MISMATCH for an empty tree with a root of its own, FORBIDDEN without a
            quorum, EXPIRED where the quorum is stale.
    """
    keys = policy.log_keys(signed.checkpoint.origin)
    if not keys:
        raise PeerError(Code.NOT_FOUND, f"the policy has no log {signed.checkpoint.origin}")
    log_checkpoint = verify_log(signed, keys)
    if signed.checkpoint.size == 0 and signed.checkpoint.root != EMPTY_ROOT:
        raise PeerError(Code.HASH_MISMATCH, "an empty tree with the root of another")
    cosignatures = verify_cosignatures(signed, (witness.key for witness in policy.witnesses))
    if policy.quorum is None:
        return WitnessedCheckpoint(log_checkpoint, cosignatures, None)
    witnessed_at = quorum_time(policy, cosignatures, not_after=now + CLOCK_TOLERANCE_S)
    if witnessed_at is None:
        raise PeerError(Code.FORBIDDEN, "the checkpoint lacks the quorum of its witnesses")
    if max_age_s is not None and now - witnessed_at > max_age_s:
        raise PeerError(Code.EXPIRED, f"the quorum's cosignatures are older than {max_age_s} s")
    return WitnessedCheckpoint(log_checkpoint, cosignatures, witnessed_at)


def quorum_time(policy: Policy, cosignatures: tuple[Cosignature, ...], *, not_after: int) -> int | None:
    """Return the latest time for which the quorum vouches, or None without a quorum.

    A cosignature that states no time, or one after ``not_after``, does not say when the tree was the largest,
    and does not count.
    """
    times: dict[VerifierKey, int] = {}
    for cosignature in cosignatures:
        if 0 < cosignature.timestamp <= not_after:
            times[cosignature.key] = max(cosignature.timestamp, times.get(cosignature.key, 0))
    named: dict[Name, int] = {
        witness.name: times[witness.key] for witness in policy.witnesses if witness.key in times
    }
    for group in policy.groups:
        _add_group(named, group)
    return None if policy.quorum is None else named.get(policy.quorum)


def _add_group(named: dict[Name, int], group: Group) -> None:
    latest_first = sorted((named[member] for member in group.members if member in named), reverse=True)
    if len(latest_first) >= group.threshold:
        named[group.name] = latest_first[group.threshold - 1]
