"""Rules R1 and R2 on the JSON route."""

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rogatory_directory_sync import Category, ExportRefusedError, SourceFile, sample_file, synchronise

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


def export(records: list[Any], **header: Any) -> SourceFile:
    members = {"generated": "2026-06-30T22:00:00Z", "record_count": len(records)} | header
    return SourceFile("x.json", json.dumps({"export": members, "records": records}).encode())


def sample_record(record_id: str) -> dict[str, Any]:
    records = json.loads(sample_file("export-2026-06.json").content)["records"]
    return next(item for item in records if item["record_id"] == record_id)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"[]", "not an object with 'export' and 'records'"),
        (b"{", "not readable as JSON"),
        (b"[" * 100_000, "not readable as JSON"),
        (b'{"export": {"record_count": NaN}, "records": []}', "not readable as JSON"),
        (b'{"export": {"record_count": 2}, "records": []}', "declares 2 records and holds 0"),
        (b'{"export": {}, "records": []}', "declares no number of records"),
    ],
)
def test_what_is_no_export_is_refused(content: bytes, reason: str) -> None:
    with pytest.raises(ExportRefusedError, match=reason):
        synchronise(SourceFile("x.json", content))


def test_types_are_coerced_and_unknown_properties_pointed_out() -> None:  # A06-77, A06-78
    result = synchronise(export([sample_record("CNA-FR-01"), sample_record("CNA-UZ-02")]))
    assert result.directory["CNA-UZ-02"].record.languages.accepted == ("uz", "ru")
    assert result.directory["CNA-UZ-02"].record.revision == 3
    assert {item.code for item in result.findings.of(Category.NORMALISED)} >= {
        "unknown_property:internal_note"
    }


@pytest.mark.parametrize("name", ["state", "record_id", "kind", "revision", "status", "name", "designations"])
def test_a_record_without_an_essential_member_is_set_aside(name: str) -> None:  # R2, A06-55
    record = sample_record("CNA-SG-01")
    del record[name]
    result = synchronise(export([record, sample_record("CNA-SG-02")]))
    assert list(result.directory) == ["CNA-SG-02"]
    assert len(json.loads(result.report)["quarantined"]) == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("office_hours", [{"days": ["mon"], "open": "25:00", "close": "26:00"}]),
        ("time_zone", "Mars/Olympus"),
        ("website", "javascript:alert(1)"),
        ("phones", 7),
        ("emails", [None, 3, {"type": "private", "address": "x@y.example"}]),
        ("languages", ["klingon", "en"]),
        ("channels", {"interpol": "sometimes"}),
        ("agreements", [{"type": "secret", "title": ""}, "x"]),
        ("resources", [{"kind": "legislation", "url": "file:///etc/passwd"}]),
        ("resources", [{"kind": "legislation", "url": "https://a.example", "lang": "??"}]),
        ("phones", ["+65 10000101", {"type": "pager", "raw": "1"}]),
        ("networks", [{"network": "Atlantis", "role": "king"}]),
        ("urgent_procedure", {"available_24_7": "perhaps"}),
        ("address", "one line\u202e"),
        ("name", {"en": "Attorney-General's Chambers \u2013 Central Authority", "Klingon": "x"}),
        ("cleared_fields", ["name.ms", "name.en", "channels", "languages.accepted", "nonsense.path"]),
        ("cleared_fields", ["record_id", 5]),
        ("x_platform", {"onboarded": True}),
    ],
)  # fmt: skip
def test_a_dirty_value_costs_at_most_its_field(name: str, value: Any) -> None:  # R2
    result = synchronise(export([sample_record("CNA-SG-01") | {name: value}]))
    record = result.directory["CNA-SG-01"].record
    assert record.name_en == "Attorney-General's Chambers \u2013 Central Authority"
    assert record.x_platform == {}


