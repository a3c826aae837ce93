"""When somebody is at an office: from the hours, the time zone and the 24/7 function of its directory entry.

Hours are times on the office's own wall clock. Where the clock goes forward or back within them, the office
is there from the first reading of the opening time to the last one of the closing time (PEP 495).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import time, timedelta
from typing import Final

from rogatory_client.casework.deadlines.due import OfficeCalendar
from rogatory_directory_sync import Function, Record
from rogatory_directory_sync.record import OfficeHours

_DAYS: Final = {"mon": 0, "tue": 1, "wed": 2, "thu": 3, "fri": 4, "sat": 5, "sun": 6}
# An office that is closed for so long is asked by other ways; the longest holidays are shorter.
_SEARCHED_DAYS: Final = 60


@dataclass(frozen=True, slots=True)
class Shift:
    """Times of a day at which an office is there; a shift that ends at its beginning lasts a day."""

    opens: time
    closes: time

    @property
    def ends_next_day(self) -> bool:
        """Whether it goes over midnight."""
        return self.closes <= self.opens


@dataclass(frozen=True, slots=True)
class OpeningHours:
    """When an office is there.

    Attributes:
        calendar: its time zone and free days.
        shifts: by day of the week, Monday is 0; empty where the entry states no hours.
        around_the_clock: whether the entry says that somebody is there at any time.
    """

    calendar: OfficeCalendar
    shifts: tuple[tuple[Shift, ...], ...] = ((),) * 7
    around_the_clock: bool = False

    @property
    def is_known(self) -> bool:
        """Whether the entry says when somebody is there."""
        return self.around_the_clock or any(self.shifts)

    def is_open(self, at: int) -> bool:
        """Return whether somebody is in the office by its hours at an instant, Unix seconds."""
        return any(begin <= at < end for begin, end in self._spans(at))

    def next_opening(self, at: int) -> int | None:
        """Return from when on the office is open, this instant or later; None if that is not known."""
        return next((max(begin, at) for begin, end in self._spans(at) if end > at), None)

    def after_open_time(self, begun: int, seconds: int) -> int | None:
        """Return when the office has been open for so long since an instant; None if that is not known."""
        left, reached = seconds, begun
        for begin, end in self._spans(begun):
            start = max(begin, reached)
            if end <= start:
                continue
            if end - start >= left:
                return start + left
            left, reached = left - (end - start), end
        return None

    def _spans(self, at: int) -> Iterator[tuple[int, int]]:
        """Yield when it is open from the day before an instant on, as Unix seconds; free days left out."""
        first = self.calendar.day_of(at) - timedelta(days=1)
        for number in range(_SEARCHED_DAYS):
            day = first + timedelta(days=number)
            if day in self.calendar.holidays:
                continue
            for shift in self.shifts[day.weekday()]:
                begin = self.calendar.instant(day, shift.opens)
                last = day + timedelta(days=1) if shift.ends_next_day else day
                end = self.calendar.instant(last, shift.closes.replace(fold=1))
                if end > begin:
                    yield begin, end


def opening_hours(record: Record | None, calendar: OfficeCalendar) -> OpeningHours:
    """Return when an office is there, by its entry.

    Args:
        record: its entry; None where there is none.
        calendar: its days. Which days of the week it works follows from the hours.
    """
    if record is None:
        return OpeningHours(calendar)
    has_duty = any(each.function is Function.CONTACT_24_7 for each in record.designations)
    return OpeningHours(
        calendar,
        tuple(_sorted(_shifts_on(day, record.office_hours)) for day in range(7)),
        around_the_clock=has_duty or record.urgent_procedure.available_24_7 is True,
    )


def _sorted(shifts: Iterator[Shift]) -> tuple[Shift, ...]:
    return tuple(sorted(shifts, key=lambda each: (each.opens, each.closes)))


def _shifts_on(weekday: int, hours: tuple[OfficeHours, ...]) -> Iterator[Shift]:
    for each in hours:
        if weekday not in {_DAYS.get(day.casefold()[:3]) for day in each.days}:
            continue
        clocks = (each.open, each.break_start, each.break_end, each.close)
        opens, pause, back, closes = (_clock(text) for text in clocks)
        if opens is None or closes is None:
            continue
        if pause is None or back is None:
            yield Shift(opens, closes)
        else:
            yield Shift(opens, pause)
            yield Shift(back, closes)


def _clock(text: str | None) -> time | None:
    try:
        return None if text is None else time.fromisoformat(text)
    except ValueError:
        return None
