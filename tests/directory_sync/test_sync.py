"""The whole import against the expected states and reports of the sample directory, by both routes."""

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from rogatory_directory_sync import (
    Category,
    ExportRefusedError,
    Held,
    SourceFile,
    SyncResult,
    read_directory,
    sample_file,
    synchronise,
)

Run = Callable[..., SyncResult]
Records = Callable[[bytes], dict[str, Any]]
FORMS = ("csv", "json")
# The line of this record is pure ASCII: no byte of it says Windows-1252, so that nothing can be reported.
ASCII_LINE = {"record_id": "CNA-SN-02", "field": "*", "rule": "row_bytes_cp1252"}
# Noise is seen where the held value or the published text shows it; former punctuation is not kept.
UNSEEN_NOISE = {"csv": {"CNA-SZ-01", "CNA-IT-01"}, "json": {"CNA-SZ-01", "CNA-IT-01", "CNA-LA-02"}}


def expected_report(month: str) -> dict[str, Any]:
    reports: dict[str, Any] = json.loads(sample_file("expected.json").content)["reports"]
    report: dict[str, Any] = reports[month]
    return report


def as_set(items: list[Any]) -> set[str]:
    return {json.dumps(item, sort_keys=True) for item in items}


@pytest.mark.parametrize("form", FORMS)
def test_june_gives_the_expected_state_when_both_formats_are_present(
    form: str, june: Run, records: Records
) -> None:
    found = records(june(form, counterpart=True).state)
    assert found == records(sample_file("state-after-2026-06.json").content)


@pytest.mark.parametrize("form", FORMS)
def test_june_gives_the_expected_state_by_one_route(form: str, june: Run, records: Records) -> None:
    found, expected = (
        records(raw) for raw in (june(form).state, sample_file("state-after-2026-06.json").content)
    )
    if form == "csv":  # R19, A06-76: the one planted disagreement of the formats
        assert found["CNA-GH-02"]["address"].pop("city") == "Tema"
        assert expected["CNA-GH-02"]["address"].pop("city") == "Accra"
    assert found == expected


@pytest.mark.parametrize("form", FORMS)
def test_june_gives_the_expected_report(form: str, june: Run) -> None:
    found = json.loads(june(form, counterpart=True).report)
    expected = expected_report("2026-06")
    expected["repaired"].remove(ASCII_LINE)
    for name, value in expected.items():
        if isinstance(value, list):
            assert as_set(found[name]) == as_set(value), name
            assert len(found[name]) == len(value), name
        else:
            assert found[name] == value, name


@pytest.mark.parametrize("form", FORMS)
def test_september_gives_the_expected_state(form: str, september: Run, records: Records) -> None:
    found = records(september(form, counterpart=True).state)
    assert found == records(sample_file("state-after-2026-09.json").content)


@pytest.mark.parametrize("form", FORMS)
def test_september_gives_the_expected_report(form: str, september: Run) -> None:
    found = json.loads(september(form, counterpart=True).report)
    expected = expected_report("2026-09")
    noise = set(expected.pop("unchanged_noise"))
    assert set(found["unchanged_noise"]) == noise - UNSEEN_NOISE[form]
    changed = {item["record_id"] for name in ("updated", "held", "conflicts") for item in found[name]}
    assert not noise & changed  # R14
    for name, value in expected.items():
        if isinstance(value, list):
            assert as_set(found[name]) == as_set(value), name
        else:
            assert found[name] == value, name


def test_a_csv_that_starts_like_a_spreadsheet_is_read_by_its_ending(september: Run) -> None:
    assert sample_file("export-2026-09.csv").content.startswith(b"ID;")  # A09-45
    assert len(september("csv").directory) == 87


def test_a_file_cut_off_is_refused_whole(june: Run) -> None:  # A09-46, R1
    held = Held(SourceFile("held.json", june("csv").state))
    with pytest.raises(ExportRefusedError, match=r"export-2026-09-truncated\.csv, line \d+: no footer"):
        synchronise(sample_file("export-2026-09-truncated.csv"), held)


