"""Whom to turn to while an urgent request waits: from office hours, urgency and the clock alone.

Nothing is stored. A step is due at an instant that follows from when the request left and from when somebody
is at the office that was asked; all steps end as soon as anybody there has acted.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Final

from rogatory_client.casework.deadlines.opening_hours import OpeningHours
from rogatory_client.casework.forms.catalogue import read_table
from rogatory_client.casework.forms.table_reading import TableReader
from rogatory_crypto.casework import Side, State
from rogatory_crypto.content.events import Urgency
from rogatory_crypto.errors import MisuseError

# What nobody at the office that was asked has acted upon; delivery is the machine's.
UNACKNOWLEDGED: Final = frozenset({State.SENT, State.DELIVERED, State.DELIVERY_FAILED})
_MINUTE_S: Final = 60


class Rung(StrEnum):
    """Whom to turn to."""

    DUTY_OFFICER = "duty_officer"
    DEPUTY = "deputy"
    HEAD = "head"
    SECRETARIAT = "secretariat"


@dataclass(frozen=True, slots=True)
class StepRule:
    """After how many minutes somebody is told, by urgency; what is not there is not pressing."""

    who: Rung
    side: Side
    minutes: Mapping[Urgency, int]


@dataclass(frozen=True, slots=True)
class Waiting:
    """An urgent request that waits.

    Attributes:
        urgency: of the request.
        since: when the relay accepted it, Unix seconds.
        ended_at: when anybody of the office that was asked acted, Unix seconds; None where nobody has.
    """

    urgency: Urgency
    since: int
    ended_at: int | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the ladder.

    Attributes:
        who: whom to turn to.
        at: from when on, Unix seconds.
        is_due: whether that is now.
        is_there: whether somebody is there now, by the entry; None where the entry does not say.
        there_at: when somebody is there next, Unix seconds, from now on; None where the entry does not say.
    """

    who: Rung
    at: int
    is_due: bool
    is_there: bool | None
    there_at: int | None


def ladder(
    side: Side, waiting: Waiting, requested: OpeningHours, secretariat: OpeningHours | None, as_of: int
) -> tuple[Step, ...]:
    """Return the steps of a side, in their order; nothing where the request is not pressing.

    Args:
        side: whose steps.
        waiting: the request.
        requested: when somebody is at the office that was asked.
        secretariat: of a network of both offices; None where there is none, and then no step leads to it.
        as_of: now, Unix seconds.
    """
    found: list[Step] = []
    for rule in step_rules():
        minutes = rule.minutes.get(waiting.urgency)
        if rule.side is not side or minutes is None:
            continue
        hours = secretariat if rule.who is Rung.SECRETARIAT else requested
        if hours is None:
            continue
        at = _told_at(waiting, minutes * _MINUTE_S, requested)
        if waiting.urgency is not Urgency.EMERGENCY:
            at = _awake_at(rule.who, hours, at) or at
        found.append(_step(rule.who, max(at, found[-1].at if found else at), waiting, hours, as_of))
    return tuple(found)


def is_pressing(urgency: Urgency) -> bool:
    """Whether requests of this urgency are escalated at all."""
    return any(urgency in rule.minutes for rule in step_rules())


def _step(who: Rung, at: int, waiting: Waiting, hours: OpeningHours, as_of: int) -> Step:
    is_due = at <= as_of and waiting.ended_at is None
    if not hours.is_known:
        return Step(who, at, is_due, None, None)
    there_at = _awake_at(who, hours, as_of)
    return Step(who, at, is_due, there_at == as_of, there_at)


def _told_at(waiting: Waiting, seconds: int, requested: OpeningHours) -> int:
    """Return when a step's minutes are over: an emergency waits for no office hours."""
    plain = waiting.since + seconds
    if waiting.urgency is Urgency.EMERGENCY or requested.around_the_clock or not requested.is_known:
        return plain
    counted = requested.after_open_time(waiting.since, seconds)
    return plain if counted is None else counted


def _awake_at(who: Rung, hours: OpeningHours, at: int) -> int | None:
    """Return when somebody of a rung is there, from an instant on.

    Around the clock there is a duty officer, and at a secretariat who answers for it; deputies and heads keep
    the office's hours.
    """
    if hours.around_the_clock and who in {Rung.DUTY_OFFICER, Rung.SECRETARIAT}:
        return at
    return hours.next_opening(at)


@cache
def step_rules() -> tuple[StepRule, ...]:
    """Every step, in the order of the table."""
    reader = read_table("escalation")
    rules = reader.tables("step", _rule)
    reader.done()
    return rules


def _rule(reader: TableReader) -> StepRule:
    minutes = reader.any("minutes")
    if not isinstance(minutes, dict) or not all(isinstance(each, int) for each in minutes.values()):
        raise MisuseError(f"{reader.where}: minutes are numbers, by urgency")
    return StepRule(
        Rung(reader.text("who")),
        Side(reader.text("side")),
        {Urgency(name): number for name, number in minutes.items()},
    )