@settings(deadline=None, max_examples=50)
@given(
    st.dictionaries(
        st.sampled_from([*sorted(sample_record("CNA-SG-01")), "cleared_fields"]), json_values, max_size=4
    )
)
def test_any_values_are_imported_or_set_aside(values: dict[str, Any]) -> None:
    result = synchronise(export([sample_record("CNA-SG-01") | values, sample_record("CNA-TH-01")]))
    assert "CNA-TH-01" in result.directory
    assert json.loads(result.report)["accepted"] == len(result.directory)


@settings(deadline=None, max_examples=50)
@given(json_values)
def test_any_json_is_imported_or_refused(value: Any) -> None:
    with suppress(ExportRefusedError):
        synchronise(SourceFile("x.json", json.dumps(value).encode()))


def test_a_member_given_twice_sets_the_record_aside() -> None:
    """R2: two programs may read two different mailboxes (RFC 8259 section 4)."""
    good, other = (json.dumps(sample_record(record_id)) for record_id in ("CNA-FR-01", "CNA-UZ-02"))
    bad = other[:-1] + ', "emails": [{"type": "office", "address": "x@evil.example"}]}'
    head = '{"generated": "2026-06-30T22:00:00Z", "record_count": 2}'
    raw = f'{{"export": {head}, "records": [\n{good},\n{bad}]}}'.encode()
    result = synchronise(SourceFile("x.json", raw))
    assert set(result.directory) == {"CNA-FR-01"}
    quarantined = result.findings.of(Category.QUARANTINED)
    assert [(item.record_id, item.code, item.line) for item in quarantined] == [
        ("CNA-UZ-02", "member_twice", 3)
    ]


@pytest.mark.parametrize(
    "content",
    [
        '{"export": {"record_count": 1, "record_count": 0}, "records": []}',
        '{"export": {"record_count": 0}, "records": [], "records": []}',
        '{"export": {"record_count": 9}, "export": {"record_count": 0}, "records": []}',
    ],
)
def test_an_export_that_counts_itself_twice_is_refused(content: str) -> None:  # R1
    with pytest.raises(ExportRefusedError, match="occurs twice"):
        synchronise(SourceFile("x.json", content.encode()))


def test_a_line_that_is_not_utf_8_is_reported_with_its_record() -> None:
    """R1: read as Windows-1252 and reported, on the JSON route as on the CSV route."""
    record = json.dumps(sample_record("CNA-UZ-02") | {"unit": "UNIT"}, indent=1)
    head = '{"title": "TITLE",\n"generated": "2026-06-30T22:00:00Z", "record_count": 1}'
    text = f'{{"export":\n{head},\n"records": [\n{record}]}}'
    raw = text.encode().replace(b"UNIT", b"Unit\xe9").replace(b"TITLE", b"Annuaire \xe9t\xe9")
    result = synchronise(SourceFile("x.json", raw))
    assert result.directory["CNA-UZ-02"].record.unit == "Unit\u00e9"
    said = {(item.record_id, item.code) for item in result.findings.all()}
    assert {("CNA-UZ-02", "row_bytes_cp1252"), ("", "line_bytes_cp1252")} <= said


@pytest.mark.parametrize(
    ("name", "value", "path", "read"),
    [
        ("kind", "Central-Authority", ("kind",), "central_authority"),
        ("electronic", {"e_signature": True}, ("electronic", "e_signature"), "yes"),
        ("electronic", {"encryption_required": "N"}, ("electronic", "encryption_required"), "no"),
        ("networks", ["WACAP (observer)"], ("networks",), [{"network": "WACAP", "role": "observer"}]),
        ("networks", "EJN: partner", ("networks",), [{"network": "EJN", "role": "partner"}]),
        ("languages", ["et", "ru"], ("languages", "accepted"), ["et", "ru"]),
    ],
)
def test_what_other_programs_write_is_understood(
    name: str, value: Any, path: tuple[str, ...], read: Any
) -> None:  # R2: dirty values are recovered, not quarantined
    result = synchronise(export([sample_record("CNA-SG-01") | {name: value}]))
    found = json.loads(result.state)[0]
    for member in path:
        found = found[member]
    assert found == read
