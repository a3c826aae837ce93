"""The hash of a record is that of its canonical JSON, whatever the file looked like."""

import json
from dataclasses import replace
from hashlib import sha256

from rogatory_directory_sync import (
    Status,
    read_directory,
    record_hash,
    record_hashes,
    record_to_json,
    sample_file,
)

STATE = sample_file("state-after-2026-06.json").content
RECORDS = {entry_id: entry.record for entry_id, entry in read_directory(STATE).items()}


def test_the_hash_is_of_the_record_with_its_members_sorted() -> None:
    for record in RECORDS.values():
        text = json.dumps(record_to_json(record), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        assert record_hash(record) == sha256(text.encode()).digest()


def test_the_order_of_a_file_does_not_matter() -> None:
    turned = [dict(reversed(record.items())) for record in reversed(json.loads(STATE))]
    again = read_directory(json.dumps(turned).encode())
    assert record_hashes(entry.record for entry in again.values()) == record_hashes(RECORDS.values())


def test_every_change_shows_and_a_withdrawn_record_has_none() -> None:
    record = RECORDS["CNA-SN-01"]
    assert record_hash(replace(record, revision=record.revision + 1)) != record_hash(record)
    assert len(set(record_hashes(RECORDS.values()).values())) == len(record_hashes(RECORDS.values()))
    assert record_hashes([replace(record, status=Status.WITHDRAWN)]) == {}
