"""How often one network may ask: a token bucket each, the ones not seen for longest make room. Pure."""

from collections import OrderedDict
from ipaddress import IPv6Address, ip_address
from typing import Final

MAX_BUCKETS: Final = 4096
# What one customer is given at the least (RFC 6177): whoever has one address there has them all.
_HOST_BITS_V6: Final = 64


class RateLimiter:
    """Token buckets by network.

    Args:
        burst: how many requests at once.
        per_second: how many in the long run.
    """

    def __init__(self, burst: int, per_second: float) -> None:
        self._burst = burst
        self._per_second = per_second
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def admits(self, network: str, now_s: float) -> bool:
        """Take one request from a network's bucket; tell whether there was one."""
        level, at = self._buckets.get(network, (float(self._burst), now_s))
        level = min(level + max(now_s - at, 0.0) * self._per_second, float(self._burst))
        admitted = level >= 1
        self._buckets[network] = (level - admitted, now_s)
        self._buckets.move_to_end(network)
        if len(self._buckets) > MAX_BUCKETS:
            self._buckets.popitem(last=False)
        return admitted


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
