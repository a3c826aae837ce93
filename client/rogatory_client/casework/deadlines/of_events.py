"""What is due from something that was said, and not from a state: calls, safe conduct, preservation, arrest.

Preserved data is kept, and a person arrested is held, from when the request was executed, whether or not the
case is closed since. A request that goes on from it ends that term: an extension once it is executed itself,
as its own case then says until when; any other from its receipt until it is decided (BUDAPEST 29(7)).
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Final

from rogatory_client.casework.deadlines.due import LAST_SECOND, Due, OfficeCalendar, end_of, reminders_of
from rogatory_client.casework.deadlines.rules import DeadlineRule, Legal, Term, Unit, rule_on
from rogatory_crypto.casework import Judged, Standing, State, Timeline
from rogatory_crypto.content.events import Urgency
from rogatory_crypto.wire.identifier import EntryId

EXTENSION: Final = "extension"
FOLLOW_UP: Final = "follow_up"
RELATIONS: Final = (EXTENSION, FOLLOW_UP)
_PENDING: Final = frozenset(
    {
        *(State.DELIVERED, State.ACKNOWLEDGED, State.ASSIGNED, State.UNDER_REVIEW, State.INFO_REQUESTED),
        *(State.CONDITIONS_PROPOSED, State.IN_EXECUTION, State.PARTIALLY_EXECUTED, State.POSTPONED),
    }
)
_Calendars = Mapping[EntryId, OfficeCalendar]
_Configured = Mapping[str, str] | None


def event_deadlines(
    timeline: Timeline, named: _Calendars, configured: _Configured, later: Sequence[tuple[str, Timeline]]
) -> Iterator[Due]:
    """Yield what is due from what was said.

    Args:
        timeline: of the case.
        named: the offices in it, with their calendars.
        configured: terms of the office or of a treaty, by what is due.
        later: cases that go on from this one, each with how.

    Raises:
        MisuseError: a term is none, or is fixed by a convention.
    """
    yield from _to_confirm(timeline, named, configured)
    yield from _safe_conduct(timeline, named, configured)
    yield from _preserved(timeline, named, configured, later)
    yield from _executed(timeline, named, configured, later)


def executed_at(timeline: Timeline) -> Judged | None:
    """Return the newest change by which a request was executed, if it still is."""
    if timeline.state in {State.WITHDRAWN, None}:
        return None
    found = [each for each in timeline.with_standing(Standing.VALID) if each.state is State.EXECUTED]
    return found[-1] if found else None


def _to_confirm(timeline: Timeline, named: _Calendars, configured: _Configured) -> Iterator[Due]:
    """Yield one term for each office that called, however many notes there are, from its first call on."""
    rule = rule_on("oral request", configured)
    waiting: dict[EntryId, int] = {}
    for note in timeline.oral:
        if note.confirmed is None and note.said.caller in named:
            made_at = note.said.made_at
            waiting[note.said.caller] = min(made_at, waiting.get(note.said.caller, made_at))
    for office, begun in waiting.items():
        yield _due(rule, end_of(rule.term(Urgency.ROUTINE), begun, named[office]), begun, office, named)


def _safe_conduct(timeline: Timeline, named: _Calendars, configured: _Configured) -> Iterator[Due]:
    rule = rule_on("presence ended", configured)
    for each in timeline.presences:
        office = each.entry.office
        if office not in named:
            continue
        calendar = named[office]
        agreed = each.said.agreed_days
        term = rule.term(Urgency.ROUTINE) if agreed is None else Term(agreed, Unit.DAYS)
        told = calendar.instant(date.fromisoformat(each.said.told_on), LAST_SECOND)
        at = end_of(term, told, calendar, fixed=True)
        legal = Legal.CONVENTION if agreed is None else Legal.TREATY
        reminders = reminders_of(rule, at, calendar)
        yield Due(rule.what, at, office, legal, rule.basis, reminders, each.entry.message_id, told)


def _preserved(
    timeline: Timeline, named: _Calendars, configured: _Configured, later: Sequence[tuple[str, Timeline]]
) -> Iterator[Due]:
    rule, office, executed = rule_on("preserved", configured), timeline.requesting, executed_at(timeline)
    if executed is None or office is None or office not in named or timeline.request is None:
        return
    if timeline.request.request_type not in rule.types or _goes_on(later):
        return
    calendar, keeper = named[office], named.get(executed.entry.office, named[office])
    stated = executed.said.due
    at = (
        end_of(rule.term(Urgency.ROUTINE), executed.entry.at_ms // 1000, calendar, fixed=True)
        if stated is None
        else keeper.instant(date.fromisoformat(stated), LAST_SECOND)
    )
    yield _due(rule, at, executed.entry.at_ms // 1000, office, named)


def _executed(
    timeline: Timeline, named: _Calendars, configured: _Configured, later: Sequence[tuple[str, Timeline]]
) -> Iterator[Due]:
    rule, office, executed = rule_on("executed", configured), timeline.requesting, executed_at(timeline)
    if executed is None or office is None or office not in named or timeline.request is None:
        return
    if timeline.request.request_type in rule.types and not _goes_on(later):
        begun = executed.entry.at_ms // 1000
        yield _due(rule, end_of(rule.term(Urgency.ROUTINE), begun, named[office]), begun, office, named)


def _goes_on(later: Sequence[tuple[str, Timeline]]) -> bool:
    return any(
        executed_at(timeline) is not None or (relation != EXTENSION and timeline.state in _PENDING)
        for relation, timeline in later
    )


def _due(rule: DeadlineRule, at: int, begun: int, office: EntryId, named: _Calendars) -> Due:
    reminders = reminders_of(rule, at, named[office])
    return Due(rule.what, at, office, rule.legal, rule.basis, reminders, begun=begun)
