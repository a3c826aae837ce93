"""When something is due: from what was said in a case and the calendars of its offices; nothing is stored."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from rogatory_client.casework.deadlines.due import LAST_SECOND, Due, OfficeCalendar, end_of, reminders_of
from rogatory_client.casework.deadlines.of_events import event_deadlines
from rogatory_client.casework.deadlines.rules import DeadlineRule, Legal, rules_for
from rogatory_crypto.casework import Side, Timeline
from rogatory_crypto.content.events import Urgency
from rogatory_crypto.wire.identifier import EntryId


def deadlines_of(
    timeline: Timeline,
    offices: Sequence[EntryId],
    calendars: Mapping[EntryId, OfficeCalendar],
    configured: Mapping[str, str] | None = None,
    later: Sequence[tuple[str, Timeline]] = (),
) -> tuple[Due, ...]:
    """Return what is due in a case, soonest first.

    Args:
        timeline: of the case.
        offices: all that are in it.
        calendars: of these offices; one that is not there works Monday to Friday by UTC.
        configured: terms of the office or of a treaty, by what is due.
        later: cases that go on from this one, each with how: ``extension`` or ``follow_up``.

    Raises:
        MisuseError: a term is none, or is fixed by a convention.
    """
    named = {office: calendars.get(office, OfficeCalendar()) for office in offices}
    found = (
        *dict.fromkeys(_in_lines(timeline, named, configured)),
        *event_deadlines(timeline, named, configured, later),
        *_enquired(timeline, named),
        *_set(timeline, named),
    )
    return tuple(sorted(found, key=lambda each: (each.at, each.what)))


def acted_at(timeline: Timeline, office: EntryId) -> int | None:
    """Return when anybody in an office last changed, answered or set something; Unix seconds."""
    entries = [each.entry for each in timeline.changes]
    entries += [entry for enquiry in timeline.enquiries for entry, _ in enquiry.answers]
    entries += [note.entry for note in timeline.notes]
    entries += [deadline.entry for deadline in timeline.deadlines]
    entries += [note.entry for note in timeline.oral]
    entries += [presence.entry for presence in timeline.presences]
    return max((entry.at_ms // 1000 for entry in entries if entry.office == office), default=None)


def _in_lines(
    timeline: Timeline, named: Mapping[EntryId, OfficeCalendar], configured: Mapping[str, str] | None
) -> Iterator[Due]:
    """Of several offices asked, each acts by where its own line stands, and all in the case see all of it."""
    if not timeline.lines:
        yield from _by_rule(timeline, named, configured)
    for asked, line in timeline.lines.items():
        others = timeline.lines.keys() - {asked}
        among = {office: calendar for office, calendar in named.items() if office not in others}
        yield from _by_rule(line, among, configured)


def _by_rule(
    timeline: Timeline, named: Mapping[EntryId, OfficeCalendar], configured: Mapping[str, str] | None
) -> Iterator[Due]:
    if timeline.state is None or timeline.since_ms is None:
        return
    request = timeline.request
    urgency = Urgency.ROUTINE if request is None else request.urgency
    request_type = None if request is None else request.request_type
    stated = _stated_day(timeline)
    for rule in rules_for(request_type, timeline.state, configured):
        office = _acting(timeline, rule.acts, named)
        if office is None:
            continue
        begun, calendar = _begun(rule, timeline), named[office]
        at = (
            calendar.instant(stated, LAST_SECOND)
            if stated is not None and rule.yields
            else end_of(rule.term(urgency), begun, calendar, fixed=rule.legal is Legal.CONVENTION)
        )
        reminders = reminders_of(rule, at, calendar)
        yield Due(rule.what, at, office, rule.legal, rule.basis, reminders, begun=begun)


def _begun(rule: DeadlineRule, timeline: Timeline) -> int:
    """Return from when a rule runs, Unix seconds: what recurs does so from when it was told last."""
    since_ms = timeline.since_ms or 0
    if rule.recurs:
        told = [each.entry for each in timeline.notes]
        told += [entry for enquiry in timeline.enquiries for entry, _ in enquiry.answers]
        since_ms = max((since_ms, *(entry.at_ms for entry in told)))
    return since_ms // 1000


def _stated_day(timeline: Timeline) -> date | None:
    """The day that came with the newest change: of a review, or by which an answer is wished."""
    newest = frozenset(timeline.heads)
    heads = [each for each in timeline.changes if each.entry.message_id in newest]
    days = [date.fromisoformat(each.said.due) for each in heads if each.said.due is not None]
    return max(days, default=None)


def _acting(timeline: Timeline, side: Side, named: Mapping[EntryId, OfficeCalendar]) -> EntryId | None:
    """Return the office that acts for a side: of several the one that spoke last, else the first by name."""
    offices = sorted(office for office in named if timeline.side_of(office) is side)
    spoke = [each.entry.office for each in timeline.changes if each.entry.office in offices]
    return spoke[-1] if spoke else next(iter(offices), None)


def _enquired(timeline: Timeline, named: Mapping[EntryId, OfficeCalendar]) -> Iterator[Due]:
    acting = _acting(timeline, Side.REQUESTED, named)
    asked = sorted(timeline.lines.keys() & named.keys()) or ([] if acting is None else [acting])
    for office in asked:
        for enquiry in timeline.enquiries_for(office):
            if enquiry.asked.due is None:
                continue
            at = named[office].instant(date.fromisoformat(enquiry.asked.due), LAST_SECOND)
            name = enquiry.entry.message_id
            asked_at = enquiry.entry.at_ms // 1000
            yield Due("answer to the enquiry", at, office, Legal.CONFIGURABLE, "18(24)", (), name, asked_at)


def _set(timeline: Timeline, named: Mapping[EntryId, OfficeCalendar]) -> Iterator[Due]:
    for each in timeline.deadlines:
        if each.withdrawn is None:
            calendar = named.get(each.said.acts, OfficeCalendar())
            at = calendar.instant(date.fromisoformat(each.said.due), LAST_SECOND)
            legal = Legal.TREATY if each.said.basis else Legal.CONFIGURABLE
            said = each.said
            set_at = each.entry.at_ms // 1000
            yield Due(said.what, at, said.acts, legal, said.basis, (), each.entry.message_id, set_at)
