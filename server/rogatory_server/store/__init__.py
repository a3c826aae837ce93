"""Where the relay keeps what it was given: tables, migrations, and one Protocol over two databases.

A work is a function of an open SQLAlchemy connection. ``Store.write`` runs it in one transaction that is on
disk when the call returns; ``Store.read`` runs it on one consistent snapshot. The functions beside this
module are those works, written once for SQLite and PostgreSQL.
"""

from collections.abc import Callable
from typing import Protocol, TypeVar

from sqlalchemy import Connection

Result = TypeVar("Result")


class Store(Protocol):
    """A database with one durable writer and any number of readers."""

    async def write(self, work: Callable[[Connection], Result]) -> Result:
        """Run ``work`` in a transaction; durable when this returns, undone when it raises.

        Raises:
            PeerError: STORAGE_FULL when the disk or the configured maximum is reached.
        """
        ...

    async def read(self, work: Callable[[Connection], Result]) -> Result:
        """Run ``work`` on one snapshot of what is durable."""
        ...

    async def checkpoint(self) -> None:
        """Move what the write-ahead log holds into the database, where there is one."""
        ...

    async def close(self) -> None:
        """Finish what is running and release every connection."""
        ...
