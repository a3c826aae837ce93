"""Annotations beside the state: whatever stands in the file is read, and nothing that follows breaks."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rogatory_directory_sync import (
    Annotations,
    ExportRefusedError,
    Held,
    SourceFile,
    SyncResult,
    differences,
    held_changes,
    last_confirmed,
    read_directory,
    sample_file,
    synchronise,
    write_annotations,
)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
)
WORDS = st.sampled_from(
    ["to", "why", "since", "export", "decisions", "emails.office", "designations", "status"]
)
VALUES = JSON | st.dictionaries(WORDS, JSON | st.dictionaries(WORDS, JSON))
MEMBERS = st.sampled_from(list(Annotations.__dataclass_fields__))


@pytest.fixture(scope="module")
def small(june: Callable[..., SyncResult]) -> bytes:
    records = json.loads(june("json").state)
    return json.dumps([item for item in records if item["record_id"].startswith("CNA-SG")]).encode()


@pytest.fixture(scope="module")
def export() -> SourceFile:
    published = json.loads(sample_file("export-2026-09.json").content)
    records = [item for item in published["records"] if item["record_id"].startswith("CNA-SG")]
    published |= {"records": records, "export": published["export"] | {"record_count": len(records)}}
    return SourceFile("x.json", json.dumps(published).encode())


@settings(max_examples=150, deadline=None)
@given(notes=st.dictionaries(st.sampled_from(["CNA-SG-01", "x"]), st.dictionaries(MEMBERS, VALUES) | JSON))
def test_any_annotations_are_read_and_followed(
    notes: dict[str, Any], small: bytes, export: SourceFile
) -> None:
    raw = json.dumps(notes).encode()
    directory = read_directory(small, raw)
    held_changes(directory, {})
    differences({}, directory)
    last_confirmed(directory["CNA-SG-01"])
    again = read_directory(small, write_annotations(directory))
    assert again == directory
    synchronise(export, Held(SourceFile("held.json", small), raw))


@settings(max_examples=100, deadline=None)
@given(place=st.integers(0, 10_000), damage=st.binary(min_size=1, max_size=6))
def test_a_damaged_state_is_read_or_refused(place: int, damage: bytes, small: bytes) -> None:
    raw = bytearray(small)
    at = place % len(raw)
    raw[at : at + len(damage)] = damage
    try:
        read_directory(bytes(raw))
    except ExportRefusedError:
        return
