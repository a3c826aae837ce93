"""What is due in the office's cases, on the clocks of all who are in them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from rogatory_client.casework.deadlines.calendar_file import calendar_file
from rogatory_client.casework.deadlines.due import Due, OfficeCalendar, has_passed
from rogatory_client.casework.deadlines.free_days import FreeDays
from rogatory_client.casework.deadlines.of_case import acted_at, deadlines_of
from rogatory_client.engine.room import Room
from rogatory_client.office import reading
from rogatory_client.office.cases.continuing import later_cases
from rogatory_client.office.cases.own_terms import own_terms
from rogatory_client.office.cases.record import CASES, timeline_of
from rogatory_client.office.cases.view import DueView
from rogatory_client.office.company.hidden import hidden_rooms
from rogatory_client.office.desk import Desk
from rogatory_client.office.showing import offices_in
from rogatory_client.vault.urgent_work import load_free_days
from rogatory_crypto.casework import State, Timeline
from rogatory_crypto.wire.identifier import EntryId
from rogatory_directory_sync import Record

_DAYS: Final = {"mon": 0, "tue": 1, "wed": 2, "thu": 3, "fri": 4, "sat": 5, "sun": 6}


def deadlines(desk: Desk, name: str | None, configured: Mapping[str, str]) -> tuple[DueView, ...]:
    """Return what is due in one case, or in all, soonest first.

    Args:
        desk: the office.
        name: of the case; None for all.
        configured: terms that count besides those of the office and before them, by what is due.

    Raises:
        MisuseError: there is no such case, or a convention fixes what is configured.
    """
    terms = {**own_terms(desk), **configured}
    views = [view for room in cases_named(desk, name) for view in _in_room(desk, room, terms)]
    return tuple(sorted(views, key=lambda view: (view.at, view.room_id, view.what)))


def calendar(desk: Desk, name: str | None, configured: Mapping[str, str], *, referenced: bool) -> bytes:
    """Return what is due as an iCalendar file, with the own references or with nothing of the cases."""
    found: list[tuple[bytes, str | None, Due]] = []
    terms = {**own_terms(desk), **configured}
    for room in cases_named(desk, name):
        timeline = timeline_of(desk, room)
        reference = timeline.references.get(desk.oneself.entry_id) if referenced else None
        dues = _dues(desk, room, timeline, calendars_of(desk, room), terms)
        found += ((room.group_id, reference, due) for due in dues)
    return calendar_file(found, desk.surroundings.now())


def cases_named(desk: Desk, name: str | None) -> Sequence[Room]:
    """Return the case of a name, or all that are shown."""
    if name is not None:
        return (reading.room_of(desk, name),)
    hidden = hidden_rooms(desk)
    return [room for room in desk.rooms.values() if room.kind in CASES and room.group_id not in hidden]


def _in_room(desk: Desk, room: Room, configured: Mapping[str, str]) -> tuple[DueView, ...]:
    timeline, calendars = timeline_of(desk, room), calendars_of(desk, room)
    now = desk.surroundings.now()
    return tuple(
        DueView(
            room_id=room.group_id.hex(),
            what=due.what,
            at=due.at,
            acts=due.acts,
            legal=due.legal.value,
            basis=due.basis,
            overdue=due.is_overdue(now),
            reminders=due.reminders_left(now, acted_at(timeline, due.acts) if due.reminders else None),
            clocks={office: on_clock(due.at, each.zone) for office, each in calendars.items()},
            message_id=None if due.set_by is None else due.set_by.hex(),
        )
        for due in _dues(desk, room, timeline, calendars, configured)
    )


def _dues(
    desk: Desk,
    room: Room,
    timeline: Timeline,
    calendars: Mapping[EntryId, OfficeCalendar],
    configured: Mapping[str, str],
) -> Iterator[Due]:
    now, is_closed = desk.surroundings.now(), timeline.state is State.CLOSED
    later = later_cases(desk, room)
    for due in deadlines_of(timeline, offices_in(room, desk), calendars, configured, later):
        if not has_passed(due.at, now, is_closed=is_closed):
            yield due


def calendars_of(desk: Desk, room: Room) -> dict[EntryId, OfficeCalendar]:
    """Return the calendars of the offices that are in a case."""
    with desk.vault.reading() as connection:
        free = load_free_days(connection)
    return {office: _free_calendar(desk, office, free) for office in offices_in(room, desk)}


def free_calendar_of(desk: Desk, office: EntryId) -> OfficeCalendar:
    """Return the days of an office, with the free days of its State as this office knows them."""
    with desk.vault.reading() as connection:
        return _free_calendar(desk, office, load_free_days(connection))


def _free_calendar(desk: Desk, office: EntryId, free: Mapping[str, FreeDays]) -> OfficeCalendar:
    record = desk.listing.records.get(office)
    calendar = calendar_of(record)
    days = None if record is None or record.state is None else free.get(record.state.iso2)
    return calendar if days is None else replace(calendar, holidays=days.days, moves=days.moves)


def calendar_of(record: Record | None) -> OfficeCalendar:
    """Return the days of an authority by its entry: UTC, Monday to Friday, where none is known."""
    if record is None or record.time_zone is None:
        return OfficeCalendar()
    try:
        zone = ZoneInfo(record.time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return OfficeCalendar()
    working = frozenset(
        _DAYS[day.casefold()[:3]]
        for hours in record.office_hours
        for day in hours.days
        if day.casefold()[:3] in _DAYS
    )
    return OfficeCalendar(zone, working) if working else OfficeCalendar(zone)


def on_clock(at: int, zone: ZoneInfo) -> str:
    """Return an instant, Unix seconds, as the clocks of a zone show it."""
    local = datetime.fromtimestamp(at, UTC).astimezone(zone)
    return f"{local:%Y-%m-%d %H:%M} {zone.key}"
