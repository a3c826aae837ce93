"""Rows of rooms whose tree is not to be had: kept here, so that the relay need not wait, and tried again.

A missing or damaged tree may come back; until then the device is not in the room, the KeyPackage stays, and
all that comes in the room is held in its order. What is held is bounded, as anybody may welcome anybody.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from rogatory_client.engine.effect import Happening, HoldRow, Note, Outcome, ReleaseRows
from rogatory_crypto.errors import Code
from rogatory_crypto.wire.frame import Row
from rogatory_crypto.wire.identifier import GroupId

MAX_HELD_ROOMS: Final = 16
MAX_HELD_BYTES: Final = 64 << 20
HELD_S: Final = 30 * 86_400
_ROW_OVERHEAD: Final = 64


@dataclass(frozen=True, slots=True)
class HeldRoom:
    """How much of a room is held, in bytes, and since when, in Unix seconds."""

    size: int
    since: int


def size_of(payload_bytes: int) -> int:
    """Return what a row counts, bytes."""
    return payload_bytes + _ROW_OVERHEAD


def hold(held: Mapping[GroupId, HeldRoom], group_id: GroupId, rows: Sequence[Row], now: int) -> Outcome:
    """Keep rows until their room's tree is there, or give the room up where that would be too much."""
    total = sum(room.size for room in held.values()) + sum(size_of(len(row.payload)) for row in rows)
    if total > MAX_HELD_BYTES or len(held.keys() | {group_id}) > MAX_HELD_ROOMS:
        return _give_up(group_id, rows[0].sequence, now, Code.QUOTA_EXCEEDED)
    told = () if group_id in held else (still_missing(group_id),)
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


def still_missing(group_id: GroupId) -> Happening:
    """Return what to tell the officer as long as it lasts."""
    text = (
        "this device was added to a room whose list of members the relay does not hand out: "
        "it is asked for again at each connection, and nothing of the room is lost meanwhile"
    )
    return Happening("warning", group_id, None, text)


def _give_up(group_id: GroupId, sequence: int, now: int, code: Code) -> Outcome:
    detail = "a room whose list of members could not be had was given up: ask to be added again"
    note = Note(group_id, sequence, now, code.value, detail)
    return Outcome((), (ReleaseRows(group_id), note), (Happening("warning", group_id, None, detail),))
