"""One encoding for each value, and no other accepted (RFC 9420 section 2.1; rules A)."""

from dataclasses import dataclass
from enum import IntEnum
from typing import ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rogatory_crypto.codec import (
    OPAQUE,
    UINT8,
    UINT16,
    UINT32,
    UINT64,
    Field,
    Reader,
    Struct,
    enumeration,
    fixed,
    length_prefix,
    opaque,
    opaque_bytes,
    optional,
    structure,
    uint16_vector,
    uint32_vector,
    variant,
    vector,
)
from rogatory_crypto.errors import Code, MisuseError, PeerError


class Colour(IntEnum):
    RED = 1
    BLUE = 700


class Shape(Struct):
    TAG: ClassVar[int]


@dataclass(frozen=True, slots=True)
class Circle(Shape):
    radius: int
    TAG: ClassVar = 1
    FIELDS: ClassVar = (UINT32,)


@dataclass(frozen=True, slots=True)
class Point(Shape):
    TAG: ClassVar = 2
    FIELDS: ClassVar = ()


SHAPE: Field[Shape] = variant(UINT8, {1: Circle, 2: Point})


@dataclass(frozen=True, slots=True)
class Picture(Struct):
    name: bytes
    number: int
    colour: Colour
    shapes: tuple[Shape, ...]
    cover: Circle | None
    codes: tuple[int, ...]
    guard: bytes
    note: str = "not on the wire"
    FIELDS: ClassVar = (
        opaque(300),
        UINT64,
        enumeration(Colour, 2),
        vector(SHAPE, count=10),
        optional(structure(Circle)),
        uint16_vector(20),
        fixed(4),
    )


circles = st.builds(Circle, st.integers(0, 2**32 - 1))
pictures = st.builds(
    Picture,
    st.binary(max_size=300),
    st.integers(0, 2**64 - 1),
    st.sampled_from(Colour),
    st.lists(circles | st.just(Point()), max_size=10).map(tuple),
    st.none() | circles,
    st.lists(st.integers(0, 2**16 - 1), max_size=20).map(tuple),
    st.binary(min_size=4, max_size=4),
)


@given(pictures)
def test_what_is_encoded_decodes_to_itself(picture: Picture) -> None:
    assert Picture.decode(picture.encode()) == picture


@given(pictures, st.data())
def test_what_decodes_re_encodes_to_the_same_bytes(picture: Picture, data: st.DataObject) -> None:
    encoded = bytearray(picture.encode())
    for _ in range(data.draw(st.integers(0, 3))):
        encoded[data.draw(st.integers(0, len(encoded) - 1))] = data.draw(st.integers(0, 255))
    encoded = encoded[: data.draw(st.integers(0, len(encoded)))] if data.draw(st.booleans()) else encoded
    try:
        decoded = Picture.decode(bytes(encoded))
    except PeerError:
        return
    assert decoded.encode() == bytes(encoded)


@given(st.binary(max_size=200))
def test_any_bytes_give_a_value_or_a_peer_error(data: bytes) -> None:
    try:
        decoded = Picture.decode(data)
    except PeerError:
        return
    assert decoded.encode() == data


@pytest.mark.parametrize(
    ("size", "prefix"),
    [
        (0, "00"),
        (63, "3f"),
        (64, "4040"),
        (16_383, "7fff"),
        (16_384, "80004000"),
        (2**30 - 1, "bfffffff"),
    ],
)
def test_lengths_are_minimal_at_their_boundaries(size: int, prefix: str) -> None:
    assert length_prefix(size).hex() == prefix


def test_a_length_that_no_prefix_holds_is_our_mistake() -> None:
    with pytest.raises(MisuseError):
        length_prefix(2**30)


@pytest.mark.parametrize("prefix", ["403f", "80003fff", "80000000", "c0", "ff"])
def test_other_lengths_are_refused(prefix: str) -> None:
    # A02
    with pytest.raises(PeerError, match="A02"):
        Reader(bytes.fromhex(prefix) + bytes(20_000)).length()


@pytest.mark.parametrize("data", ["05", "4041", "80004001", "40", ""])
def test_a_length_beyond_the_end_is_refused(data: str) -> None:
    # A02
    with pytest.raises(PeerError) as caught:
        OPAQUE.decode(bytes.fromhex(data))
    assert caught.value.code is Code.MALFORMED


def test_presence_is_zero_or_one() -> None:
    # A01
    field = optional(UINT8)
    assert (field.decode(b"\x00"), field.decode(b"\x01\x07")) == (None, 7)
    with pytest.raises(PeerError, match="A01"):
        field.decode(b"\x02\x07")


def test_nothing_trails() -> None:
    # A03
    with pytest.raises(PeerError, match="A03"):
        UINT16.decode(b"\x00\x01\x02")
    with pytest.raises(PeerError, match="A03"):
        Circle.decode(b"\x00\x00\x00\x01\x00")


def test_an_item_does_not_pass_the_end_of_its_vector() -> None:
    # A03 A05
    with pytest.raises(PeerError, match="A05"):
        uint32_vector(4).decode(b"\x05" + bytes(5))
    with pytest.raises(PeerError, match="A05"):
        uint16_vector(4).decode(b"\x03" + bytes(3))
    with pytest.raises(PeerError, match="A02"):
        vector(OPAQUE, count=4).decode(b"\x02\x00\x05")


def test_unknown_enumerations_and_tags_are_refused() -> None:
    # A04
    with pytest.raises(PeerError, match="A04"):
        enumeration(Colour, 2).decode(b"\x00\x02")
    with pytest.raises(PeerError, match="A04"):
        SHAPE.decode(b"\x03")


def test_everything_is_bounded() -> None:
    # A07
    for field, data in (
        (opaque(3), opaque_bytes(bytes(4))),
        (vector(UINT8, count=3), opaque_bytes(bytes(4))),
        (vector(UINT8, count=9, limit=3), opaque_bytes(bytes(4))),
        (uint16_vector(1), opaque_bytes(bytes(4))),
    ):
        with pytest.raises(PeerError) as caught:
            field.decode(data)
        assert caught.value.code is Code.TOO_LARGE
    for decode in (OPAQUE.decode, Circle.decode):
        with pytest.raises(PeerError) as caught:
            decode(bytes(9), limit=8)
        assert caught.value.code is Code.TOO_LARGE


def test_a_fixed_field_has_its_size() -> None:
    with pytest.raises(MisuseError):
        fixed(4).encode(b"abc")
