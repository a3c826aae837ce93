"""The profile of RFC 8949 section 4.2.1: one encoding for each value, and nothing else accepted."""

from enum import IntEnum
from typing import Any

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rogatory_crypto import cbor
from rogatory_crypto.errors import Code, MisuseError, PeerError

LIMIT = 1 << 20
INTEGERS = st.integers(min_value=-(1 << 64), max_value=(1 << 64) - 1)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
SCALARS = st.none() | st.booleans() | INTEGERS | st.binary(max_size=300) | TEXT
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(INTEGERS | TEXT, inner, max_size=5),
    max_leaves=20,
)


@given(VALUES)
def test_a_value_survives_and_cbor2_agrees_on_its_meaning(value: Any) -> None:
    encoded = cbor.encode(value)
    assert cbor.decode(encoded, limit=LIMIT, integer_keys=True) == value
    assert cbor2.loads(encoded) == value


@given(SCALARS | st.lists(SCALARS, max_size=30))
def test_cbor2_writes_the_same_bytes_where_no_map_is_ordered(value: Any) -> None:
    assert cbor.encode(value) == cbor2.dumps(value)


@given(st.binary(max_size=60))
def test_bytes_become_a_value_that_reencodes_to_them_or_a_peer_error(data: bytes) -> None:
    try:
        value = cbor.decode(data, limit=LIMIT, integer_keys=True)
    except PeerError:
        return
    assert cbor.encode(value) == data


@given(VALUES, st.data())
def test_a_changed_byte_is_another_value_or_a_peer_error(value: Any, data: st.DataObject) -> None:
    encoded = bytearray(cbor.encode(value))
    encoded[data.draw(st.integers(0, len(encoded) - 1))] ^= data.draw(st.integers(1, 255))
    try:
        changed = cbor.decode(bytes(encoded), limit=LIMIT, integer_keys=True)
    except PeerError:
        return
    assert cbor.encode(changed) == bytes(encoded)


@pytest.mark.parametrize("filling", [b"\x80", b"\xa0", b"\xf6", b"\x00", b"\x41\x00", b"\x18\x20"])
def test_small_bytes_cannot_become_many_values(filling: bytes) -> None:
    """Nine megabytes of empty arrays in one frame would be six hundred megabytes in memory."""
    count = 1 << 20
    data = b"\x9a" + count.to_bytes(4) + filling * count
    with pytest.raises(PeerError) as raised:
        cbor.decode(data, limit=len(data))
    assert raised.value.code is Code.TOO_LARGE


@given(VALUES, st.integers(1, 60))
def test_every_value_counts_as_one_item(value: Any, maximum: int) -> None:
    encoded = cbor.encode([value] * 60)
    count = 1 + 60 * _items(value)
    if count <= maximum or len(encoded) <= maximum:
        return
    with pytest.raises(PeerError) as raised:
        cbor.decode(encoded, limit=LIMIT, max_items=maximum, integer_keys=True)
    assert raised.value.code is Code.TOO_LARGE
    assert cbor.decode(encoded, limit=LIMIT, max_items=count, integer_keys=True) == [value] * 60


def _items(value: Any) -> int:
    if isinstance(value, list):
        return 1 + sum(map(_items, value))
    if isinstance(value, dict):
        return 1 + sum(1 + _items(item) for item in value.values())
    return 1


def test_a_word_nobody_knows_is_not_repeated_at_length() -> None:
    """What a peer sends must not fill the log of whom it sent it to."""
    with pytest.raises(PeerError) as raised:
        cbor.member("x" * 100_000, Colour)
    assert len(raised.value.detail) < 100


def test_map_keys_are_ordered_bytewise_and_not_by_length_first() -> None:
    """RFC 8949 section 4.2.1 gives this very order: 10, 100, -1, "z", "aa"."""
    encoded = cbor.encode({"aa": 0, "z": 0, -1: 0, 100: 0, 10: 0})
    assert encoded == bytes.fromhex("a5 0a00 186400 2000 617a00 62616100")
    assert cbor.decode(encoded, limit=LIMIT, integer_keys=True) == {10: 0, 100: 0, -1: 0, "z": 0, "aa": 0}


REFUSED = {
    "nothing": "",
    "a float": "fb3ff0000000000000",
    "a half float": "f93c00",
    "undefined": "f7",
    "a simple value": "e0",
    "a date": "c11a514b67b0",
    "a bignum": "c249010000000000000000",
    "a decimal fraction": "c48221196ab3",
    "a regular expression": "d82363612b2b",
    "a shared reference": "d81d00",
    "a shareable list holding itself": "d81c81d81d00",
    "a tag unknown to everybody": "d9ffff00",
    "self-described CBOR": "d9d9f700",
    "an indefinite array": "9f01ff",
    "indefinite bytes": "5f4101ff",
    "an indefinite map": "bfff",
    "a stray break": "ff",
    "a reserved length": "1c",
    "23 in two bytes": "1817",
    "255 in three bytes": "1900ff",
    "a long length of bytes": "580101",
    "a long length of text": "780161",
    "a long length of an array": "980100",
    "a long length of a map": "b8010101",
    "a long map key": "a1180101",
    "trailing bytes": "0000",
    "a long form and too little": "181700",
    "a duplicate key": "a201020103",
    "keys out of order": "a202000100",
    "length-first keys": "a3 0a00 2000 186400",
    "a byte string as key": "a1410100",
    "a boolean as key": "a1f500",
    "null as key": "a1f600",
    "an array as key": "a18000",
    "a map as key": "a1a000",
    "a float as key": "a1f93c0000",
    "a truncated array": "8201",
    "an array of 2^32 items": "9affffffff",
    "bytes of 2^64": "5bffffffffffffffff",
    "a map of 2^63 entries": "bb7fffffffffffffff",
    "broken UTF-8": "62c328",
    "a surrogate in UTF-8": "63eda080",
    "too deep": "81" * 17 + "00",
}


