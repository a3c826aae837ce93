"""What is said beside the states: how far it is (UNTOC 18(24)), and by when something is to be done.

Nothing here can be in conflict: each statement is one of its own, and what answers or ends it names it.
"""

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, replace

from rogatory_crypto.casework.change import Beginning
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


@dataclass(frozen=True, slots=True)
class Enquiry:
    """An enquiry about progress (UNTOC 18(24)) with its answers."""

    entry: Entry
    asked: ProgressEnquiry
    answers: tuple[tuple[Entry, ProgressAnswer], ...]


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
    """Return the enquiries with their answers, and what is no enquiry or no answer."""
    attempts: list[Attempt] = []
    asked: dict[MessageId, ProgressEnquiry] = {}
    answers: dict[MessageId, list[tuple[Entry, ProgressAnswer]]] = {}
    askers: dict[MessageId, Entry] = {}
    for entry, event in _said(entries):
        if not isinstance(event, ProgressEnquiry):
            continue
        reason = _no_enquiry(entry, beginning)
        if reason is None:
            asked[entry.message_id], askers[entry.message_id] = event, entry
        else:
            attempts.append(Attempt(entry, reason))
    for entry, event in _said(entries):
        if not isinstance(event, ProgressAnswer):
            continue
        reason = _no_answer(entry, event, beginning, asked)
        if reason is None:
            answers.setdefault(event.enquiry, []).append((entry, event))
        else:
            attempts.append(Attempt(entry, reason))
    found = (Enquiry(askers[name], event, tuple(answers.get(name, ()))) for name, event in asked.items())
    return tuple(found), tuple(attempts)


def _no_enquiry(entry: Entry, beginning: Beginning) -> str | None:
    if entry.flaw is None and (beginning.request is None or entry.office != beginning.requesting):
        return "only who has made a request asks how far it is"
    return entry.flaw


def _no_answer(
    entry: Entry, event: ProgressAnswer, beginning: Beginning, asked: Container[MessageId]
) -> str | None:
    if entry.flaw is None and (
        event.enquiry not in asked or beginning.side_of(entry.office) is not Side.REQUESTED
    ):
        return "it answers no enquiry of the other side"
    return entry.flaw


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
