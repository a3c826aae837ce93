"""Oral requests and their confirmation in writing (UNTOC 18(14)), safe conduct (18(27)), links of cases.

A call is confirmed by the first request of the office that called, in the same case, that the relay accepted
after it. Both sides may note one call: it is confirmed for both at once. Only times that all receivers share
and the times said in the notes have a part in it, and no order of arrival.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Final, TypeVar

from rogatory_crypto.casework.change import Beginning
from rogatory_crypto.casework.progress import Attempt
from rogatory_crypto.casework.record import Entry
from rogatory_crypto.casework.state import Side
from rogatory_crypto.content.urgent import CaseLinked, OralRequest, PresenceEnded

# Clocks differ, and nobody looks at one before the call begins.
TOLERANCE_S: Final = 600
# By UTC; where the office is, the next day may have begun.
_EPOCH: Final = date(1970, 1, 1).toordinal()
_Event = TypeVar("_Event", OralRequest, PresenceEnded, CaseLinked)


@dataclass(frozen=True, slots=True)
class OralNote:
    """A note of an oral request, and the request in writing that confirms it, if there is one."""

    entry: Entry
    said: OralRequest
    confirmed: Entry | None


@dataclass(frozen=True, slots=True)
class Presence:
    """A person's presence under safe conduct has ended."""

    entry: Entry
    said: PresenceEnded


def oral_requests_in(
    entries: Sequence[Entry], written: Iterable[Entry], beginning: Beginning
) -> tuple[tuple[OralNote, ...], tuple[Attempt, ...]]:
    """Return the notes of oral requests, and those that do not count.

    Args:
        entries: of the case, in the order that all share.
        written: the messages with requests in writing that count.
        beginning: of the case.
    """
    confirming = sorted(written, key=lambda each: each.order)
    found, attempts = _judged(entries, OralRequest, partial(_no_note, beginning=beginning))
    notes = (OralNote(entry, said, _confirmed(said, confirming)) for entry, said in found)
    return tuple(notes), attempts


def presences_in(
    entries: Sequence[Entry], beginning: Beginning
) -> tuple[tuple[Presence, ...], tuple[Attempt, ...]]:
    """Return where a presence has ended, and where that does not count."""

    def reason(entry: Entry, said: PresenceEnded) -> str | None:
        has_part = beginning.request is not None and beginning.side_of(entry.office) is Side.REQUESTING
        if not has_part:
            return "only who asked the person to come says when the presence has ended"
        ahead = date.fromisoformat(said.told_on).toordinal() - _EPOCH - entry.at_ms // 86_400_000
        return None if ahead <= 1 else "it tells of a day that was still to come"

    found, attempts = _judged(entries, PresenceEnded, reason)
    return tuple(Presence(entry, said) for entry, said in found), attempts


@dataclass(frozen=True, slots=True)
class Link:
    """The case goes on from another; whether that one is here, and is theirs to name, its room tells."""

    entry: Entry
    said: CaseLinked


def links_in(entries: Sequence[Entry]) -> tuple[tuple[Link, ...], tuple[Attempt, ...]]:
    """Return from which cases a case goes on, and what does not say so validly."""
    found, attempts = _judged(entries, CaseLinked, lambda _entry, _said: None)
    return tuple(Link(entry, said) for entry, said in found), attempts


def _judged(
    entries: Sequence[Entry], kind: type[_Event], reason_of: Callable[[Entry, _Event], str | None]
) -> tuple[list[tuple[Entry, _Event]], tuple[Attempt, ...]]:
    found: list[tuple[Entry, _Event]] = []
    attempts: list[Attempt] = []
    for entry in entries:
        for event in entry.events:
            if not isinstance(event, kind):
                continue
            reason = entry.flaw or reason_of(entry, event)
            if reason is None:
                found.append((entry, event))
            else:
                attempts.append(Attempt(entry, reason))
    return found, tuple(attempts)


def _no_note(entry: Entry, said: OralRequest, beginning: Beginning) -> str | None:
    if said.caller == said.called or entry.office not in {said.caller, said.called}:
        return "only who called and who was called note an oral request"
    if Side.GUEST in {beginning.side_of(office) for office in (said.caller, said.called)}:
        return "a guest of the case calls nobody in it, and is called by nobody"
    if said.made_at > entry.at_ms // 1000 + TOLERANCE_S:
        return "it notes a call that was still to come"
    return None


def _confirmed(said: OralRequest, written: Sequence[Entry]) -> Entry | None:
    return next(
        (each for each in written if each.office == said.caller and each.at_ms // 1000 >= said.made_at), None
    )
