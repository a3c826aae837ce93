"""What requests of a case ask for beside the assistance (``request_wishes``), and which of it counts."""

from collections.abc import Sequence

from rogatory_crypto.casework.change import submitted_in
from rogatory_crypto.casework.progress import Attempt
from rogatory_crypto.casework.record import Entry
from rogatory_crypto.content.request_wishes import HandlingWished, SentDespite


def wished_in(entry: Entry) -> HandlingWished | None:
    """Return how the request in a message is to be handled."""
    if submitted_in(entry) is None:
        return None
    return next((event for event in entry.events if isinstance(event, HandlingWished)), None)


def sent_despite(entry: Entry) -> SentDespite | None:
    """Return why the request in a message was sent although something was missing."""
    if submitted_in(entry) is None:
        return None
    return next((event for event in entry.events if isinstance(event, SentDespite)), None)


def stray_wishes(entries: Sequence[Entry]) -> tuple[Attempt, ...]:
    """Return what is wished or excused beside no request, or more than once beside one."""
    return tuple(
        Attempt(entry, reason) for entry in entries if (reason := _flaw_of_wishes(entry)) is not None
    )


def _flaw_of_wishes(entry: Entry) -> str | None:
    for kind in (HandlingWished, SentDespite):
        count = sum(isinstance(event, kind) for event in entry.events)
        if count and submitted_in(entry) is None:
            return "what a request wishes stands beside no request"
        if count > 1:
            return "a request wishes the same thing twice: the first counts"
    return None
