"""Histories that are owed to new devices of the office: written once all of a room has been read."""

from sqlalchemy import Connection

from rogatory_client.engine import history
from rogatory_client.engine.effect import ArchivedMessage, Outcome
from rogatory_client.engine.room import Room
from rogatory_client.office.company.circle_rooms import room_among_us
from rogatory_client.office.desk import Desk
from rogatory_client.vault import archive, handed_back, office_work, rooms
from rogatory_crypto.content.case_kind import CaseKind
from rogatory_crypto.wire.identifier import EntryId, GroupId


def owed_histories(desk: Desk) -> list[GroupId]:
    """Return the rooms whose history is owed."""
    return [group_id for group_id in desk.reseals if group_id in desk.rooms]


def reseal_histories(desk: Desk) -> None:
    """Write what is owed of rooms that have been read as far as they must."""
    for group_id in owed_histories(desk):
        room = desk.rooms[group_id]
        if room.position < desk.reseals[group_id]:
            continue
        if (office_room := room_among_us(desk, room)) is None:
            continue
        with desk.vault.reading() as connection:
            kept = _archive_of(connection, room)
            found = handed_back.load_vouchers(connection, [group_id])
            references = rooms.load_references(connection).get(group_id, {})
        vouchers = {each: [voucher.entry_id for voucher in said] for each, said in found.items()}
        named = {EntryId(office): text for office, text in references.items()}
        effects = history.reseal(room, office_room, kept, desk.context(), vouchers, named)
        desk.carry_out(Outcome((), effects))


def _archive_of(connection: Connection, room: Room) -> list[ArchivedMessage]:
    """Return what a new device of the office is handed of a room."""
    if room.kind in {CaseKind.OFFICE, CaseKind.CIRCLE}:
        return office_work.archive_of_office(connection, room.group_id)
    return archive.archive_of(connection, room.group_id)
