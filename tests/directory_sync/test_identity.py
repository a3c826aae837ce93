"""Rules R5 and R7: which rows are the same authority, and whose a mailbox is."""

import json
from typing import Any

from rogatory_directory_sync import Held, SourceFile, SyncResult, sample_file, synchronise


def authority(record_id: str, like: str = "CNA-SG-01", **changes: Any) -> dict[str, Any]:
    records = json.loads(sample_file("state-after-2026-06.json").content)
    return {**next(item for item in records if item["record_id"] == like), "record_id": record_id, **changes}


def sync(
    *records: dict[str, Any], held: SyncResult | None = None, edits: SourceFile | None = None
) -> tuple[SyncResult, dict[str, Any]]:
    header = {"generated": "2026-07-31T00:00:00Z", "record_count": len(records)}
    export = SourceFile("x.json", json.dumps({"export": header, "records": records}).encode())
    before = Held(SourceFile("held.json", held.state), held.annotations, edits) if held else None
    result = synchronise(export, before)
    return result, json.loads(result.report)


def mailbox(address: str) -> list[dict[str, str]]:
    return [{"type": "office", "address": address}]


def test_the_highest_revision_wins_in_any_order() -> None:  # A06-05 to A06-07
    old, new = authority("CNA-A-1", revision=2, unit="Old"), authority("CNA-A-1", revision=3)
    for rows in ((old, new), (new, old), (new, old, new)):
        result, report = sync(*rows)
        assert result.directory["CNA-A-1"].record.revision == 3
        assert report["collapsed"] == ["CNA-A-1"]


def test_two_contents_of_one_revision_are_both_set_aside() -> None:  # A06-08
    result, report = sync(
        authority("CNA-A-1"), authority("CNA-A-1", unit="Other"), authority("CNA-B-1", "CNA-TH-01")
    )
    assert list(result.directory) == ["CNA-B-1"]
    assert report["quarantined"] == [{"record_id": "CNA-A-1", "reason": "same_revision_conflict"}]


def test_the_same_authority_under_two_ids_is_suspected() -> None:  # A06-09
    loud = {"en": "ATTORNEY  GENERAL'S CHAMBERS -  CENTRAL AUTHORITY"}
    result, report = sync(authority("CNA-A-1"), authority("CNA-A-9", name=loud))
    assert list(result.directory) == ["CNA-A-1"]
    assert report["quarantined"] == [{"record_id": "CNA-A-9", "reason": "suspected_duplicate_of:CNA-A-1"}]


def test_the_id_already_held_is_never_the_duplicate() -> None:
    first, _ = sync(authority("CNA-A-9"), authority("CNA-B-1", "CNA-TH-01"))
    _, report = sync(
        authority("CNA-A-1"), authority("CNA-A-9"), authority("CNA-B-1", "CNA-TH-01"), held=first
    )
    assert report["quarantined"] == [{"record_id": "CNA-A-1", "reason": "suspected_duplicate_of:CNA-A-9"}]


def test_two_authorities_for_one_article_are_legitimate() -> None:  # A06-10 to A06-13
    other = authority(
        "CNA-A-2", emails=mailbox("courts@courts.gov.sg.example"), scope_note="Trial", name={"en": "Courts"}
    )
    territory = authority(
        "CNA-A-3", state={"iso2": "SG", "iso3": "SGP", "name": "Singapore", "territory": "SG-01"}
    )
    result, _ = sync(authority("CNA-A-1"), other, territory)
    assert len(result.directory) == 3


def test_an_entry_superseding_another_is_no_duplicate() -> None:
    result, _ = sync(authority("CNA-A-1"), authority("CNA-A-2", supersedes=["CNA-A-1"]))
    assert len(result.directory) == 2


def test_a_mailbox_goes_to_the_state_whose_domain_it_is() -> None:  # A06-49
    shared = mailbox("centralauthority@attorney-general.gov.sg.example")
    result, report = sync(authority("CNA-A-1"), authority("CNA-B-1", "CNA-TH-01", emails=shared))
    assert result.directory["CNA-A-1"].record.emails[0].address == shared[0]["address"]
    assert result.directory["CNA-B-1"].record.emails == ()
    assert {"record_id": "CNA-B-1", "code": "email_shared_between_states"} in report["warnings"]


def test_a_mailbox_that_names_no_state_goes_to_neither() -> None:
    shared = mailbox("office@provider.example")
    result, _ = sync(authority("CNA-A-1", emails=shared), authority("CNA-B-1", "CNA-TH-01", emails=shared))
    assert all(entry.record.emails == () for entry in result.directory.values())


