"""Dates of notes and confirmations (rules R9, R13).

Read are ISO dates, ``dd.mm.yyyy``, and ``dd/mm/yyyy`` where one part is above 12 or both are equal. An
ambiguous, impossible or future date is unknown: Buddhist-era years (543 ahead) fall under "future", years of
an era that counts less than ours under "unreadable". The
reference date is the day the export was generated, unless the caller names another.
"""

import re
from dataclasses import dataclass
from datetime import date

_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:T.*)?")
_DOTTED = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")
_SLASHED = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
STALE_AFTER_MONTHS = 24
# Before it there was no instrument to be designated under; a smaller year counts another era.
_FIRST_YEAR = 1900


@dataclass(frozen=True, slots=True)
class DateUnknown:
    """Why a date was not read; the name is the code of the warning."""

    code: str


def _calendar(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _slashed(first: int, second: int, year: int) -> date | DateUnknown | None:
    if first != second and first <= 12 and second <= 12:
        return DateUnknown("date_ambiguous")
    return _calendar(year, first, second) if second > 12 else _calendar(year, second, first)


def read_date(text: str, today: date) -> date | DateUnknown:
    """The date a cell states.

    Args:
        text: the cell, cleaned.
        today: the reference date; nothing in an export happened after it.
    """
    found: date | DateUnknown | None = None
    if iso := _ISO.fullmatch(text):
        found = _calendar(int(iso[1]), int(iso[2]), int(iso[3]))
    elif dotted := _DOTTED.fullmatch(text):
        found = _calendar(int(dotted[3]), int(dotted[2]), int(dotted[1]))
    elif slashed := _SLASHED.fullmatch(text):
        found = _slashed(int(slashed[1]), int(slashed[2]), int(slashed[3]))
    if found is None or (isinstance(found, date) and found.year < _FIRST_YEAR):
        return DateUnknown("date_unreadable")
    if isinstance(found, date) and found > today:
        return DateUnknown("date_future")
    return found


def months_before(today: date, months: int) -> date:
    """The same day a number of months earlier, or the month's last day where there is none."""
    index = today.year * 12 + today.month - 1 - months
    year, month = divmod(index, 12)
    for day in range(today.day, 27, -1):
        if (found := _calendar(year, month + 1, day)) is not None:
            return found
    return date(year, month + 1, today.day)


def is_stale(confirmed: date, today: date) -> bool:
    """Whether an entry was last confirmed more than 24 months before the reference date (rule R13)."""
    return confirmed < months_before(today, STALE_AFTER_MONTHS)
