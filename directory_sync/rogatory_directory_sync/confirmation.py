"""How old an entry is: every office confirms its own once a year, and is asked when it has not.

The age counts from the latest of what was published (``last_confirmed``, else ``last_updated``) and what the
office said here. After 366 days the office is asked; after 24 months the entry is marked stale (rule R13).
"""

from collections.abc import Iterable
from datetime import date

from rogatory_directory_sync.entry import Entry
from rogatory_directory_sync.jsonvalue import JsonObject
from rogatory_directory_sync.record import Status

CONFIRM_WITHIN_DAYS = 366


def last_confirmed(entry: Entry) -> date | None:
    """The latest day somebody answered for the entry, or None where nobody did."""
    provenance = entry.record.provenance
    stated = (provenance.last_confirmed or provenance.last_updated, entry.annotations.confirmed_on)
    days = [_day(text) for text in stated if text]
    return max((day for day in days if day is not None), default=None)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def is_confirmation_due(entry: Entry, today: date) -> bool:
    """Whether the office is to be asked; a withdrawn entry is not."""
    if entry.record.status is not Status.ACTIVE:
        return False
    confirmed = last_confirmed(entry)
    return confirmed is None or (today - confirmed).days > CONFIRM_WITHIN_DAYS


def confirmations_due(entries: Iterable[Entry], today: date) -> tuple[JsonObject, ...]:
    """The entries whose offices are to be asked, by id, with the day they last answered for them."""
    due = sorted((entry for entry in entries if is_confirmation_due(entry, today)), key=lambda e: e.entry_id)
    days = ((entry.entry_id, last_confirmed(entry)) for entry in due)
    return tuple(
        {"record_id": entry_id, "last_confirmed": day.isoformat() if day else None} for entry_id, day in days
    )
