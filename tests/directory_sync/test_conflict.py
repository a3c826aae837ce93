"""Rule R18: officers decide a conflict between an office and the publisher, and their signatures stay."""

import json
from collections.abc import Callable

import pytest

from rogatory_crypto import signing
from rogatory_directory_sync import (
    Entry,
    Held,
    HeldChange,
    SourceFile,
    SyncResult,
    Verdict,
    decide_change,
    differences,
    held_changes,
    read_directory,
    sample_file,
    synchronise,
    write_annotations,
)
from rogatory_directory_sync.decision import CONFLICT

FIRST, SECOND = (bytes([number]) * 32 for number in (1, 2))
OFFICERS = {signing.public_key(FIRST): "duty steward", signing.public_key(SECOND): "head of unit"}
ENTRY_ID, PATH = "CNA-AM-02", "languages.accepted"
LOCAL, EXPORT, BASE = ("hy", "en", "fr"), ("hy", "ru"), ["hy", "ru", "en"]


@pytest.fixture(scope="module")
def held(september: Callable[..., SyncResult]) -> SyncResult:
    return september("json")


def conflict_of(directory: dict[str, Entry]) -> HeldChange:
    return next(item for item in held_changes(directory, OFFICERS) if item.record_id == ENTRY_ID)


def signed(held: SyncResult, verdict: Verdict, *keys: bytes) -> dict[str, Entry]:
    directory = dict(held.directory)
    for number, key in enumerate(keys):
        directory, _ = decide_change(
            directory, conflict_of(directory), verdict, "asked the office", at=1_790_000_000 + number,
            private=key, officers=OFFICERS,
        )  # fmt: skip
    return directory


def again(held: SyncResult, directory: dict[str, Entry]) -> SyncResult:
    before = Held(SourceFile("held.json", held.state), write_annotations(directory))
    return synchronise(sample_file("export-2026-09.json"), before, officers=OFFICERS)


def languages(result: SyncResult) -> tuple[str, ...] | None:
    return result.directory[ENTRY_ID].record.languages.accepted


def test_a_steward_sees_all_three_values(held: SyncResult) -> None:
    change = conflict_of(dict(held.directory))
    assert (change.path, change.why, change.is_open) == (PATH, CONFLICT, True)
    assert (change.base, change.in_use, change.proposed) == (BASE, list(LOCAL), list(EXPORT))
    bare = {ENTRY_ID: Entry(held.directory[ENTRY_ID].record)}
    found = [item for item in differences(bare, held.directory) if item.record_id == ENTRY_ID]
    assert [(item.kind.value, item.base) for item in found] == [("conflict", BASE)]
    assert "two officers" in found[0].confirmed_by


@pytest.mark.parametrize("keys", [(), (FIRST,)])
def test_one_signature_decides_nothing(held: SyncResult, keys: tuple[bytes, ...]) -> None:
    result = again(held, signed(held, Verdict.APPROVE, *keys))
    assert languages(result) == LOCAL
    assert ENTRY_ID in {item["record_id"] for item in json.loads(result.report)["conflicts"]}
    assert len(conflict_of(dict(result.directory)).decisions) == len(keys)


def test_two_signatures_take_over_what_the_export_says(held: SyncResult) -> None:
    result = again(held, signed(held, Verdict.APPROVE, FIRST, SECOND))
    notes = result.directory[ENTRY_ID].annotations
    assert languages(result) == EXPORT
    assert (PATH in notes.pending, PATH in notes.published) == (False, False)
    assert [(item["field"], item["outcome"], len(item["decisions"])) for item in notes.decided] == [  # type: ignore[arg-type]
        (PATH, "applied", 2)
    ]
    assert ENTRY_ID not in {item["record_id"] for item in json.loads(result.report)["conflicts"]}


def test_the_local_value_can_stay_for_good(held: SyncResult) -> None:
    result = again(held, signed(held, Verdict.REJECT, FIRST))
    once_more = again(result, dict(result.directory))
    for found in (result, once_more):
        report = json.loads(found.report)
        assert languages(found) == LOCAL
        assert ENTRY_ID not in {item["record_id"] for item in report["conflicts"]}
        assert ENTRY_ID in {item["record_id"] for item in report["local_kept"]}
    decided = once_more.directory[ENTRY_ID].annotations.decided
    assert [(item["outcome"], len(item["decisions"])) for item in decided] == [("local_kept", 1)]  # type: ignore[arg-type]


def test_a_decision_is_about_these_values_only(held: SyncResult) -> None:
    """Another local edit meanwhile: what was signed about the former value does not count."""
    directory = signed(held, Verdict.APPROVE, FIRST, SECOND)
    edit = [{"record_id": ENTRY_ID, "path": PATH.split("."), "old": list(LOCAL), "new": ["hy", "de"]}]
    before = Held(
        SourceFile("held.json", held.state), write_annotations(directory),
        SourceFile("edits.json", json.dumps(edit).encode()),
    )  # fmt: skip
    result = synchronise(sample_file("export-2026-09.json"), before, officers=OFFICERS)
    assert languages(result) == ("hy", "de")
    assert ENTRY_ID in {item["record_id"] for item in json.loads(result.report)["conflicts"]}


def test_an_address_that_looks_like_an_attack_is_no_conflict(held: SyncResult) -> None:
    """R16 before R18: the office has moved, and the export proposes a look-alike of where it was."""
    entry_id, known = "CNA-SN-01", "centralauthority@justice.gov.sn.example"
    mailbox = [{"type": "office", "address": "new@justice.gov.sn.example"}]
    old = [{"type": "office", "address": known}]
    state = read_directory(held.state)
    path = ["emails"]
    others = [
        {"type": item.type.value, "address": item.address}
        for item in state[entry_id].record.emails
        if item.type != "office"
    ]
    edit = [{"record_id": entry_id, "path": path, "old": old + others, "new": mailbox + others}]
    export = json.loads(sample_file("export-2026-09.json").content)
    record = next(item for item in export["records"] if item["record_id"] == entry_id)
    record["revision"] += 1
    record["emails"] = [{"type": "office", "address": "centralauthority@justice-gov.sn.example"}, *others]
    before = Held(
        SourceFile("held.json", held.state), write_annotations(held.directory),
        SourceFile("edits.json", json.dumps(edit).encode()),
    )  # fmt: skip
    result = synchronise(SourceFile("x.json", json.dumps(export).encode()), before, officers=OFFICERS)
    report = json.loads(result.report)
    assert (entry_id, "email_lookalike") in {
        (item["record_id"], item["why"]) for item in report["rejected_changes"]
    }
    assert entry_id not in {item["record_id"] for item in report["conflicts"]}
