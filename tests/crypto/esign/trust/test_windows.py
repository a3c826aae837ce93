from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from rogatory_crypto.esign.trust.anchor import Window
from rogatory_crypto.esign.trust.windows import succession, union

MOMENTS = st.integers(0, 40)
ENDS = st.none() | MOMENTS
WINDOWS = st.lists(st.builds(Window, MOMENTS, ENDS), max_size=6)
PERIODS = st.lists(st.tuples(MOMENTS, ENDS), max_size=6)


def covered(windows: tuple[Window, ...] | list[Window], moment: int) -> bool:
    return any(window.covers(moment) for window in windows)


@given(WINDOWS)
def test_a_union_covers_the_same_moments_in_windows_that_do_not_touch(windows: list[Window]) -> None:
    merged = union(windows)
    assert all(covered(merged, moment) == covered(windows, moment) for moment in range(45))
    for first, second in pairwise(merged):
        assert first.until is not None
        assert first.until < second.since


@given(PERIODS)
def test_at_each_moment_the_word_that_began_last_decides(periods: list[tuple[int, int | None]]) -> None:
    # TS 119 612 clause 5.6: each entry holds until the next newer one begins; the current one stands first.
    windows = succession(periods)
    for moment in range(45):
        begun = [period for period in periods if period[0] <= moment]
        latest = max(begun, key=lambda period: period[0], default=None)
        trusted = latest is not None and (latest[1] is None or moment < latest[1])
        assert covered(windows, moment) == trusted


def test_of_two_that_began_together_the_one_further_up_decides() -> None:
    assert succession([(10, 0), (10, None), (5, None)]) == (Window(5, 10),)
    assert succession([(10, None), (10, 0)]) == (Window(10),)
