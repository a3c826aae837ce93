"""How often somebody may do something: token buckets, bounded in number. Pure."""

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from typing import Final

from rogatory_crypto.errors import Code, PeerError

MAX_BUCKETS: Final = 16_384
# What one customer is given at the least (RFC 6177): whoever has one address there has them all.
_HOST_BITS_V6: Final = 64


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


def network_of(address: str) -> str:
    """Return what a network address is counted by: itself, or its /64 for IPv6."""
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if not isinstance(parsed, IPv6Address):
        return address
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return f"{IPv6Address(int(parsed) >> _HOST_BITS_V6 << _HOST_BITS_V6)}/64"
