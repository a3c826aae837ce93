"""The shared inbox: into which folders a case belongs for one officer, and why it needs him.

Everything is computed from what is known of the case now; nothing is marked or stored.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from enum import StrEnum
from typing import Final

from rogatory_client.casework.mailbox.assigning import NOBODY, Assignment
from rogatory_crypto.casework import Side, State

SOON_S: Final = 7 * 86_400


class Folder(StrEnum):
    """Folders of the inbox, in their order."""

    NEEDS_YOU = "needs_you"
    MINE = "mine"
    UNASSIGNED = "unassigned"
    UNIT = "unit"
    WAITING_FOR_THEM = "waiting_for_them"
    CLOSED = "closed"


_ASKING, _ASKED = Side.REQUESTING, Side.REQUESTED
# What a state asks of a side; where it asks nothing of a side, that side waits.
_TURN: Final[dict[tuple[State, Side], str]] = {
    (State.DELIVERY_FAILED, _ASKING): "not delivered: send it again or by another way",
    (State.RETURNED, _ASKING): "sent back: complete it",
    (State.INFO_REQUESTED, _ASKING): "questions received: answer them",
    (State.CONDITIONS_PROPOSED, _ASKING): "conditions proposed: accept or decline",
    (State.EXECUTED, _ASKING): "result received: confirm it",
    (State.REFUSED, _ASKING): "refused: close the case or ask again",
    (State.SENT, _ASKED): "to acknowledge",
    (State.DELIVERED, _ASKED): "to acknowledge",
    (State.WITHDRAWN, _ASKED): "withdrawn: close the case",
}
# In these the other side has the case in hand; what they ask of this side stands above.
_THEIRS: Final[dict[Side, frozenset[State]]] = {
    _ASKING: frozenset(
        {
            *(State.SENT, State.DELIVERED, State.ACKNOWLEDGED, State.ASSIGNED, State.UNDER_REVIEW),
            *(State.IN_EXECUTION, State.PARTIALLY_EXECUTED, State.POSTPONED, State.WITHDRAWN),
        }
    ),
    _ASKED: frozenset(
        {
            *(State.RETURNED, State.INFO_REQUESTED, State.CONDITIONS_PROPOSED, State.EXECUTED),
            *(State.REFUSED, State.DELIVERY_FAILED),
        }
    ),
}
_EVERY_STATE: Final = frozenset(State)


@dataclass(frozen=True, slots=True)
class Awaited:
    """What the own office has to do by an instant, Unix seconds."""

    what: str
    at: int


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """What is known of a case now.

    Attributes:
        side: of the own office.
        states: in which it stands, with several offices asked maybe in several; none in a conflict, or
            where nothing has begun.
        in_conflict: whether changes of state cannot both be.
        unread: messages that nobody of the office has opened on this device.
        enquiries: how many of the other side wait for an answer.
        due: what the own office has to do, soonest first.
        is_over: whether nothing can be said in it any more.
        spoke_last: whether the own office said the newest word of it.
        assignment: who works on it.
        gone: those of them who have left.
        zone: of the own office, by whose days it counts.
    """

    side: Side
    states: tuple[State, ...]
    in_conflict: bool = False
    unread: int = 0
    enquiries: int = 0
    due: Sequence[Awaited] = ()
    is_over: bool = False
    spoke_last: bool = False
    assignment: Assignment = NOBODY
    gone: frozenset[str] = field(default_factory=frozenset)
    zone: tzinfo = UTC

    @property
    def is_closed(self) -> bool:
        """Whether there is nothing left to do."""
        return self.is_over or (bool(self.states) and set(self.states) == {State.CLOSED})

    @property
    def at_work(self) -> tuple[str, ...]:
        """The officers who work on it and are still there."""
        return tuple(each for each in self.assignment.officers if each not in self.gone)


def reasons_in(facts: CaseFacts, as_of: int) -> tuple[str, ...]:
    """Return why a case needs the officer who works on it, one line each, the most pressing first.

    Args:
        facts: of the case.
        as_of: Unix seconds.
    """
    if facts.is_closed:
        return _news(facts)
    found = [_due_line(due, as_of, facts.zone) for due in facts.due if due.at - as_of <= SOON_S]
    if facts.in_conflict:
        found.append("two officers set what cannot both be: settle it")
    if facts.assignment.in_conflict:
        found.append(f"at once given to {' and '.join(facts.assignment.officers) or 'nobody'}: decide who")
    found += [f"{officer} has left: assign it anew" for officer in sorted(facts.gone)]
    turns = (_TURN.get((state, facts.side)) for state in facts.states)
    found += [asked for asked in dict.fromkeys(turns) if asked]
    if facts.enquiries:
        found.append("asked how far it is: answer the enquiry")
    return (*found, *_news(facts))


def _news(facts: CaseFacts) -> tuple[str, ...]:
    if not facts.unread:
        return ()
    return (f"{facts.unread} new message{'s' if facts.unread > 1 else ''}",)


def _due_line(due: Awaited, as_of: int, zone: tzinfo) -> str:
    day = datetime.fromtimestamp(due.at, zone).date()
    return f"overdue since {day}: {due.what}" if as_of > due.at else f"due {day}: {due.what}"


def folders_of(facts: CaseFacts, officer: str, in_place_of: frozenset[str], as_of: int) -> frozenset[Folder]:
    """Return the folders that a case is in for an officer.

    Args:
        facts: of the case.
        officer: whose inbox it is.
        in_place_of: the officers for whom he stands in today.
        as_of: Unix seconds.
    """
    at_work, his = frozenset(facts.at_work), {officer, *in_place_of}
    is_his = not at_work or not at_work.isdisjoint(his)
    needed = {Folder.NEEDS_YOU} if is_his and reasons_in(facts, as_of) else set()
    if facts.is_closed:
        return frozenset({Folder.CLOSED, *needed})
    found = {Folder.UNIT, *needed}
    if not at_work:
        found.add(Folder.UNASSIGNED)
    elif is_his:
        found.add(Folder.MINE)
    if _is_theirs(facts) and not needed:
        found.add(Folder.WAITING_FOR_THEM)
    return frozenset(found)


def _is_theirs(facts: CaseFacts) -> bool:
    if State.CONSULTATION in facts.states:
        return facts.spoke_last
    theirs = _THEIRS.get(facts.side, _EVERY_STATE)  # a guest looks on
    return bool(facts.states) and theirs.issuperset(facts.states)
