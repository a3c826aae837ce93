"""A request to several offices: each of them has a line of its own, which no other office asked moves.

In a line counts what its office and the one that asks have said, each change by what it builds upon within
the line. What the one that asks says upon the changes of several lines, or upon the request, is in all of
these; where it decides between changes that were made at once in one line, it is in that line alone.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from types import MappingProxyType

from rogatory_crypto.casework.change import in_order
from rogatory_crypto.casework.judging import Changes
from rogatory_crypto.casework.record import Entry, Judged, Record, Standing
from rogatory_crypto.casework.timeline import Timeline, project
from rogatory_crypto.content.case_progress import StateSet
from rogatory_crypto.content.events import CaseEvent
from rogatory_crypto.content.mimi import MessageId
from rogatory_crypto.wire.identifier import EntryId


def offices_asked(timeline: Timeline) -> frozenset[EntryId]:
    """Return the offices that have a line each; none where the case is one line."""
    asked = timeline.sides.asked or frozenset()
    return asked if len(asked) > 1 else frozenset()


def line_of(record: Record, office: EntryId, asked: Collection[EntryId]) -> Record:
    """Return what of a record is in the line of one of the offices asked.

    Args:
        record: what is held of the case, with the receipts of this office alone.
        office: whose line.
        asked: all that are asked.
    """
    others = frozenset(asked) - {office}
    entries = in_order(record.entries)
    foreign = {each.message_id for each in entries if each.office in others}
    while more := {each.message_id for each in entries if _is_elsewhere(each, office, foreign)} - foreign:
        foreign |= more
    if any(_is_of_several(each, office, foreign) for each in entries):
        placed = _placed(Changes(record), frozenset(asked))
        foreign |= {name for name, lines in placed.items() if office not in lines}
    kept = tuple(_within(each, foreign) for each in entries if each.message_id not in foreign)
    return Record(kept, record.said, record.delivered_at_ms)


def combined(whole: Timeline, lines: Mapping[EntryId, Timeline]) -> Timeline:
    """Return where a case stands that has several lines; no state where they stand at different ones.

    Each change is judged in its lines, and counts where it counts in all of them.
    """
    states = {line.state for line in lines.values()}
    conflict = next((line.conflict for line in lines.values() if line.conflict is not None), None)
    heads = dict.fromkeys(name for line in lines.values() for name in line.heads)
    return replace(
        whole,
        state=states.pop() if len(states) == 1 else None,
        since_ms=max((each.since_ms for each in lines.values() if each.since_ms is not None), default=None),
        heads=tuple(heads),
        changes=_judged(whole, lines),
        conflict=conflict,
        closed_by=frozenset.intersection(*(line.closed_by for line in lines.values())),
        lines=MappingProxyType(dict(lines)),
    )


def within(timeline: Timeline, office: EntryId) -> Timeline:
    """Return where a case with several lines stands in the line of one office, with the changes of all."""
    line = timeline.lines[office]
    return replace(
        timeline,
        state=line.state,
        since_ms=line.since_ms,
        heads=line.heads,
        conflict=line.conflict,
        closed_by=line.closed_by,
    )


def project_lines(records: Mapping[EntryId, Record], whole: Timeline, as_of: int) -> Timeline:
    """Return where a case with several lines stands, from the record of each line."""
    return combined(whole, {office: project(record, as_of) for office, record in records.items()})


def _judged(whole: Timeline, lines: Mapping[EntryId, Timeline]) -> tuple[Judged, ...]:
    found: dict[MessageId, Judged] = {}
    for each in (each for line in lines.values() for each in line.changes):
        former = found.get(each.entry.message_id)
        if former is None or former.standing is Standing.VALID:
            found[each.entry.message_id] = each
    return tuple(found.get(each.entry.message_id, each) for each in whole.changes)


def _is_elsewhere(entry: Entry, office: EntryId, foreign: Collection[MessageId]) -> bool:
    """Tell whether a change of who asks builds upon other lines alone; who is asked stays in his own."""
    named = _named(entry)
    return bool(named) and entry.office != office and named <= set(foreign)


def _is_of_several(entry: Entry, office: EntryId, foreign: Collection[MessageId]) -> bool:
    """Tell whether a change of who asks builds upon other lines and upon this one."""
    beside = _named(entry) & set(foreign)
    return entry.office != office and bool(beside) and entry.message_id not in foreign


def _named(entry: Entry) -> set[MessageId]:
    return {name for event in entry.events if isinstance(event, StateSet) for name in event.builds_on}


def _placed(changes: Changes, asked: frozenset[EntryId]) -> Mapping[MessageId, frozenset[EntryId]]:
    """Return in which lines each change is; what is not here is in all."""
    placed: dict[MessageId, frozenset[EntryId]] = {}
    for name, each in changes.judged.items():
        office, named = each.entry.office, each.said.builds_on
        if office in asked:
            placed[name] = frozenset({office})
            continue
        upon = {parent: placed.get(parent, asked) for parent in named}
        reached = frozenset().union(*upon.values()) if upon else asked
        placed[name] = frozenset(line for line in reached if not _is_settled_elsewhere(line, upon, changes))
    return placed


def _is_settled_elsewhere(
    line: EntryId, upon: Mapping[MessageId, frozenset[EntryId]], changes: Changes
) -> bool:
    """Tell whether a change decides, in another line alone, between what was done at once there.

    All that it builds upon is in that line; what of it is in this one as well was said to several offices.
    """
    apart = [name for name, lines in upon.items() if line not in lines]
    if not apart or not (frozenset.intersection(*upon.values()) - {line}):
        return False
    here = (name for name, lines in upon.items() if line in lines)
    return all(any(changes.are_apart(name, other) for other in apart) for name in here)


def _within(entry: Entry, foreign: Collection[MessageId]) -> Entry:
    return replace(entry, events=tuple(_upon_its_own(event, foreign) for event in entry.events))


def _upon_its_own(event: CaseEvent, foreign: Collection[MessageId]) -> CaseEvent:
    if not isinstance(event, StateSet):
        return event
    return replace(event, builds_on=tuple(name for name in event.builds_on if name not in foreign))
