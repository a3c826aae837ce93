"""Rule R16: a held change takes effect when two officers signed for exactly that change, and not before."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rogatory_crypto import signing
from rogatory_crypto.errors import MisuseError
from rogatory_directory_sync import (
    Category,
    Entry,
    ExportRefusedError,
    Held,
    HeldChange,
    Settlement,
    SourceFile,
    SyncResult,
    Verdict,
    decide_change,
    find_change,
    held_changes,
    read_directory,
    read_officers,
    sample_file,
    synchronise,
    write_annotations,
)

FIRST, SECOND, STRANGER = (bytes([number]) * 32 for number in (1, 2, 3))
OFFICERS = {signing.public_key(FIRST): "duty steward", signing.public_key(SECOND): "head of unit"}
REASON = "called back over the number known before"
Directory = dict[str, Entry]


@pytest.fixture(scope="module")
def held(september: Callable[..., SyncResult]) -> SyncResult:
    return september("json")


def change_of(directory: Directory, record_id: str, path: str = "") -> HeldChange:
    found = [item for item in held_changes(directory, OFFICERS) if item.record_id == record_id]
    return next(item for item in found if path in item.path)


def signed(
    directory: Directory, record_id: str, *keys: bytes, verdict: Verdict = Verdict.APPROVE
) -> Directory:
    for number, key in enumerate(keys):
        change = change_of(directory, record_id)
        directory, _ = decide_change(
            directory, change, verdict, REASON, at=1_790_000_000 + number, private=key, officers=OFFICERS
        )
    return directory


def again(
    held: SyncResult, directory: Directory, *, officers: Any = OFFICERS, export: str = ""
) -> SyncResult:
    """The next synchronisation, with what was signed meanwhile."""
    before = Held(SourceFile("held.json", held.state), write_annotations(directory))
    file = SourceFile("e.json", export.encode()) if export else sample_file("export-2026-09.json")
    return synchronise(file, before, officers=officers)


def mailbox_of(result: SyncResult, record_id: str) -> list[str]:
    return [item.address for item in result.directory[record_id].record.emails if item.type == "office"]


def test_everything_held_is_listed_with_its_export(held: SyncResult) -> None:
    changes = held_changes(dict(held.directory), OFFICERS)
    waiting = {(item.record_id, item.path): item.is_open for item in changes}
    assert waiting[("CNA-TJ-01", "emails.office")]
    assert not waiting[("CNA-GH-01", "emails.office")]  # A09-24: an attack is not open to approval
    assert len({item.change_id for item in changes}) == len(changes)
    assert all(len(item.subject.export_sha256) == 64 for item in changes if item.is_open)


def test_two_officers_bring_a_change_into_effect(held: SyncResult) -> None:
    after = again(held, signed(dict(held.directory), "CNA-TJ-01", FIRST, SECOND))
    assert mailbox_of(after, "CNA-TJ-01") == ["intcoop@prosecutor.gov.tj.example"]  # A09-22
    notes = after.directory["CNA-TJ-01"].annotations
    assert "emails.office" not in notes.pending
    kept = [item["key"] for item in notes.decided[0]["decisions"]]  # type: ignore[index, union-attr, call-overload]
    assert kept == [key.hex() for key in OFFICERS]
    assert notes.decided[0]["outcome"] == "applied"
    confirmed = json.loads(after.report)["confirmed"]
    assert [item["record_id"] for item in confirmed] == ["CNA-TJ-01"]
    assert read_directory(after.state, after.annotations) == dict(after.directory)


def test_a_removed_designation_ends_when_two_officers_say_so(held: SyncResult) -> None:
    after = again(held, signed(dict(held.directory), "CNA-AZ-02", FIRST, SECOND))  # A09-34
    articles = {
        (item.instrument.value, item.article) for item in after.directory["CNA-AZ-02"].record.designations
    }
    assert ("UNTOC", "17") not in articles


def test_every_other_record_stays_as_it_was(held: SyncResult) -> None:
    after = again(held, signed(dict(held.directory), "CNA-TJ-01", FIRST, SECOND))
    assert {key for key, entry in after.directory.items() if entry.record != held.directory[key].record} == {
        "CNA-TJ-01"
    }


def test_one_officer_is_not_enough(held: SyncResult) -> None:
    directory = signed(dict(held.directory), "CNA-TJ-01", FIRST)
    assert change_of(directory, "CNA-TJ-01").settlement is Settlement.PROPOSED
    assert mailbox_of(again(held, directory), "CNA-TJ-01") == mailbox_of(held, "CNA-TJ-01")


def test_the_same_officer_cannot_confirm(held: SyncResult) -> None:
    with pytest.raises(MisuseError, match="a second officer must confirm"):
        signed(dict(held.directory), "CNA-TJ-01", FIRST, FIRST)


def test_a_stranger_cannot_decide(held: SyncResult) -> None:
    with pytest.raises(MisuseError, match="not on the list of officers"):
        signed(dict(held.directory), "CNA-TJ-01", STRANGER)


def test_signatures_of_who_is_no_officer_any_more_do_not_count(held: SyncResult) -> None:
    directory = signed(dict(held.directory), "CNA-TJ-01", FIRST, SECOND)
    for officers in (None, {signing.public_key(FIRST): "duty steward"}):
        assert mailbox_of(again(held, directory, officers=officers), "CNA-TJ-01") == mailbox_of(
            held, "CNA-TJ-01"
        )


def test_an_attack_is_not_open_to_approval(held: SyncResult) -> None:
    with pytest.raises(MisuseError, match="looks like an attack"):
        signed(dict(held.directory), "CNA-GH-01", FIRST)


def test_a_reason_is_needed(held: SyncResult) -> None:
    change = change_of(dict(held.directory), "CNA-TJ-01")
    with pytest.raises(MisuseError, match="give a reason"):
        decide_change(held.directory, change, Verdict.APPROVE, " ", at=1, private=FIRST, officers=OFFICERS)


def test_a_rejection_by_one_officer_holds(held: SyncResult) -> None:
    directory = signed(dict(held.directory), "CNA-TJ-01", FIRST, verdict=Verdict.REJECT)
    after = again(held, directory)
    assert mailbox_of(after, "CNA-TJ-01") == mailbox_of(held, "CNA-TJ-01")
    rejected = [
        item for item in json.loads(after.report)["rejected_changes"] if item["record_id"] == "CNA-TJ-01"
    ]
    assert [item["why"] for item in rejected] == ["rejected_on_review"]
    twice = again(after, dict(after.directory))
    assert twice.state == after.state
    with pytest.raises(MisuseError, match="rejected already"):
        signed(dict(after.directory), "CNA-TJ-01", SECOND)


def transplanted(directory: Directory, source: str, target: str) -> Directory:
    """The decisions on one record moved to what waits on another."""
    decisions = directory[source].annotations.pending["emails.office"]["decisions"]  # type: ignore[index, call-overload]
    entry = directory[target]
    waiting = {**entry.annotations.pending["emails.office"], "decisions": decisions}  # type: ignore[dict-item]
    notes = replace(entry.annotations, pending={**entry.annotations.pending, "emails.office": waiting})
    return {**directory, target: replace(entry, annotations=notes)}


def test_a_decision_says_nothing_about_another_record(held: SyncResult) -> None:
    directory = signed(dict(held.directory), "CNA-TJ-01", FIRST, SECOND)
    after = again(held, transplanted(directory, "CNA-TJ-01", "CNA-NE-01"))
    assert mailbox_of(after, "CNA-NE-01") == mailbox_of(held, "CNA-NE-01")


def changed_export(record_id: str, address: str) -> str:
    export = json.loads(sample_file("export-2026-09.json").content)
    record = next(item for item in export["records"] if item["record_id"] == record_id)
    record["emails"][0]["address"] = address
    record["revision"] += 1
    return json.dumps(export)


def test_a_decision_says_nothing_about_another_value(held: SyncResult) -> None:
    directory = signed(dict(held.directory), "CNA-TJ-01", FIRST, SECOND)
    after = again(held, directory, export=changed_export("CNA-TJ-01", "other@prosecutor.gov.tj.example"))
    assert mailbox_of(after, "CNA-TJ-01") == mailbox_of(held, "CNA-TJ-01")
    change = change_of(dict(after.directory), "CNA-TJ-01")
    assert (change.settlement, change.decisions) == (Settlement.OPEN, ())
    ended = after.directory["CNA-TJ-01"].annotations.decided
    assert [item["outcome"] for item in ended] == ["lapsed"]  # what was signed is kept


@pytest.mark.parametrize("member", ["export", "to", "old"])
def test_a_decision_says_nothing_about_another_version(member: str, held: SyncResult) -> None:
    directory = signed(dict(held.directory), "CNA-TJ-01", FIRST, SECOND)
    entry = directory["CNA-TJ-01"]
    if member == "old":
        changed = replace(entry, record=replace(entry.record, emails=()))
    else:
        value = "00" * 32 if member == "export" else [{"type": "office", "address": "x@y.example"}]
        waiting = {**entry.annotations.pending["emails.office"], member: value}  # type: ignore[dict-item]
        notes = replace(entry.annotations, pending={"emails.office": waiting})
        changed = replace(entry, annotations=notes)
    assert change_of({"CNA-TJ-01": changed}, "CNA-TJ-01").settlement is Settlement.OPEN


def test_a_second_approval_covers_the_first(held: SyncResult) -> None:
    """Two proposals side by side are not a proposal and its confirmation."""
    one = signed(dict(held.directory), "CNA-TJ-01", FIRST)["CNA-TJ-01"].annotations.pending["emails.office"]
    two = signed(dict(held.directory), "CNA-TJ-01", SECOND)["CNA-TJ-01"].annotations.pending["emails.office"]
    both = {**one, "decisions": [*one["decisions"], *two["decisions"]]}  # type: ignore[dict-item, index, call-overload, misc]
    entry = held.directory["CNA-TJ-01"]
    notes = replace(entry.annotations, pending={"emails.office": both})
    change = change_of({"CNA-TJ-01": replace(entry, annotations=notes)}, "CNA-TJ-01")
    assert (len(change.decisions), change.settlement) == (2, Settlement.PROPOSED)


def test_a_mailbox_change_frees_the_number_that_waited_for_it(held: SyncResult) -> None:
    export = json.loads(changed_export("CNA-SG-01", "new@attorney-general.gov.sg.example"))
    record = next(item for item in export["records"] if item["record_id"] == "CNA-SG-01")
    record["phones"] = [{"type": "office", "e164": "+6510000999"}]
    text = json.dumps(export)
    first = again(held, dict(held.directory), export=text)
    assert set(first.directory["CNA-SG-01"].annotations.pending) == {"emails.office", "phones.office"}
    directory = dict(first.directory)
    mail = change_of(directory, "CNA-SG-01", "emails")
    for key in (FIRST, SECOND):
        mail = find_change(held_changes(directory, OFFICERS), mail.change_id)
        directory, _ = decide_change(
            directory, mail, Verdict.APPROVE, REASON, at=1, private=key, officers=OFFICERS
        )
    after = again(first, directory, export=text).directory["CNA-SG-01"]
    assert after.annotations.pending == {}
    assert [item.e164 for item in after.record.phones if item.type == "office"] == ["+6510000999"]


def test_a_change_is_found_by_the_beginning_of_its_id(held: SyncResult) -> None:
    changes = held_changes(dict(held.directory), OFFICERS)
    assert find_change(changes, changes[0].change_id[:10].upper()) == changes[0]
    for wanted in ("", "zz"):
        with pytest.raises(MisuseError, match="held change"):
            find_change(changes, wanted)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{}",
        b"[]",
        b'[{"key": "00"}]',
        b'[{"key": "' + b"00" * 32 + b'"}]',
        b"[1]",
        b"\xff",
        b'[{"key": 1}]',
    ],
)
def test_a_list_of_officers_that_is_none_is_refused(raw: bytes) -> None:
    with pytest.raises(ExportRefusedError, match=r"list|officers"):
        read_officers(raw)


def test_a_list_of_officers_is_read() -> None:
    raw = json.dumps([{"function": name, "key": key.hex()} for key, name in OFFICERS.items()]).encode()
    assert read_officers(raw) == OFFICERS
    with pytest.raises(ExportRefusedError, match="one key twice"):
        read_officers(json.dumps([{"function": "x", "key": next(iter(OFFICERS)).hex()}] * 2).encode())


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
)
MEMBERS = st.sampled_from(
    ["verdict", "reason", "at", "key", "confirms", "signature", "decisions", "to", "why", "export"]
)


@settings(max_examples=200, deadline=None)
@given(waiting=st.dictionaries(MEMBERS, JSON | st.lists(st.dictionaries(MEMBERS, JSON), max_size=2)))
def test_no_damaged_decision_counts_or_breaks_anything(waiting: dict[str, Any], held: SyncResult) -> None:
    entry = held.directory["CNA-TJ-01"]
    damaged = replace(entry, annotations=replace(entry.annotations, pending={"emails.office": waiting}))
    change = held_changes({"CNA-TJ-01": damaged}, OFFICERS)[0]
    assert (change.decisions, change.settlement) == ((), Settlement.OPEN)


def test_findings_name_the_confirmation(held: SyncResult) -> None:
    after = again(held, signed(dict(held.directory), "CNA-NE-01", SECOND, FIRST))
    assert [item.code for item in after.findings.of(Category.CONFIRMED)] == ["confirmed_by_two"]
