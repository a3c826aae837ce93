"""A day as an officer gives it, for something that is still to be done."""

from datetime import date

from rogatory_client.office.cases.deadlines import free_calendar_of
from rogatory_client.office.desk import Desk
from rogatory_crypto.errors import MisuseError
from rogatory_crypto.wire.identifier import EntryId


def coming_day(desk: Desk, text: str, office: EntryId) -> str:
    """Return a day that is not over yet where an office is; whoever is late is so from the beginning else.

    Raises:
        MisuseError: it is no day, or is over.
    """
    try:
        day = date.fromisoformat(text.strip())
    except ValueError as error:
        raise MisuseError(f"{text!r} is no day: write it like 2026-12-31") from error
    if day < free_calendar_of(desk, office).day_of(desk.surroundings.now()):
        raise MisuseError(f"{day} is over already at {office}: give a day that is still to come")
    return day.isoformat()
