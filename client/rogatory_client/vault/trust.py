"""What this device believes about others: its replica of the identity statements, and the directory."""

from collections.abc import Iterable

from sqlalchemy import Connection, delete, func, insert, select

from rogatory_client.vault.schema import directory, statements
from rogatory_crypto.identity import NetworkProfile, Registry
from rogatory_crypto.wire.request import ListedStatement


def load_registry(connection: Connection, profile: NetworkProfile) -> Registry:
    """Replay the replica; every signature is verified again."""
    registry = Registry(profile.origin, profile.operator_key)
    rows = connection.execute(
        select(statements.c.statement, statements.c.accepted_at).order_by(statements.c.position)
    )
    for statement, accepted_at in rows:
        registry.apply(statement, accepted_at)
    return registry


def append_statements(connection: Connection, listed: Iterable[ListedStatement]) -> None:
    """Add verified statements to the replica."""
    at = connection.execute(select(func.count()).select_from(statements)).scalar_one()
    rows = [
        {"position": at + index, "accepted_at": item.accepted_at, "statement": item.statement}
        for index, item in enumerate(listed)
    ]
    if rows:
        connection.execute(insert(statements), rows)


def holds_statement(connection: Connection, statement: bytes) -> bool:
    """Tell whether exactly this statement is in the replica."""
    found = select(statements.c.position).where(statements.c.statement == statement)
    return connection.execute(found).first() is not None


def load_snapshot(connection: Connection) -> tuple[bytes, bytes] | None:
    """Return hash and bytes of the newest directory snapshot, if there is one."""
    row = connection.execute(select(directory.c.sha256, directory.c.snapshot)).first()
    return None if row is None else (row.sha256, row.snapshot)


def save_snapshot(connection: Connection, sha256: bytes, snapshot: bytes) -> None:
    """Replace the directory snapshot."""
    connection.execute(delete(directory))
    connection.execute(insert(directory).values(only=1, sha256=sha256, snapshot=snapshot))
