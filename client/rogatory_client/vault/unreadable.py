"""What could not be opened: rows of this device, and those that others ask to have said again."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, RowMapping, and_, exists, func, or_, select, update
from sqlalchemy.dialects.sqlite import insert

from rogatory_client.engine.delivery_effect import (
    MarkReported,
    NoteSaidAgain,
    NoteUnreadable,
    ResendRequest,
    SaveResendRequest,
    SettleResendRequest,
    Unreadable,
)
from rogatory_client.vault.delivery_schema import resend_requests, unreadable_rows
from rogatory_client.vault.schema import messages
from rogatory_crypto.content.mimi import MessageId
from rogatory_crypto.wire.identifier import DeviceId, GroupId, Sequence

MAX_UNREADABLE: Final = 1_000
MAX_REQUESTS: Final = 2_000
# Somewhat less than the time after which an honest device reports again.
RESEND_AGAIN_S: Final = 20 * 3_600


def note_unreadable(connection: Connection, effect: NoteUnreadable) -> None:
    """Remember a row that could not be opened, unless far too many are known of its room."""
    row = effect.row
    of_room = unreadable_rows.c.group_id == row.group_id
    count = connection.execute(select(func.count()).select_from(unreadable_rows).where(of_room)).scalar_one()
    if count < MAX_UNREADABLE:
        values = {name: getattr(row, name) for name in Unreadable.__slots__}
        connection.execute(insert(unreadable_rows).values(**values).on_conflict_do_nothing())


def mark_reported(connection: Connection, effect: MarkReported) -> None:
    """The room was told of these rows once more."""
    connection.execute(
        update(unreadable_rows)
        .where(
            unreadable_rows.c.group_id == effect.group_id, unreadable_rows.c.sequence.in_(effect.sequences)
        )
        .values(reported_at=effect.at, reports=unreadable_rows.c.reports + 1)
    )


def note_said_again(connection: Connection, effect: NoteSaidAgain) -> None:
    """Write which message stood in a row, and when it was said once more; not of one that was here before."""
    stands_there = exists().where(
        messages.c.message_id == effect.message_id, messages.c.sequence == effect.sequence
    )
    of_row = (
        unreadable_rows.c.group_id == effect.group_id,
        unreadable_rows.c.sequence == effect.sequence,
        stands_there,
    )
    values = {"message_id": effect.message_id, "again_at_ms": effect.at_ms}
    connection.execute(update(unreadable_rows).where(*of_row).values(**values))


def said_again_at(connection: Connection, wanted: Collection[MessageId]) -> dict[MessageId, int]:
    """Return when messages were said once more to this device, Unix milliseconds."""
    query = select(unreadable_rows.c.message_id, unreadable_rows.c.again_at_ms).where(
        unreadable_rows.c.message_id.in_(wanted)
    )
    return {MessageId(row.message_id): row.again_at_ms for row in connection.execute(query)}


def load_unreadable(connection: Connection) -> dict[tuple[GroupId, Sequence], Unreadable]:
    """Return what could not be opened and has not come in any other way since."""
    # A device of the own office hands a message on with its time, and without its place in the room.
    has_come = exists().where(
        messages.c.group_id == unreadable_rows.c.group_id,
        or_(
            messages.c.sequence == unreadable_rows.c.sequence,
            and_(messages.c.sequence < 0, messages.c.at_ms == unreadable_rows.c.at_ms),
        ),
    )
    query = select(unreadable_rows).where(~has_come).order_by(unreadable_rows.c.sequence)
    found = (_unreadable(row) for row in connection.execute(query).mappings())
    return {(each.group_id, each.sequence): each for each in found}


def _unreadable(row: RowMapping) -> Unreadable:
    return Unreadable(
        group_id=GroupId(row["group_id"]),
        sequence=Sequence(row["sequence"]),
        at_ms=row["at_ms"],
        code=row["code"],
        noted_at=row["noted_at"],
        reported_at=row["reported_at"],
        reports=row["reports"],
    )


def save_resend_request(connection: Connection, effect: SaveResendRequest) -> None:
    """Remember who could not open what; asked again, it is dealt with anew.

    That it was told before counts only where it was told to this device: else all would answer at once.
    """
    request = effect.request
    open_ones = (
        select(func.count()).select_from(resend_requests).where(resend_requests.c.settled_at.is_(None))
    )
    if connection.execute(open_ones).scalar_one() >= MAX_REQUESTS:
        return
    values = {"at": request.at, "settled_at": None}
    row = insert(resend_requests).values(
        group_id=request.group_id, sequence=request.sequence, device_id=request.device_id, again=0, **values
    )
    connection.execute(
        row.on_conflict_do_update(
            index_elements=["group_id", "sequence", "device_id"],
            set_={**values, "again": int(request.again)},
            where=resend_requests.c.settled_at <= request.at - RESEND_AGAIN_S,
        )
    )


def settle_resend_request(connection: Connection, effect: SettleResendRequest) -> None:
    """It was dealt with."""
    request = effect.request
    values: dict[str, object] = {"settled_at": request.at}
    if effect.resent is not None:
        values["message_id"] = effect.resent
    connection.execute(
        update(resend_requests)
        .where(
            resend_requests.c.group_id == request.group_id,
            resend_requests.c.sequence == request.sequence,
            resend_requests.c.device_id == request.device_id,
        )
        .values(**values)
    )


def load_resend_requests(connection: Connection) -> tuple[ResendRequest, ...]:
    """Return what waits to be dealt with, oldest first."""
    query = select(resend_requests).where(resend_requests.c.settled_at.is_(None))
    return tuple(
        ResendRequest(
            GroupId(row.group_id), Sequence(row.sequence), DeviceId(row.device_id), bool(row.again), row.at
        )
        for row in connection.execute(query.order_by(resend_requests.c.at, resend_requests.c.sequence))
    )


def count_resent(connection: Connection, device_id: DeviceId, since: int) -> int:
    """Return how many messages were said once more to a device since a time, Unix seconds."""
    query = (
        select(func.count())
        .select_from(resend_requests)
        .where(resend_requests.c.device_id == device_id, resend_requests.c.message_id.is_not(None))
        .where(resend_requests.c.settled_at >= since)
    )
    return connection.execute(query).scalar_one()


@dataclass(frozen=True, slots=True)
class Asked:
    """A device that could not open a row, since when (Unix seconds), and whether it was said to it again."""

    device_id: DeviceId
    at: int
    resent: bool


def asked_for(
    connection: Connection, rooms: Collection[GroupId]
) -> dict[tuple[GroupId, int], tuple[Asked, ...]]:
    """Return which devices could not open which rows of some rooms, oldest first; most rows are not in it."""
    query = select(resend_requests).where(resend_requests.c.group_id.in_(rooms))
    found: dict[tuple[GroupId, int], tuple[Asked, ...]] = {}
    for row in connection.execute(query.order_by(resend_requests.c.at)):
        place = GroupId(row.group_id), row.sequence
        asked = Asked(DeviceId(row.device_id), row.at, row.message_id is not None)
        found[place] = (*found.get(place, ()), asked)
    return found
