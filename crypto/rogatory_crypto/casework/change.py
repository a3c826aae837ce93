"""Which messages change the state of a case, and by which office it was asked for."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rogatory_crypto.casework.record import Entry
from rogatory_crypto.casework.sides import NO_SIDES, Sides, brought_in_by, sides_in
from rogatory_crypto.casework.state import SHORT_TYPES, Course, Side, State
from rogatory_crypto.content.case_kind import CaseKind
from rogatory_crypto.content.case_progress import StateSet
from rogatory_crypto.content.events import Acknowledged, CaseOpened, RequestSubmitted
from rogatory_crypto.content.mimi import MessageId
from rogatory_crypto.wire.identifier import EntryId


@dataclass(frozen=True, slots=True)
class Change:
    """A message as the change of state that it wants or means.

    ``is_root`` where it begins a case and builds upon nothing; ``flaw`` where it can mean nothing.
    """

    entry: Entry
    said: StateSet
    is_root: bool = False
    flaw: str | None = None
    with_request: bool = False
    own_reference: bool = False


@dataclass(frozen=True, slots=True)
class Beginning:
    """How a case began: in a consultation, with a request, or with one that came out of the other."""

    consultation: Entry | None
    request: Entry | None
    submitted: RequestSubmitted | None
    sides: Sides = NO_SIDES

    @property
    def requesting(self) -> EntryId | None:
        """The office that asks."""
        first = self.request or self.consultation
        return None if first is None else first.office

    @property
    def course(self) -> Course:
        """Which life cycle the case goes through."""
        is_short = self.submitted is not None and self.submitted.request_type in SHORT_TYPES
        return Course.SHORT if is_short else Course.FULL

    def side_of(self, office: EntryId) -> Side:
        """Return on which side an office is."""
        return self.sides.of(office)


def in_order(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Return each message once, in the order that all receivers share."""
    by_id: dict[MessageId, Entry] = {}
    for entry in sorted(entries, key=lambda each: each.order):
        by_id.setdefault(entry.message_id, entry)
    return tuple(by_id.values())


def beginning_of(entries: Sequence[Entry]) -> Beginning:
    """Return how a case began; a further request in it begins nothing.

    A request that has opened its room has begun the case, whatever time a relay puts on another; one of an
    office that was brought in begins nothing.
    """
    consultation = next((each for each in entries if _opens(each, CaseKind.CONSULTATION)), None)
    guests = brought_in_by(entries)
    for entry in sorted(entries, key=lambda each: not _opens(each, CaseKind.REQUEST)):
        submitted = submitted_in(entry)
        if submitted is not None and not _states_set(entry) and entry.office not in guests:
            sides = sides_in(entries, entry.office, submitted.addressees)
            return Beginning(consultation, entry, submitted, sides)
    sides = sides_in(entries, None if consultation is None else consultation.office)
    return Beginning(consultation, None, None, sides)


def change_of(entry: Entry, beginning: Beginning, requests: frozenset[MessageId]) -> Change | None:
    """Return the change that a message wants or means, or None.

    Args:
        entry: the message.
        beginning: of the case.
        requests: the messages that hold requests, of which one can be acknowledged.
    """
    stated, with_request = _states_set(entry), submitted_in(entry) is not None
    if stated:
        flaw = "it sets several states at once" if len(stated) > 1 else None
        return Change(entry, stated[0], flaw=flaw, with_request=with_request)
    if entry is beginning.request:
        return Change(entry, StateSet(State.SENT.value, ()), is_root=True)
    if entry is beginning.consultation:
        return Change(entry, StateSet(State.CONSULTATION.value, ()), is_root=True)
    for event in entry.events:
        if isinstance(event, Acknowledged) and event.message_id in requests:
            said = StateSet(State.ACKNOWLEDGED.value, (event.message_id,))
            return Change(entry, said, own_reference=True)
    return None


def requests_in(entries: Iterable[Entry]) -> frozenset[MessageId]:
    """Return the messages that hold a request which changed the state of the case, or wants to."""
    return frozenset(each.message_id for each in entries if submitted_in(each) is not None)


def acknowledgements_in(entries: Iterable[Entry]) -> frozenset[MessageId]:
    """Return the messages by which a request was taken in hand."""
    return frozenset(
        each.message_id for each in entries if any(isinstance(event, Acknowledged) for event in each.events)
    )


def _states_set(entry: Entry) -> tuple[StateSet, ...]:
    return tuple(event for event in entry.events if isinstance(event, StateSet))


def submitted_in(entry: Entry) -> RequestSubmitted | None:
    """Return the request that a message holds."""
    return next((event for event in entry.events if isinstance(event, RequestSubmitted)), None)


def _opens(entry: Entry, kind: CaseKind) -> bool:
    return any(isinstance(event, CaseOpened) and event.kind is kind for event in entry.events)
