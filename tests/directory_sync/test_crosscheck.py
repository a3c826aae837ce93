"""Rule R19: the two formats of one export against each other."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from rogatory_directory_sync import SourceFile, SyncResult, sample_file, synchronise


@pytest.mark.parametrize("form", ["csv", "json"])
def test_json_is_authoritative_whichever_was_chosen(form: str, june: Callable[..., SyncResult]) -> None:
    result = june(form, counterpart=True)  # A06-76
    address = result.directory["CNA-GH-02"].record.address
    assert address is not None
    assert address.city == "Accra"
    assert json.loads(result.report)["crosscheck"] == [
        {"record_id": "CNA-GH-02", "column": "City", "csv": "Tema", "json": "Accra"}
    ]


def changed_json(change: Callable[[list[dict[str, Any]]], object]) -> SourceFile:
    export = json.loads(sample_file("export-2026-06.json").content)
    change(export["records"])
    export["export"]["record_count"] = len(export["records"])
    return SourceFile("export-2026-06.json", json.dumps(export).encode())


def test_a_record_in_one_format_only_is_reported() -> None:
    other = changed_json(lambda records: records.pop(0))
    found = synchronise(sample_file("export-2026-06.csv"), counterpart=other)
    assert "only_in_csv" in {item.code for item in found.findings.all()}
    back = synchronise(other, counterpart=sample_file("export-2026-06.csv"))
    assert "only_in_csv" in {item.code for item in back.findings.all()}
    assert "CNA-BJ-01" not in back.directory


def test_revisions_and_members_without_a_column_come_from_json() -> None:
    other = changed_json(
        lambda records: records[1].update(revision=77, requirements="Two copies", website=None)
    )
    record = synchronise(sample_file("export-2026-06.csv"), counterpart=other).directory["CNA-BJ-02"].record
    assert (record.revision, record.requirements, record.website) == (77, "Two copies", None)


def test_a_record_only_json_has_is_imported() -> None:
    csv = sample_file("export-2026-06.csv")
    other = changed_json(
        lambda records: records.append(records[0] | {"record_id": "CNA-BJ-77", "emails": []})
    )
    found = synchronise(csv, counterpart=other)
    assert "CNA-BJ-77" in found.directory
    assert {"record_id": "CNA-BJ-77", "column": "*", "csv": None, "json": None} in json.loads(found.report)[
        "crosscheck"
    ]


def test_what_json_has_damaged_is_not_taken_from_the_table() -> None:
    other = changed_json(lambda records: records[0].pop("state"))
    found = synchronise(sample_file("export-2026-06.csv"), counterpart=other)
    assert "CNA-BJ-01" not in found.directory
    report = json.loads(found.report)
    assert {"record_id": "CNA-BJ-01", "reason": "schema"} in report["quarantined"]
    assert "CNA-BJ-01" in {item["record_id"] for item in report["crosscheck"]}


def test_a_field_emptied_in_the_table_only_stays() -> None:
    """R15, R19: ``(none)`` in the table is a difference, no order to empty the field."""
    name = "export-2026-06.csv"
    row = next(line for line in sample_file(name).content.split(b"\r\n") if line.startswith(b"CNA-BJ-02,"))
    site = b"https://www.drugcontrol.gov.bj.example/"
    content = sample_file(name).content.replace(row, row.replace(site + b",", b"(none),", 1))
    other = changed_json(lambda records: records[1].update(website=None))
    found = json.loads(synchronise(SourceFile(name, content), counterpart=other).report)
    assert {"record_id": "CNA-BJ-02", "column": "Website", "csv": "(none)", "json": None} in found[
        "crosscheck"
    ]
