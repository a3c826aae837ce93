"""What the vault holds of a case, as the life cycle judges it; read anew each time, so nothing goes stale."""

from collections.abc import Sequence
from dataclasses import replace

from rogatory_client.engine.carried_effect import FROM_CARRIER
from rogatory_client.engine.room import Room
from rogatory_client.engine.seating import standings_in
from rogatory_client.engine.stating import flaw_in
from rogatory_client.office.desk import Desk
from rogatory_client.vault import case_rows
from rogatory_client.vault.case_rows import EventfulRow, first_of
from rogatory_crypto.casework import Entry, Record, Timeline, project
from rogatory_crypto.casework.lines import line_of, offices_asked, project_lines, within
from rogatory_crypto.content import mimi
from rogatory_crypto.content.case_company import Standing
from rogatory_crypto.content.case_kind import CaseKind
from rogatory_crypto.content.events import read_event
from rogatory_crypto.content.mimi import MessageId
from rogatory_crypto.content.nested_part import walk
from rogatory_crypto.errors import MisuseError
from rogatory_crypto.identity import Device
from rogatory_crypto.wire.identifier import DeviceId, EntryId, GroupId

CASES = frozenset({CaseKind.CONSULTATION, CaseKind.REQUEST})


def timeline_of(desk: Desk, room: Room) -> Timeline:
    """Return where a case stands now; of a request to several offices, at one of them in its own line.

    Raises:
        MisuseError: the room is no case.
    """
    if room.kind not in CASES:
        raise MisuseError("this is no case: it has no state")
    return timeline_at(desk, room, record_of(desk, room), desk.surroundings.now())


def timeline_at(desk: Desk, room: Room, record: Record, as_of: int) -> Timeline:
    """Return where a case stands at an instant (Unix seconds), by a record of it."""
    whole, own = project(record, as_of), desk.oneself.entry_id
    if not (asked := offices_asked(whole)):
        return whole
    timeline = project_lines(records_of_lines(desk, room, record, asked), whole, as_of)
    return within(timeline, own) if own in asked else timeline


def records_of_lines(
    desk: Desk, room: Room, record: Record, asked: frozenset[EntryId]
) -> dict[EntryId, Record]:
    """Return what of a record is in the line of each office asked; its receipts are those of this office."""
    with desk.vault.reading() as connection:
        received = case_rows.received(connection, [room.group_id])[room.group_id]
    return {
        office: line_of(replace(record, delivered_at_ms=first_of(received, asked - {office})), office, asked)
        for office in sorted(asked)
    }


def record_of(desk: Desk, room: Room) -> Record:
    """Return all that was said about the state of a case."""
    return records_of(desk, [room])[room.group_id]


def records_of(desk: Desk, rooms: Sequence[Room]) -> dict[GroupId, Record]:
    """Return all that was said about the state of cases, by their rooms."""
    names = [room.group_id for room in rooms]
    with desk.vault.reading() as connection:
        rows = case_rows.eventful(connection, names)
        said, received = case_rows.spoken(connection, names), case_rows.received(connection, names)
    devices = desk.registry.devices
    return {
        room.group_id: Record(
            tuple(_entry(each, devices[DeviceId(each.device_id)]) for each in rows[room.group_id]),
            said[room.group_id],
            first_of(received[room.group_id], guests_in(desk, room)),
        )
        for room in rooms
    }


def guests_in(desk: Desk, room: Room) -> tuple[EntryId, ...]:
    """Return the offices that were let into a case as guests: what they have received decides nothing."""
    words = desk.companies.get(room.group_id)
    if not words:
        return ()
    standings = standings_in(room, words)
    return tuple(sorted(each for each in standings.held if standings.of(each) is Standing.GUEST))


def _entry(row: EventfulRow, sender: Device) -> Entry:
    content = mimi.decode(row.content)
    parts = walk(content.nested_part)
    return Entry(
        message_id=MessageId(row.message_id),
        office=EntryId(row.entry_id),
        officer=row.officer,
        device_id=sender.entry.device_id,
        role=sender.entry.role,
        at_ms=row.at_ms,
        events=tuple(event for part in parts if (event := read_event(part)) is not None),
        flaw=flaw_in(content, GroupId(row.group_id), sender, row.at_ms // 1000),
        is_queued=row.sequence in {None, FROM_CARRIER},
    )
