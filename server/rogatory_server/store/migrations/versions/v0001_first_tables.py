"""The first tables: group logs, memberships, statements, KeyPackages, attachments."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Create every table."""
    _create_log_tables()
    _create_identity_tables()
    _create_blob_table()


def _create_log_tables() -> None:
    op.create_table(
        "mls_group",
        sa.Column("number", _NUMBER, primary_key=True, autoincrement=False),
        sa.Column("group_id", sa.LargeBinary, nullable=False, unique=True),
        sa.Column("epoch", sa.BigInteger, nullable=False),
        sa.Column("last_sequence", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "membership",
        sa.Column("device_id", sa.LargeBinary, primary_key=True),
        sa.Column("group_number", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("first_sequence", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("last_sequence", sa.BigInteger, nullable=True),
    )
    op.create_index("membership_of_group", "membership", ["group_number"])
    op.create_table(
        "position",
        sa.Column("device_id", sa.LargeBinary, primary_key=True),
        sa.Column("group_number", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("sequence", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "log_row",
        sa.Column("row_id", _NUMBER, primary_key=True, autoincrement=False),
        sa.Column("accepted_at_ms", sa.BigInteger, nullable=False),
        sa.Column("kind", sa.SmallInteger, nullable=False),
        sa.Column("submission_key", sa.LargeBinary, nullable=True, unique=True),
        sa.Column("payload", sa.LargeBinary, nullable=False),
    )


def _create_identity_tables() -> None:
    op.create_table(
        "statement",
        sa.Column("number", _NUMBER, primary_key=True, autoincrement=False),
        sa.Column("accepted_at", sa.BigInteger, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "directory_snapshot",
        sa.Column("sequence", _NUMBER, primary_key=True, autoincrement=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "key_package",
        sa.Column("number", _NUMBER, primary_key=True),
        sa.Column("device_id", sa.LargeBinary, nullable=False),
        sa.Column("suite", sa.Integer, nullable=False),
        sa.Column("last_resort", sa.Boolean, nullable=False),
        sa.Column("not_after", sa.BigInteger, nullable=False),
        sa.Column("sha256", sa.LargeBinary, nullable=False, unique=True),
        sa.Column("body", sa.LargeBinary, nullable=False),
    )
    op.create_index("key_package_of_device", "key_package", ["device_id", "suite", "last_resort"])


def _create_blob_table() -> None:
    op.create_table(
        "blob",
        sa.Column("blob_id", sa.LargeBinary, primary_key=True),
        sa.Column("group_number", sa.BigInteger, nullable=False),
        sa.Column("uploader", sa.LargeBinary, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("stored", sa.BigInteger, nullable=False),
        sa.Column("complete", sa.Boolean, nullable=False),
        sa.Column("sha256", sa.LargeBinary, nullable=True),
        sa.Column("created_at_ms", sa.BigInteger, nullable=False),
    )
    op.create_index("blob_by_age", "blob", ["created_at_ms"])
