"""What this device knows of the transparency log, as the engine may look at it: its own verified replica.

The replica is fetched, verified and kept elsewhere. Here is what is asked of it, and when it is too old for
anybody to be added by: a view may be right and still too old, as what it lacks may be a revocation.
"""

from typing import Final, Protocol

from rogatory_crypto.errors import MisuseError
from rogatory_crypto.log.merkle import Proof
from rogatory_crypto.log.witness_policy import CLOCK_TOLERANCE_S, DAY_S, Policy, WitnessedCheckpoint

# What is staged now must still be fresh when the relay takes it in, which others judge it by.
_MARGIN_S: Final = 3_600
MAX_VIEW_AGE_S: Final = DAY_S - _MARGIN_S


class LogView(Protocol):
    """A replica of one log, at the newest checkpoint that was accepted.

    Attributes:
        origin: the log's name in its checkpoints.
        policy: whom to believe about it.
        accepted: the newest checkpoint, None before the first.
    """

    @property
    def origin(self) -> str: ...  # noqa: D102  # described above

    @property
    def policy(self) -> Policy: ...  # noqa: D102

    @property
    def accepted(self) -> WitnessedCheckpoint | None: ...  # noqa: D102

    def entry(self, index: int) -> bytes:
        """Return an entry within the accepted size, encoded."""
        ...

    def prove(self, index: int) -> Proof:
        """Return the proof that an entry is in the tree of the accepted size."""
        ...

    def root(self, size: int) -> bytes | None:
        """Return the root over the first ``size`` entries, None beyond the accepted size."""
        ...

    def prove_prefix(self, old_size: int) -> Proof:
        """Return the proof that the tree of an earlier size begins the one of the accepted size."""
        ...


def require_fresh(view: LogView, now: int) -> WitnessedCheckpoint:
    """Return the accepted checkpoint if somebody may be added by it at ``now``, in Unix seconds.

    Raises:
        MisuseError: there is none, or its quorum is too old; the sentence is for the officer.
    """
    if view.accepted is None:
        raise MisuseError("this device has no view of the log yet: connect, then try again")
    age = age_s(view, now)
    if age > MAX_VIEW_AGE_S:
        raise MisuseError(
            f"your view of the log is {age // 3_600} h old: nobody is added before the relay has shown "
            "a newer one"
        )
    if age < -CLOCK_TOLERANCE_S:
        raise MisuseError("your view of the log is from the future: check this computer's clock")
    return view.accepted


def age_s(view: LogView, now: int) -> int:
    """Return how old the quorum of the accepted checkpoint is; 0 where nothing says when it was."""
    if view.accepted is None or view.accepted.witnessed_at is None:
        return 0
    return now - view.accepted.witnessed_at
