"""What the office is reminded of, over all its cases; computed when somebody looks, told to nobody else."""

from collections.abc import Iterator

from rogatory_client.casework.deadlines import acted_at, deadlines_of
from rogatory_client.casework.reminders import reminder_of
from rogatory_client.engine.room import Room
from rogatory_client.office.case_deadlines import calendars_of
from rogatory_client.office.case_record import CASES, timeline_of
from rogatory_client.office.continuing import later_cases
from rogatory_client.office.desk import Desk
from rogatory_client.office.escalating import clocks
from rogatory_client.office.hidden import hidden_rooms
from rogatory_client.office.showing import offices_in
from rogatory_client.office.urgent_view import ReminderView


def reminders(desk: Desk) -> tuple[ReminderView, ...]:
    """Return what falls due for the own office, soonest first."""
    hidden = hidden_rooms(desk)
    shown = (room for room in desk.rooms.values() if room.group_id not in hidden)
    rooms = [room for room in shown if room.kind in CASES and not room.was_left]
    views = [view for room in rooms for view in _in_room(desk, room)]
    return tuple(sorted(views, key=lambda view: (view.at, view.room_id, view.what)))


def _in_room(desk: Desk, room: Room) -> Iterator[ReminderView]:
    timeline, calendars, own = timeline_of(desk, room), calendars_of(desk, room), desk.oneself.entry_id
    now = desk.surroundings.now()
    zones = {office: each.zone for office, each in calendars.items()}
    dues = deadlines_of(timeline, offices_in(room, desk), calendars, None, later_cases(desk, room))
    for due in dues:
        if due.acts != own:
            continue
        found = reminder_of(due, calendars[own], now, acted_at(timeline, own))
        if found is not None:
            yield ReminderView(
                room_id=room.group_id.hex(),
                reference=timeline.references.get(own, ""),
                what=due.what,
                at=due.at,
                days_left=found.days_left,
                overdue=found.is_overdue,
                clocks=clocks(due.at, zones),
            )
