"""Windows of time in which somebody is trusted: merging, and making them from a succession of statuses."""

from collections.abc import Iterable, Sequence

from rogatory_crypto.esign.trust.anchor import Window


def succession(periods: Sequence[tuple[int, int | None]]) -> tuple[Window, ...]:
    """The windows that follow from statuses, of which each holds until the next begins.

    Args:
        periods: when each began, and the first second at which its word no longer means trusted: 0 for a
            word that never does, none for no such second. Of two that began together, the earlier in the
            sequence came later in time (TS 119 612 clause 5.6: current first, then back in time).
    """
    newest_first = sorted(periods, key=lambda period: -period[0])
    windows: list[Window] = []
    ends: int | None = None
    for since, trusted_until in newest_first:
        windows.append(Window(since, earlier(ends, trusted_until)))
        ends = since
    return union(windows)


def union(windows: Iterable[Window]) -> tuple[Window, ...]:
    """The same moments in the fewest windows, oldest first; empty windows are dropped."""
    merged: list[Window] = []
    for window in sorted(windows, key=lambda each: each.since):
        if window.until is not None and window.until <= window.since:
            continue
        if merged and (merged[-1].until is None or window.since <= merged[-1].until):
            last = merged.pop()
            window = Window(last.since, later(last.until, window.until))  # noqa: PLW2901 - the two as one
        merged.append(window)
    return tuple(merged)


def earlier(first: int | None, second: int | None) -> int | None:
    """The earlier of two ends; none is no end."""
    ends = [end for end in (first, second) if end is not None]
    return min(ends, default=None)


def later(first: int | None, second: int | None) -> int | None:
    """The later of two ends; none is no end."""
    return None if first is None or second is None else max(first, second)
