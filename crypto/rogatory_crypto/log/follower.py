"""A client's view of a log: the newest checkpoint it has accepted, which only ever moves forward.

``advance`` takes the log's next checkpoint with a consistency proof. ``gossip`` compares one that somebody
else has seen: it changes nothing, and a contradiction is evidence against the log. ``require_fresh`` is for
the moment before a key is believed: a view may be right and still too old.
"""

from dataclasses import dataclass, replace
from typing import Final

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.log.checkpoint import Checkpoint
from rogatory_crypto.log.merkle import Proof, verify_consistency
from rogatory_crypto.log.signed_checkpoint import parse_signed_checkpoint, verify_log
from rogatory_crypto.log.split_view import Prefix, SplitView, compare
from rogatory_crypto.log.witness_policy import (
    CLOCK_TOLERANCE_S,
    DAY_S,
    Policy,
    WitnessedCheckpoint,
    verify_checkpoint,
)

# Whoever signs for a log may sign any size. A client that copies all of it must come to an end.
MAX_ENTRIES: Final = 1 << 22


def require_followable(checkpoint: Checkpoint) -> None:
    """Return if a client may begin to copy the log up to a checkpoint.

    Raises:
        PeerError: TOO_LARGE for a log that is larger than any honest one will be.
    """
    if checkpoint.size > MAX_ENTRIES:
        raise PeerError(
            Code.TOO_LARGE, f"a log of {checkpoint.size} entries, where {MAX_ENTRIES} are followed"
        )


@dataclass(frozen=True, slots=True)
class Follower:
    """What one client believes of one log; immutable, ``advance`` returns the next.

    Attributes:
        origin: which of the policy's logs it follows.
        policy: whom it believes.
        accepted: the newest checkpoint, None before the first.
        max_age_s: how old a quorum may be.
    """

    origin: str
    policy: Policy
    accepted: WitnessedCheckpoint | None = None
    max_age_s: int = DAY_S

    @property
    def signed(self) -> bytes:
        """The accepted checkpoint as it is to be stored.

        Raises:
            PeerError: NOT_FOUND without one.
        """
        if self.accepted is None:
            raise PeerError(Code.NOT_FOUND, "no accepted checkpoint")
        return self.accepted.signed.encode()

    def resume(self, signed: bytes, *, now: int) -> "Follower":
        """Take up the view that this client has stored, however old, so that it cannot be rolled back.

        Args:
            signed: the accepted checkpoint, judged by the policy under which it was accepted; exchange the
                policy afterwards.
            now: unix seconds.

        Raises:
            PeerError: CONFLICT for another log or over a view that is there; else as ``verify_checkpoint``.
        """
        parsed = parse_signed_checkpoint(signed)
        self._require_origin(parsed.checkpoint)
        if self.accepted is not None:
            raise PeerError(Code.CONFLICT, "there is an accepted checkpoint already")
        return replace(self, accepted=verify_checkpoint(parsed, self.policy, now=now, max_age_s=None))

    def advance(self, signed: bytes, proof: Proof, *, now: int) -> "Follower":
        """Accept the next checkpoint.

        Args:
            signed: the log's checkpoint with its cosignatures.
            proof: that it continues the accepted one; empty for one of the same size, unused for the first.
            now: unix seconds.

        Raises:
            PeerError: CONFLICT for a smaller tree or another log; HASH_MISMATCH or MALFORMED where it does
                not continue the accepted one, see ``gossip`` for whether that is the log's fault; else as
                ``verify_checkpoint``.
        """
        parsed = parse_signed_checkpoint(signed)
        self._require_origin(parsed.checkpoint)
        witnessed = verify_checkpoint(parsed, self.policy, now=now, max_age_s=self.max_age_s)
        if self.accepted is None:
            return replace(self, accepted=witnessed)
        old, new = self.accepted.checkpoint, witnessed.checkpoint
        if new.size < old.size:
            raise PeerError(Code.CONFLICT, f"a tree of {new.size} after one of {old.size}")
        verify_consistency(old.size, old.root, new.size, new.root, proof)
        if new.size == old.size and _time(witnessed) < _time(self.accepted):
            return self
        return replace(self, accepted=witnessed)

    def gossip(self, signed: bytes, prefix: Prefix | None = None) -> SplitView | None:
        """Compare a checkpoint heard from somebody else; None if it is of the same history.

        It need not be cosigned: that the log has signed it is enough.

        Args:
            signed: the checkpoint.
            prefix: the root of the smaller size inside the larger's tree; not needed for the same size.

        Raises:
            PeerError: NOT_FOUND before a first checkpoint or where sizes differ and nothing was given to
                compare by; else as ``verify_log`` and ``compare``.
        """
        parsed = parse_signed_checkpoint(signed)
        self._require_origin(parsed.checkpoint)
        other = verify_log(parsed, self.policy.log_keys(self.origin))
        if self.accepted is None:
            raise PeerError(Code.NOT_FOUND, "no accepted checkpoint to compare with")
        return compare(self.accepted.log_checkpoint, other, prefix)

    def require_fresh(self, *, now: int) -> Checkpoint:
        """Return the accepted checkpoint if its quorum is not too old at ``now``.

        Raises:
            PeerError: NOT_FOUND without one, EXPIRED where it is stale.
        """
        if self.accepted is None:
            raise PeerError(Code.NOT_FOUND, "no accepted checkpoint")
        witnessed_at = self.accepted.witnessed_at
        if witnessed_at is not None and not (now - self.max_age_s <= witnessed_at <= now + CLOCK_TOLERANCE_S):
            raise PeerError(Code.EXPIRED, f"the view of the log is older than {self.max_age_s} s")
        return self.accepted.checkpoint

    def _require_origin(self, checkpoint: Checkpoint) -> None:
        if checkpoint.origin != self.origin:
            raise PeerError(Code.CONFLICT, f"a checkpoint of the log {checkpoint.origin}")


def _time(witnessed: WitnessedCheckpoint) -> int:
    return witnessed.witnessed_at or 0
