"""The tables. ``migrations`` creates them; a test compares the two. None holds a GroupInfo (R05).

A row's id is its group's number and its sequence in one integer, so that a group's log lies together on disk
and catching up is one range of the primary key. There is no copy of a row for a recipient: a device has an
interval of membership and a position, and both count sequences of the group's one log.
"""

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
)

SEQUENCE_BITS: Final = 40
MAX_SEQUENCE: Final = (1 << SEQUENCE_BITS) - 1

metadata: Final = MetaData()
_NUMBER: Final = BigInteger().with_variant(Integer, "sqlite")

mls_group: Final = Table(
    "mls_group",
    metadata,
    Column("number", _NUMBER, primary_key=True, autoincrement=False),
    Column("group_id", LargeBinary, nullable=False, unique=True),
    Column("epoch", BigInteger, nullable=False),
    Column("last_sequence", BigInteger, nullable=False),
)

membership: Final = Table(
    "membership",
    metadata,
    Column("device_id", LargeBinary, primary_key=True),
    Column("group_number", BigInteger, primary_key=True, autoincrement=False),
    Column("first_sequence", BigInteger, primary_key=True, autoincrement=False),
    Column("last_sequence", BigInteger, nullable=True),
    Index("membership_of_group", "group_number"),
)

position: Final = Table(
    "position",
    metadata,
    Column("device_id", LargeBinary, primary_key=True),
    Column("group_number", BigInteger, primary_key=True, autoincrement=False),
    Column("sequence", BigInteger, nullable=False),
)

log_row: Final = Table(
    "log_row",
    metadata,
    Column("row_id", _NUMBER, primary_key=True, autoincrement=False),
    Column("accepted_at_ms", BigInteger, nullable=False),
    Column("kind", SmallInteger, nullable=False),
    Column("submission_key", LargeBinary, nullable=True, unique=True),
    Column("payload", LargeBinary, nullable=False),
)

log_entry: Final = Table(
    "log_entry",
    metadata,
    Column("number", _NUMBER, primary_key=True, autoincrement=False),
    Column("body", LargeBinary, nullable=False),
)

checkpoint: Final = Table(
    "checkpoint",
    metadata,
    Column("state", Text, primary_key=True),
    Column("note", LargeBinary, nullable=False),
)

postmark_batch: Final = Table(
    "postmark_batch",
    metadata,
    Column("number", _NUMBER, primary_key=True, autoincrement=False),
    Column("accepted_at_ms", BigInteger, nullable=False),
    Column("root", LargeBinary, nullable=False),
    Column("size", Integer, nullable=False),
    Index("postmark_batch_by_time", "accepted_at_ms"),
)

postmark_listing: Final = Table(
    "postmark_listing",
    metadata,
    Column("first_number", _NUMBER, primary_key=True, autoincrement=False),
    Column("size", Integer, nullable=False),
    Column("log_index", BigInteger, nullable=False),
)

directory_snapshot: Final = Table(
    "directory_snapshot",
    metadata,
    Column("sequence", _NUMBER, primary_key=True, autoincrement=False),
    Column("body", LargeBinary, nullable=False),
)

key_package: Final = Table(
    "key_package",
    metadata,
    Column("number", _NUMBER, primary_key=True),
    Column("device_id", LargeBinary, nullable=False),
    Column("suite", Integer, nullable=False),
    Column("last_resort", Boolean, nullable=False),
    Column("not_after", BigInteger, nullable=False),
    Column("sha256", LargeBinary, nullable=False, unique=True),
    Column("body", LargeBinary, nullable=False),
    Index("key_package_of_device", "device_id", "suite", "last_resort"),
)

blob: Final = Table(
    "blob",
    metadata,
    Column("blob_id", LargeBinary, primary_key=True),
    Column("group_id", LargeBinary, nullable=False),
    Column("uploader", LargeBinary, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("stored", BigInteger, nullable=False),
    Column("complete", Boolean, nullable=False),
    Column("sha256", LargeBinary, nullable=True),
    Column("created_at_ms", BigInteger, nullable=False),
    Index("blob_by_age", "created_at_ms"),
    Index("blob_of_uploader", "uploader"),
)


def row_id(group_number: int, sequence: int) -> int:
    """Return the primary key of a row of a group's log."""
    return group_number << SEQUENCE_BITS | sequence
