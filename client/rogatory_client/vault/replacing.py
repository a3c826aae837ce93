"""Rows that replace what stands under the same key; statements hold no values and are built once."""

from functools import cache

from sqlalchemy import Table
from sqlalchemy.dialects.sqlite import Insert, insert


@cache
def replacing(table: Table, written: tuple[str, ...]) -> Insert:
    """Return the statement that writes some columns of a table, its key among them.

    Args:
        table: of one row a key.
        written: names of columns; a row that is there keeps what stands in the others.
    """
    key = [column.name for column in table.primary_key.columns]
    statement = insert(table)
    replaced = {name: statement.excluded[name] for name in written if name not in key}
    return statement.on_conflict_do_update(index_elements=key, set_=replaced)
