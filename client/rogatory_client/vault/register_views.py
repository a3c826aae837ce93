"""Kept filters of the register as rows."""

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects.sqlite import insert

from rogatory_client.vault.register_schema import register_views


def save_view(connection: Connection, name: str, filters: str, at: int) -> None:
    """Keep filters, JSON, under a name; those of before are replaced."""
    values = {"filters": filters, "saved_at": at}
    row = insert(register_views).values(name=name, **values)
    connection.execute(row.on_conflict_do_update(index_elements=["name"], set_=values))


def load_views(connection: Connection) -> tuple[tuple[str, str], ...]:
    """Return names and filters, by name."""
    found = select(register_views.c.name, register_views.c.filters).order_by(register_views.c.name)
    return tuple((row[0], row[1]) for row in connection.execute(found))


def remove_view(connection: Connection, name: str) -> None:
    """Forget the filters of a name."""
    connection.execute(delete(register_views).where(register_views.c.name == name))
