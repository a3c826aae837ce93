"""What an office is reminded of: one line for each thing that falls due, until anybody there has acted on it.

A line comes some days before the end, or as its rule says, and once more when it is over. It stays until
somebody of the office has acted in the case after it came, or the thing is no longer due.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from rogatory_client.casework.deadlines.due import REMINDED_AT, Due, OfficeCalendar
from rogatory_client.casework.deadlines.rules import deadline_rules

DAYS_BEFORE: Final = (7, 3, 1, 0)
# A reminder comes in the morning of its day, wherever the office is.
_DAYS_AHEAD: Final = 2


@dataclass(frozen=True, slots=True)
class Reminder:
    """Something that falls due; ``days_left`` is negative where its day is over."""

    due: Due
    came_at: int
    days_left: int
    is_overdue: bool


def reminder_of(due: Due, calendar: OfficeCalendar, as_of: int, acted_at: int | None) -> Reminder | None:
    """Return the reminder of something that is due, or None where none has come, or somebody has acted on it.

    Args:
        due: what.
        calendar: of the office that has to act.
        as_of: now, Unix seconds.
        acted_at: when anybody there did something in the case last, Unix seconds.
    """
    came = [*(due.reminders or _usual(due, calendar)), due.at]
    # Of what is over, the last reminder is that it is.
    left = replace(due, reminders=tuple(sorted(came))).reminders_left(as_of, acted_at)
    if not left:
        return None
    days_left = (calendar.day_of(due.at) - calendar.day_of(as_of)).days
    return Reminder(due, left[-1], days_left, due.is_overdue(as_of))


def earliest_s() -> int:
    """Return for how long before its end nothing reminds of anything, seconds."""
    days = (day for rule in deadline_rules() for day in rule.reminders)
    return (max(*days, *DAYS_BEFORE) + _DAYS_AHEAD) * 86_400


def whom(due: Due, as_of: int, assigned: Collection[str], heads: Collection[str]) -> frozenset[str]:
    """Return the officers who are reminded: who works on the case, and the head once it is half overrun.

    Args:
        due: what.
        as_of: now, Unix seconds.
        assigned: who works on the case, with who stands in; nobody: everybody is reminded.
        heads: of the office.
    """
    return frozenset((*assigned, *(heads if assigned and due.is_half_overrun(as_of) else ())))


def _usual(due: Due, calendar: OfficeCalendar) -> tuple[int, ...]:
    day = calendar.day_of(due.at)
    return tuple(calendar.instant(day - timedelta(days=before), REMINDED_AT) for before in DAYS_BEFORE)
