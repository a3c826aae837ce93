"""What differs between two states, for people: old and new, what waits, and for whom."""

from collections.abc import Callable, Mapping

import pytest

from rogatory_directory_sync import Difference, Entry, SyncResult, differences, value_text

Found = Mapping[tuple[str, str], Difference]


@pytest.fixture(scope="module")
def found(june: Callable[..., SyncResult], september: Callable[..., SyncResult]) -> Found:
    before, after = june("json", counterpart=True), september("json", counterpart=True)
    return {(item.record_id, item.path): item for item in differences(before.directory, after.directory)}


def test_a_change_in_effect_has_old_and_new(found: Found) -> None:
    change = found[("CNA-KG-01", "languages.accepted")]  # A09-33
    assert (change.kind, change.old, change.new, change.why) == (
        "changed",
        ["ky", "ru"],
        ["ky", "ru", "en"],
        "",
    )


def test_a_held_change_says_why_and_who_confirms(found: Found) -> None:
    change = found[("CNA-TJ-01", "emails.office")]  # A09-22
    assert change.kind == "held"
    assert value_text(change.path, change.old) == "centralauthority@prosecutor.gov.tj.example"
    assert value_text(change.path, change.new) == "intcoop@prosecutor.gov.tj.example"
    assert "two officers" in change.confirmed_by


def test_an_attack_is_nobodys_to_confirm(found: Found) -> None:
    assert found[("CNA-GH-01", "emails.office")].kind == "rejected"  # A09-24
    assert found[("CNA-GH-01", "emails.office")].confirmed_by.startswith("nobody")


def test_entries_come_and_go(found: Found) -> None:
    kinds = {key: item.kind.value for key, item in found.items()}
    assert kinds[("CNA-TD-01", "")] == "added"
    assert kinds[("CNA-MA-01", "")] == "missing"
    assert kinds[("CNA-GW-02", "status")] == "withdrawn"


@pytest.mark.parametrize("record_id", ["CNA-SZ-01", "CNA-IT-01", "CNA-AZ-01", "CNA-NL-01", "CNA-LA-02"])
def test_formatting_is_no_difference(record_id: str, found: Found) -> None:  # A09-39 to A09-44
    assert not [key for key in found if key[0] == record_id]


def test_nothing_differs_from_itself(september: Callable[..., SyncResult]) -> None:
    directory = september("json").directory
    assert differences(directory, directory) == ()
    gone: dict[str, Entry] = {}
    assert {item.kind.value for item in differences(directory, gone)} == {"removed"}


@pytest.mark.parametrize(
    ("path", "value", "text"),
    [
        ("unit", None, "(nothing)"),
        ("unit", "Unit 1", "Unit 1"),
        ("phones.office", [{"type": "office", "e164": None, "raw": "20 00"}], "20 00"),
        ("office_hours", [{"days": ["mon"], "open": "08:00", "close": "16:00"}], "mon 08:00-16:00"),
        ("state", {"iso2": "SN", "name": "Senegal"}, "Senegal (SN)"),
        ("designations", [{"instrument": "UNTOC", "article": "18", "paragraph": "13"}], "UNTOC 18(13)"),
        ("resources.legislation", [{"kind": "legislation", "url": "https://x.example"}],
         "legislation, https://x.example"),
        ("urgent_procedure.available_24_7", True, "true"),
    ],
)  # fmt: skip
def test_a_value_is_one_line(path: str, value: object, text: str) -> None:
    assert value_text(path, value) == text  # type: ignore[arg-type]


def test_a_difference_for_programs_says_only_what_there_is(found: Found) -> None:
    held = found[("CNA-TJ-01", "emails.office")].to_json()
    assert {"kind", "record_id", "name", "field", "from", "to", "why", "confirmed_by"} == set(held)
    assert set(found[("CNA-TD-01", "")].to_json()) == {"kind", "record_id", "name"}
