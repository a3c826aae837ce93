"""The searches find what is there: each safeguard given up, something that should be gone is found."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.deletion.member import PASSPHRASE
from tests.deletion.pages import Reader
from tests.deletion.recorder import mask
from tests.deletion.under_test import UnderTest, under_test


@pytest.fixture
def member(tmp_path: Path) -> Iterator[UnderTest]:
    with under_test(tmp_path / "home") as started:
        yield started.joined()


def test_former_pages_are_found_in_the_log(member: UnderTest) -> None:
    """Without the checkpoint the secrets of this step stay in the log; the next erasure takes them."""
    member.ask("keep_former_pages")
    for text in (b"first", b"second"):
        member.ask("receive", member.said(1, text))
    gone = member.gone()
    found = member.disk().finds(gone)
    assert "secret in the log" in found
    assert "encryption in the file" in found
    member.ask("erase_again")
    member.ask("receive", member.said(1, b"third"))
    assert member.disk().finds(gone) == []


def test_deleted_rows_are_found_in_free_space(member: UnderTest) -> None:
    """Without ``secure_delete`` the pages themselves keep what was replaced."""
    member.ask("keep_free_space")
    member.ask("stage", [], [])
    member.ask("discard")
    assert {"init in the file", "private key in the file"} <= set(member.disk().finds(member.gone()))


def test_plain_bytes_are_found_in_any_file(member: UnderTest) -> None:
    kept = member.kept()
    assert member.disk().finds(kept) == [f"{note.label} in the file" for note in kept]
    (member.home / "forgotten.tmp").write_bytes(member.disk().database)
    assert len(member.disk().finds(kept)) == 2 * len(kept)


def test_half_a_secret_is_a_find(member: UnderTest) -> None:
    """A page may end in the middle of one."""
    (note, *_) = member.kept()
    secret = mask(note.secret)
    for part in (secret[: len(secret) // 2], secret[len(secret) // 2 :]):
        (member.home / "half.tmp").write_bytes(b"before" + part + b"after")
        assert f"{note.label} in the raw" in member.disk().finds([note])


def test_a_page_of_another_vault_is_not_taken_for_an_empty_one(member: UnderTest) -> None:
    reader = Reader.of(member.home, PASSPHRASE)
    data = bytearray((member.home / "vault.db").read_bytes()[:4096])
    data[100] ^= 1
    with pytest.raises(AssertionError, match="not of this vault"):
        reader.page(1, bytes(data))


def test_a_forgotten_reference_is_found(member: UnderTest) -> None:
    """An old group in a corner of some object is within reach."""
    member.ask("hoard")
    member.ask("receive", member.said(1, b"said"))
    member.ask("receive", member.committed(1))
    reachable: bytes = member.ask("reachable")
    found = {note.label for note in member.gone() if note.secret in reachable}
    assert {"init", "encryption", "exporter"} <= found
