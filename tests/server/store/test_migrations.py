"""The migrations make exactly the tables the code describes."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection

from rogatory_server.store import Store, migrations, schema


async def test_the_migrated_schema_is_the_described_one(store: Store) -> None:
    def difference(connection: Connection) -> list[object]:
        return list(compare_metadata(MigrationContext.configure(connection), schema.metadata))

    assert await store.read(difference) == []


async def test_migrating_again_changes_nothing(store: Store) -> None:
    await store.write(migrations.upgrade)
