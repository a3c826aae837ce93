"""The terms that the office has set for itself, by what is due."""

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects.sqlite import insert

from rogatory_client.vault.casework_schema import deadline_terms


def save_deadline_term(connection: Connection, what: str, term: str | None) -> None:
    """Write a term; None for the usual one."""
    if term is None:
        connection.execute(delete(deadline_terms).where(deadline_terms.c.what == what))
        return
    row = insert(deadline_terms).values(what=what, term=term)
    connection.execute(row.on_conflict_do_update(index_elements=["what"], set_={"term": term}))


def load_deadline_terms(connection: Connection) -> dict[str, str]:
    """Return the terms, by what is due."""
    return {row.what: row.term for row in connection.execute(select(deadline_terms))}
