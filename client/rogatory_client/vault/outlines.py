"""What is public of each room's group, written with its keys so that they need not be read to list a room."""

from collections.abc import Callable, Mapping
from typing import Final

from sqlalchemy import Connection, Row, delete, select

from rogatory_client.engine.kept_group import KeptGroup, Outline
from rogatory_client.engine.room import Room
from rogatory_client.vault.casework_schema import room_outlines
from rogatory_client.vault.replacing import replacing
from rogatory_crypto import mls
from rogatory_crypto.wire.identifier import DEVICE_ID_BYTES, DeviceId

VERSION: Final = 1
"""Of what is written; a room whose outline has another one is opened, and outlined anew when it is saved."""


def load_outlines(connection: Connection) -> Mapping[bytes, Row[*tuple[object, ...]]]:
    """Return the rows of the rooms that have an outline of this version, by group."""
    known = select(room_outlines).where(room_outlines.c.version == VERSION)
    return {row.group_id: row for row in connection.execute(known)}


def kept_group(row: Row[*tuple[object, ...]], opening: Callable[[], mls.Group]) -> KeptGroup:
    """Return a group at rest from its outline and the way to its keys."""
    outline = Outline(
        epoch=row.epoch,
        status=mls.Status(row.status),
        devices=read_devices(row.devices),
        past_epochs=row.past_epochs,
        leaf_since=row.leaf_since,
        sent_messages=row.sent_messages,
        has_pending_proposals=bool(row.has_pending_proposals),
    )
    return KeptGroup(outline, opening)


def save_outline(connection: Connection, room: Room, seats: str) -> None:
    """Write the outline of a room's group, or take away that of a group which has none."""
    outline = room.outline
    if outline is None:
        connection.execute(delete(room_outlines).where(room_outlines.c.group_id == room.group_id))
        return
    values: dict[str, object] = {
        "group_id": room.group_id,
        "version": VERSION,
        "epoch": outline.epoch,
        "status": int(outline.status),
        "devices": b"".join(outline.devices),
        "past_epochs": outline.past_epochs,
        "leaf_since": outline.leaf_since,
        "sent_messages": outline.sent_messages,
        "has_pending_proposals": int(outline.has_pending_proposals),
        "seats": seats,
    }
    connection.execute(replacing(room_outlines, tuple(values)), [values])


def read_devices(joined: bytes) -> tuple[DeviceId, ...]:
    """Return ids of devices that were written one after the other."""
    return tuple(DeviceId(joined[at : at + DEVICE_ID_BYTES]) for at in range(0, len(joined), DEVICE_ID_BYTES))
