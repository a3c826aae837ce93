"""What a witness keeps of a log: its newest checkpoint, and what does not fit to it."""

from dataclasses import dataclass

from rogatory_crypto.log.signed_checkpoint import SignedCheckpoint


@dataclass(frozen=True, slots=True)
class Evidence:
    """Two checkpoints that a log signed and that do not fit together.

    Attributes:
        origin: the log.
        found_at: unix seconds.
        is_proof: whether the two contradict each other by themselves. If not, a proof between them failed,
            which may be the fault of whoever sent it.
        reason: what did not fit.
        held: the checkpoint that was cosigned, None if there was none.
        suspect: the one that does not continue it.
    """

    origin: str
    found_at: int
    is_proof: bool
    reason: str
    held: SignedCheckpoint | None
    suspect: SignedCheckpoint


@dataclass(frozen=True, slots=True)
class Held:
    """The newest checkpoint of a log; ``cosigned`` is the newest that went out with our cosignatures."""

    newest: SignedCheckpoint
    cosigned: SignedCheckpoint | None
