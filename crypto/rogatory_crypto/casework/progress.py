"""What is said beside the states: how far it is (UNTOC 18(24)), and by when something is to be done.

Nothing here can be in conflict: each statement is one of its own, and what answers or ends it names it.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from rogatory_crypto.casework.change import Beginning, submitted_in
from rogatory_crypto.casework.record import Entry
from rogatory_crypto.casework.state import Side
from rogatory_crypto.content.case_progress import (
    DeadlineSet,
    DeadlineWithdrawn,
    ProgressAnswer,
    ProgressEnquiry,
)
from rogatory_crypto.content.events import CaseEvent
from rogatory_crypto.content.mimi import MessageId

_NO_ANSWER: Final = "it answers no enquiry of the other side"


@dataclass(frozen=True, slots=True)
class Enquiry:
    """An enquiry about progress (UNTOC 18(24)) with its answers."""

    entry: Entry
    asked: ProgressEnquiry
    answers: tuple[tuple[Entry, ProgressAnswer], ...]


@dataclass(frozen=True, slots=True)
class Note:
    """What the requested side tells of its progress without being asked."""

    entry: Entry
    said: ProgressAnswer


@dataclass(frozen=True, slots=True)
class Deadline:
    """A date that an office has set, and by whom it was taken back, if it was."""

    entry: Entry
    said: DeadlineSet
    withdrawn: Entry | None


@dataclass(frozen=True, slots=True)
class Attempt:
    """Something said beside the states that does not count, and why; a date or an enquiry."""

    entry: Entry
    reason: str


def enquiries_in(
    entries: Sequence[Entry], beginning: Beginning
) -> tuple[tuple[Enquiry, ...], tuple[Attempt, ...]]:
    """Return the enquiries with their answers, and what is no enquiry."""
    attempts: list[Attempt] = []
    asked: dict[MessageId, tuple[Entry, ProgressEnquiry]] = {}
    for entry, event in _said(entries):
        if not isinstance(event, ProgressEnquiry):
            continue
        reason = _no_enquiry(entry, beginning)
        if reason is None:
            asked[entry.message_id] = entry, event
        else:
            attempts.append(Attempt(entry, reason))
    answers: dict[MessageId, list[tuple[Entry, ProgressAnswer]]] = {}
    for entry, event in _said(entries):
        if isinstance(event, ProgressAnswer) and _no_progress(entry, beginning) is None:
            answers.setdefault(event.enquiry, []).append((entry, event))
    found = (Enquiry(*each, tuple(answers.get(name, ()))) for name, each in asked.items())
    return tuple(found), tuple(attempts)


def notes_in(
    entries: Sequence[Entry], beginning: Beginning, enquiries: Iterable[Enquiry]
) -> tuple[tuple[Note, ...], tuple[Attempt, ...]]:
    """Return what was told of the progress of a request unasked, naming it, and what answers nothing.

    Args:
        entries: of the case, in the order that all share.
        beginning: of the case.
        enquiries: of the case.
    """
    asked = frozenset(each.entry.message_id for each in enquiries)
    requests = _requests_in(entries, beginning)
    notes: list[Note] = []
    attempts: list[Attempt] = []
    for entry, event in _said(entries):
        if not isinstance(event, ProgressAnswer):
            continue
        reason = _no_progress(entry, beginning)
        if reason is None and event.enquiry not in asked | requests:
            reason = _NO_ANSWER
        if reason is not None:
            attempts.append(Attempt(entry, reason))
        elif event.enquiry in requests:
            notes.append(Note(entry, event))
    return tuple(notes), tuple(attempts)


def _requests_in(entries: Sequence[Entry], beginning: Beginning) -> frozenset[MessageId]:
    of_asking = (each for each in entries if each.office == beginning.requesting)
    return frozenset(each.message_id for each in of_asking if submitted_in(each) is not None)


def _no_enquiry(entry: Entry, beginning: Beginning) -> str | None:
    if entry.flaw is None and (beginning.request is None or entry.office != beginning.requesting):
        return "only who has made a request asks how far it is"
    return entry.flaw


def _no_progress(entry: Entry, beginning: Beginning) -> str | None:
    is_asked = beginning.side_of(entry.office) is Side.REQUESTED
    return entry.flaw or (None if is_asked else _NO_ANSWER)


def deadlines_in(
    entries: Sequence[Entry], beginning: Beginning
) -> tuple[tuple[Deadline, ...], tuple[Attempt, ...]]:
    """Return the dates that offices have set, and what sets or ends none."""
    attempts: list[Attempt] = []
    found: dict[MessageId, Deadline] = {}
    for entry, event in _said(entries):
        if isinstance(event, DeadlineSet):
            is_guest = beginning.side_of(entry.office) is Side.GUEST
            reason = entry.flaw or ("a guest of the case sets no dates" if is_guest else None)
            if reason is None:
                found[entry.message_id] = Deadline(entry, event, None)
            else:
                attempts.append(Attempt(entry, reason))
    for entry, event in _said(entries):
        if not isinstance(event, DeadlineWithdrawn):
            continue
        deadline = found.get(event.deadline)
        if entry.flaw is not None or deadline is None or deadline.entry.office != entry.office:
            reason = entry.flaw or "only the office that has set a deadline takes it back"
            attempts.append(Attempt(entry, reason))
        elif deadline.withdrawn is None:
            found[event.deadline] = replace(deadline, withdrawn=entry)
    return tuple(found.values()), tuple(attempts)


def _said(entries: Sequence[Entry]) -> Iterator[tuple[Entry, CaseEvent]]:
    for entry in entries:
        for event in entry.events:
            yield entry, event
