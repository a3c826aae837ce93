"""Works on the transparency log: entries, and the newest checkpoint in its two states.

Whoever writes says what he believes stands there already, in the same transaction: entries follow the last
one, a checkpoint takes the place of the one expected. So of two writers one learns that he is not alone, and
neither signs over the other's work.
"""

from collections.abc import Sequence
from enum import StrEnum

from sqlalchemy import Connection, func, insert, select, update

from rogatory_crypto.errors import MisuseError
from rogatory_server.store.schema import checkpoint, log_entry

_NOT_ALONE = "another relay writes to this database; run one relay on it, and restart this one"


class State(StrEnum):
    """How far a checkpoint has come."""

    SIGNED = "signed"
    PUBLISHED = "published"


def append_entries(connection: Connection, first: int, encoded: Sequence[bytes]) -> None:
    """Append entries from index ``first`` on.

    Raises:
        MisuseError: the log does not end there.
    """
    if entry_count(connection) != first:
        raise MisuseError(_NOT_ALONE)
    rows = [{"number": number, "body": body} for number, body in enumerate(encoded, start=first)]
    connection.execute(insert(log_entry), rows)


def entry_count(connection: Connection) -> int:
    """Return how many entries there are."""
    newest = connection.execute(select(func.max(log_entry.c.number))).scalar_one()
    return 0 if newest is None else newest + 1


def entries_from(
    connection: Connection, first: int, end: int, *, max_count: int, max_bytes: int
) -> list[bytes]:
    """Return encoded entries from ``first`` to before ``end``, as many as fit."""
    found = connection.execute(
        select(log_entry.c.body)
        .where(log_entry.c.number >= first, log_entry.c.number < end)
        .order_by(log_entry.c.number)
        .limit(max_count)
    )
    page: list[bytes] = []
    size = 0
    for body in found.scalars():
        size += len(body) + 8
        if size > max_bytes:
            break
        page.append(bytes(body))
    return page


def newest_checkpoint(connection: Connection, state: State) -> bytes | None:
    """Return the note of the newest checkpoint in a state."""
    note = connection.execute(
        select(checkpoint.c.note).where(checkpoint.c.state == state.value)
    ).scalar_one_or_none()
    return None if note is None else bytes(note)


def exchange_checkpoint(connection: Connection, state: State, expected: bytes | None, note: bytes) -> None:
    """Put a checkpoint in the place of the expected one, None for none.

    Raises:
        MisuseError: another one stands there.
    """
    if expected is None:
        if newest_checkpoint(connection, state) is not None:
            raise MisuseError(_NOT_ALONE)
        connection.execute(insert(checkpoint).values(state=state.value, note=note))
        return
    changed = connection.execute(
        update(checkpoint)
        .where(checkpoint.c.state == state.value, checkpoint.c.note == expected)
        .values(note=note)
    )
    if changed.rowcount != 1:
        raise MisuseError(_NOT_ALONE)
