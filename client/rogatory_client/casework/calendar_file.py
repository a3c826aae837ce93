"""Deadlines for an officer's own calendar (RFC 5545), with nothing of the case in them.

A calendar leaves the vault, and often the building. An entry says that something is due, and when; the own
reference only where the officer asks for it.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from icalendar import Alarm, Calendar, Event

from rogatory_client.casework.due import Due

TITLE = "Deadline"


def calendar_file(dues: Iterable[tuple[bytes, str | None, Due]], as_of: int) -> bytes:
    """Return an iCalendar file.

    Args:
        dues: for each the id of its case, the reference to be shown, if any, and what is due.
        as_of: Unix seconds; when the file is made.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//Rogatory//Deadlines//EN")
    calendar.add("version", "2.0")
    for group_id, reference, due in dues:
        calendar.add_component(_event(group_id, reference, due, as_of))
    written: bytes = calendar.to_ical()
    return written


def _event(group_id: bytes, reference: str | None, due: Due, as_of: int) -> Event:
    title = TITLE if reference is None else f"{TITLE}: {reference}"
    event = Event()
    # The same deadline has the same name in each file, so that an import replaces it; a hash tells no more.
    named = sha256(group_id + due.what.encode() + (due.set_by or b"")).hexdigest()[:32]
    event.add("uid", f"{named}@deadline.invalid")
    event.add("dtstamp", datetime.fromtimestamp(as_of, UTC))
    event.add("dtstart", datetime.fromtimestamp(due.at, UTC))
    event.add("summary", title)
    event.add("class", "PRIVATE")
    event.add("transp", "TRANSPARENT")
    for at in due.reminders:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", title)
        alarm.add("trigger", timedelta(seconds=at - due.at))
        event.add_component(alarm)
    return event
