"""What the office is reminded of, over all its cases; computed when somebody looks, told to nobody else."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from rogatory_client.casework.deadlines.reminders import earliest_s, reminder_of, whom
from rogatory_client.casework.mailbox.assigning import NOBODY, Assignment
from rogatory_client.engine.room import Oneself, Room
from rogatory_client.office.cases.digest import Digest, NextDue
from rogatory_client.office.cases.digesting import digests
from rogatory_client.office.cases.footing import Footing
from rogatory_client.office.cases.record import CASES
from rogatory_client.office.company.hidden import hidden_rooms
from rogatory_client.office.desk import Desk
from rogatory_client.office.mailbox.assigning import assignments
from rogatory_client.office.mailbox.standing_in import standing_in_today
from rogatory_client.office.urgent.escalating import clocks
from rogatory_client.office.urgent.view import ReminderView
from rogatory_crypto.identity import Role
from rogatory_crypto.wire.identifier import EntryId, GroupId


def reminders(desk: Desk) -> tuple[ReminderView, ...]:
    """Return what falls due for the own office, soonest first."""
    hidden = hidden_rooms(desk)
    shown = (room for room in desk.rooms.values() if room.group_id not in hidden)
    known = digests(desk, (room for room in shown if room.kind in CASES and not room.was_left))
    own, now = desk.oneself.entry_id, desk.surroundings.now()
    by = now + earliest_s()
    near = {case: dues for case, digest in known.items() if (dues := _near(digest, own, now, by))}
    desktop = _desktop(desk, near)
    views = (
        view for case, dues in near.items() for view in _in_room(desktop, desk.rooms[case], known[case], dues)
    )
    return tuple(sorted(views, key=lambda view: (view.at, view.room_id, view.what)))


def _near(digest: Digest, own: EntryId, now: int, by: int) -> list[NextDue]:
    """Return what is due for the own office until an instant, so that it may have been reminded of."""
    return [due for due in digest.stand_at(now).dues if due.acts == own and due.at <= by]


@dataclass(frozen=True, slots=True)
class _Desktop:
    """What is the same for every case."""

    oneself: Oneself
    now: int
    footing: Footing
    assigned: Mapping[GroupId, Assignment]
    standing_in: Mapping[str, tuple[str, ...]]
    heads: frozenset[str]


def _desktop(desk: Desk, cases: Collection[GroupId]) -> _Desktop:
    assigned = assignments(desk, list(cases))
    oneself, now = desk.oneself, desk.surroundings.now()
    return _Desktop(oneself, now, Footing(desk), assigned, standing_in_today(desk), _heads(desk))


def _in_room(
    desktop: _Desktop, room: Room, digest: Digest, dues: Collection[NextDue]
) -> Iterator[ReminderView]:
    now, own = desktop.now, desktop.oneself.entry_id
    calendars = desktop.footing.calendars(room)
    zones = {office: each.zone for office, each in calendars.items()}
    assigned = _working_on(desktop, room)
    for each in dues:
        due = each.as_due()
        found = reminder_of(due, calendars[own], now, each.acted_at)
        if found is not None:
            named = whom(due, now, assigned, desktop.heads)
            yield ReminderView(
                room_id=room.group_id.hex(),
                reference=digest.reference or "",
                what=due.what,
                at=due.at,
                days_left=found.days_left,
                overdue=found.is_overdue,
                clocks=clocks(due.at, zones),
                whom=tuple(sorted(named)),
                is_for_this_officer=not named or desktop.oneself.officer in named,
            )


def _working_on(desktop: _Desktop, room: Room) -> frozenset[str]:
    """Return who works on a case, with who stands in for them today."""
    officers = desktop.assigned.get(room.group_id, NOBODY).officers
    standing_in = desktop.standing_in
    return frozenset((*officers, *(each for officer in officers for each in standing_in.get(officer, ()))))


def _heads(desk: Desk) -> frozenset[str]:
    devices = desk.registry.devices_of(desk.oneself.entry_id, desk.surroundings.now())
    return frozenset(device.entry.officer for device in devices if device.entry.role is Role.HEAD)
