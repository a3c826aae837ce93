"""Rows that this device could not open: remembered, told to the room, and taken in when they are said again.

A key that was used, an epoch that is over or was never known: what stands in such a row is lost here, unless
who has sent it says it once more. The report asks for nothing that was not said to this office before; who
answers decides by what was sealed for whom (``resending``).
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from rogatory_client.engine.delivery_effect import (
    MarkReported,
    NoteUnreadable,
    ResendRequest,
    SaveResendRequest,
    Unreadable,
)
from rogatory_client.engine.effect import Effect, Happening, Outcome
from rogatory_client.engine.interpretation import Said
from rogatory_client.engine.outgoing_effect import Enqueue, Parcel
from rogatory_client.engine.room import Context, Room
from rogatory_client.engine.writing import write
from rogatory_crypto.content.case_kind import CaseKind
from rogatory_crypto.content.unreadable_report import (
    MAX_ROWS,
    UnreadableReport,
    UnreadableRow,
    read_unreadable,
    unreadable_part,
)
from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.wire.frame import Row
from rogatory_crypto.wire.identifier import GroupId, RowKind

REPORT_EVERY_S: Final = 900
REPORT_AGAIN_S: Final = 86_400
MAX_REPORTS: Final = 3
# What a message that is whole may meet with here; other errors say that it is not.
_MAY_BE_WHOLE: Final = frozenset(
    {Code.WRONG_EPOCH, Code.DECRYPTION_FAILED, Code.REPLAYED, Code.TOO_FAR_AHEAD, Code.UNKNOWN_MEMBER}
)


def noted(refused: Outcome, room: Room, row: Row, error: PeerError, context: Context) -> Outcome:
    """Return what came of a row that was refused, with the note that its message may be whole elsewhere.

    Args:
        refused: what came of it.
        room: it came in.
        row: as the relay delivered it.
        error: why it was refused.
        context: the time.
    """
    group = room.group
    if row.kind is not RowKind.APPLICATION or error.code not in _MAY_BE_WHOLE:
        return refused
    if group is None or not group.active or room.kind is CaseKind.RETURN:
        return refused
    unread = Unreadable(room.group_id, row.sequence, row.accepted_at_ms, error.code.value, context.now)
    return replace(refused, effects=(*refused.effects, NoteUnreadable(unread)))


def report(room: Room, context: Context) -> Outcome:
    """Return the report on what this device cannot open in a room, if it is time for one."""
    if room.is_behind or not room.is_followed_by(context.oneself.device_id):
        return Outcome()
    rows = [each for each in context.unreadable.values() if each.group_id == room.group_id]
    told = [each.reported_at for each in rows if each.reported_at is not None]
    if any(context.now - at < REPORT_EVERY_S for at in told):
        return Outcome()
    fresh = [each for each in rows if not each.reports]
    stale = [each for each in rows if _is_due_again(each, context.now)]
    return _reported(fresh or stale, room.group_id, context, again=not fresh)


def _is_due_again(row: Unreadable, now: int) -> bool:
    is_old = row.reported_at is not None and now - row.reported_at >= REPORT_AGAIN_S
    return is_old and row.reports < MAX_REPORTS


def _reported(rows: Sequence[Unreadable], group_id: GroupId, context: Context, *, again: bool) -> Outcome:
    named = tuple(rows[:MAX_ROWS])
    if not named:
        return Outcome()
    told = UnreadableReport(tuple(UnreadableRow(each.sequence, each.code) for each in named), again)
    written = write((unreadable_part(told),), group_id, context)
    effects: tuple[Effect, ...] = (
        MarkReported(group_id, tuple(each.sequence for each in named), context.now),
        Enqueue(Parcel(0, group_id, written.message_id, written.encoded)),
    )
    text = (
        f"NOT READABLE here: {len(named)} messages of this case; who has sent them is asked by this program "
        "to say them again (see `rogatory case deliveries`)"
    )
    return Outcome((), effects, (Happening("warning", group_id, None, text),))


def requests_in(said: Said, room: Room, context: Context) -> tuple[Effect, ...]:
    """Return what a message says its sender could not open; only rows before its own can be meant.

    Raises:
        PeerError: MALFORMED or TOO_LARGE.
    """
    if said.sequence is None:
        return ()
    device_id = said.sender.device.entry.device_id
    reports = (read_unreadable(part) for part in said.message.parts)
    return tuple(
        SaveResendRequest(ResendRequest(room.group_id, row.sequence, device_id, found.again, context.now))
        for found in reports
        if found is not None
        for row in found.rows
        if row.sequence < said.sequence
    )
