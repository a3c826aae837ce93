"""Signatures verified many at a time, on all processors; one by one only where one of them does not hold."""

from collections.abc import Callable
from typing import Final, TypeVar

from rogatory_client.office.line.verification import all_hold
from rogatory_crypto.signing import Check, Verify, verify_now

# So many wait in memory; a batch is what one processor takes at once.
WINDOW: Final = 4096
_BATCH: Final = 256
_Result = TypeVar("_Result")


def verified_together(replay: Callable[[Verify], _Result]) -> _Result:
    """Return what a replay comes to, as if each signature had been verified in its place.

    Args:
        replay: begins anew each time it is called, and hands every signature to its argument.
    """
    together = _Together()
    try:
        result = replay(together)
        together.finish()
    except _OneDoesNotHoldError:
        return replay(verify_now)
    return result


class _OneDoesNotHoldError(Exception):
    """Somebody's signature is wrong; whose, only a second look says."""


class _Together:
    def __init__(self) -> None:
        self._checks: list[Check] = []

    def __call__(self, check: Check) -> None:
        self._checks.append(check)
        if len(self._checks) >= WINDOW:
            self.finish()

    def finish(self) -> None:
        checks, self._checks = self._checks, []
        batches = (checks[start : start + _BATCH] for start in range(0, len(checks), _BATCH))
        if not all_hold(batches):
            raise _OneDoesNotHoldError
