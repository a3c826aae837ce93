"""Rules R14 to R18 on entries changed one field at a time."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from rogatory_directory_sync import (
    Category,
    Entry,
    ExportRefusedError,
    Held,
    SourceFile,
    SyncResult,
    sample_file,
    synchronise,
)
from rogatory_directory_sync.merge import Outcome, three_way

Change = Callable[[dict[str, Any]], object]
ENTRY_ID = "CNA-SG-01"


def export(records: list[dict[str, Any]], day: str = "2026-07-31") -> SourceFile:
    header = {"generated": f"{day}T00:00:00Z", "record_count": len(records)}
    return SourceFile("x.json", json.dumps({"export": header, "records": records}).encode())


@pytest.fixture(scope="module")
def first() -> SyncResult:
    """The sample in June: what every change below is applied to."""
    sample = json.loads(sample_file("export-2026-06.json").content)["records"]
    return synchronise(
        export([item for item in sample if item["record_id"][4:6] in ("SG", "SN", "KZ", "CA")], "2026-06-30")
    )


@pytest.fixture
def after(first: SyncResult) -> Callable[..., tuple[Entry, dict[str, Any]]]:
    """One entry and the report after its publisher changed something."""

    def run(change: Change, *, raised: int = 1, edits: list[dict[str, Any]] | None = None) -> Any:
        published = json.loads(first.state)
        record = next(item for item in published if item["record_id"] == ENTRY_ID)
        record["revision"] += raised
        change(record)
        file = SourceFile("edits.json", json.dumps(edits).encode()) if edits is not None else None
        held = Held(SourceFile("held.json", first.state), first.annotations, file)
        result = synchronise(export(published), held)
        return result.directory[ENTRY_ID], json.loads(result.report)

    return run


def mailbox(address: str) -> list[dict[str, str]]:
    return [{"type": "office", "address": address}]


@pytest.mark.parametrize(
    ("base", "local", "said", "outcome"),
    [
        ("a", "a", "a", Outcome.UNCHANGED),
        ("a", "a", "b", Outcome.CHANGED),
        ("a", "b", "a", Outcome.LOCAL_KEPT),
        ("a", "b", "b", Outcome.CONVERGED),
        ("a", "b", "c", Outcome.CONFLICT),
    ],
)
def test_three_values_have_five_outcomes(base: str, local: str, said: str, outcome: Outcome) -> None:  # R18
    assert three_way("unit", base, local, said) is outcome


def test_a_higher_revision_is_applied(after: Any) -> None:  # R14
    entry, report = after(lambda record: record.update(unit="Treaty Desk"))
    assert entry.record.unit == "Treaty Desk"
    assert report["updated"] == [{"record_id": ENTRY_ID, "fields": ["unit"]}]


def test_the_same_revision_with_other_content_is_held(after: Any) -> None:  # R14, A09-29
    entry, report = after(lambda record: record.update(unit="Treaty Desk"), raised=0)
    assert entry.record.unit == "International Affairs Division"
    assert report["held"] == [
        {
            "record_id": ENTRY_ID,
            "field": "unit",
            "from": "International Affairs Division",
            "to": "Treaty Desk",
            "why": "revision_not_bumped",
        }
    ]


def test_a_lower_revision_is_ignored(after: Any) -> None:  # R14, A09-28
    entry, report = after(lambda record: record.update(unit="Treaty Desk"), raised=-1)
    assert entry.record.unit == "International Affairs Division"
    assert report["ignored"] == [{"record_id": ENTRY_ID, "why": "older_revision"}]


@pytest.mark.parametrize(
    ("change", "field", "why"),
    [
        (
            lambda r: r.update(emails=mailbox("new@attorney-general.gov.sg.example")),
            "emails",
            "email_changed",
        ),
        (lambda r: r.update(emails=mailbox("office@agc-sg.example")), "emails", "email_changed"),
        (lambda r: r.update(cleared_fields=["emails.office"], emails=[]), "emails", "email_changed"),
        (
            lambda r: r["phones"].append({"type": "emergency_24_7", "e164": "+6510000999"}),
            "phones.emergency_24_7",
            "routing_critical",
        ),
        (lambda r: r.update(designations=r["designations"][1:]), "designations", "routing_critical"),
        (lambda r: r.update(kind="competent_authority"), "kind", "routing_critical"),
        (
            lambda r: r.update(state={"iso2": "TH", "iso3": "THA", "name": "Thailand", "territory": None}),
            "state",
            "routing_critical",
        ),
    ],
)
def test_what_decides_the_route_is_held(
    change: Change, field: str, why: str, after: Any, first: SyncResult
) -> None:  # R16, A09-22, A09-23, A09-26, A09-34
    entry, report = after(change)
    assert [(item["field"], item["why"]) for item in report["held"]] == [(field, why)]
    before = first.directory[ENTRY_ID].record
    assert (entry.record.emails, entry.record.phones, entry.record.state) == (
        before.emails, before.phones, before.state,
    )  # fmt: skip
    assert set(entry.record.designations) == set(before.designations)


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("centralauthority@attorney-general-gov.sg.example", "email_lookalike"),
        ("centralauthority@attorney-genera1.gov.sg.example", "email_lookalike"),
        ("centralauth\u043erity@attorney-general.gov.sg.example", "email_homoglyph"),
    ],
)
@pytest.mark.parametrize("raised", [0, 1])
def test_look_alikes_are_rejected_with_an_alert(address: str, why: str, raised: int, after: Any) -> None:
    entry, report = after(
        lambda record: record.update(emails=mailbox(address)), raised=raised
    )  # A09-24, A09-25
    assert [item["why"] for item in report["rejected_changes"]] == [why]
    assert "security_alert" in {item["task"] for item in report["tasks"]}
    assert entry.record.emails[0].address == "centralauthority@attorney-general.gov.sg.example"


def test_the_number_to_call_back_does_not_change_with_the_mailbox(after: Any) -> None:  # R16
    def change(record: dict[str, Any]) -> None:
        record["emails"] = mailbox("new@attorney-general.gov.sg.example")
        record["phones"] = [{"type": "office", "e164": "+6510000999"}]

    entry, report = after(change)
    assert [item["why"] for item in report["held"]] == ["email_changed", "call_back_number"]
    assert entry.record.phones[0].e164 == "+6510000101"


def test_a_new_designation_applies_while_a_removed_one_waits(after: Any) -> None:
    def change(record: dict[str, Any]) -> None:
        record["designations"] = [
            *record["designations"][1:],
            {"instrument": "UNTOC", "article": "21", "paragraph": None, "function": "transfer_proceedings"},
        ]

    entry, report = after(change)
    shown = {(item.instrument, item.article) for item in entry.record.designations}
    assert {("UNTOC", "18"), ("UNTOC", "21")} <= shown
    assert report["updated"][0]["fields"] == ["designations"]


def test_withdrawal_takes_effect_at_once_and_its_end_does_not(after: Any, first: SyncResult) -> None:  # R16
    entry, report = after(lambda record: record.update(status="withdrawn"))
    assert (entry.record.status, report["withdrawn"]) == ("withdrawn", [ENTRY_ID])
    published = json.loads(first.state)
    record = next(item for item in published if item["record_id"] == "CNA-SN-09")
    record.update(status="active", revision=record["revision"] + 1)
    again = synchronise(export(published), Held(SourceFile("held.json", first.state)))
    assert again.directory["CNA-SN-09"].record.status == "withdrawn"
    assert again.findings.of(Category.HELD)[0].column == "status"


def test_blank_keeps_and_cleared_empties(after: Any) -> None:  # R15, A09-31, A09-32
    entry, report = after(lambda record: record.update(website=None, phones=record["phones"][:1]))
    assert entry.record.website
    assert {item["field"] for item in report["kept_blank"]} == {"website", "phones.fax"}
    entry, report = after(lambda record: record.update(website=None, cleared_fields=["website"]))
    assert entry.record.website is None
    assert report["cleared"] == [{"record_id": ENTRY_ID, "field": "website"}]


def test_formatting_is_no_change(after: Any) -> None:  # R14, A09-39 to A09-44
    def change(record: dict[str, Any]) -> None:
        record["designations"].reverse()
        record["languages"]["accepted"] = "English"
        record["name"]["en"] = f" {record['name']['en']}\u200b "
        record["phones"] = [{**item, "raw": "x"} for item in record["phones"]]

    _, report = after(change, raised=0)
    assert report["unchanged_noise"] == [ENTRY_ID]
    assert not report["updated"] + report["held"]


@pytest.mark.parametrize(
    ("said", "category", "in_effect"),
    [
        ("International Affairs Division", "local_kept", "Local Desk"),
        ("Local Desk", "converged", "Local Desk"),
        ("Third Desk", "conflicts", "Local Desk"),
    ],
)
def test_local_edits_are_compared_three_ways(
    said: str, category: str, in_effect: str, after: Any
) -> None:  # R18
    edit = {
        "record_id": ENTRY_ID,
        "path": ["unit"],
        "old": "International Affairs Division",
        "new": "Local Desk",
    }
    entry, report = after(lambda record: record.update(unit=said), edits=[edit])
    assert entry.record.unit == in_effect
    assert report[category][0] == {
        "record_id": ENTRY_ID, "field": "unit", "base": "International Affairs Division",
        "local": "Local Desk", "export": said, "in_effect": in_effect,
    }  # fmt: skip
    assert bool(entry.annotations.published) is (category != "converged")


@pytest.mark.parametrize(
    ("edit", "code"),
    [
        ({"record_id": "CNA-XX-01", "path": ["unit"], "old": "a", "new": "b"}, "edit_of_unknown_record"),
        ({"record_id": ENTRY_ID, "path": ["unit"], "old": "a", "new": "b"}, "edit_does_not_fit"),
        ({"record_id": ENTRY_ID, "path": ["nonsense"], "old": None, "new": "b"}, "edit_does_not_fit"),
        ({"record_id": ENTRY_ID, "path": [], "old": None, "new": "b"}, "edit_does_not_fit"),
        (
            {"record_id": ENTRY_ID, "path": ["unit"], "old": "International Affairs Division", "new": 7},
            "edit_invalid",
        ),
    ],
)
def test_an_edit_that_does_not_fit_changes_nothing(edit: dict[str, Any], code: str, after: Any) -> None:
    entry, report = after(dict.copy, raised=0, edits=[edit])
    assert entry.record.unit == "International Affairs Division"
    assert {"record_id": edit["record_id"], "code": code} in report["warnings"]


def test_an_edit_of_a_group_concerns_each_of_its_fields(after: Any) -> None:
    old = mailbox("centralauthority@attorney-general.gov.sg.example")
    new = [*old, {"type": "urgent", "address": "duty@attorney-general.gov.sg.example"}]
    edit = {"record_id": ENTRY_ID, "path": ["emails"], "old": old, "new": new}
    entry, _ = after(dict.copy, raised=0, edits=[edit])
    assert [item.type for item in entry.record.emails] == ["office", "urgent"]


def test_a_row_that_would_make_nonsense_is_quarantined(after: Any, first: SyncResult) -> None:
    entry, report = after(lambda record: record.update(kind="network_body", state=None))
    assert entry.record == first.directory[ENTRY_ID].record
    assert report["quarantined"] == [{"record_id": ENTRY_ID, "reason": "schema"}]
    assert ENTRY_ID not in report["missing"]


def test_a_platform_member_survives_every_import(first: SyncResult) -> None:
    state = json.loads(first.state)
    next(item for item in state if item["record_id"] == ENTRY_ID)["x_platform"] = {"onboarded": True}
    published = json.loads(first.state)
    next(item for item in published if item["record_id"] == ENTRY_ID).update(revision=99, unit="New")
    result = synchronise(export(published), Held(SourceFile("held.json", json.dumps(state).encode())))
    record = result.directory[ENTRY_ID].record
    assert (record.unit, record.x_platform) == ("New", {"onboarded": True})


@pytest.mark.parametrize("content", [b"{", b"{}", b"[1]"])
def test_edits_that_are_no_list_are_refused(content: bytes, first: SyncResult) -> None:
    held = Held(SourceFile("held.json", first.state), edits=SourceFile("edits.json", content))
    with pytest.raises(ExportRefusedError, match=r"edits\.json"):
        synchronise(export([]), held)


def test_a_body_does_not_become_an_authority_unseen(first: SyncResult) -> None:
    published = json.loads(first.state)
    body = next(item for item in published if item["record_id"] == "NET-CASC")
    other = next(item for item in published if item["record_id"] == "CNA-KZ-01")
    body.update(
        revision=99, kind="central_authority", state=other["state"], designations=other["designations"]
    )
    result = synchronise(export(published), Held(SourceFile("held.json", first.state)))
    assert result.directory["NET-CASC"].record == first.directory["NET-CASC"].record
    assert result.findings.of(Category.QUARANTINED)[0].record_id == "NET-CASC"


def test_the_number_is_free_once_the_call_back_is_settled(first: SyncResult) -> None:
    published = json.loads(first.state)
    record = next(item for item in published if item["record_id"] == ENTRY_ID)
    known = record["emails"]
    moved = [{"type": "office", "e164": "+6510000999"}]
    record.update(revision=90, emails=mailbox("new@attorney-general.gov.sg.example"), phones=moved)
    second = synchronise(export(published), Held(SourceFile("held.json", first.state), first.annotations))
    assert set(second.directory[ENTRY_ID].annotations.pending) == {"emails.office", "phones.office"}
    record.update(emails=known)
    third = synchronise(export(published), Held(SourceFile("held.json", second.state), second.annotations))
    assert third.directory[ENTRY_ID].record.phones[0].e164 == "+6510000999"
    assert third.directory[ENTRY_ID].annotations.pending == {}
