"""Who answered for what, and when: a log outlives the keys of its first entries."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rogatory_crypto.errors import PeerError
from rogatory_crypto.identity.former import NOBODY, Former, parse_former
from rogatory_crypto.signing import PrivateKeys, PublicKeys
from rogatory_crypto.wire.identifier import EntryId


def keys(number: int) -> PublicKeys:
    return PrivateKeys(bytes([number]) * 32, bytes([number]) * 32).public


FIRST, SECOND, THIRD = keys(1), keys(2), keys(3)
FORMER = Former(
    operators=((100, FIRST), (200, SECOND)),
    postmarks=((150, FIRST.ed25519),),
    secretariats=(
        (100, "WACAP", EntryId("NET-ONE")),
        (300, "CASC", EntryId("NET-GONE")),
        (200, "LATE", None),
    ),
)
CURRENT = {"WACAP": EntryId("NET-TWO"), "LATE": EntryId("NET-LATE")}


@pytest.mark.parametrize(
    ("at", "expected"), [(0, FIRST), (99, FIRST), (100, SECOND), (199, SECOND), (200, THIRD)]
)
def test_each_key_counts_until_the_next_one_does(at: int, expected: PublicKeys) -> None:
    assert FORMER.operator(at, THIRD) == expected


def test_the_order_of_the_lines_does_not_matter() -> None:
    turned = Former(operators=FORMER.operators[::-1])
    assert [turned.operator(at, THIRD) for at in (0, 150, 250)] == [FIRST, SECOND, THIRD]


def test_a_secretariat_runs_its_network_until_another_does() -> None:
    assert FORMER.secretariat("WACAP", 99, CURRENT) == "NET-ONE"
    assert FORMER.secretariat("WACAP", 100, CURRENT) == "NET-TWO"
    assert FORMER.secretariat("CASC", 299, CURRENT) == "NET-GONE"
    assert FORMER.secretariat("CASC", 300, CURRENT) is None
    assert FORMER.is_secretariat(EntryId("NET-ONE"), 99, CURRENT)
    assert not FORMER.is_secretariat(EntryId("NET-ONE"), 100, CURRENT)
    assert not FORMER.is_secretariat(EntryId("NET-TWO"), 99, CURRENT)


def test_nobody_runs_a_network_before_it_begins() -> None:
    assert FORMER.secretariat("LATE", 199, CURRENT) is None
    assert FORMER.secretariat("LATE", 200, CURRENT) == "NET-LATE"
    assert not FORMER.is_secretariat(EntryId("NET-LATE"), 199, CURRENT)
    assert FORMER.is_secretariat(EntryId("NET-LATE"), 200, CURRENT)


def test_it_is_read_as_it_was_written() -> None:
    assert parse_former(FORMER.encode()) == FORMER
    assert parse_former("") == NOBODY


@pytest.mark.parametrize(
    "text",
    [
        "directory-key",
        "directory-key x until 1\n",
        f"directory-key {FIRST.hex()} until -1\n",
        f"directory-key {FIRST.hex().upper()} until 1\n",
        f"postmark-key {FIRST.ed25519.hex().upper()} until 1\n",
        f"postmark-key {bytes(32).hex()} until 1\n",
        "secretariat WACAP  until 1\n",
        "secretariat  until 1\n",
        "secretariat WACAP NET-ONE until 01\n",
        "secretariat WACAP NET-ONE till 1\n",
        "secretariat A B until 1\n" * 1_025,
        f"postmark-key {FIRST.ed25519.hex()} until 1\ndirectory-key {FIRST.hex()} until 1\n",
    ],
)
def test_other_lines_are_refused(text: str) -> None:
    with pytest.raises(PeerError):
        parse_former(text)


@given(st.text(max_size=300))
def test_any_text_is_a_value_or_refused(text: str) -> None:
    with suppress(PeerError):
        assert parse_former(text).encode() == text
