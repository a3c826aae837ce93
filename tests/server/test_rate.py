"""Token buckets with a clock in the test's hand."""

import pytest

from rogatory_crypto.errors import Code, PeerError
from rogatory_server import rate
from rogatory_server.rate import Rate, RateLimiter, network_of

HOUR_MS = 3_600_000


def test_a_burst_is_spent_and_comes_back_with_time() -> None:
    # R02 Q08
    limiter = RateLimiter(Rate(burst=2, per_hour=10))
    limiter.spend("a", 0, 2)
    with pytest.raises(PeerError) as caught:
        limiter.spend("a", 0)
    assert caught.value.code is Code.QUOTA_EXCEEDED
    limiter.spend("b", 0)
    limiter.spend("a", HOUR_MS // 10)
    with pytest.raises(PeerError):
        limiter.spend("a", HOUR_MS // 10)


def test_a_refusal_costs_nothing_and_waiting_saves_up_no_more_than_a_burst() -> None:
    limiter = RateLimiter(Rate(burst=3, per_hour=3))
    with pytest.raises(PeerError):
        limiter.spend("a", 0, 4)
    limiter.spend("a", 100 * HOUR_MS, 3)
    with pytest.raises(PeerError):
        limiter.spend("a", 100 * HOUR_MS)


def test_a_clock_set_back_gives_nothing_away() -> None:
    limiter = RateLimiter(Rate(burst=1, per_hour=1))
    limiter.spend("a", HOUR_MS)
    with pytest.raises(PeerError):
        limiter.spend("a", 0)


def test_the_number_of_buckets_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate, "MAX_BUCKETS", 3)
    limiter = RateLimiter(Rate(burst=1, per_hour=1))
    for key in range(10):
        limiter.spend(key, 0)
    assert len(limiter._buckets) == 3


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
        ("not an address", "not an address"),
    ],
)
def test_a_network_of_addresses_is_one_customer(address: str, network: str) -> None:
    assert network_of(address) == network
