"""Works on the list of identity statements and the directory snapshot."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection, delete, insert, select

from rogatory_server.store.schema import directory_snapshot, statement


class StoredStatement(NamedTuple):
    """A statement and when it was appended, unix seconds."""

    accepted_at: int
    body: bytes


def append_statements(connection: Connection, first: int, accepted_at: int, bodies: Sequence[bytes]) -> None:
    """Append statements from index ``first`` on."""
    connection.execute(
        insert(statement),
        [
            {"number": first + offset, "accepted_at": accepted_at, "body": body}
            for offset, body in enumerate(bodies)
        ],
    )


def statements_from(
    connection: Connection, first: int, *, max_count: int, max_bytes: int
) -> list[StoredStatement]:
    """Return statements from an index on, as many as fit."""
    found = connection.execute(
        select(statement.c.accepted_at, statement.c.body)
        .where(statement.c.number >= first)
        .order_by(statement.c.number)
        .limit(max_count)
    )
    page: list[StoredStatement] = []
    size = 0
    for accepted_at, body in found:
        size += len(body) + 32
        if size > max_bytes:
            break
        page.append(StoredStatement(accepted_at, body))
    return page


def replace_snapshot(connection: Connection, sequence: int, body: bytes) -> None:
    """Keep this directory snapshot and no other."""
    connection.execute(delete(directory_snapshot))
    connection.execute(insert(directory_snapshot).values(sequence=sequence, body=body))


def newest_snapshot(connection: Connection) -> tuple[int, bytes] | None:
    """Return the snapshot and its sequence."""
    row = connection.execute(select(directory_snapshot)).one_or_none()
    return None if row is None else (row.sequence, row.body)
