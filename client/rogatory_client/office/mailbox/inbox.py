"""The shared inbox of the office, as one officer sees it; read anew each time."""

from collections import Counter
from dataclasses import dataclass
from datetime import tzinfo
from typing import Final

from rogatory_client.casework.mailbox.assigning import NOBODY, Assignment, in_place_of
from rogatory_client.casework.mailbox.inbox import Awaited, CaseFacts, Folder, folders_of, reasons_in
from rogatory_client.casework.mailbox.releases import Release
from rogatory_client.engine.room import Room
from rogatory_client.office import alarming
from rogatory_client.office.cases.deadlines import calendar_of, cases_named
from rogatory_client.office.cases.digest import Digest
from rogatory_client.office.cases.digesting import digests
from rogatory_client.office.desk import Desk
from rogatory_client.office.mailbox.assigning import assignments
from rogatory_client.office.mailbox.standing_in import standing_in_today
from rogatory_client.office.mailbox.view import InboxItem, InboxView
from rogatory_client.office.officers import officers_in_service
from rogatory_client.office.releases.releasing import STRANDED, Asked, may_release, release_view, shown_asked
from rogatory_client.office.releases.view import ReleaseView
from rogatory_client.office.showing import offices_in, room_state
from rogatory_client.office.view import AlarmView, RoomState
from rogatory_client.vault import archive
from rogatory_client.vault.rooms import load_references
from rogatory_crypto.casework import Side, State
from rogatory_crypto.wire.identifier import EntryId, GroupId

_NEVER: Final = 1 << 62
_FOLDERS: Final = tuple((folder, folder.value) for folder in Folder)
# For how long who put a request up is told that it was held back.
_HELD_BACK_MS: Final = 7 * 86_400_000
_OVER: Final = (RoomState.CLOSED, RoomState.LEFT)
# Looked up for each of thousands of cases; asking the enumeration takes longer.
_STATES: Final = {state.value: state for state in State}
_SIDES: Final = {side.value: side for side in Side}


@dataclass(frozen=True, slots=True)
class _Desktop:
    """What is the same for every case."""

    desk: Desk
    own: EntryId
    officer: str
    in_place_of: frozenset[str]
    serving: frozenset[str]
    assigned: dict[GroupId, Assignment]
    spoke_last: dict[GroupId, bool]
    unread: dict[GroupId, int]
    references: dict[GroupId, dict[str, str]]
    now: int
    zone: tzinfo


def inbox_of(desk: Desk) -> InboxView:
    """Return the inbox of this device's officer."""
    desktop, cases = _desktop(desk), cases_named(desk, None)
    known = digests(desk, cases)
    items = [_item(desktop, room, known[room.group_id]) for room in cases]
    items += _releases(desktop)
    items += [_alarm(each) for each in alarming.all_alarms(desk) if each.acknowledged_at is None]
    items.sort(key=lambda item: (not item.why, item.due_at or _NEVER, item.reference, item.name))
    counted = Counter(folder for item in items for folder in item.folders)
    return InboxView(desktop.officer, {name: counted[name] for _, name in _FOLDERS}, tuple(items))


def _desktop(desk: Desk) -> _Desktop:
    oneself, officer = desk.oneself, desk.oneself.officer
    with desk.vault.reading() as connection:
        spoke_last, unread = archive.spoke_last(connection), archive.count_unread(connection)
        references = load_references(connection)
    return _Desktop(
        desk=desk,
        own=oneself.entry_id,
        officer=officer,
        in_place_of=in_place_of(standing_in_today(desk), officer),
        serving=frozenset(officers_in_service(desk)),
        assigned=assignments(desk),
        spoke_last=spoke_last,
        unread=unread,
        references=references,
        now=desk.surroundings.now(),
        zone=calendar_of(desk.listing.records.get(oneself.entry_id)).zone,
    )


def _item(desktop: _Desktop, room: Room, digest: Digest) -> InboxItem:
    facts, own = _facts(desktop, room, digest), desktop.own
    references = desktop.references.get(room.group_id, {})
    folders = folders_of(facts, desktop.officer, desktop.in_place_of, desktop.now)
    return InboxItem(
        kind="case",
        name=room.group_id.hex(),
        subject=room.subject,
        reference=references.get(own) or next(iter(references.values()), ""),
        offices=tuple(office for office in offices_in(room, desktop.desk) if office != own),
        state=", ".join(facts.states),
        officers=facts.assignment.officers,
        stands_in_for=tuple(each for each in facts.assignment.officers if each in desktop.in_place_of),
        why=reasons_in(facts, desktop.now) if Folder.NEEDS_YOU in folders else (),
        due_at=min((due.at for due in facts.due), default=None),
        folders=tuple(name for folder, name in _FOLDERS if folder in folders),
    )


def _facts(desktop: _Desktop, room: Room, digest: Digest) -> CaseFacts:
    own, side = desktop.own, _SIDES[digest.side]
    stand = digest.stand_at(desktop.now)
    assignment = desktop.assigned.get(room.group_id, NOBODY)
    return CaseFacts(
        side=side,
        states=tuple(_STATES[state] for state in stand.states),
        in_conflict=digest.in_conflict,
        unread=desktop.unread.get(room.group_id, 0),
        enquiries=digest.enquiries if side is Side.REQUESTED else 0,
        due=tuple(Awaited(due.what, due.at) for due in stand.dues if due.acts == own),
        is_over=room_state(room, desktop.desk) in _OVER,
        spoke_last=desktop.spoke_last.get(room.group_id, False),
        assignment=assignment,
        gone=frozenset(assignment.officers) - desktop.serving,
        zone=desktop.zone,
    )


def _releases(desktop: _Desktop) -> list[InboxItem]:
    """What this officer may release, and what of his own was held back of late."""
    views = ((each, release_view(desktop.desk, each)) for each in shown_asked(desktop.desk))
    found = ((view, _why(each, view, desktop)) for each, view in views)
    return [_released(view, why) for view, why in found if why is not None]


def _why(asked: Asked, view: ReleaseView, desktop: _Desktop) -> str | None:
    if view.for_this_officer:
        return f"put up by {view.asked_by}: `rogatory request release`, or hold it back"
    if view.standing == STRANDED and may_release(desktop.desk, asked):
        return f"put up by {view.asked_by}, whose device is out of service: hold it back, and send it anew"
    answered_ms = max((each.at_ms for each in asked.answered.by), default=0)
    is_recent = desktop.now * 1000 - answered_ms <= _HELD_BACK_MS
    if view.standing == Release.HELD_BACK and view.asked_by == desktop.officer and is_recent:
        return f"held back by {', '.join(view.by)}: {view.reasons}"
    return None


def _released(view: ReleaseView, why: str) -> InboxItem:
    return InboxItem(
        kind="release",
        name=view.message_id,
        subject=view.subject,
        reference=view.reference or "",
        offices=view.to,
        state=view.standing,
        officers=(view.asked_by,),
        stands_in_for=(),
        why=(why,),
        due_at=None,
        folders=(Folder.NEEDS_YOU.value,),
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
