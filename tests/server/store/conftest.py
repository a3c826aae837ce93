"""Every store test runs on SQLite and, where a server is at hand, on PostgreSQL."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.server.store.temporary_database import temporary_database

from rogatory_server.store import Store
from rogatory_server.store.postgresql import open_store
from rogatory_server.store.sqlite import SqliteStore


@pytest.fixture(params=["sqlite", "postgresql"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    if request.param == "sqlite":
        sqlite = SqliteStore(tmp_path / "relay.sqlite")
        yield sqlite
        await sqlite.close()
        return
    async with temporary_database() as url:
        postgresql = await open_store(url)
        yield postgresql
        await postgresql.close()
