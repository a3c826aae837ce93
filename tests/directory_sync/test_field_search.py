"""Every field of the schema can be searched, and a field that does not exist is said so."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from rogatory_crypto.errors import MisuseError
from rogatory_directory_sync import (
    Entry,
    Query,
    ReferenceTables,
    SyncResult,
    check_path,
    record_from_json,
    search,
    searchable_paths,
)
from rogatory_directory_sync.field_search import field_texts, holds

# Every member of the schema, each with a word that occurs nowhere else.
RARE: dict[str, Any] = {
    "address": {"lines": ["rareline"], "city": "rarecity", "postal_code": "RARE 1", "country": "SG"},
    "designations": [{"instrument": "UNTOC", "article": "18", "paragraph": "13", "function": "mla",
                      "direction": "incoming", "note": "rarenote"}],
    "requirements": "rarerequirement", "host_country": "CH",
    "channels": {"direct": "yes", "diplomatic": "required", "interpol": "urgent_only", "email": "no",
                 "regional_platforms": ["Iber@"]},
    "electronic": {"accepts_requests": "exceptional", "original_required": "later", "e_signature": "yes",
                   "encryption_required": "no", "e_signature_formats": ["PAdES"],
                   "measure_valid_until": "2031-05-06"},
    "urgent_procedure": {"text": "rareurgent", "available_24_7": True, "oral_accepted": "yes"},
    "legal_basis": {"untoc_extradition": "conditional", "uncac_extradition": "not_declared",
                    "note": "rarebasis"},
    "languages": {"accepted": ["fr"], "urgent": ["en"], "note": "rarelanguage"},
    "agreements": [{"type": "arrangement", "title": "raretitle", "counterparts": ["MN"],
                    "subject": "raresubject", "url": "https://rareagreement.example/"}],
    "resources": [{"kind": "checklist", "url": "https://rarelist.example/", "title": "rarechecklist",
                   "lang": "fr"}],
}  # fmt: skip


@pytest.fixture(scope="module")
def entries(september: Callable[..., SyncResult]) -> list[Entry]:
    return list(september("json").directory.values())


@pytest.fixture(scope="module")
def rare(june: Callable[..., SyncResult]) -> Entry:
    published = next(item for item in json.loads(june("json").state) if item["record_id"] == "CNA-SG-01")
    return Entry(record_from_json({**published, **RARE}))


def test_every_value_of_every_record_is_found_by_its_field_and_as_text(
    entries: list[Entry], rare: Entry, tables: ReferenceTables
) -> None:
    for entry in (*entries, rare):
        for path, texts in field_texts(entry.record).items():
            check_path(path)
            assert all(holds(entry.record, path, text) for text in texts), (entry.entry_id, path)
    found = search([rare], Query(text="rarerequirement raresubject rarelist.example rarebasis"), tables)
    assert found == (rare,)


def test_every_field_of_the_schema_has_been_tried(entries: list[Entry], rare: Entry) -> None:
    tried = {path for entry in (*entries, rare) for path in field_texts(entry.record)}
    groups = {path for path in searchable_paths() if any(other.startswith(f"{path}.") for other in tried)}
    untried = {path for path in searchable_paths() - tried - groups if not path.startswith("x_platform")}
    assert untried <= {"cleared_fields", "name"}  # a word of an import; the names by language, all tried


@pytest.mark.parametrize("path", ["nothing", "emails.adress", "channels.pigeon", ""])
def test_a_field_that_does_not_exist_is_refused(path: str) -> None:
    with pytest.raises(MisuseError, match="no entry has a field"):
        check_path(path)


def ids(found: tuple[Entry, ...]) -> set[str]:
    return {entry.entry_id for entry in found}


@pytest.mark.parametrize(
    "query",
    [
        Query(where=(("dual_criminality", "coercive only"),)),
        Query(electronic="exceptional"),
        Query(e_signature="yes"),
        Query(channel="interpol"),
        Query(where=(("address.city", "dakar"), ("emails", "justice"))),
        Query(where=(("requirements", ""),)),
        Query(confirmation_due_on=date(2026, 9, 30)),
    ],
)
def test_each_question_splits_the_directory(
    query: Query, entries: list[Entry], tables: ReferenceTables
) -> None:
    found = search(entries, query, tables)
    assert 0 < len(found) <= len(entries)


def test_yes_no_exceptional_and_unknown_are_disjoint(entries: list[Entry], tables: ReferenceTables) -> None:
    answers = [ids(search(entries, Query(electronic=word, status=None), tables))
               for word in ("yes", "exceptional", "no", "unknown")]  # fmt: skip
    assert sum(map(len, answers)) == len(entries)
    assert set().union(*answers) == {entry.entry_id for entry in entries}


def test_a_closed_channel_is_not_found(entries: list[Entry], tables: ReferenceTables) -> None:
    found = search(entries, Query(channel="email"), tables)
    assert found
    assert all(entry.record.channels.email in ("yes", "urgent_only") for entry in found)


def test_a_regional_platform_is_a_channel(rare: Entry, tables: ReferenceTables) -> None:
    assert search([rare], Query(channel="iber@"), tables) == (rare,)
    assert search([rare], Query(channel="e-EDES"), tables) == ()


def test_only_open_offices(entries: list[Entry], tables: ReferenceTables) -> None:
    noon = search(entries, Query(open_at=datetime(2026, 11, 18, 10, 30, tzinfo=UTC)), tables)
    night = search(entries, Query(open_at=datetime(2026, 11, 18, 23, 30, tzinfo=UTC)), tables)
    assert len(noon) > len(night)
    assert all(entry.record.office_hours for entry in noon)
