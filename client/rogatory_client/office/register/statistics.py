"""Figures for the head of the office: how many, how long, why refused. Small numbers are not told.

A count of one or two of a State or a type says something about a single case, so it is left out, and so is
what it could be had from by subtraction from the total.
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
TOTAL: Final = ""
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
    hidden = {what: untold({name: count[what] for name, count in counted.items()}) for what in COUNTED}

    def told(name: str, count: Counter[str]) -> dict[str, int | None]:
        return {what: None if name in hidden[what] else count[what] for what in COUNTED}

    rows = tuple(_row(name, groups[name], told(name, count)) for name, count in counted.items())
    return StatisticsView(by, HIDDEN_BELOW, rows, _row(TOTAL, found, told(TOTAL, _counts(found, now))))


def _counts(cases: Iterable["Registered"], now: int) -> Counter[str]:
    counts: Counter[str] = Counter()
    for each in cases:
        counts[each.direction] += 1
        counts["open"] += not each.stand.states or not _ENDED.issuperset(each.stand.states)
        counts["overdue"] += each.due is not None and each.due.at < now
        counts["executed"] += each.digest.executed_ms is not None
        counts["refused"] += each.digest.ground is not None
    return counts


def untold(column: Mapping[str, int]) -> frozenset[str]:
    """Return whose numbers are not told, ``TOTAL`` for the sum: small ones, and what would give one away.

    A single gap is the rest of the sum; and gaps that all hold the least or the most that they can are known
    by their sum. Beside these the next larger one is not told, either, or, where there is none, the sum.
    """
    small = {name: count for name, count in column.items() if 0 < count < HIDDEN_BELOW}
    larger = [count for count in column.values() if count >= HIDDEN_BELOW]
    found = set(small)
    if small and len(set(small.values())) == 1:
        found |= {name for name, count in column.items() if larger and count == min(larger)} or {TOTAL}
    if 0 < sum(column.values()) < HIDDEN_BELOW:
        found.add(TOTAL)
    return frozenset(found)


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
