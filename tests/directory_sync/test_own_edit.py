"""An authority's own edits: two officers of that office, two keys, and confirmation once a year."""

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rogatory_crypto import signing
from rogatory_crypto.errors import MisuseError, PeerError
from rogatory_directory_sync import (
    Category,
    ExportRefusedError,
    Held,
    SourceFile,
    SyncResult,
    confirm_edit,
    is_confirmation_due,
    last_confirmed,
    propose_edit,
    read_edits,
    read_office_keys,
    sample_file,
    synchronise,
    verify_edit,
)

FIRST, SECOND, OTHER = (bytes([number]) * 32 for number in (1, 2, 3))
OFFICE = frozenset(map(signing.public_key, (FIRST, SECOND)))
KEYS = {"CNA-SG-01": OFFICE, "CNA-SN-01": frozenset({signing.public_key(OTHER)})}
AT = "2026-08-04T09:12:00Z"
Edit = dict[str, Any]


@pytest.fixture
def entry(june: Callable[..., SyncResult]) -> Any:
    return june("json").directory["CNA-SG-01"]


@pytest.fixture
def edit(entry: Any) -> Edit:
    proposed = propose_edit(entry, ["website"], "https://new.gov.sg.example/", at=AT, private=FIRST)
    return confirm_edit(proposed, SECOND)


def after(june: SyncResult, edits: list[Edit], **more: Any) -> SyncResult:
    file = SourceFile("edits.json", json.dumps(edits).encode())
    held = Held(SourceFile("held.json", june.state), june.annotations, file, more.pop("office_keys", KEYS))
    return synchronise(sample_file("export-2026-09.json"), held, **more)


def test_two_officers_edit_their_own_entry(june: Callable[..., SyncResult], edit: Edit) -> None:
    result = after(june("json"), [edit])
    assert result.directory["CNA-SG-01"].record.website == "https://new.gov.sg.example/"
    assert [item["record_id"] for item in json.loads(result.report)["local_kept"]] == ["CNA-SG-01"]  # R18


@pytest.mark.parametrize("signatures", [0, 1])
def test_an_edit_by_fewer_changes_nothing(
    signatures: int, june: Callable[..., SyncResult], edit: Edit
) -> None:
    result = after(june("json"), [edit | {"signatures": edit["signatures"][:signatures]}])
    assert result.directory["CNA-SG-01"].record.website != "https://new.gov.sg.example/"
    assert "edit_not_signed_by_two" in {item.code for item in result.findings.of(Category.WARNING)}


def test_edits_count_as_they_are_where_no_keys_are_given(june: Callable[..., SyncResult], edit: Edit) -> None:
    result = after(june("json"), [edit | {"signatures": []}], office_keys=None)
    assert result.directory["CNA-SG-01"].record.website == "https://new.gov.sg.example/"


def test_the_same_officer_cannot_confirm(entry: Any) -> None:
    proposed = propose_edit(entry, ["website"], None, at=AT, private=FIRST)
    with pytest.raises(MisuseError, match="another key"):
        confirm_edit(proposed, FIRST)


def test_a_settled_edit_takes_no_third_signature(edit: Edit) -> None:
    with pytest.raises(MisuseError, match="does not wait"):
        confirm_edit(edit, OTHER)


@pytest.mark.parametrize("path", [["state"], ["revision"], ["status"], ["provenance", "last_confirmed"], []])
def test_what_is_the_publishers_is_not_the_offices_to_edit(path: list[str], entry: Any) -> None:
    with pytest.raises(MisuseError, match="comes from the publisher"):
        propose_edit(entry, path, "x", at=AT, private=FIRST)


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("record_id", "CNA-SN-01"), ("path", ["unit"]), ("old", "x"), ("new", "https://evil.example/"),
        ("edited_at", "2026-08-05T09:12:00Z"),
    ],
)  # fmt: skip
def test_a_signature_covers_every_member(member: str, value: object, edit: Edit) -> None:
    verify_edit(edit, OFFICE)
    with pytest.raises(PeerError):
        verify_edit(edit | {member: value}, OFFICE)


