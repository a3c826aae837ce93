"""Urgent work as the office shows it; every instant in Unix seconds and on the clocks of both offices."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StepView:
    """A step of a ladder.

    Attributes:
        who: ``duty_officer``, ``deputy``, ``head`` or ``secretariat``.
        entry: of the office where they are.
        at: from when on they are told.
        is_due: whether that is now.
        is_there: whether somebody is there now; None where the directory does not say.
        there_at: when somebody is there next; None where the directory does not say.
        clocks, there_clocks: both instants on each office's clock.
        contacts: how to reach them, as the directory has it.
    """

    who: str
    entry: str
    at: int
    is_due: bool
    is_there: bool | None
    there_at: int | None
    clocks: dict[str, str]
    there_clocks: dict[str, str]
    contacts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EscalationView:
    """How a request that waits is pressed at one of the offices asked.

    Attributes:
        requested: that office.
        waiting: whether it still waits; nothing is due where it does not.
        since: when the relay accepted it; None where it has not.
        ended_at: when anybody of the office that was asked acted.
        procedure: the urgent procedure that the directory names.
    """

    room_id: str
    urgency: str
    requesting: str
    requested: str
    waiting: bool
    since: int | None
    ended_at: int | None
    procedure: str
    steps: tuple[StepView, ...]


@dataclass(frozen=True, slots=True)
class AlertView:
    """An urgent request of another office that waits, and whom of this office its devices alert now."""

    room_id: str
    requesting: str
    urgency: str
    since: int
    whom: tuple[str, ...]
    is_for_this_officer: bool


@dataclass(frozen=True, slots=True)
class OralView:
    """A note of an oral request; ``confirmed_by`` is the request in writing that confirms it."""

    message_id: str
    noted_by: str
    made_at: int
    caller: str
    caller_function: str
    called: str
    called_function: str
    memo: str
    clocks: dict[str, str]
    confirmed_by: str | None


@dataclass(frozen=True, slots=True)
class LinkView:
    """A case that another one goes on from, or that goes on from it.

    Attributes:
        room_id: of the other case.
        is_later: whether the other case is the one that goes on.
        relation: ``extension`` or ``follow_up``.
        references: of the other case, by office.
        office: who has said so.
        reason: why it does not count; empty where it does.
    """

    room_id: str
    is_later: bool
    relation: str
    references: dict[str, str]
    office: str
    at_ms: int
    message_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class ReminderView:
    """Something that falls due and that nobody of the office has acted upon since the reminder.

    Attributes:
        days_left: until the day on which it is due, there; negative where it is over.
        whom: the officers who are reminded; empty for all, as nobody works on the case yet.
        clocks: when it is due, on each office's clock.
    """

    room_id: str
    reference: str
    what: str
    at: int
    days_left: int
    overdue: bool
    clocks: dict[str, str]
    whom: tuple[str, ...]
    is_for_this_officer: bool
