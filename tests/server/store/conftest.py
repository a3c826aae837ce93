"""Every store test runs on SQLite and, where a server is at hand, on PostgreSQL."""

import os
import secrets
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import make_url, text
from sqlalchemy.ext.asyncio import create_async_engine
from tests.conftest import absent

from rogatory_server.store import Store
from rogatory_server.store.postgresql import open_store
from rogatory_server.store.sqlite import SqliteStore

# A server whose user may create databases: postgresql+asyncpg://user@host:port/postgres.
POSTGRESQL = os.environ.get("ROGATORY_POSTGRESQL", "")


@pytest.fixture(params=["sqlite", "postgresql"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    if request.param == "sqlite":
        sqlite = SqliteStore(tmp_path / "relay.sqlite")
        yield sqlite
        await sqlite.close()
        return
    if not POSTGRESQL:
        absent("a PostgreSQL server (ROGATORY_POSTGRESQL)")
    name = f"rogatory_{secrets.token_hex(8)}"
    server = create_async_engine(POSTGRESQL, isolation_level="AUTOCOMMIT")
    async with server.connect() as connection:
        await connection.execute(text(f"CREATE DATABASE {name}"))
        url = make_url(POSTGRESQL).set(database=name)
        postgresql = await open_store(url.render_as_string(hide_password=False))
        yield postgresql
        await postgresql.close()
        await connection.execute(text(f"DROP DATABASE {name}"))
    await server.dispose()
