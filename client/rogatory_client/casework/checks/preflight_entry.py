"""Whether the addressee's entry can be relied on, and its office written to."""

from collections.abc import Iterator
from datetime import date
from typing import Final

from rogatory_client.casework.checks.finding import Finding, Flight, OfficeStanding
from rogatory_client.casework.forms.request_type import Severity
from rogatory_directory_sync import Entry, Status, is_confirmation_due, last_confirmed

STALE_MONTHS: Final = 24
_ADDRESSEE: Final = "addressed_authority"


def entry_findings(flight: Flight) -> Iterator[Finding]:
    """What age, status and keys of the entry say."""
    record = flight.addressee.record
    if record.status is Status.WITHDRAWN:
        text = "The entry was withdrawn: no new request may be addressed to it."
        yield flight.finding("withdrawn", Severity.BLOCKING, "18(13)", text, _ADDRESSEE)
    yield from _standing(flight)
    yield from _age(flight)


def _standing(flight: Flight) -> Iterator[Finding]:
    match flight.addressee.standing:
        case OfficeStanding.USABLE:
            return
        case OfficeStanding.NOT_ONBOARDED:
            text = "The office has not been enrolled: it cannot be written to here."
            yield flight.finding("not_onboarded", Severity.BLOCKING, "", text, _ADDRESSEE)
        case OfficeStanding.NO_DEVICE:
            text = "No device of the office is in service: what is sent waits until there is one."
            yield flight.finding("no_device", Severity.CLARIFICATION, "", text, _ADDRESSEE)
        case OfficeStanding.KEYS_CHANGED:
            text = (
                "The office's keys changed and nobody has called it: stop, and see `rogatory office accept`."
            )
            yield flight.finding("unverified", Severity.BLOCKING, "", text, _ADDRESSEE)
        case OfficeStanding.UNKNOWN:
            yield flight.ask("standing_unknown", "", "Whether the office has been enrolled", _ADDRESSEE)


def _age(flight: Flight) -> Iterator[Finding]:
    entry = Entry(flight.addressee.record)
    confirmed = last_confirmed(entry)
    if confirmed is None:
        yield flight.ask("entry_unconfirmed", "18(13)", "When somebody last confirmed the entry", _ADDRESSEE)
    elif _months(confirmed, flight.as_of) >= STALE_MONTHS:
        text = f"The entry is stale: last confirmed on {confirmed}. Telephone before you send."
        yield flight.finding("stale", Severity.CLARIFICATION, "18(13)", text, _ADDRESSEE, ask=True)
    elif is_confirmation_due(entry, flight.as_of):
        text = f"Nobody has confirmed the entry for a year (last on {confirmed})."
        yield flight.finding("confirmation_due", Severity.ADVISORY, "18(13)", text, _ADDRESSEE)


def _months(first: date, last: date) -> int:
    """Whole months between two days."""
    return (last.year - first.year) * 12 + last.month - first.month - (last.day < first.day)