def test_keys_of_another_office_do_not_count(edit: Edit) -> None:
    with pytest.raises(PeerError, match="own office"):
        verify_edit(edit, KEYS["CNA-SN-01"])
    with pytest.raises(PeerError, match="own office"):
        verify_edit(edit, frozenset({signing.public_key(FIRST)}))


def test_two_first_signatures_are_not_four_eyes(entry: Any) -> None:
    one, two = (propose_edit(entry, ["unit"], "x", at=AT, private=key) for key in (FIRST, SECOND))
    with pytest.raises(PeerError, match="do not belong together"):
        verify_edit(one | {"signatures": [*one["signatures"], *two["signatures"]]}, OFFICE)  # type: ignore[misc]


def confirmed(entry: Any, day: str) -> Edit:
    return confirm_edit(propose_edit(entry, ["confirmed_on"], day, at=AT, private=FIRST), SECOND)


def test_an_office_confirms_its_entry(june: Callable[..., SyncResult], entry: Any) -> None:
    result = after(june("json"), [confirmed(entry, "2026-09-01")])
    found = result.directory["CNA-SG-01"]
    assert last_confirmed(found) == date(2026, 9, 1)
    assert found.record.provenance.last_confirmed != "2026-09-01"  # the publisher's own word stays its own
    due = {item["record_id"] for item in json.loads(result.report)["confirmation_due"]}
    assert "CNA-SG-01" not in due
    assert "CNA-LR-01" in due  # A06-01


@pytest.mark.parametrize("day", ["2027-01-01", "yesterday", ""])
def test_a_day_that_has_not_come_confirms_nothing(
    day: str, june: Callable[..., SyncResult], entry: Any
) -> None:
    result = after(june("json"), [confirmed(entry, day)])
    assert result.directory["CNA-SG-01"].annotations.confirmed_on == ""


def test_confirmation_is_due_after_a_year(june: Callable[..., SyncResult], entry: Any) -> None:
    found = after(june("json"), [confirmed(entry, "2026-09-01")]).directory["CNA-SG-01"]
    assert not is_confirmation_due(found, date(2027, 9, 2))
    assert is_confirmation_due(found, date(2027, 9, 3))
    withdrawn = june("json").directory["CNA-SN-09"]
    assert not is_confirmation_due(withdrawn, date(2040, 1, 1))


def test_a_confirmed_entry_is_not_stale(june: Callable[..., SyncResult]) -> None:  # R13
    entry = june("json").directory["CNA-LR-01"]
    assert entry.annotations.stale
    edit = confirm_edit(propose_edit(entry, ["confirmed_on"], "2026-09-01", at=AT, private=FIRST), SECOND)
    result = after(june("json"), [edit], office_keys={"CNA-LR-01": OFFICE})
    assert not result.directory["CNA-LR-01"].annotations.stale


@pytest.mark.parametrize(
    "raw", [b"", b"[]", b"{}", b'{"a": ["00"]}', b'{"a": "zz"}', b"\xff", b'{"a": {"b": 1}}']
)
def test_office_keys_that_are_none_are_refused(raw: bytes) -> None:
    with pytest.raises(ExportRefusedError, match="office"):
        read_office_keys(raw)


def test_office_keys_are_read() -> None:
    raw = json.dumps({office: [key.hex() for key in keys] for office, keys in KEYS.items()}).encode()
    assert read_office_keys(raw) == KEYS


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
)
MEMBERS = st.sampled_from(
    ["record_id", "path", "old", "new", "edited_at", "signatures", "key", "confirms", "signature"]
)
EDITS = st.dictionaries(MEMBERS, JSON | st.lists(st.dictionaries(MEMBERS, JSON), max_size=2))


@settings(max_examples=200, deadline=None)
@given(items=st.lists(EDITS, max_size=3), tail=st.binary(max_size=3))
def test_any_bytes_are_edits_or_refused(items: list[Edit], tail: bytes) -> None:
    try:
        edits = read_edits(json.dumps(items).encode() + tail)
    except ExportRefusedError:
        return
    for edit in edits:
        with pytest.raises(PeerError):
            verify_edit(edit.item, OFFICE)
