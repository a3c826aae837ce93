"""What the vault holds of a case, as the life cycle judges it; read anew each time, so nothing goes stale."""

from collections.abc import Mapping
from dataclasses import replace

from rogatory_client.engine.carried_effect import FROM_CARRIER
from rogatory_client.engine.effect import ArchivedMessage
from rogatory_client.engine.room import Room
from rogatory_client.engine.seating import standings_in
from rogatory_client.engine.stating import flaw_in
from rogatory_client.office.desk import Desk
from rogatory_client.vault import archive
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
from rogatory_crypto.wire.identifier import EntryId

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
        received = {
            office: archive.received_at(connection, room.group_id, asked - {office})
            for office in sorted(asked)
        }
    return {
        office: line_of(replace(record, delivered_at_ms=_in_ms(found)), office, asked)
        for office, found in received.items()
    }


def record_of(desk: Desk, room: Room) -> Record:
    """Return all that was said about the state of a case."""
    standings = standings_in(room, desk.companies.get(room.group_id, ()))
    guests = [office for office in standings.held if standings.of(office) is Standing.GUEST]
    with desk.vault.reading() as connection:
        messages = archive.eventful(connection, room.group_id)
        said = archive.spoken(connection, room.group_id)
        received = archive.received_at(connection, room.group_id, guests)
    entries = tuple(_entry(each, desk.registry.devices[each.device_id]) for each in messages)
    return Record(entries, said, _in_ms(received))


def _in_ms(received: Mapping[MessageId, int]) -> dict[MessageId, int]:
    return {name: at * 1000 for name, at in received.items()}


def _entry(message: ArchivedMessage, sender: Device) -> Entry:
    content = mimi.decode(message.content)
    parts = walk(content.nested_part)
    return Entry(
        message_id=message.message_id,
        office=EntryId(message.entry_id),
        officer=message.officer,
        device_id=message.device_id,
        role=sender.entry.role,
        at_ms=message.at_ms,
        events=tuple(event for part in parts if (event := read_event(part)) is not None),
        flaw=flaw_in(content, message.group_id, sender, message.at_ms // 1000),
        is_queued=message.sequence in {None, FROM_CARRIER},
    )
