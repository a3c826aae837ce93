"""Rows as the relay delivered them, of rooms whose tree is not there yet: ciphertext that waits."""

from sqlalchemy import Connection, delete, func, select
from sqlalchemy.dialects.sqlite import insert

from rogatory_client.engine.held_row import HeldRoom, size_of
from rogatory_client.vault.schema import held_rows
from rogatory_crypto.wire.frame import Row
from rogatory_crypto.wire.identifier import GroupId, RowKind, Sequence


def hold_row(connection: Connection, group_id: GroupId, row: Row, at: int) -> None:
    """Keep a row; one that is held already stays as it is."""
    values = {
        "group_id": group_id,
        "sequence": row.sequence,
        "accepted_at_ms": row.accepted_at_ms,
        "kind": int(row.kind),
        "payload": row.payload,
        "held_at": at,
    }
    connection.execute(insert(held_rows).values(values).on_conflict_do_nothing())


def release_rows(connection: Connection, group_id: GroupId) -> None:
    """Delete what is held of a room."""
    connection.execute(delete(held_rows).where(held_rows.c.group_id == group_id))


def load_held_rooms(connection: Connection) -> dict[GroupId, HeldRoom]:
    """Return how much is held of which rooms, oldest first."""
    payloads = func.sum(func.length(held_rows.c.payload))
    since = func.min(held_rows.c.held_at)
    found = connection.execute(
        select(held_rows.c.group_id, payloads, func.count(), since)
        .group_by(held_rows.c.group_id)
        .order_by(since, held_rows.c.group_id)
    )
    return {
        GroupId(group_id): HeldRoom(total + count * size_of(0), begun)
        for group_id, total, count, begun in found
    }


def load_held_rows(connection: Connection, group_id: GroupId) -> tuple[Row, ...]:
    """Return the rows held of a room, in the order of its log."""
    found = connection.execute(
        select(held_rows).where(held_rows.c.group_id == group_id).order_by(held_rows.c.sequence)
    )
    return tuple(
        Row(Sequence(row.sequence), row.accepted_at_ms, RowKind(row.kind), row.payload) for row in found
    )
