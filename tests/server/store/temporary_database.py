"""A PostgreSQL database that lives as long as a test."""

import os
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import make_url, text
from sqlalchemy.ext.asyncio import create_async_engine
from tests.conftest import absent

# A server whose user may create databases: postgresql+asyncpg://user@host:port/postgres.
POSTGRESQL = os.environ.get("ROGATORY_POSTGRESQL", "")


@asynccontextmanager
async def temporary_database() -> AsyncIterator[str]:
    """Create a database and yield its URL; skip where there is no server."""
    if not POSTGRESQL:
        absent("a PostgreSQL server (ROGATORY_POSTGRESQL)")
    name = f"rogatory_{secrets.token_hex(8)}"
    server = create_async_engine(POSTGRESQL, isolation_level="AUTOCOMMIT")
    async with server.connect() as connection:
        await connection.execute(text(f"CREATE DATABASE {name}"))
        yield make_url(POSTGRESQL).set(database=name).render_as_string(hide_password=False)
        await connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    await server.dispose()
