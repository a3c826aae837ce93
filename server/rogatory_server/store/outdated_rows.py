"""Works on rows that are no longer kept. Rows of a group age in the order of their sequence."""

from typing import NamedTuple

from sqlalchemy import Connection, or_, select
from sqlalchemy import delete as delete_from

from rogatory_server.store.schema import log_row, membership, mls_group, position, row_id


class GroupProgress(NamedTuple):
    """Where a group's log ends and how far each member has read it."""

    last_sequence: int
    positions: list[int]


def group_numbers(connection: Connection) -> list[int]:
    """Return every group."""
    return list(connection.execute(select(mls_group.c.number)).scalars())


def progress(connection: Connection, number: int) -> GroupProgress:
    """Return how far the members of a group have read."""
    last = connection.execute(select(mls_group.c.last_sequence).where(mls_group.c.number == number))
    found = connection.execute(
        select(membership.c.first_sequence, position.c.sequence)
        .outerjoin(
            position,
            (position.c.device_id == membership.c.device_id)
            & (position.c.group_number == membership.c.group_number),
        )
        .where(membership.c.group_number == number, membership.c.last_sequence.is_(None))
    )
    return GroupProgress(last.scalar_one(), [max(first - 1, read or 0) for first, read in found])


def delete(
    connection: Connection, number: int, *, read_to: int, read_before_ms: int, before_ms: int, limit: int
) -> int:
    """Delete up to ``limit`` of a group's oldest rows that are outdated; return how many."""
    low, high, read = row_id(number, 0), row_id(number + 1, 0), row_id(number, read_to)
    oldest = connection.execute(
        select(log_row.c.row_id)
        .where(
            log_row.c.row_id > low,
            log_row.c.row_id < high,
            or_(
                (log_row.c.row_id <= read) & (log_row.c.accepted_at_ms < read_before_ms),
                log_row.c.accepted_at_ms < before_ms,
            ),
        )
        .order_by(log_row.c.row_id)
        .limit(limit)
    )
    row_ids = list(oldest.scalars())
    if row_ids:
        connection.execute(delete_from(log_row).where(log_row.c.row_id.in_(row_ids)))
    return len(row_ids)
