"""Something that is due, and the days of the office that has to do it.

A day ends when it ends at the office that has to act: the last second there is the instant that is due. Days
are counted on that office's calendar. A term that ends on a free day ends on it, unless its State has given
itself the rule that it ends on the next working day; what a convention fixes never moves.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from rogatory_client.casework.deadlines.rules import DeadlineRule, Legal, Term, Unit
from rogatory_crypto.content.mimi import MessageId
from rogatory_crypto.wire.identifier import EntryId

# Where the clock goes back at midnight (Cairo, Beirut) the last hour is there twice; where it goes forward
# (Nuuk) it is not there. The second reading is the end of the day in both (PEP 495).
LAST_SECOND: Final = time(23, 59, 59, fold=1)
REMINDED_AT: Final = time(9)
# So long an office is shown what is over in a case that is closed; nothing can be done about it there.
_SHOWN_CLOSED_S: Final = 30 * 86_400
_WEEK: Final = frozenset(range(5))
_MAX_FREE_DAYS: Final = 366
"""A calendar without a working day in a year has none at all."""


@dataclass(frozen=True, slots=True)
class OfficeCalendar:
    """The days of an office.

    Attributes:
        zone: its time zone.
        working: days of the week, Monday is 0.
        holidays: its free days.
        moves: whether what ends on a free day ends on the next working day instead.
    """

    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    working: frozenset[int] = _WEEK
    holidays: frozenset[date] = frozenset()
    moves: bool = False

    def is_working(self, day: date) -> bool:
        """Return whether the office works on a day."""
        return day.weekday() in self.working and day not in self.holidays

    def day_of(self, at: int) -> date:
        """Return the day that it is there at an instant, Unix seconds."""
        return datetime.fromtimestamp(at, UTC).astimezone(self.zone).date()

    def instant(self, day: date, clock: time) -> int:
        """Return a local time as Unix seconds; of an hour that is there twice, as ``fold`` says (PEP 495)."""
        return int(datetime.combine(day, clock, self.zone).timestamp())

    def after(self, day: date, count: int) -> date:
        """Return the day that is so many working days later; plain days where there are none."""
        reached, free = day, 0
        while count and free < _MAX_FREE_DAYS:
            reached += timedelta(days=1)
            if self.is_working(reached):
                count, free = count - 1, 0
            else:
                free += 1
        return reached + timedelta(days=count)

    def last_day(self, day: date) -> date:
        """Return the day on which a term that ends on this one ends here."""
        return self.after(day, 1) if self.moves and not self.is_working(day) else day


@dataclass(frozen=True, slots=True)
class Due:
    """Something that is due.

    Attributes:
        at: Unix seconds; the last one in which it is in time.
        acts: the office that has to do it, where its day ends.
        reminders: Unix seconds, oldest first.
        set_by: the message that set it, None where a rule did.
        begun: from when its term runs, Unix seconds; None where that is not known.
    """

    what: str
    at: int
    acts: EntryId
    legal: Legal
    basis: str
    reminders: tuple[int, ...] = ()
    set_by: MessageId | None = None
    begun: int | None = None

    def is_overdue(self, as_of: int) -> bool:
        """Return whether its time is over at an instant."""
        return as_of > self.at

    def is_half_overrun(self, as_of: int) -> bool:
        """Return whether half as long again as its term has passed; at once where none is known."""
        term = 0 if self.begun is None else max(0, self.at - self.begun)
        return as_of > self.at + term // 2

    def reminders_left(self, as_of: int, acted_at: int | None) -> tuple[int, ...]:
        """Return the reminders that were due by an instant and that nobody has answered.

        Args:
            as_of: the instant, Unix seconds.
            acted_at: when anybody in the office that has to act last did something in the case.
        """
        return tuple(at for at in self.reminders if at <= as_of and (acted_at is None or acted_at < at))


def has_passed(at: int, as_of: int, *, is_closed: bool) -> bool:
    """Return whether what was due at an instant is due no more: its case is closed, and it is long over."""
    return is_closed and as_of > at + _SHOWN_CLOSED_S


def end_of(term: Term, begun: int, calendar: OfficeCalendar, *, fixed: bool = False) -> int:
    """Return the last second of a term that begins at an instant, Unix seconds.

    Args:
        term: how long.
        begun: Unix seconds.
        calendar: of the office that acts.
        fixed: whether a convention fixes it, so that it ends on a free day as well.
    """
    if term.unit is Unit.HOURS:
        return begun + term.count * 3600
    day = calendar.day_of(begun)
    if term.unit is Unit.WORKING_DAYS:
        return calendar.instant(calendar.after(day, term.count), LAST_SECOND)
    last = day + timedelta(days=term.count)
    return calendar.instant(last if fixed else calendar.last_day(last), LAST_SECOND)


def reminders_of(rule: DeadlineRule, at: int, calendar: OfficeCalendar) -> tuple[int, ...]:
    """Return when somebody is reminded of what is due at an instant: in the morning, some days before."""
    day = calendar.day_of(at)
    return tuple(
        calendar.instant(day - timedelta(days=before), REMINDED_AT)
        for before in sorted(rule.reminders, reverse=True)
    )
