"""Office hours: ``Mon-Thu 08:00-16:00 (break 12:00-13:00); Fri 08:00-12:30`` to days and times."""

import re

from rogatory_directory_sync.jsonvalue import JsonObject, JsonValue

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_TIME = r"(\d{1,2})[:.h](\d{2})"
_PERIOD = re.compile(
    rf"([A-Za-z,\s\-\u2013&]+?)\s*:?\s*{_TIME}\s*[-\u2013]\s*{_TIME}"
    rf"(?:\s*\(\s*(?:break|closed|lunch)\s*{_TIME}\s*[-\u2013]\s*{_TIME}\s*\))?",
    re.IGNORECASE,
)


def _day(word: str) -> int:
    key = word.strip().casefold()[:3]
    return DAYS.index(key) if key in DAYS else -1


def _days(text: str) -> list[str]:
    days: list[str] = []
    for part in re.split(r"[,&]|\s+and\s+", text):
        ends = [_day(word) for word in re.split(r"[-\u2013]", part)]
        if len(ends) > 2 or -1 in ends:
            return []
        first, last = ends[0], ends[-1]
        span = range(first, last + 1) if first <= last else [*range(first, 7), *range(last + 1)]
        days += [DAYS[day] for day in span if DAYS[day] not in days]
    return days


def _clock(hour: str, minute: str) -> str:
    return f"{int(hour):02}:{minute}" if int(hour) < 24 and int(minute) < 60 else ""


def _period(text: str) -> JsonObject | None:
    found = _PERIOD.fullmatch(text.strip())
    if found is None:
        return None
    groups = found.groups()
    times = [_clock(hour, minute) for hour, minute in zip(groups[1::2], groups[2::2], strict=True) if hour]
    days = _days(groups[0])
    if not days or "" in times:
        return None
    names = ("open", "close", "break_start", "break_end")
    return {"days": days, **dict(zip(names, times, strict=False))}


def read_office_hours(text: str) -> list[JsonValue] | None:
    """The periods a cell states, or None where one of them cannot be read."""
    periods = [_period(part) for part in re.split(r"[;\n]", text) if part.strip()]
    return None if any(period is None for period in periods) else list(periods)
