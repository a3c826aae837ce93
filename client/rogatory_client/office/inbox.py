"""The shared inbox of the office, as one officer sees it; read anew each time."""

from dataclasses import dataclass

from rogatory_client.casework.deadlines import deadlines_of
from rogatory_client.casework.due import OfficeCalendar
from rogatory_client.casework.inbox import CaseFacts, Folder, folders_of, reasons_in
from rogatory_client.casework.mailbox import NOBODY, Assignment, in_place_of
from rogatory_client.engine.room import Room
from rogatory_client.office import alarming, reading
from rogatory_client.office.assigning import assignments
from rogatory_client.office.case_deadlines import calendar_of
from rogatory_client.office.case_record import CASES, timeline_of
from rogatory_client.office.desk import Desk
from rogatory_client.office.mailbox_view import InboxItem, InboxView
from rogatory_client.office.officers import officers_in_service
from rogatory_client.office.standing_in import standing_in_today
from rogatory_client.office.view import AlarmView, RoomState, RoomView
from rogatory_client.vault import archive
from rogatory_crypto.casework import Timeline
from rogatory_crypto.wire.identifier import EntryId, GroupId

_NEVER = 1 << 62


@dataclass(frozen=True, slots=True)
class _Desktop:
    """What is the same for every case."""

    desk: Desk
    officer: str
    in_place_of: frozenset[str]
    serving: frozenset[str]
    assigned: dict[GroupId, Assignment]
    spoke_last: dict[GroupId, bool]
    calendars: dict[EntryId, OfficeCalendar]

    @property
    def now(self) -> int:
        return self.desk.surroundings.now()

    def calendar(self, office: EntryId) -> OfficeCalendar:
        found = self.calendars.get(office)
        if found is None:
            found = self.calendars[office] = calendar_of(self.desk.listing.records.get(office))
        return found


def inbox_of(desk: Desk) -> InboxView:
    """Return the inbox of this device's officer."""
    desktop = _desktop(desk)
    views = {GroupId(bytes.fromhex(view.room_id)): view for view in reading.rooms(desk)}
    cases = (room for room in desk.rooms.values() if room.kind in CASES and room.group_id in views)
    items = [_item(desktop, room, views[room.group_id]) for room in cases]
    items += [_alarm(each) for each in alarming.all_alarms(desk) if each.acknowledged_at is None]
    items.sort(key=lambda item: (not item.why, item.due_at or _NEVER, item.reference, item.name))
    counts = {folder.value: sum(folder.value in item.folders for item in items) for folder in Folder}
    return InboxView(desktop.officer, counts, tuple(items))


def _desktop(desk: Desk) -> _Desktop:
    officer = desk.oneself.officer
    with desk.vault.reading() as connection:
        spoke_last = archive.spoke_last(connection)
    return _Desktop(
        desk=desk,
        officer=officer,
        in_place_of=in_place_of(standing_in_today(desk), officer),
        serving=frozenset(officers_in_service(desk)),
        assigned=assignments(desk),
        spoke_last=spoke_last,
        calendars={},
    )


def _item(desktop: _Desktop, room: Room, view: RoomView) -> InboxItem:
    timeline = timeline_of(desktop.desk, room)
    facts = _facts(desktop, room, view, timeline)
    own = desktop.desk.oneself.entry_id
    folders = folders_of(facts, desktop.officer, desktop.in_place_of, desktop.now)
    return InboxItem(
        kind="case",
        name=view.room_id,
        subject=view.subject,
        reference=view.references.get(own) or next(iter(view.references.values()), ""),
        offices=tuple(office for office in view.offices if office != own),
        state="" if facts.state is None else facts.state.value,
        officers=facts.assignment.officers,
        stands_in_for=tuple(each for each in facts.assignment.officers if each in desktop.in_place_of),
        why=reasons_in(facts, desktop.now) if Folder.NEEDS_YOU in folders else (),
        due_at=min((due.at for due in facts.due), default=None),
        folders=tuple(folder.value for folder in Folder if folder in folders),
    )


def _facts(desktop: _Desktop, room: Room, view: RoomView, timeline: Timeline) -> CaseFacts:
    own = desktop.desk.oneself.entry_id
    offices = tuple(map(EntryId, view.offices))
    calendars = {office: desktop.calendar(office) for office in offices}
    assignment = desktop.assigned.get(room.group_id, NOBODY)
    return CaseFacts(
        side=timeline.side_of(own),
        state=timeline.state,
        in_conflict=timeline.conflict is not None,
        unread=view.unread,
        enquiries=sum(not each.answers and each.entry.office != own for each in timeline.enquiries),
        due=tuple(due for due in deadlines_of(timeline, offices, calendars) if due.acts == own),
        is_over=view.state in {RoomState.CLOSED, RoomState.LEFT},
        spoke_last=desktop.spoke_last.get(room.group_id, False),
        assignment=assignment,
        gone=frozenset(assignment.officers) - desktop.serving,
    )


def _alarm(alarm: AlarmView) -> InboxItem:
    return InboxItem(
        kind="alarm",
        name=str(alarm.number),
        subject=alarm.text,
        reference="",
        offices=(),
        state="",
        officers=(),
        stands_in_for=(),
        why=("alarm: look at it, then `rogatory alarm acknowledge`",),
        due_at=None,
        folders=(Folder.NEEDS_YOU.value,),
    )
