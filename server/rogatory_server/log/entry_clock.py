"""The relay's clock, as far as entries of the log may be dated by it.

The log's time only goes forward. One entry dated far ahead would keep everything that is said until then from
being believed, for good. So a clock dates entries only within what somebody vouches for: the witnesses, whose
cosignatures say what time it is, and a timer that nobody sets, which says how long ago that was.
"""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.log.witness_policy import CLOCK_TOLERANCE_S, DAY_S

# A clock may differ from the witnesses' at first and from what the timer says later.
_MAX_DRIFT_S: Final = 2 * CLOCK_TOLERANCE_S
_ASK_EVERY_S: Final = 1.0
_UNSOUND: Final = (
    "the relay's clock is {:.0f} min beyond what the log's witnesses vouch for: nothing is logged until it "
    "is right or they have cosigned by it"
)


def boot_timer_s() -> float:
    """Return seconds since this computer was started, asleep or not; nobody can set them."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


class EntryClock:
    """Says when an entry is appended, or refuses.

    Args:
        now: this computer's clock, unix seconds.
        timer_s: seconds since any moment; only ever goes forward.
    """

    def __init__(self, now: Callable[[], int], timer_s: Callable[[], float] = boot_timer_s) -> None:
        self.on_unsound: Callable[[], None] = lambda: None
        self.now = now
        self._timer_s = timer_s
        self._latest = float("inf")
        self._set_at = 0.0
        self._witnessed_at = 0
        self._vouched = asyncio.Event()

    def begin(self, known_at: int, *, has_quorum: bool) -> None:
        """Start from what the log itself knows; the witnesses say more, if a quorum has to cosign.

        Args:
            known_at: the newest time that entries and cosignatures of this log name, unix seconds.
            has_quorum: whether somebody will vouch for the time. Else the clock of the start has to do.
        """
        at_start = known_at if has_quorum else self.now()
        if at_start >= known_at:  # a clock that starts behind its own log says nothing
            self._expect(at_start + DAY_S)

    def vouch(self, witnessed_at: int) -> None:
        """Take in the time of a quorum of new cosignatures, unix seconds."""
        if witnessed_at <= self._witnessed_at or abs(self.now() - witnessed_at) > CLOCK_TOLERANCE_S:
            return
        self._witnessed_at = witnessed_at
        self._expect(witnessed_at + _MAX_DRIFT_S)
        vouched, self._vouched = self._vouched, asyncio.Event()
        vouched.set()

    async def settle(self, patience_s: float) -> None:
        """Wait for new cosignatures, but not for ever, where the clock dates no entries without them."""
        with suppress(TimeoutError):
            async with asyncio.timeout(patience_s):
                while self._ahead_s() > 0:
                    self.on_unsound()
                    await self._vouched_within(_ASK_EVERY_S)

    def read(self) -> int:
        """Return the time for an entry that is appended now, unix seconds.

        Raises:
            PeerError: UNAVAILABLE, the clock is beyond what anybody vouches for.
        """
        now, ahead_s = self.now(), self._ahead_s()
        if ahead_s > 0:
            self.on_unsound()
            raise PeerError(Code.UNAVAILABLE, _UNSOUND.format(ahead_s // 60))
        return now

    async def _vouched_within(self, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._vouched.wait()

    def _expect(self, latest: float) -> None:
        self._latest, self._set_at = latest, self._timer_s()

    def _ahead_s(self) -> float:
        return self.now() - self._latest - (self._timer_s() - self._set_at)
