"""Time zones (rule R10): an IANA name stands; ``GMT±n`` and ``UTC±n`` become the State's zone.

An offset that the zone database does not know for that zone in the reference year is a warning, not an
error: Kazakhstan moved to UTC+5 in March 2024 and exports still say +6.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

_OFFSET = re.compile(r"(?:GMT|UTC)\s*(?:([+\-\u2212±])\s*(\d{1,2})(?::?(\d{2}))?)?", re.IGNORECASE)
_NAME = re.compile(r"[A-Za-z_]+(?:/[A-Za-z_+-]+)+")


@dataclass(frozen=True, slots=True)
class ZoneRead:
    """A zone; ``from_offset`` if it stands for an offset, ``agrees`` if the zone database knows that."""

    name: str
    from_offset: bool = False
    agrees: bool = True


@cache
def _known_zones() -> dict[str, str]:
    return {zone.casefold(): zone for zone in sorted(available_timezones())}


def _offsets(zone: str, year: int) -> set[timedelta | None]:
    moments = (datetime(year, month, 1, tzinfo=UTC) for month in range(1, 13))
    return {moment.astimezone(ZoneInfo(zone)).utcoffset() for moment in moments}


def read_time_zone(text: str, state_zone: str, today: date) -> ZoneRead | None:
    """The zone a cell means, or None where it means none.

    Args:
        text: the cell, cleaned.
        state_zone: the State's zone in the reference table, empty where there is no State.
        today: the reference date; offsets are compared for its year.
    """
    if _NAME.fullmatch(text) and text.casefold() in _known_zones():
        return ZoneRead(_known_zones()[text.casefold()])
    offset = _OFFSET.fullmatch(text)
    if offset is None or not state_zone:
        return None
    sign = -1 if offset[1] in ("-", "\u2212") else 1
    stated = sign * timedelta(hours=int(offset[2] or 0), minutes=int(offset[3] or 0))
    return ZoneRead(state_zone, from_offset=True, agrees=stated in _offsets(state_zone, today.year))
