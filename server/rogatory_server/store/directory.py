"""Works on the directory snapshot."""

from sqlalchemy import Connection, delete, insert, select

from rogatory_server.store.schema import directory_snapshot


def replace_snapshot(connection: Connection, sequence: int, body: bytes) -> None:
    """Keep this directory snapshot and no other."""
    connection.execute(delete(directory_snapshot))
    connection.execute(insert(directory_snapshot).values(sequence=sequence, body=body))


def newest_snapshot(connection: Connection) -> tuple[int, bytes] | None:
    """Return the snapshot and its sequence."""
    row = connection.execute(select(directory_snapshot)).one_or_none()
    return None if row is None else (row.sequence, row.body)
