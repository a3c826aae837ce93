"""What is due in all cases, from their digests: no timeline is read for it."""

from collections.abc import Iterator, Mapping, Sequence

from rogatory_client.casework.deadlines.calendar_file import calendar_file
from rogatory_client.casework.deadlines.due import OfficeCalendar
from rogatory_client.engine.room import Room
from rogatory_client.office.cases.deadlines import cases_named, on_clock
from rogatory_client.office.cases.digest import Digest, NextDue
from rogatory_client.office.cases.digesting import digests
from rogatory_client.office.cases.footing import Footing
from rogatory_client.office.cases.view import DueView
from rogatory_client.office.desk import Desk
from rogatory_crypto.wire.identifier import EntryId


def every_deadline(desk: Desk) -> tuple[DueView, ...]:
    """Return what is due in all cases by the rules alone, soonest first."""
    footing, now = Footing(desk), desk.surroundings.now()
    views = [
        _view(room, due, footing.calendars(room), now)
        for room, _, dues in _with_dues(desk, now)
        for due in dues
    ]
    return tuple(sorted(views, key=lambda view: (view.at, view.room_id, view.what)))


def every_deadline_file(desk: Desk, *, referenced: bool) -> bytes:
    """Return the same as an iCalendar file, with the own references or with nothing of the cases."""
    now = desk.surroundings.now()
    found = (
        (room.group_id, digest.reference if referenced else None, due.as_due())
        for room, digest, dues in _with_dues(desk, now)
        for due in dues
    )
    return calendar_file(found, now)


def _with_dues(desk: Desk, now: int) -> Iterator[tuple[Room, Digest, Sequence[NextDue]]]:
    rooms = cases_named(desk, None)
    known = digests(desk, rooms)
    for room in rooms:
        digest = known[room.group_id]
        if dues := digest.stand_at(now).dues:
            yield room, digest, dues


def _view(room: Room, due: NextDue, calendars: Mapping[EntryId, OfficeCalendar], now: int) -> DueView:
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
