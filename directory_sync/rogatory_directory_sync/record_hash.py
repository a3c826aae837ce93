"""What the transparency log commits to of the directory: a hash of each record that requests may go to."""

from collections.abc import Iterable

from rogatory_directory_sync.jsonvalue import digest
from rogatory_directory_sync.record import Record, Status
from rogatory_directory_sync.record_json import record_to_json


def record_hash(record: Record) -> bytes:
    """SHA-256 over the canonical JSON of a record: its members sorted by name, no white space, UTF-8."""
    return digest(record_to_json(record))


def record_hashes(records: Iterable[Record]) -> dict[str, bytes]:
    """The hash of each active record, by its id; a withdrawn one is not among them."""
    return {record.record_id: record_hash(record) for record in records if record.status is Status.ACTIVE}