def test_json_cut_off_is_refused_with_its_line(june: Run) -> None:
    whole = sample_file("export-2026-09.json").content
    with pytest.raises(ExportRefusedError, match="cut off") as refused:
        synchronise(
            SourceFile("x.json", whole[: len(whole) // 2]), Held(SourceFile("h.json", june("json").state))
        )
    assert refused.value.line > 1


def test_more_than_a_tenth_missing_is_refused(june: Run) -> None:  # R1
    export = json.loads(sample_file("export-2026-09.json").content)
    export["records"] = export["records"][:60]
    export["export"]["record_count"] = 60
    held = Held(SourceFile("held.json", june("json").state))
    with pytest.raises(ExportRefusedError, match="would become missing"):
        synchronise(SourceFile("short.json", json.dumps(export).encode()), held)


@pytest.mark.parametrize("form", FORMS)
def test_the_same_input_gives_the_same_bytes(form: str, september: Run) -> None:
    first = september(form)
    june = synchronise(sample_file(f"export-2026-06.{form}"))
    held = Held(
        SourceFile("held.json", june.state), june.annotations, sample_file("local-edits-2026-08.json")
    )
    second = synchronise(sample_file(f"export-2026-09.{form}"), held)
    assert (first.state, first.annotations, first.report) == (second.state, second.annotations, second.report)


def test_a_state_file_reads_back_to_the_same_bytes(september: Run) -> None:
    result = september("json")
    again = read_directory(result.state, result.annotations)
    assert again == dict(result.directory)


def test_the_same_export_again_changes_no_record(september: Run) -> None:
    first = september("json")
    held = Held(SourceFile("held.json", first.state), first.annotations)
    second = synchronise(sample_file("export-2026-09.json"), held)
    assert second.state == first.state
    report = json.loads(second.report)
    assert not report["updated"] + report["added"] + report["withdrawn"] + report["converged"]
    # What waited still waits, for the same reason; what was edited here still stands.
    before = json.loads(first.report)
    for name in ("held", "rejected_changes", "conflicts", "local_kept", "missing"):
        assert as_set(report[name]) == as_set(before[name]), name


def test_annotations_keep_what_the_record_cannot(september: Run) -> None:
    notes = {key: entry.annotations for key, entry in september("csv").directory.items()}
    assert notes["CNA-NG-02"].aliases == ("CNA-NG-12",)  # A09-30
    assert notes["CNA-GE-02"].former_names == (
        "Prosecution Service \u2013 International Relations",
    )  # A09-18
    assert notes["CNA-MA-01"].missing_since == "2026-09-30"  # A09-16
    assert notes["CNA-GW-02"].withdrawn_on == "2026-09-30"  # A09-10
    assert notes["CNA-TD-01"].listed_on == "2026-09-30"  # A09-05
    assert notes["CNA-LR-01"].stale  # A06-01
    assert not notes["CNA-SN-09"].stale  # A06-04
    assert notes["CNA-TJ-01"].pending["emails.office"]  # A09-22


def test_a_rekeyed_entry_is_found_under_its_alias_next_time(september: Run) -> None:
    first = september("json")
    held = Held(SourceFile("held.json", first.state), first.annotations)
    report = json.loads(synchronise(sample_file("export-2026-09.json"), held).report)
    assert report["rekeyed"] == []
    assert "CNA-NG-02" not in report["missing"]


def test_the_reference_date_decides_what_is_stale(june: Run) -> None:  # R13
    later = synchronise(sample_file("export-2026-06.csv"), today=date(2030, 1, 1))
    stale = {finding.record_id for finding in later.findings.of(Category.WARNING) if finding.code == "stale"}
    assert len(stale) == 76
    assert len([f for f in june("csv").findings.of(Category.WARNING) if f.code == "stale"]) == 3


def test_a_quarantined_row_names_its_line_and_raw_text(june: Run) -> None:  # R2, R4
    found = {item.record_id: item for item in june("csv").findings.of(Category.QUARANTINED)}
    assert (found["CNA-JP-01"].code, found["CNA-JP-01"].line) == ("column_count", 146)
    assert found["CNA-NE-02"].raw == "Niger / NG / NGA"


def test_tasks_follow_from_the_findings(september: Run) -> None:
    tasks = {(item["record_id"], item["task"]) for item in json.loads(september("csv").report)["tasks"]}
    assert ("CNA-TJ-01", "call_back_and_confirm_by_second_person") in tasks
    assert ("CNA-GH-01", "security_alert") in tasks
    assert ("CNA-LR-01", "reconfirm") in tasks


def test_an_unknown_ending_is_refused() -> None:
    with pytest.raises(ExportRefusedError, match=r"give a \.csv, \.json or \.xlsx export"):
        synchronise(SourceFile("export.pdf", b"x"))


def test_an_export_without_its_date_needs_one_from_the_caller() -> None:
    export = SourceFile("x.json", b'{"export": {"record_count": 0}, "records": []}')
    with pytest.raises(ExportRefusedError, match="name the reference date"):
        synchronise(export)
    assert synchronise(export, today=date(2026, 1, 1)).directory == {}


def test_a_defective_counterpart_is_reported_and_left_out(records: Records) -> None:
    export = sample_file("export-2026-06.json")
    found = synchronise(export, counterpart=sample_file("export-2026-09-truncated.csv"))
    assert "counterpart_refused" in {item.code for item in found.findings.of(Category.WARNING)}
    assert records(found.state) == records(sample_file("state-after-2026-06.json").content)
    other = synchronise(export, counterpart=sample_file("export-2026-09.csv"))
    assert "counterpart_not_of_this_export" in {item.code for item in other.findings.of(Category.WARNING)}


@pytest.mark.parametrize("content", [b"{", b"[1]", b'"x"', b'[{"record_id": "x"}]', b"\xff"])
def test_a_damaged_state_file_is_refused(content: bytes) -> None:
    with pytest.raises(ExportRefusedError, match=r"held\.json"):
        synchronise(sample_file("export-2026-06.json"), Held(SourceFile("held.json", content)))


def test_two_thousand_records_sync() -> None:
    export = json.loads(sample_file("export-2026-06.json").content)
    good = [item for item in export["records"] if item["record_id"].startswith("CNA-SG-")]
    export["records"] = [
        {**good[0], "record_id": f"CNA-SG-{number}", "unit": f"Desk {number}",
         "emails": [{"type": "office", "address": f"desk{number}@justice.gov.sg.example"}]}
        for number in range(2000)
    ]  # fmt: skip
    export["export"]["record_count"] = 2000
    result = synchronise(SourceFile("large.json", json.dumps(export).encode()))
    assert len(result.directory) == 2000


def test_a_state_may_be_an_export_of_records(june: Run) -> None:
    first = june("json")
    wrapped = b'{"records": ' + first.state + b"}"
    assert read_directory(wrapped, first.annotations) == dict(first.directory)


def test_an_export_without_one_usable_row_is_refused() -> None:
    shifted = sample_file("export-2026-06.csv").content.replace(
        b"Record ID,Revision", b"Record ID,,Revision", 1
    )
    with pytest.raises(ExportRefusedError, match="not one of 86 rows can be imported"):
        synchronise(SourceFile("x.csv", shifted))
