"""Waiting between attempts: exponential back-off with full jitter, so that not all come at once (Q06)."""

from collections.abc import Callable
from typing import Final

FIRST_S: Final = 0.2
LONGEST_S: Final = 20.0


def delay_s(attempt: int, random: Callable[[int], bytes]) -> float:
    """Return how long to wait before attempt ``attempt`` + 1, in seconds.

    Args:
        attempt: how many have failed in a row, from 1.
        random: source of the jitter.
    """
    ceiling = min(LONGEST_S, FIRST_S * 2.0 ** min(attempt - 1, 16))
    return ceiling * (int.from_bytes(random(4)) / 0xFFFFFFFF)
