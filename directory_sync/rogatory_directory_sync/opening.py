"""Whether an office is open at a moment: its own hours, in its own time zone.

An office that states no hours, or no zone, is neither open nor closed: nobody knows. Hours that end before
they begin run past midnight. Public holidays are not in the directory.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from rogatory_directory_sync.office_hours import DAYS
from rogatory_directory_sync.record import OfficeHours, Record


class Opening(StrEnum):
    """What can be said of an office at a moment."""

    OPEN = "open"
    CLOSED = "closed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class LocalTime:
    """The time at an office, None where its zone is not known, and whether it is open."""

    at: datetime | None
    opening: Opening


def _within(clock: str, begin: str, end: str) -> bool:
    """Times of one day as ``HH:MM``, the end not included; past midnight where the end comes first."""
    return begin <= clock < end if begin < end else clock >= begin or clock < end


def _covers(hours: OfficeHours, local: datetime) -> bool:
    clock = f"{local:%H:%M}"
    past_midnight = hours.close <= hours.open and clock < hours.close
    day = DAYS[(local - timedelta(days=1) if past_midnight else local).weekday()]
    if day not in hours.days or not _within(clock, hours.open, hours.close):
        return False
    if hours.break_start and hours.break_end:
        return not _within(clock, hours.break_start, hours.break_end)
    return True


def local_time(record: Record, at: datetime) -> LocalTime:
    """The time at an office and whether it is open.

    Args:
        record: of the office.
        at: a moment that knows its zone.
    """
    try:
        local = at.astimezone(ZoneInfo(record.time_zone)) if record.time_zone else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        local = None
    if local is None or not record.office_hours:
        return LocalTime(local, Opening.UNKNOWN)
    is_open = any(_covers(hours, local) for hours in record.office_hours)
    return LocalTime(local, Opening.OPEN if is_open else Opening.CLOSED)
