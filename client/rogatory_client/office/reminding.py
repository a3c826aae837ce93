"""What the office is reminded of, over all its cases; computed when somebody looks, told to nobody else."""

from collections.abc import Iterator, Sequence

from rogatory_client.casework.deadlines import acted_at, deadlines_of
from rogatory_client.casework.reminders import earliest_s, reminder_of, whom
from rogatory_client.engine.room import Room
from rogatory_client.office.assigning import assignment_in
from rogatory_client.office.case_deadlines import calendars_of
from rogatory_client.office.case_digest import digests
from rogatory_client.office.case_record import CASES, timeline_of
from rogatory_client.office.continuing import later_cases
from rogatory_client.office.desk import Desk
from rogatory_client.office.escalating import clocks
from rogatory_client.office.hidden import hidden_rooms
from rogatory_client.office.showing import offices_in
from rogatory_client.office.standing_in import standing_in_today
from rogatory_client.office.urgent_view import ReminderView
from rogatory_crypto.identity import Role


def reminders(desk: Desk) -> tuple[ReminderView, ...]:
    """Return what falls due for the own office, soonest first."""
    hidden = hidden_rooms(desk)
    shown = (room for room in desk.rooms.values() if room.group_id not in hidden)
    rooms = [room for room in shown if room.kind in CASES and not room.was_left]
    views = [view for room in _with_something_near(desk, rooms) for view in _in_room(desk, room)]
    return tuple(sorted(views, key=lambda view: (view.at, view.room_id, view.what)))


def _with_something_near(desk: Desk, rooms: Sequence[Room]) -> list[Room]:
    """Return the rooms of which the digest says that a reminder may have come; each of them is read anew."""
    known, own = digests(desk, rooms), desk.oneself.entry_id
    now = desk.surroundings.now()
    by = now + earliest_s()
    return [
        room
        for room in rooms
        if any(due.acts == own and due.at <= by for due in known[room.group_id].stand_at(now).dues)
    ]


def _in_room(desk: Desk, room: Room) -> Iterator[ReminderView]:
    timeline, calendars, own = timeline_of(desk, room), calendars_of(desk, room), desk.oneself.entry_id
    now = desk.surroundings.now()
    zones = {office: each.zone for office, each in calendars.items()}
    assigned, heads = _working_on(desk, room), _heads(desk)
    dues = deadlines_of(timeline, offices_in(room, desk), calendars, None, later_cases(desk, room))
    for due in dues:
        if due.acts != own:
            continue
        found = reminder_of(due, calendars[own], now, acted_at(timeline, own))
        if found is not None:
            named = whom(due, now, assigned, heads)
            yield ReminderView(
                room_id=room.group_id.hex(),
                reference=timeline.references.get(own, ""),
                what=due.what,
                at=due.at,
                days_left=found.days_left,
                overdue=found.is_overdue,
                clocks=clocks(due.at, zones),
                whom=tuple(sorted(named)),
                is_for_this_officer=not named or desk.oneself.officer in named,
            )


def _working_on(desk: Desk, room: Room) -> frozenset[str]:
    """Return who works on a case, with who stands in for them today."""
    officers = assignment_in(desk, room.group_id).officers
    standing_in = standing_in_today(desk) if officers else {}
    return frozenset((*officers, *(each for officer in officers for each in standing_in.get(officer, ()))))


def _heads(desk: Desk) -> frozenset[str]:
    devices = desk.registry.devices_of(desk.oneself.entry_id, desk.surroundings.now())
    return frozenset(device.entry.officer for device in devices if device.entry.role is Role.HEAD)
