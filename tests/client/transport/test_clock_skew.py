"""A clock that is off is named with how far, and in which direction."""

import pytest

from rogatory_client.fault import StandingFailureError
from rogatory_client.transport.clock_skew import check_clock


@pytest.mark.parametrize(
    ("skew_s", "said"),
    [(3600, "1 h 0 min ahead of|1 h ahead of"), (-301, "5 min behind"), (90_061, "1 d 1 h 1 min ahead of")],
)
def test_the_sentence_says_by_how_much(skew_s: int, said: str) -> None:
    with pytest.raises(StandingFailureError, match=said):
        check_clock(10_000_000_000 + skew_s * 1000, 10_000_000_000)


@pytest.mark.parametrize("skew_s", [0, 300, -300])
def test_five_minutes_are_tolerated(skew_s: int) -> None:
    check_clock(10_000_000_000 + skew_s * 1000, 10_000_000_000)
