"""What is due in all cases, from their digests: no timeline is read for it."""

from collections.abc import Mapping

from rogatory_client.casework.due import OfficeCalendar
from rogatory_client.engine.room import Room
from rogatory_client.office.case_deadlines import calendars_of, cases_named, on_clock
from rogatory_client.office.case_digest import NextDue, digests
from rogatory_client.office.case_view import DueView
from rogatory_client.office.desk import Desk
from rogatory_client.office.showing import offices_in
from rogatory_crypto.wire.identifier import EntryId

_Calendars = Mapping[EntryId, OfficeCalendar]


def every_deadline(desk: Desk) -> tuple[DueView, ...]:
    """Return what is due in all cases by the rules alone, soonest first."""
    rooms, now = cases_named(desk, None), desk.surroundings.now()
    known = digests(desk, rooms)
    calendars: dict[tuple[EntryId, ...], _Calendars] = {}
    views: list[DueView] = []
    for room in rooms:
        dues = known[room.group_id].stand_at(now).dues
        if not dues:
            continue
        offices = tuple(offices_in(room, desk))
        if offices not in calendars:
            calendars[offices] = calendars_of(desk, room)
        views += (_view(room, due, calendars[offices], now) for due in dues)
    return tuple(sorted(views, key=lambda view: (view.at, view.room_id, view.what)))


def _view(room: Room, due: NextDue, calendars: _Calendars, now: int) -> DueView:
    return DueView(
        room_id=room.group_id.hex(),
        what=due.what,
        at=due.at,
        acts=due.acts,
        legal=due.legal,
        basis=due.basis,
        overdue=now > due.at,
        reminders=tuple(
            at for at in due.reminders if at <= now and (due.acted_at is None or due.acted_at < at)
        ),
        clocks={office: on_clock(due.at, each.zone) for office, each in calendars.items()},
        message_id=due.set_by,
    )
