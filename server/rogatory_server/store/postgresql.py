"""PostgreSQL, for relays beyond one machine's disk: the same works, run on asyncpg connections.

One connection writes, so that commits keep their order as with SQLite; others read on snapshots. Durability
is the server's ``synchronous_commit``, which must be on. Several relays over one database need group numbers
and sequences from the database and a channel between them (NATS JetStream); both belong here.
"""

import asyncio
from collections.abc import Callable
from typing import Final, TypeVar

from sqlalchemy import Connection, func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from rogatory_crypto.errors import Code, MisuseError, PeerError
from rogatory_server.store import migrations

Result = TypeVar("Result")

READERS: Final = 4
# PostgreSQL error class 53: insufficient resources, among them a full disk.
_NO_RESOURCES: Final = "53"
# A number of our own among the advisory locks of the database.
_LOCK: Final = 0x726F6761746F7279


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

    Raises:
        MisuseError: another relay is running on it.
    """
    engine = create_async_engine(url, pool_size=READERS + 1)
    writer = await engine.connect()
    try:
        async with writer.begin():
            await _lock(writer)
            await writer.run_sync(migrations.upgrade)
    except BaseException:
        await writer.close()
        await engine.dispose()
        raise
    return PostgresqlStore(engine, writer)


async def _lock(writer: AsyncConnection) -> None:
    """Hold the database for as long as the writer is connected: two relays would tell two histories."""
    taken = await writer.execute(select(func.pg_try_advisory_lock(_LOCK)))
    if not taken.scalar_one():
        raise MisuseError("another relay is running on this database; stop it first")


def _as_peer_error(error: DBAPIError) -> Exception:
    if str(getattr(error.orig, "sqlstate", "")).startswith(_NO_RESOURCES):
        return PeerError(Code.STORAGE_FULL, f"the database cannot grow: {error.orig}")
    return error
