"""Where a case stands, read from all that was said in it; nothing of this is stored.

What depends on the time (a sending that has failed, an enquiry that is overdue) is computed for the instant
that is asked about.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from rogatory_crypto.casework.change import in_order, submitted_in
from rogatory_crypto.casework.judging import Changes
from rogatory_crypto.casework.life_cycle import next_steps
from rogatory_crypto.casework.merging import merged
from rogatory_crypto.casework.progress import (
    Attempt,
    Deadline,
    Enquiry,
    Note,
    deadlines_in,
    enquiries_in,
    notes_in,
)
from rogatory_crypto.casework.record import Entry, Judged, Record, Standing
from rogatory_crypto.casework.sides import NO_SIDES, Sides
from rogatory_crypto.casework.state import Course, Side, State
from rogatory_crypto.casework.transitions import Transition
from rogatory_crypto.casework.urgent_work import (
    Link,
    OralNote,
    Presence,
    links_in,
    oral_requests_in,
    presences_in,
)
from rogatory_crypto.casework.wishes import sent_despite, stray_wishes, wished_in
from rogatory_crypto.content.case_progress import MAX_PARENTS
from rogatory_crypto.content.events import Acknowledged, CaseOpened, ReferenceSet, RequestSubmitted, Urgency
from rogatory_crypto.content.mimi import MessageId
from rogatory_crypto.content.request_wishes import HandlingWished, SentDespite
from rogatory_crypto.wire.identifier import EntryId

# After how long without a receipt a sending counts as failed, seconds; a default of the catalogue.
RECEIPT_AWAITED_S: Final[Mapping[Urgency, int]] = MappingProxyType(
    {Urgency.ROUTINE: 86_400, Urgency.PRIORITY: 86_400, Urgency.URGENT: 900, Urgency.EMERGENCY: 300}
)


@dataclass(frozen=True, slots=True)
class Conflict:
    """Changes that cannot both be; an officer of a side that made one of them decides for one."""

    between: tuple[Judged, ...]


@dataclass(frozen=True, slots=True)
class Timeline:
    """Where a case stands.

    Attributes:
        requesting: the office that asks; None where neither opening nor request is here.
        course: which life cycle it goes through.
        state: None in a conflict, or where nothing has begun.
        since_ms: since when; the newest of what led to it.
        heads: what the next change has to build upon.
        changes: every change, valid or not, in the order that all receivers share.
        conflict: what an officer has to decide.
        closed_by: the sides that have closed their own files of a case that is closed.
        references: each office's own.
        enquiries, deadlines: as they were said.
        notes: what the requested side told of its progress unasked.
        attempts: enquiries, answers and deadlines that do not count.
        request: as it was last sent.
        wishes: how that request is to be handled.
        despite: why it was sent although something was missing.
        oral: notes of oral requests.
        presences: where a presence under safe conduct has ended.
        links: from which cases this one goes on.
        sides: who asks, who is asked, and who was brought in.
        lines: where it stands with each office asked, if there are several.
    """

    requesting: EntryId | None
    course: Course
    state: State | None
    since_ms: int | None
    heads: tuple[MessageId, ...]
    changes: tuple[Judged, ...] = field(repr=False)
    conflict: Conflict | None
    closed_by: frozenset[Side]
    references: Mapping[EntryId, str]
    enquiries: tuple[Enquiry, ...]
    deadlines: tuple[Deadline, ...]
    attempts: tuple[Attempt, ...]
    request: RequestSubmitted | None = field(repr=False)
    wishes: HandlingWished | None = field(default=None, repr=False)
    despite: SentDespite | None = field(default=None, repr=False)
    oral: tuple[OralNote, ...] = ()
    presences: tuple[Presence, ...] = ()
    links: tuple[Link, ...] = ()
    sides: Sides = NO_SIDES
    lines: Mapping[EntryId, "Timeline"] = field(default_factory=dict, repr=False)
    notes: tuple[Note, ...] = ()

    def side_of(self, office: EntryId) -> Side:
        """Return on which side an office is; who has asked by word of mouth asks."""
        return Side.REQUESTING if office == self.requesting else self.sides.of(office)

    def next_steps(self, side: Side) -> tuple[Transition, ...]:
        """Return what a side may set next; nothing where a conflict has to be settled first."""
        return () if self.state is None else next_steps(self.state, side, self.course)

    def enquiries_for(self, office: EntryId) -> tuple[Enquiry, ...]:
        """Return the enquiries that wait for an answer of an office: each office asked answers for itself."""
        return tuple(
            each
            for each in self.enquiries
            if not (office in {entry.office for entry, _ in each.answers} if self.lines else each.answers)
        )

    def to_build_upon(self) -> tuple[MessageId, ...]:
        """Return the heads that the next change names; of more than one change can name, some of each kind.

        Who floods a case with changes at once does not stop it: each that is said ends the most of them.
        """
        valid = {each.entry.message_id: each for each in self.with_standing(Standing.VALID)}
        kinds = {(valid[name].state, valid[name].side): name for name in reversed(self.heads)}
        some = dict.fromkeys((*kinds.values(), *self.heads))
        return tuple(some)[:MAX_PARENTS]

    def with_standing(self, standing: Standing) -> tuple[Judged, ...]:
        """Return the changes that count, that do not, or that wait."""
        return tuple(each for each in self.changes if each.standing is standing)


def project(record: Record, as_of: int) -> Timeline:
    """Return where a case stands.

    Args:
        record: what an office holds of it.
        as_of: Unix seconds; the instant that is asked about.
    """
    entries, changes = in_order(record.entries), Changes(record)
    beginning, heads = changes.beginning, changes.heads()
    state = merged([head.state for head in heads if head.state is not None])
    newest = _newest_version(changes)
    submitted = beginning.submitted if newest is None else submitted_in(newest)
    if state is State.SENT:
        state = _sent(record, heads, Urgency.ROUTINE if submitted is None else submitted.urgency, as_of)
    judged = tuple(sorted(changes.judged.values(), key=lambda each: each.entry.order))
    enquiries, refused_enquiries = enquiries_in(entries, changes.beginning)
    notes, refused_notes = notes_in(entries, beginning, enquiries)
    deadlines, refused_deadlines = deadlines_in(entries, beginning)
    oral, refused_oral = oral_requests_in(entries, _versions(changes), beginning)
    presences, refused_presences = presences_in(entries, beginning)
    links, refused_links = links_in(entries)
    refused = (*refused_enquiries, *refused_notes, *refused_deadlines)
    refused += (*refused_oral, *refused_presences, *refused_links)
    return Timeline(
        # Where nothing was asked in writing yet, who called first asks.
        requesting=beginning.requesting or next((note.said.caller for note in oral), None),
        course=beginning.course,
        state=state,
        since_ms=max((head.entry.at_ms for head in heads), default=None),
        heads=tuple(head.entry.message_id for head in heads),
        changes=judged,
        conflict=Conflict(heads) if heads and state is None else None,
        closed_by=frozenset(
            each.side
            for each in changes.counting()
            if state is State.CLOSED and each.state is State.CLOSED and not each.settles
        ),
        references=_references(entries),
        enquiries=enquiries,
        deadlines=deadlines,
        attempts=(*refused, *stray_wishes(entries)),
        request=submitted,
        wishes=None if newest is None else wished_in(newest),
        despite=None if newest is None else sent_despite(newest),
        oral=oral,
        presences=presences,
        links=links,
        sides=beginning.sides,
        notes=notes,
    )


def _sent(record: Record, heads: tuple[Judged, ...], urgency: Urgency, as_of: int) -> State:
    """Return what has become of a request on its way; a receipt that comes late counts all the same."""
    if any(head.entry.message_id in record.delivered_at_ms for head in heads):
        return State.DELIVERED
    sent_at = max(head.entry.at_ms for head in heads) // 1000
    is_queued = any(head.entry.is_queued for head in heads)
    has_failed = not is_queued and as_of > sent_at + RECEIPT_AWAITED_S[urgency]
    return State.DELIVERY_FAILED if has_failed else State.SENT


def _newest_version(changes: Changes) -> Entry | None:
    """Return the message with the request as it was last sent; what only wanted to be a version is none."""
    versions = _versions(changes)
    return versions[-1] if versions else None


def _versions(changes: Changes) -> tuple[Entry, ...]:
    return tuple(each.entry for each in changes.counting() if submitted_in(each.entry) is not None)


def _references(entries: tuple[Entry, ...]) -> Mapping[EntryId, str]:
    found: dict[EntryId, str] = {}
    for entry in entries:
        for event in entry.events:
            match event:
                case CaseOpened(reference=str(reference)) | RequestSubmitted(reference=reference):
                    found[entry.office] = reference
                case Acknowledged(own_reference=reference) | ReferenceSet(own_reference=reference):
                    found[entry.office] = reference
                case _:
                    pass
    return MappingProxyType(found)
