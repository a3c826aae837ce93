"""Rules R15 and R16 where two of them meet in one entry."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from rogatory_directory_sync import Entry, Held, SourceFile, SyncResult, sample_file, synchronise

Change = Callable[[dict[str, Any]], object]
ENTRY_ID = "CNA-BJ-01"
CYRILLIC = "dut\u0443@justice.gov.bj.example"


def export(records: list[dict[str, Any]], day: str) -> SourceFile:
    header = {"generated": f"{day}T00:00:00Z", "record_count": len(records)}
    return SourceFile("x.json", json.dumps({"export": header, "records": records}).encode())


@pytest.fixture(scope="module")
def first() -> SyncResult:
    sample = json.loads(sample_file("export-2026-06.json").content)["records"]
    return synchronise(export([item for item in sample if item["record_id"] == ENTRY_ID], "2026-06-30"))


@pytest.fixture
def after(first: SyncResult) -> Callable[[Change], tuple[Entry, dict[str, Any]]]:
    def run(change: Change) -> tuple[Entry, dict[str, Any]]:
        record = json.loads(first.state)[0]
        record["revision"] += 1
        change(record)
        held = Held(SourceFile("held.json", first.state), first.annotations)
        result = synchronise(export([record], "2026-09-30"), held)
        return result.directory[ENTRY_ID], json.loads(result.report)

    return run


@pytest.mark.parametrize("cleared", ["name.fr", "name"])
def test_a_local_name_can_be_emptied(
    cleared: str, after: Callable[[Change], tuple[Entry, dict[str, Any]]]
) -> None:
    """R15: the row is not lost by it, and the English name stays."""
    entry, report = after(lambda record: record.update(name={}, cleared_fields=[cleared]))
    assert [language for language, _ in entry.record.name] == ["en"]
    assert report["cleared"] == [{"record_id": ENTRY_ID, "field": "name.fr"}]
    assert report["quarantined"] == []


def test_a_mixed_address_beside_no_other_of_its_kind_is_an_attack(
    after: Callable[[Change], tuple[Entry, dict[str, Any]]],
) -> None:
    """R16: mixed scripts are rejected with an alert, also where a first urgent mailbox is proposed."""
    entry, report = after(lambda record: record["emails"].append({"type": "urgent", "address": CYRILLIC}))
    assert [item["why"] for item in report["rejected_changes"]] == ["email_homoglyph"]
    assert all(email.type != "urgent" for email in entry.record.emails)


def test_an_attack_beside_the_known_mailbox_stays_on_record(
    after: Callable[[Change], tuple[Entry, dict[str, Any]]],
) -> None:
    """R16: the known address is unchanged, the alert about the other one does not lapse."""
    entry, report = after(lambda record: record["emails"].append({"type": "office", "address": CYRILLIC}))
    assert [item["why"] for item in report["rejected_changes"]] == ["email_homoglyph"]
    assert entry.annotations.pending["emails.office"]["why"] == "email_homoglyph"  # type: ignore[index,call-overload]


def test_the_country_of_the_address_waits_with_the_state(
    after: Callable[[Change], tuple[Entry, dict[str, Any]]],
) -> None:
    """R16: an entry is never half in one State and half in another."""
    gambia = {"iso2": "GM", "iso3": "GMB", "name": "Gambia"}
    entry, report = after(lambda record: record.update(state=gambia))
    assert [item["field"] for item in report["held"]] == ["state"]
    assert entry.record.state is not None
    assert entry.record.address is not None
    assert (entry.record.state.iso2, entry.record.address.country) == ("BJ", "BJ")


def test_the_end_of_an_extraordinary_measure_is_read(
    after: Callable[[Change], tuple[Entry, dict[str, Any]]],
) -> None:
    """R9: it may lie ahead, in any of the notations, and is pointed out where it cannot be read."""
    entry, _ = after(lambda record: record["electronic"].update(measure_valid_until="31.12.2031"))
    assert entry.record.electronic.measure_valid_until == "2031-12-31"
    _, report = after(lambda record: record["electronic"].update(measure_valid_until="until further notice"))
    assert {"record_id": ENTRY_ID, "code": "date_unreadable"} in report["warnings"]
