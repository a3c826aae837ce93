"""The record against the project's own schema."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rogatory_directory_sync import RecordInvalidError, record_from_json, record_to_json, sample_file

STATE = json.loads(sample_file("state-after-2026-09.json").content)
BY_ID = {item["record_id"]: item for item in STATE}
EVERY_MEMBER: dict[str, Any] = BY_ID["CNA-SG-01"] | {
    "requirements": "Certified copies",
    "agreements": [
        {
            "type": "bilateral",
            "title": "Treaty",
            "counterparts": ["TH"],
            "subject": "mla",
            "url": "https://a.example/",
        }
    ],
    "resources": [{"kind": "checklist", "url": "https://a.example/c", "title": "List", "lang": "en"}],
    "channels": {
        "direct": "yes",
        "diplomatic": "no",
        "interpol": "yes",
        "email": "no",
        "regional_platforms": ["Iber@"],
    },
    "x_platform": {"onboarded": True, "encryption_key_ids": ["a"]},
}


@pytest.mark.parametrize("record_id", sorted(BY_ID))
def test_every_expected_record_reads_and_writes_itself(record_id: str) -> None:
    record = record_from_json(BY_ID[record_id])
    assert record_to_json(record) == BY_ID[record_id]
    assert list(record_to_json(record)) == list(BY_ID[record_id])


def test_every_member_of_the_schema_survives() -> None:
    written = record_to_json(record_from_json(EVERY_MEMBER))
    assert written == EVERY_MEMBER
    assert hash(record_from_json(EVERY_MEMBER).designations)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("record_id", "x"),
        ("revision", 0),
        ("revision", True),
        ("status", "asleep"),
        ("name", {"fr": "x"}),
        ("name", {"en": "x", "FRENCH": "y"}),
        ("name", []),
        ("designations", []),
        ("designations", [{"instrument": "UNTOC", "article": "18", "paragraph": None, "function": "magic"}]),
        ("state", None),
        ("state", {"iso2": "sg", "name": "Singapore"}),
        ("phones", [{"type": "office", "e164": "12"}]),
        ("phones", {"type": "office"}),
        ("phones", [1]),
        ("emails", [{"type": "office", "address": "UPPER@x.example"}]),
        ("website", "ftp://x.example"),
        ("office_hours", [{"days": ["mon"], "open": "24:00", "close": "25:00"}]),
        ("urgent_procedure", {"text": None, "available_24_7": "yes"}),
        ("provenance", {"last_updated": "June"}),
        ("internal_note", "x"),
        ("contact_functions", "x"),
    ],
)
def test_what_does_not_fit_names_its_path(path: str, value: Any) -> None:
    with pytest.raises(RecordInvalidError) as invalid:
        record_from_json(BY_ID["CNA-SG-01"] | {path: value})
    assert invalid.value.path.startswith(path)


def test_a_network_body_has_neither_state_nor_designation() -> None:
    body = BY_ID["NET-WACAP"]
    for changes in (
        {"state": BY_ID["CNA-SG-01"]["state"]},
        {"designations": BY_ID["CNA-SG-01"]["designations"]},
    ):
        with pytest.raises(RecordInvalidError):
            record_from_json(body | changes)


@settings(deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(sorted(EVERY_MEMBER)), st.none() | st.integers() | st.text() | st.lists(st.text())
    )
)
def test_any_value_is_a_record_or_refused(values: dict[str, Any]) -> None:
    try:
        record = record_from_json(EVERY_MEMBER | values)
    except RecordInvalidError:
        return
    assert record_from_json(json.loads(json.dumps(record_to_json(record)))) == record
