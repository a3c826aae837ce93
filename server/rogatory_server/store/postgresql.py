"""PostgreSQL, for relays beyond one machine's disk: the same works, run on asyncpg connections.

One connection writes, so that commits keep their order as with SQLite; others read on snapshots. Durability
is the server's ``synchronous_commit``, which must be on. Several relays over one database need group numbers
and sequences from the database and a channel between them (NATS JetStream); both belong here.
"""

import asyncio
from collections.abc import Callable
from typing import Final, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from rogatory_crypto.errors import Code, PeerError
from rogatory_server.store import migrations

Result = TypeVar("Result")

READERS: Final = 4
# PostgreSQL error class 53: insufficient resources, among them a full disk.
_NO_RESOURCES: Final = "53"


class PostgresqlStore:
    """A store in a PostgreSQL database of its own.

    Args:
        engine: made by ``open_store``.
        writer: the one connection that writes.
    """

    def __init__(self, engine: AsyncEngine, writer: AsyncConnection) -> None:
        self._engine = engine
        self._writer = writer
        self._turn = asyncio.Lock()

    async def write(self, work: Callable[[Connection], Result]) -> Result:
        """Run ``work`` in a durable transaction of the one writer."""
        async with self._turn:
            try:
                async with self._writer.begin():
                    return await self._writer.run_sync(work)
            except DBAPIError as error:
                raise _as_peer_error(error) from error

    async def read(self, work: Callable[[Connection], Result]) -> Result:
        """Run ``work`` on a snapshot."""
        async with self._engine.connect() as connection:
            snapshot = await connection.execution_options(isolation_level="REPEATABLE READ")
            return await snapshot.run_sync(work)

    async def checkpoint(self) -> None:
        """Leave checkpoints to the database server."""

    async def close(self) -> None:
        """Wait for the running transaction and disconnect."""
        async with self._turn:
            await self._writer.close()
        await self._engine.dispose()


async def open_store(url: str) -> PostgresqlStore:
    """Connect and bring the schema up to date.

    Args:
        url: ``postgresql+asyncpg://user@host/database``.
    """
    engine = create_async_engine(url, pool_size=READERS + 1)
    writer = await engine.connect()
    async with writer.begin():
        await writer.run_sync(migrations.upgrade)
    return PostgresqlStore(engine, writer)


def _as_peer_error(error: DBAPIError) -> Exception:
    if str(getattr(error.orig, "sqlstate", "")).startswith(_NO_RESOURCES):
        return PeerError(Code.STORAGE_FULL, f"the database cannot grow: {error.orig}")
    return error
