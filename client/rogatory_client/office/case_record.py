"""What the vault holds of a case, as the life cycle judges it; read anew each time, so nothing goes stale."""

from rogatory_client.engine.carried_effect import FROM_CARRIER
from rogatory_client.engine.effect import ArchivedMessage
from rogatory_client.engine.room import Room
from rogatory_client.engine.seating import standings_in
from rogatory_client.engine.stating import flaw_in
from rogatory_client.office.desk import Desk
from rogatory_client.office.showing import parts_of
from rogatory_client.vault import archive
from rogatory_crypto.casework import Entry, Record, Timeline, project
from rogatory_crypto.content.case_company import Standing
from rogatory_crypto.content.case_kind import CaseKind
from rogatory_crypto.content.events import CaseEvent, read_event
from rogatory_crypto.content.nested_part import NestedPart
from rogatory_crypto.errors import MisuseError
from rogatory_crypto.identity import Device
from rogatory_crypto.wire.identifier import EntryId

CASES = frozenset({CaseKind.CONSULTATION, CaseKind.REQUEST})


def timeline_of(desk: Desk, room: Room) -> Timeline:
    """Return where a case stands now.

    Raises:
        MisuseError: the room is no case.
    """
    if room.kind not in CASES:
        raise MisuseError("this is no case: it has no state")
    return project(record_of(desk, room), desk.surroundings.now())


def record_of(desk: Desk, room: Room) -> Record:
    """Return all that was said about the state of a case."""
    standings = standings_in(room, desk.companies.get(room.group_id, ()))
    guests = [office for office in standings.held if standings.of(office) is Standing.GUEST]
    with desk.vault.reading() as connection:
        messages = archive.eventful(connection, room.group_id)
        said = archive.spoken(connection, room.group_id)
        received = archive.received_at(connection, room.group_id, guests)
    entries = tuple(_entry(each, desk.registry.devices[each.device_id]) for each in messages)
    return Record(entries, said, {name: at * 1000 for name, at in received.items()})


def _entry(message: ArchivedMessage, sender: Device) -> Entry:
    parts = parts_of(message)
    events = tuple(event for part in parts if (event := read_event(part)) is not None)
    return Entry(
        message_id=message.message_id,
        office=EntryId(message.entry_id),
        officer=message.officer,
        device_id=message.device_id,
        role=sender.entry.role,
        at_ms=message.at_ms,
        events=events,
        flaw=_flaw(message, parts, events, sender),
        is_queued=message.sequence in {None, FROM_CARRIER},
    )


def _flaw(
    message: ArchivedMessage, parts: tuple[NestedPart, ...], events: tuple[CaseEvent, ...], sender: Device
) -> str | None:
    return flaw_in(events, parts, message.group_id, sender, message.at_ms // 1000)
