"""Rows of rooms that cannot be joined now: kept here, so that the relay need not wait, and tried again.

A missing or damaged tree may come back, and an officer may take note of what the log is accused of. Until
then the device is not in the room, the KeyPackage stays, and all that comes in the room is held in its order.
What is held is bounded, as anybody may welcome anybody.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from rogatory_client.engine.effect import Happening, HoldRow, Note, Outcome, ReleaseRows
from rogatory_client.engine.large_tree import named_key_package
from rogatory_client.engine.room import Context, Room
from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.wire.frame import Row
from rogatory_crypto.wire.identifier import GroupId, RowKind

MAX_HELD_ROOMS: Final = 16
MAX_HELD_BYTES: Final = 64 << 20
HELD_S: Final = 30 * 86_400
_ROW_OVERHEAD: Final = 64
_NO_TREE: Final = (
    "this device was added to a room whose list of members the relay does not hand out: "
    "it is asked for again at each connection, and nothing of the room is lost meanwhile"
)
_ACCUSED: Final = (
    "this device was added to a room while the log stands accused of two histories: it goes in when an "
    "officer has taken note of that (`rogatory alarm list`), and nothing of the room is lost meanwhile"
)


@dataclass(frozen=True, slots=True)
class HeldRoom:
    """How much of a room is held, in bytes, and since when, in Unix seconds."""

    size: int
    since: int


def size_of(payload_bytes: int) -> int:
    """Return what a row counts, bytes."""
    return payload_bytes + _ROW_OVERHEAD


def awaits_officer(room: Room, row: Row, context: Context) -> bool:
    """Tell whether a row is a Welcome for this device that may be right once an officer has taken note.

    Nobody is believed to be in a room while the log stands accused of two histories.
    """
    is_in = room.is_planned or room.is_followed_by(context.oneself.device_id)
    if context.split is None or row.kind is not RowKind.WELCOME or is_in or row.sequence <= room.position:
        return False
    try:
        named_key_package(row.payload, context)
    except PeerError:
        return False
    return True


def hold(
    held: Mapping[GroupId, HeldRoom],
    group_id: GroupId,
    rows: Sequence[Row],
    now: int,
    *,
    accused: bool = False,
) -> Outcome:
    """Keep rows until their room can be joined, or give the room up where that would be too much.

    Args:
        held: what waits already.
        group_id: the room.
        rows: of it, in order.
        now: Unix seconds.
        accused: whether it is for the log being accused of two histories that they wait.
    """
    total = sum(room.size for room in held.values()) + sum(size_of(len(row.payload)) for row in rows)
    if total > MAX_HELD_BYTES or len(held.keys() | {group_id}) > MAX_HELD_ROOMS:
        return _give_up(group_id, rows[0].sequence, now, Code.QUOTA_EXCEEDED)
    told = () if group_id in held else (still_waiting(group_id, accused=accused),)
    return Outcome((), tuple(HoldRow(group_id, row, now) for row in rows), told)


def expire(held: Mapping[GroupId, HeldRoom], now: int) -> Outcome:
    """Give up the rooms that have waited too long."""
    expired = [group_id for group_id, room in held.items() if now - room.since > HELD_S]
    gone = [_give_up(group_id, 0, now, Code.EXPIRED) for group_id in expired]
    effects = tuple(effect for outcome in gone for effect in outcome.effects)
    return Outcome((), effects, tuple(told for outcome in gone for told in outcome.happenings))


def release(group_id: GroupId) -> Outcome:
    """What was held of a room has been taken in."""
    return Outcome((), (ReleaseRows(group_id),))


def still_waiting(group_id: GroupId, *, accused: bool = False) -> Happening:
    """Return what to tell the officer as long as it lasts."""
    return Happening("warning", group_id, None, _ACCUSED if accused else _NO_TREE)


def _give_up(group_id: GroupId, sequence: int, now: int, code: Code) -> Outcome:
    detail = "a room that could not be joined in time was given up: ask to be added again"
    note = Note(group_id, sequence, now, code.value, detail)
    return Outcome((), (ReleaseRows(group_id), note), (Happening("warning", group_id, None, detail),))