@pytest.mark.parametrize("encoded", REFUSED.values(), ids=REFUSED.keys())
def test_everything_outside_the_profile_is_malformed(encoded: str) -> None:
    with pytest.raises(PeerError) as refusal:
        cbor.decode(bytes.fromhex(encoded), limit=LIMIT, integer_keys=True)
    assert refusal.value.code is Code.MALFORMED


@pytest.mark.parametrize("encoded", ["a10100", "a1a000", "a18000"])
def test_keys_whose_hashes_a_peer_could_choose_are_malformed_unless_asked_for(encoded: str) -> None:
    with pytest.raises(PeerError):
        cbor.decode(bytes.fromhex(encoded), limit=LIMIT)
    assert cbor.decode(bytes.fromhex("a1617800"), limit=LIMIT) == {"x": 0}


def test_nesting_is_accepted_up_to_its_bound() -> None:
    assert cbor.decode(bytes.fromhex("81" * 15 + "00"), limit=LIMIT, integer_keys=True) is not None
    with pytest.raises(PeerError):
        cbor.decode(bytes.fromhex("818100"), limit=LIMIT, max_depth=1)


def test_one_byte_over_the_limit_is_too_large() -> None:
    encoded = cbor.encode(bytes(10))
    cbor.decode(encoded, limit=11)
    with pytest.raises(PeerError) as refusal:
        cbor.decode(encoded, limit=10)
    assert refusal.value.code is Code.TOO_LARGE


class Colour(IntEnum):
    RED = 7


def test_enumerations_and_tuples_are_written_as_what_they_hold() -> None:
    assert cbor.encode((Colour.RED, True, False)) == bytes.fromhex("8307f5f4")


@pytest.mark.parametrize(
    "value", [1.0, 1 << 64, -(1 << 64) - 1, {1}, object(), "\ud800", {b"k": 0}, {True: 0}, {None: 0}, [1.5]]
)
def test_what_has_no_encoding_is_our_mistake(value: object) -> None:
    with pytest.raises(MisuseError):
        cbor.encode(value)


def test_readers_return_what_fits() -> None:
    assert cbor.array([1, 2], 2) == [1, 2]
    assert cbor.array_of([1, 2], cbor.unsigned, maximum=2) == (1, 2)
    assert cbor.byte_string(b"ab", length=2) == b"ab"
    assert cbor.byte_string(b"ab", minimum=1, maximum=2) == b"ab"
    assert cbor.text("äb", maximum=2) == "äb"
    assert cbor.unsigned(5, maximum=5) == 5
    assert cbor.boolean(value=True) is True
    assert cbor.optional(None, cbor.unsigned) is None
    assert cbor.optional(3, cbor.unsigned) == 3
    assert cbor.member(7, Colour) is Colour.RED


@pytest.mark.parametrize(
    ("read", "code"),
    [
        (lambda: cbor.array([1], 2), Code.MALFORMED),
        (lambda: cbor.array({}, 0), Code.MALFORMED),
        (lambda: cbor.array_of([1, 2], cbor.unsigned, maximum=1), Code.TOO_LARGE),
        (lambda: cbor.array_of(1, cbor.unsigned, maximum=1), Code.MALFORMED),
        (lambda: cbor.byte_string("a", maximum=1), Code.MALFORMED),
        (lambda: cbor.byte_string(b"ab", maximum=1), Code.TOO_LARGE),
        (lambda: cbor.byte_string(b"ab", length=3), Code.MALFORMED),
        (lambda: cbor.byte_string(b"ab", minimum=3, maximum=4), Code.MALFORMED),
        (lambda: cbor.text(b"a", maximum=1), Code.MALFORMED),
        (lambda: cbor.text("ab", maximum=1), Code.TOO_LARGE),
        (lambda: cbor.text("", minimum=1, maximum=2), Code.MALFORMED),
        (lambda: cbor.unsigned(value=True), Code.MALFORMED),
        (lambda: cbor.unsigned("1"), Code.MALFORMED),
        (lambda: cbor.unsigned(-1), Code.MALFORMED),
        (lambda: cbor.unsigned(6, maximum=5), Code.MALFORMED),
        (lambda: cbor.boolean(1), Code.MALFORMED),
        (lambda: cbor.member(value=True, enumeration=Colour), Code.MALFORMED),
        (lambda: cbor.member(b"7", Colour), Code.MALFORMED),
        (lambda: cbor.member(8, Colour), Code.UNSUPPORTED),
        (lambda: cbor.member("RED", Colour), Code.UNSUPPORTED),
    ],
)
def test_readers_refuse_what_does_not_fit(read: Any, code: Code) -> None:
    with pytest.raises(PeerError) as refusal:
        read()
    assert refusal.value.code is code


def test_a_byte_string_without_a_bound_is_our_mistake() -> None:
    with pytest.raises(MisuseError):
        cbor.byte_string(b"")
