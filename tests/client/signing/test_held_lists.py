"""Which lists are kept in a folder, and what happens to files that somebody touched."""

from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
from tests.crypto.esign.trust.list_builder import (
    DAY,
    ISSUED_AT,
    LIST_OF_LISTS,
    Entry,
    ListDraft,
    Party,
    Pointer,
)

from rogatory_client.fault import VaultError
from rogatory_client.signing.held_lists import HeldLists
from rogatory_client.vault.lock import ProcessLock
from rogatory_crypto.errors import Code, MisuseError, PeerError

OPERATOR = Party("Operator of XA")
COMMISSION = Party("Signer of the list of lists")
DRAFT = ListDraft([[Entry("granted", ISSUED_AT, [Party("Issuer").der])]])
LATER = replace(DRAFT, sequence=8, issued_at=ISSUED_AT + 60)
ABOVE = ListDraft(
    pointers=[Pointer("EU", [COMMISSION.der]), Pointer("XA", [OPERATOR.der])],
    territory="EU",
    list_type=LIST_OF_LISTS,
)
NOW = ISSUED_AT + DAY


@pytest.fixture
def lists(tmp_path: Path) -> HeldLists:
    return HeldLists(tmp_path / "lists")


def test_nothing_is_held_before_the_first(lists: HeldLists) -> None:
    assert lists.all() == ()
    assert lists.documents() == ()


def test_a_newer_issue_replaces_the_older_with_its_file(lists: HeldLists, tmp_path: Path) -> None:
    lists.add(DRAFT.signed(OPERATOR), pins=[OPERATOR.der], now=NOW)
    newer = LATER.signed(OPERATOR)
    assert lists.add(newer, now=NOW).sequence == 8
    # What was read back decides, not what is in memory.
    again = HeldLists(tmp_path / "lists")
    assert [each.sequence for each in again.all()] == [8]
    assert again.documents() == (newer,)
    assert len(list((tmp_path / "lists").glob("*.xml"))) == 1
    with pytest.raises(PeerError) as caught:
        again.add(DRAFT.signed(OPERATOR), now=NOW)
    assert caught.value.code is Code.REPLAYED
    assert again.documents() == (newer,)


def test_a_list_of_lists_that_is_held_vouches_for_the_others(lists: HeldLists) -> None:
    lists.add(ABOVE.signed(COMMISSION), pins=[COMMISSION.der], now=NOW)
    lists.add(DRAFT.signed(OPERATOR), now=NOW)
    assert [each.territory for each in lists.all()] == ["EU", "XA"]
    with pytest.raises(PeerError) as caught:
        lists.add(LATER.signed(COMMISSION), now=NOW)
    assert caught.value.code is Code.INVALID_CREDENTIAL


def test_a_refusal_leaves_no_trace(lists: HeldLists, tmp_path: Path) -> None:
    with pytest.raises(PeerError):
        lists.add(DRAFT.signed(OPERATOR), now=NOW)
    assert [path.name for path in (tmp_path / "lists").iterdir()] == ["lock"]


def test_a_file_that_was_changed_is_not_used(lists: HeldLists, tmp_path: Path) -> None:
    lists.add(DRAFT.signed(OPERATOR), pins=[OPERATOR.der], now=NOW)
    (path,) = (tmp_path / "lists").glob("*.xml")
    path.write_bytes(LATER.signed(OPERATOR))
    with pytest.raises(MisuseError, match="not the list that was accepted"):
        lists.documents()
    path.unlink()
    with pytest.raises(MisuseError, match="is gone"):
        lists.documents()
    lists.remove("xa")
    assert lists.documents() == ()


@pytest.mark.parametrize("damaged", [b"", b"[]", b'{"version": 1}', b'{"version": 1, "lists": [{"a": 1}]}'])
def test_a_damaged_index_is_said_and_not_taken_for_an_empty_one(
    lists: HeldLists, tmp_path: Path, damaged: bytes
) -> None:
    lists.add(DRAFT.signed(OPERATOR), pins=[OPERATOR.der], now=NOW)
    (tmp_path / "lists" / "held.json").write_bytes(damaged)
    with pytest.raises(MisuseError, match="damaged"):
        lists.documents()
    with pytest.raises(MisuseError, match="damaged"):
        lists.add(LATER.signed(OPERATOR), now=NOW)


def test_an_index_of_another_version_is_not_taken_for_an_empty_one(lists: HeldLists, tmp_path: Path) -> None:
    lists.add(DRAFT.signed(OPERATOR), pins=[OPERATOR.der], now=NOW)
    index = tmp_path / "lists" / "held.json"
    index.write_text(index.read_text().replace('"version": 1', '"version": 2'))
    with pytest.raises(MisuseError, match="damaged"):
        lists.all()


def test_two_processes_do_not_write_at_once(lists: HeldLists, tmp_path: Path) -> None:
    lists.add(DRAFT.signed(OPERATOR), pins=[OPERATOR.der], now=NOW)
    lock = ProcessLock(tmp_path / "lists" / "lock")
    lock.acquire()
    try:
        with pytest.raises(VaultError):
            lists.add(LATER.signed(OPERATOR), now=NOW)
    finally:
        lock.release()
    assert lists.all()[0].sequence == 7


def test_what_is_not_held_cannot_be_removed_or_shown(lists: HeldLists) -> None:
    for ask in (lists.remove, lists.one):
        with pytest.raises(MisuseError, match="no list of XB"):
            ask("XB")


def test_a_damaged_list_is_named_and_keeps_no_other_from_use(lists: HeldLists, tmp_path: Path) -> None:
    lists.add(ABOVE.signed(COMMISSION), pins=[COMMISSION.der], now=NOW)
    lists.add(DRAFT.signed(OPERATOR), now=NOW)
    (above, damaged) = lists.all()
    path = tmp_path / "lists" / f"{damaged.document.hex()[:32]}.xml"
    path.write_bytes(LATER.signed(OPERATOR))
    documents, shortcomings = lists.usable()
    assert [sha256(each).digest() for each in documents] == [above.document]
    assert [each.territory for each in shortcomings] == ["XA"]
    assert str(path) in shortcomings[0].reason
    path.unlink()
    path.mkdir()
    assert [each.territory for each in lists.usable()[1]] == ["XA"]


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b'{"version": 1, "lists": [{}]}', b"[" * 100_000, b"\xff"]
)
def test_a_damaged_index_is_named_and_nothing_of_the_folder_is_used(
    lists: HeldLists, tmp_path: Path, content: bytes
) -> None:
    lists.add(DRAFT.signed(OPERATOR), pins=[OPERATOR.der], now=NOW)
    (tmp_path / "lists" / "held.json").write_bytes(content)
    documents, (shortcoming,) = lists.usable()
    assert documents == ()
    assert (shortcoming.territory, "held.json is damaged" in shortcoming.reason) == ("", True)