def test_a_vanished_entry_under_a_new_id_is_the_same_entry() -> None:  # A09-30
    others = [
        authority(f"CNA-O-{n}", unit=f"Desk {n}", emails=mailbox(f"desk{n}@x.gov.sg.example"))
        for n in range(12)
    ]
    first, _ = sync(authority("CNA-A-1"), *others)
    second, report = sync(authority("CNA-Z-1", unit="Moved", revision=9), *others, held=first)
    assert report["rekeyed"] == [{"from": "CNA-A-1", "to": "CNA-Z-1"}]
    assert second.directory["CNA-A-1"].record.unit == "Moved"
    assert "CNA-Z-1" not in second.directory
    assert report["missing"] == report["added"] == []
    third, report = sync(authority("CNA-Z-1", unit="Again", revision=10), *others, held=second)
    assert third.directory["CNA-A-1"].record.unit == "Again"
    assert report["rekeyed"] == []


def test_a_withdrawn_entry_is_not_revived_under_a_new_id() -> None:
    first, _ = sync(authority("CNA-A-1", status="withdrawn"), authority("CNA-B-1", "CNA-TH-01"))
    second, report = sync(authority("CNA-Z-1"), authority("CNA-B-1", "CNA-TH-01"), held=first)
    assert report["added"] == ["CNA-Z-1"]
    assert second.directory["CNA-A-1"].record.status == "withdrawn"


def test_a_missing_entry_is_flagged_until_it_returns() -> None:  # R17, A09-16
    rows = [authority(f"CNA-O-{n}", emails=mailbox(f"desk{n}@x.gov.sg.example")) for n in range(12)]
    first, _ = sync(*rows)
    second, report = sync(*rows[1:], held=first)
    assert report["missing"] == ["CNA-O-0"]
    third, report = sync(*rows[1:], held=second)
    assert report["missing"] == ["CNA-O-0"]
    assert third.directory["CNA-O-0"].annotations.missing_since == "2026-07-31"
    fourth, report = sync(*rows, held=third)
    assert report["missing"] == []
    assert fourth.directory["CNA-O-0"].annotations.missing_since == ""


def test_many_rows_alike_in_all_but_name_are_still_compared() -> None:
    rows = [authority(f"CNA-A-{n}", name={"en": f"{n:05} Office {n * 7919}"}) for n in range(60)]
    result, report = sync(*rows, authority("CNA-Z-1", name={"en": "00000 OFFICE - 0"}))
    assert report["quarantined"][-1] == {"record_id": "CNA-Z-1", "reason": "suspected_duplicate_of:CNA-A-0"}
    assert "CNA-A-0" in result.directory


def _pair(ids: tuple[str, str], names: tuple[str, str]) -> list[dict[str, Any]]:
    scopes = ("pre-trial stage", "trial stage")
    return [
        authority(record_id, name={"en": name}, scope_note=scope)
        for record_id, name, scope in zip(ids, names, scopes, strict=True)
    ]


def test_two_entries_alike_are_told_apart_by_name_and_scope_when_both_move() -> None:  # R5
    others = [authority(f"CNA-O-{n}", emails=mailbox(f"desk{n}@x.gov.sg.example")) for n in range(20)]
    names = ("Prosecution Service", "Ministry of Justice")
    first, _ = sync(*_pair(("CNA-A-1", "CNA-A-2"), names), *others)
    second, report = sync(*reversed(_pair(("CNA-Z-1", "CNA-Z-2"), names)), *others, held=first)
    assert {(item["from"], item["to"]) for item in report["rekeyed"]} == {
        ("CNA-A-1", "CNA-Z-1"), ("CNA-A-2", "CNA-Z-2"),
    }  # fmt: skip
    assert set(second.directory) == set(first.directory)


def test_a_new_id_that_may_be_either_of_two_is_set_aside() -> None:  # R5: never a second record
    others = [authority(f"CNA-O-{n}", emails=mailbox(f"desk{n}@x.gov.sg.example")) for n in range(20)]
    first, _ = sync(*_pair(("CNA-A-1", "CNA-A-2"), ("Prosecution Service", "Ministry of Justice")), *others)
    moved = authority("CNA-Z-1", name={"en": "Court Service"})
    second, report = sync(moved, *others, held=first)
    assert {"record_id": "CNA-Z-1", "reason": "rekey_unclear"} in report["quarantined"]
    assert set(second.directory) == set(first.directory)


def test_an_entry_edited_here_is_recognised_by_what_the_publisher_said() -> None:  # R5, R18
    others = [authority(f"CNA-O-{n}", emails=mailbox(f"desk{n}@x.gov.sg.example")) for n in range(12)]
    first, _ = sync(authority("CNA-A-1"), *others)
    published = json.loads(first.state)[0]["emails"]
    edit = {
        "record_id": "CNA-A-1",
        "path": ["emails"],
        "old": published,
        "new": mailbox("own@x.gov.sg.example"),
    }
    edits = SourceFile("edits.json", json.dumps([edit]).encode())
    second, report = sync(authority("CNA-Z-1"), *others, held=first, edits=edits)
    assert report["rekeyed"] == [{"from": "CNA-A-1", "to": "CNA-Z-1"}]
    assert set(second.directory) == set(first.directory)
