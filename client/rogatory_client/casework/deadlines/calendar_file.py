"""Deadlines for an officer's own calendar (RFC 5545), with nothing of the case in them.

A calendar leaves the vault, and often the building. An entry says that something is due, and when; the own
reference only where the officer asks for it.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from typing import Final

from icalendar import Alarm, Calendar, Event

from rogatory_client.casework.deadlines.due import Due

TITLE: Final = "Deadline"
_END: Final = b"END:VCALENDAR\r\n"
_NAMELESS: Final = "0" * 32
_BEGINNING: Final = datetime(1970, 1, 1, tzinfo=UTC)


def calendar_file(dues: Iterable[tuple[bytes, str | None, Due]], as_of: int) -> bytes:
    """Return an iCalendar file.

    Args:
        dues: for each the id of its case, the reference to be shown, if any, and what is due.
        as_of: Unix seconds; when the file is made.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//Rogatory//Deadlines//EN")
    calendar.add("version", "2.0")
    events = (_event(name, reference, due, as_of) for name, reference, due in _named(dues))
    written: bytes = calendar.to_ical()
    return b"".join((written.removesuffix(_END), *events, _END))


def _named(dues: Iterable[tuple[bytes, str | None, Due]]) -> Iterator[tuple[str, str | None, Due]]:
    """Yield each with its name, which no other has in the file (RFC 5545 3.8.4.7).

    The same deadline has the same name in each file, so that an import replaces it; a hash tells no more. Of
    what one office owes to several alike, the second by time is told apart by that.
    """
    counted: Counter[bytes] = Counter()
    for group_id, reference, due in dues:
        about = b"\0".join((group_id, due.what.encode(), due.acts.encode(), due.set_by or b""))
        counted[about] += 1
        yield sha256(about + b"\0%d" % counted[about]).hexdigest()[:32], reference, due


def _event(named: str, reference: str | None, due: Due, as_of: int) -> bytes:
    title = TITLE if reference is None else f"{TITLE}: {reference}"
    written = _written(title, tuple(at - due.at for at in due.reminders), as_of)
    lines = (
        (_name(_NAMELESS), _name(named)),
        (_start(_BEGINNING), _start(datetime.fromtimestamp(due.at, UTC))),
    )
    for blank, line in lines:
        written = written.replace(blank, line, 1)
    return written


def _name(named: str) -> bytes:
    """Return a whole line with the one before ended, which stands in no text that anybody has given."""
    return f"\r\nUID:{named}@deadline.invalid\r\n".encode()


def _start(moment: datetime) -> bytes:
    return f"\r\nDTSTART:{moment:%Y%m%dT%H%M%SZ}\r\n".encode()


@lru_cache(maxsize=1024)
def _written(title: str, reminders: tuple[int, ...], as_of: int) -> bytes:
    """Return an event but for its name and its time: thousands differ in nothing else.

    Both are of fixed length and hold nothing that is escaped, so each stays on its line (RFC 5545 3.1).
    """
    event = Event()
    event.add("uid", f"{_NAMELESS}@deadline.invalid")
    event.add("dtstamp", datetime.fromtimestamp(as_of, UTC))
    event.add("dtstart", _BEGINNING)
    event.add("summary", title)
    event.add("class", "PRIVATE")
    event.add("transp", "TRANSPARENT")
    for seconds in reminders:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", title)
        alarm.add("trigger", timedelta(seconds=seconds))
        event.add_component(alarm)
    written: bytes = event.to_ical()
    return written
