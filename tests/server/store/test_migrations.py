"""The migrations make exactly the tables the code describes, and keep what was in the former ones."""

from importlib.resources import as_file, files
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection, create_engine, insert, text

from rogatory_crypto.wire.identifier import BlobId, DeviceId, GroupId
from rogatory_server.store import Store, blobs, migrations, schema
from rogatory_server.store.blobs import BlobRecord


async def test_the_migrated_schema_is_the_described_one(store: Store) -> None:
    def difference(connection: Connection) -> list[object]:
        return list(compare_metadata(MigrationContext.configure(connection), schema.metadata))

    assert await store.read(difference) == []


async def test_migrating_again_changes_nothing(store: Store) -> None:
    await store.write(migrations.upgrade)


def test_attachments_keep_their_group_when_its_id_takes_the_place_of_its_number(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'relay.sqlite'}")
    with engine.begin() as connection, as_file(files(migrations)) as folder:
        config = Config()
        config.set_main_option("script_location", str(folder))
        config.attributes["connection"] = connection
        command.upgrade(config, "0002")
        group = {"number": 7, "group_id": b"g" * 32, "epoch": 1, "last_sequence": 1}
        connection.execute(insert(schema.mls_group).values(group))
        columns = "blob_id, group_number, uploader, size, stored, complete, sha256, created_at_ms"
        connection.execute(
            text(f"INSERT INTO blob ({columns}) VALUES (:id, 7, :device, 9, 9, 1, :hash, 5)"),  # noqa: S608  # constants
            {"id": b"b" * 16, "device": b"d" * 16, "hash": b"h" * 32},
        )
        migrations.upgrade(connection)
        kept = blobs.find(connection, BlobId(b"b" * 16))
    engine.dispose()
    assert kept == BlobRecord(GroupId(b"g" * 32), DeviceId(b"d" * 16), 9, 9, complete=True, sha256=b"h" * 32)
