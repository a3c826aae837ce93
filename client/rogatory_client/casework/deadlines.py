"""When something is due: from what was said in a case and the calendars of its offices; nothing is stored.

A day ends when it ends at the office that has to act: the last second there is the instant that is due. Days
are counted on that office's calendar. A term that ends on a free day ends on it, unless the office is
configured to move it to the next working day.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from rogatory_client.casework.deadline_rules import DeadlineRule, Legal, Term, Unit, rules_for
from rogatory_crypto.casework import Side, Timeline
from rogatory_crypto.content.events import Urgency
from rogatory_crypto.content.mimi import MessageId
from rogatory_crypto.wire.identifier import EntryId

# Where the clock goes back at midnight (Cairo, Beirut) the last hour is there twice; where it goes forward
# (Nuuk) it is not there. The second reading is the end of the day in both (PEP 495).
_LAST_SECOND: Final = time(23, 59, 59, fold=1)
_REMINDED_AT: Final = time(9)
_WEEK: Final = frozenset(range(5))
_MAX_FREE_DAYS: Final = 366
"""A calendar without a working day in a year has none at all."""


@dataclass(frozen=True, slots=True)
class OfficeCalendar:
    """The days of an office.

    Attributes:
        zone: its time zone.
        working: days of the week, Monday is 0.
        holidays: its free days.
        moves: whether what ends on a free day ends on the next working day instead.
    """

    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    working: frozenset[int] = _WEEK
    holidays: frozenset[date] = frozenset()
    moves: bool = False

    def is_working(self, day: date) -> bool:
        """Return whether the office works on a day."""
        return day.weekday() in self.working and day not in self.holidays

    def day_of(self, at: int) -> date:
        """Return the day that it is there at an instant, Unix seconds."""
        return datetime.fromtimestamp(at, UTC).astimezone(self.zone).date()

    def instant(self, day: date, clock: time) -> int:
        """Return a local time as Unix seconds; of an hour that is there twice, as ``fold`` says (PEP 495)."""
        return int(datetime.combine(day, clock, self.zone).timestamp())

    def after(self, day: date, count: int) -> date:
        """Return the day that is so many working days later; plain days where there are none."""
        reached, free = day, 0
        while count and free < _MAX_FREE_DAYS:
            reached += timedelta(days=1)
            if self.is_working(reached):
                count, free = count - 1, 0
            else:
                free += 1
        return reached + timedelta(days=count)

    def last_day(self, day: date) -> date:
        """Return the day on which a term that ends on this one ends here."""
        return self.after(day, 1) if self.moves and not self.is_working(day) else day


@dataclass(frozen=True, slots=True)
class Due:
    """Something that is due.

    Attributes:
        at: Unix seconds; the last one in which it is in time.
        acts: the office that has to do it, where its day ends.
        reminders: Unix seconds, oldest first.
        set_by: the message that set it, None where a rule did.
    """

    what: str
    at: int
    acts: EntryId
    legal: Legal
    basis: str
    reminders: tuple[int, ...] = ()
    set_by: MessageId | None = None

    def is_overdue(self, as_of: int) -> bool:
        """Return whether its time is over at an instant."""
        return as_of > self.at

    def reminders_left(self, as_of: int, acted_at: int | None) -> tuple[int, ...]:
        """Return the reminders that were due by an instant and that nobody has answered.

        Args:
            as_of: the instant, Unix seconds.
            acted_at: when anybody in the office that has to act last did something in the case.
        """
        return tuple(at for at in self.reminders if at <= as_of and (acted_at is None or acted_at < at))


def deadlines_of(
    timeline: Timeline,
    offices: Sequence[EntryId],
    calendars: Mapping[EntryId, OfficeCalendar],
    configured: Mapping[str, str] | None = None,
) -> tuple[Due, ...]:
    """Return what is due in a case, soonest first.

    Args:
        timeline: of the case.
        offices: all that are in it.
        calendars: of these offices; one that is not there works Monday to Friday by UTC.
        configured: terms of the office or of a treaty, by what is due.

    Raises:
        MisuseError: a term is none, or is fixed by a convention.
    """
    named = {office: calendars.get(office, OfficeCalendar()) for office in offices}
    found = (*_by_rule(timeline, named, configured), *_enquired(timeline, named), *_set(timeline, named))
    return tuple(sorted(found, key=lambda each: (each.at, each.what)))


def acted_at(timeline: Timeline, office: EntryId) -> int | None:
    """Return when anybody in an office last changed, answered or set something; Unix seconds."""
    entries = [each.entry for each in timeline.changes]
    entries += [entry for enquiry in timeline.enquiries for entry, _ in enquiry.answers]
    entries += [deadline.entry for deadline in timeline.deadlines]
    return max((entry.at_ms // 1000 for entry in entries if entry.office == office), default=None)


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
        begun, calendar = timeline.since_ms // 1000, named[office]
        at = (
            calendar.instant(stated, _LAST_SECOND)
            if stated is not None and rule.yields
            else end_of(rule.term(urgency), begun, calendar)
        )
        yield Due(rule.what, at, office, rule.legal, rule.basis, _reminders(rule, at, calendar))


def end_of(term: Term, begun: int, calendar: OfficeCalendar) -> int:
    """Return the last second of a term that begins at an instant, Unix seconds."""
    if term.unit is Unit.HOURS:
        return begun + term.count * 3600
    day = calendar.day_of(begun)
    if term.unit is Unit.WORKING_DAYS:
        return calendar.instant(calendar.after(day, term.count), _LAST_SECOND)
    return calendar.instant(calendar.last_day(day + timedelta(days=term.count)), _LAST_SECOND)


def _reminders(rule: DeadlineRule, at: int, calendar: OfficeCalendar) -> tuple[int, ...]:
    day = calendar.day_of(at)
    return tuple(
        calendar.instant(day - timedelta(days=before), _REMINDED_AT)
        for before in sorted(rule.reminders, reverse=True)
    )


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
    office = _acting(timeline, Side.REQUESTED, named)
    for enquiry in timeline.enquiries:
        if enquiry.asked.due is not None and not enquiry.answers and office is not None:
            at = named[office].instant(date.fromisoformat(enquiry.asked.due), _LAST_SECOND)
            name = enquiry.entry.message_id
            yield Due("answer to the enquiry", at, office, Legal.CONFIGURABLE, "18(24)", (), name)


def _set(timeline: Timeline, named: Mapping[EntryId, OfficeCalendar]) -> Iterator[Due]:
    for each in timeline.deadlines:
        if each.withdrawn is None:
            calendar = named.get(each.said.acts, OfficeCalendar())
            at = calendar.instant(date.fromisoformat(each.said.due), _LAST_SECOND)
            legal = Legal.TREATY if each.said.basis else Legal.CONFIGURABLE
            said = each.said
            yield Due(said.what, at, said.acts, legal, said.basis, (), each.entry.message_id)
