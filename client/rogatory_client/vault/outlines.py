"""What is public of each room's group, written with its keys so that they need not be read to list a room."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Final

from sqlalchemy import Connection, delete

from rogatory_client.engine.kept_group import Outline
from rogatory_client.engine.room import Room
from rogatory_client.vault.casework_schema import room_outlines
from rogatory_client.vault.replacing import replacing
from rogatory_crypto import mls
from rogatory_crypto.wire.identifier import DEVICE_ID_BYTES, DeviceId

_STATUS: Final = {int(each): each for each in mls.Status}
VERSION: Final = 1
"""Of what is written; a room whose outline has another one is opened, and outlined anew when it is saved."""
_OUTLINES: Final = (
    "SELECT group_id, seats, epoch, status, devices, past_epochs, leaf_since, sent_messages, "
    "has_pending_proposals FROM room_outlines WHERE version = ?"
)


def load_outlines(connection: Connection) -> Mapping[bytes, tuple[Outline, str]]:
    """Return the outline of each room that has one of this version, with its seats as they were written."""
    # By place and past SQLAlchemy, as thousands are read whenever a vault is opened.
    known = connection.exec_driver_sql(_OUTLINES, (VERSION,)).all()
    return {
        group_id: (
            Outline(epoch, _STATUS[status], read_devices(devices), past, since, sent, bool(pending)),
            seats,
        )
        for group_id, seats, epoch, status, devices, past, since, sent, pending in known
    }


def save_outlines(connection: Connection, saved: Iterable[tuple[Room, str]]) -> None:
    """Write the outlines of rooms with their seats, or take away those of groups which have none."""
    rows: list[dict[str, object]] = []
    without: list[bytes] = []
    for room, seats in saved:
        outline = room.outline
        if outline is None:
            without.append(room.group_id)
        else:
            rows.append(_columns(room.group_id, outline, seats))
    if without:
        connection.execute(delete(room_outlines).where(room_outlines.c.group_id.in_(without)))
    if rows:
        connection.execute(replacing(room_outlines, tuple(rows[0])), rows)


def _columns(group_id: bytes, outline: Outline, seats: str) -> dict[str, object]:
    return {
        "group_id": group_id,
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


@lru_cache(maxsize=4096)
def read_devices(joined: bytes) -> tuple[DeviceId, ...]:
    """Return ids of devices that were written one after the other."""
    return tuple(DeviceId(joined[at : at + DEVICE_ID_BYTES]) for at in range(0, len(joined), DEVICE_ID_BYTES))
