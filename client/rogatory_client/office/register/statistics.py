"""Figures for the head of the office: how many, how long, why refused. Small numbers are not told.

A count of one or two of a State or a type says something about a single case, so it is left out, and so is a
second one where there would be only one gap: it could be had by subtraction from the total.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from statistics import median
from typing import TYPE_CHECKING, Final

from rogatory_client.office.register.view import StatisticsRow, StatisticsView
from rogatory_crypto.casework import State
from rogatory_crypto.errors import MisuseError
from rogatory_crypto.wire.identifier import EntryId

if TYPE_CHECKING:
    from rogatory_client.office.register.rows import Registered

HIDDEN_BELOW: Final = 3
_DAY_MS: Final = 86_400_000
_ENDED: Final = frozenset(
    {State.EXECUTED.value, State.REFUSED.value, State.WITHDRAWN.value, State.CLOSED.value}
)
COUNTED: Final = ("incoming", "outgoing", "open", "overdue", "executed", "refused")
_UNKNOWN: Final = "(not known)"


def statistics(
    found: Sequence["Registered"], names: Callable[[Sequence[EntryId]], tuple[str, ...]], by: str, now: int
) -> StatisticsView:
    """Return the figures of cases, by ``state`` of the other side or ``type``.

    Raises:
        MisuseError: ``by`` is neither.
    """
    groups: dict[str, list[Registered]] = {}
    for each in found:
        match by:
            case "state":
                keys = names(each.others) or (_UNKNOWN,)
            case "type":
                keys = (each.digest.request_type or _UNKNOWN,)
            case _:
                raise MisuseError("figures are by state or by type")
        for key in keys:
            groups.setdefault(key, []).append(each)
    counted = {name: _counts(cases, now) for name, cases in sorted(groups.items())}
    hidden = _hidden(counted)
    rows = tuple(
        _row(name, groups[name], {what: None if (name, what) in hidden else count[what] for what in COUNTED})
        for name, count in counted.items()
    )
    whole = _counts(found, now)
    return StatisticsView(
        by, HIDDEN_BELOW, rows, _row("", found, {what: _told(whole[what]) for what in COUNTED})
    )


def _counts(cases: Iterable["Registered"], now: int) -> Counter[str]:
    counts: Counter[str] = Counter()
    for each in cases:
        counts[each.direction] += 1
        counts["open"] += not each.stand.states or not _ENDED.issuperset(each.stand.states)
        counts["overdue"] += each.due is not None and each.due.at < now
        counts["executed"] += each.digest.executed_ms is not None
        counts["refused"] += each.digest.ground is not None
    return counts


def _hidden(counted: Mapping[str, Counter[str]]) -> set[tuple[str, str]]:
    """Return which numbers are not told: small ones, and the next smallest beside a single small one."""
    hidden: set[tuple[str, str]] = set()
    for what in COUNTED:
        small = [name for name, counts in counted.items() if 0 < counts[what] < HIDDEN_BELOW]
        if len(small) == 1:
            others = [name for name, counts in counted.items() if name not in small and counts[what]]
            small += sorted(others, key=lambda name: (counted[name][what], name))[:1]
        hidden.update((name, what) for name in small)
    return hidden


def _row(name: str, cases: Sequence["Registered"], counts: Mapping[str, int | None]) -> StatisticsRow:
    digests = [each.digest for each in cases]
    grounds = Counter(digest.ground for digest in digests if digest.ground is not None)
    return StatisticsRow(
        name=name,
        **counts,
        days_to_acknowledge=_median([(each.submitted_ms, each.acknowledged_ms) for each in digests]),
        days_to_execute=_median([(each.submitted_ms, each.executed_ms) for each in digests]),
        grounds={ground: _told(count) for ground, count in sorted(grounds.items())},
    )


def _told(count: int) -> int | None:
    return None if 0 < count < HIDDEN_BELOW else count


def _median(spans: Iterable[tuple[int | None, int | None]]) -> float | None:
    days = [(end - begin) / _DAY_MS for begin, end in spans if begin is not None and end is not None]
    return round(median(days), 1) if len(days) >= HIDDEN_BELOW else None
