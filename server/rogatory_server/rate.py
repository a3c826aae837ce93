"""How often somebody may do something: token buckets, bounded in number. Pure."""

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Final

from rogatory_crypto.errors import Code, PeerError

MAX_BUCKETS: Final = 16_384


@dataclass(frozen=True, slots=True)
class Rate:
    """So many at once, and so many an hour in the long run."""

    burst: int
    per_hour: int


class RateLimiter:
    """One bucket for each key; the ones not seen for longest make room for new ones.

    Args:
        rate: what each key may do.
    """

    def __init__(self, rate: Rate) -> None:
        self._rate = rate
        self._buckets: OrderedDict[Hashable, tuple[float, int]] = OrderedDict()

    def spend(self, key: Hashable, now_ms: int, amount: int = 1) -> None:
        """Take ``amount`` from the key's bucket.

        Raises:
            PeerError: QUOTA_EXCEEDED; nothing is taken then.
        """
        level, at = self._buckets.get(key, (float(self._rate.burst), now_ms))
        gained = max(now_ms - at, 0) * self._rate.per_hour / 3_600_000
        level = min(level + gained, float(self._rate.burst))
        if level < amount:
            raise PeerError(Code.QUOTA_EXCEEDED, "too often")
        self._buckets[key] = (level - amount, now_ms)
        self._buckets.move_to_end(key)
        if len(self._buckets) > MAX_BUCKETS:
            self._buckets.popitem(last=False)
