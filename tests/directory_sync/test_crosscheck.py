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
