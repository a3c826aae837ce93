"""How urgent work is shown: ladders, alerts, calls, links and reminders."""

from typing import TYPE_CHECKING

from rogatory_client.cli.answer import Block, Facts, Table
from rogatory_client.cli.views import moment, moment_ms, short

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rogatory_client.office.urgent.view import (
        AlertView,
        EscalationView,
        LinkView,
        OralView,
        ReminderView,
        StepView,
    )


def escalation_blocks(found: "EscalationView") -> tuple[Block, ...]:
    """The ladder of a request, and what is due now."""
    facts = Facts(
        [
            ("Case", short(found.room_id)),
            ("Urgency", found.urgency),
            ("From", found.requesting),
            ("To", found.requested),
            ("Waits since", moment(found.since) or "not sent yet"),
            ("Acted upon", moment(found.ended_at)),
            ("Urgent procedure", found.procedure),
        ]
    )
    rows = [
        (
            words(step.who),
            step.entry,
            on_clocks(step.clocks),
            _now(found, step),
            _there(step),
            ", ".join(step.contacts),
        )
        for step in found.steps
    ]
    return facts, Table(("Turn to", "At", "From", "Now", "Is there", "Contacts"), rows, "Nothing to press.")


def _now(found: "EscalationView", step: "StepView") -> str:
    if not found.waiting:
        return "ended"
    return "due" if step.is_due else "later"


def _there(step: "StepView") -> str:
    if step.is_there is None:
        return "not known"
    return "yes" if step.is_there else on_clocks(step.there_clocks) or "not in the next weeks"


def alert_table(found: "Iterable[AlertView]") -> Table:
    """Urgent requests that wait in this office."""
    rows = [
        (
            short(each.room_id),
            each.requesting,
            each.urgency,
            moment(each.since),
            ", ".join(each.whom) or "nobody",
            "yes" if each.is_for_this_officer else "no",
        )
        for each in found
    ]
    return Table(("Waits here", "From", "Urgency", "Since", "For", "For you"), rows, "")


def call_table(found: "Iterable[OralView]") -> Table:
    """Oral requests, and whether they are confirmed in writing."""
    rows = [
        (
            short(each.message_id),
            on_clocks(each.clocks),
            f"{each.caller} {each.caller_function}".strip(),
            f"{each.called} {each.called_function}".strip(),
            each.memo,
            "not yet" if each.confirmed_by is None else short(each.confirmed_by),
        )
        for each in found
    ]
    return Table(("Call", "Time", "Asked by", "Asked of", "What", "Confirmed by"), rows, "No call is noted.")


def link_table(found: "Iterable[LinkView]") -> Table:
    """Cases that go on from each other."""
    rows = [
        (
            short(each.room_id),
            "goes on from this one" if each.is_later else "this one goes on from it",
            words(each.relation),
            ", ".join(f"{office}: {text}" for office, text in each.references.items()),
            f"{each.office}, {moment_ms(each.at_ms)}",
            f"no: {each.reason}" if each.reason else "yes",
        )
        for each in found
    ]
    return Table(("Case", "How", "As", "References", "Said by", "Counts"), rows, "No other case is linked.")


def reminder_table(found: "Iterable[ReminderView]") -> Table:
    """What falls due, one line each."""
    rows = [
        (
            short(each.room_id),
            each.reference,
            each.what,
            "overdue" if each.overdue else _days(each.days_left),
            on_clocks(each.clocks),
            ", ".join(each.whom) or "all",
        )
        for each in found
    ]
    headings = ("Case", "Reference", "What", "When", "Due by", "For")
    return Table(headings, rows, "Nothing falls due.")


def _days(count: int) -> str:
    return {0: "today", 1: "tomorrow"}.get(count, f"in {count} days")


def on_clocks(clocks: dict[str, str]) -> str:
    """An instant on the clock of each office."""
    return "; ".join(f"{office}: {clock}" for office, clock in clocks.items())


def words(identifier: str) -> str:
    """An identifier as words."""
    return identifier.replace("_", " ")
