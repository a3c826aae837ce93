"""The TLS presentation language with the variable-size vectors of RFC 9420 section 2.1.2.

A structure is a frozen dataclass whose ``FIELDS`` name one ``Field`` for each of its members, in order;
reading and writing follow from that. Only one encoding of each value is accepted: lengths are minimal,
presence octets are 0 or 1, enumerations are closed, nothing trails. Hence what decodes re-encodes to the same
bytes, and every read is bounded before anything is allocated.
"""

import struct
from collections.abc import Callable
from dataclasses import dataclass, fields
from enum import IntEnum
from operator import attrgetter
from typing import Any, ClassVar, Final, Generic, Protocol, Self, TypeAlias, TypeVar, cast

from rogatory_crypto.errors import Code, MisuseError, PeerError

T = TypeVar("T")
E = TypeVar("E", bound=IntEnum)

VARINT_MAX: Final = (1 << 30) - 1
OPAQUE_LIMIT: Final = 1 << 16
DOCUMENT_LIMIT: Final = 4 << 20


class Reader:
    """A cursor over bytes that cannot pass its end."""

    __slots__ = ("data", "end", "position")

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.position = 0
        self.end = len(data)

    def take(self, size: int) -> bytes:
        """Return the next ``size`` bytes.

        Raises:
            PeerError: MALFORMED if fewer remain.
        """
        start = self.position
        stop = start + size
        if stop > self.end:
            raise PeerError(Code.MALFORMED, "A05: truncated")
        self.position = stop
        return self.data[start:stop]

    def octet(self) -> int:
        """Return the next byte, as a number."""
        position = self.position
        if position >= self.end:
            raise PeerError(Code.MALFORMED, "A05: truncated")
        self.position = position + 1
        return self.data[position]

    def uint(self, size: int) -> int:
        """Return an unsigned integer of ``size`` bytes, in network order."""
        return int.from_bytes(self.take(size), "big")

    def length(self) -> int:
        """Return a length prefix (RFC 9420 section 2.1.2) that fits into what remains.  # A02."""
        size = self.octet()
        if size >= 1 << 6:
            size = self._long_length(size)
        if size > self.end - self.position:
            raise PeerError(Code.MALFORMED, "A02: a length beyond the end")
        return size

    def _long_length(self, first: int) -> int:
        match first >> 6:
            case 1:
                return _minimal((first & 0x3F) << 8 | self.octet(), 1 << 6)
            case 2:
                return _minimal((first & 0x3F) << 24 | self.uint(3), 1 << 14)
            case _:
                raise PeerError(Code.MALFORMED, "A02: a length prefix of 11")

    def opaque(self, limit: int) -> bytes:
        """Return the content of an ``opaque<V>`` of at most ``limit`` bytes."""
        return self.take(bounded(self.length(), limit))

    def finish(self) -> None:
        """Refuse whatever trails.  # A03."""
        if self.position != self.end:
            raise PeerError(Code.MALFORMED, "A03: trailing bytes")


def bounded(size: int, limit: int) -> int:
    """Return ``size`` if it is no more than ``limit``.  # A07.

    Raises:
        PeerError: TOO_LARGE.
    """
    if size > limit:
        raise PeerError(Code.TOO_LARGE, f"A07: {size} where at most {limit} are read")
    return size


def _minimal(size: int, least: int) -> int:
    if size < least:
        raise PeerError(Code.MALFORMED, "A02: a length not in its shortest form")
    return size


_SHORT_PREFIXES: Final = tuple(bytes([size]) for size in range(1 << 6))


def length_prefix(size: int) -> bytes:
    """Return the minimal prefix of a vector of ``size`` bytes (RFC 9420 section 2.1.2)."""
    if size < 1 << 6:
        return _SHORT_PREFIXES[size]
    if size < 1 << 14:
        return (size | 1 << 14).to_bytes(2, "big")
    if size <= VARINT_MAX:
        return (size | 1 << 31).to_bytes(4, "big")
    raise MisuseError("a vector holds at most 2^30 - 1 bytes")


def opaque_bytes(value: bytes) -> bytes:
    """Return ``value`` as an ``opaque<V>``."""
    return length_prefix(len(value)) + value


@dataclass(frozen=True, slots=True)
class Field(Generic[T]):
    """How one member of a structure is read and written."""

    read: Callable[[Reader], T]
    write: Callable[[bytearray, T], None]

    def decode(self, data: bytes, *, limit: int = DOCUMENT_LIMIT) -> T:
        """Return the value that fills ``data`` entirely.

        Raises:
            PeerError: MALFORMED or TOO_LARGE.
        """
        bounded(len(data), limit)
        reader = Reader(data)
        value = self.read(reader)
        reader.finish()
        return value

    def encode(self, value: T) -> bytes:
        """Return the encoding of ``value``."""
        out = bytearray()
        self.write(out, value)
        return bytes(out)


def uint(size: int) -> Field[int]:
    """An unsigned integer of ``size`` bytes."""

    def write(out: bytearray, value: int) -> None:
        out += value.to_bytes(size, "big")

    return Field(lambda reader: int.from_bytes(reader.take(size), "big"), write)


UINT8: Final = Field(Reader.octet, bytearray.append)
UINT16: Final = uint(2)
UINT32: Final = uint(4)
UINT64: Final = uint(8)


def fixed(size: int) -> Field[bytes]:
    """Exactly ``size`` bytes without a length."""

    def write(out: bytearray, value: bytes) -> None:
        if len(value) != size:
            raise MisuseError(f"a field of {size} bytes")
        out += value

    return Field(lambda reader: reader.take(size), write)


def opaque(limit: int = OPAQUE_LIMIT) -> Field[bytes]:
    """An ``opaque<V>`` of at most ``limit`` bytes."""

    def read(reader: Reader) -> bytes:
        return reader.opaque(limit)

    def write(out: bytearray, value: bytes) -> None:
        out += length_prefix(len(value))
        out += value

    return Field(read, write)


OPAQUE: Final = opaque()
DOCUMENT: Final = opaque(DOCUMENT_LIMIT)


def vector(item: Field[T], *, count: int, limit: int = DOCUMENT_LIMIT) -> Field[tuple[T, ...]]:
    """A vector of at most ``count`` items in at most ``limit`` bytes."""

    def read(reader: Reader) -> tuple[T, ...]:
        outer = reader.end
        size = bounded(reader.length(), limit)
        end = reader.end = reader.position + size
        items: list[T] = []
        while reader.position < end:
            bounded(len(items) + 1, count)
            items.append(item.read(reader))
        reader.end = outer
        return tuple(items)

    def write(out: bytearray, value: tuple[T, ...]) -> None:
        body = bytearray()
        for element in value:
            item.write(body, element)
        out += length_prefix(len(body))
        out += body

    return Field(read, write)


def _numbers(count: int, width: int, code: str) -> Field[tuple[int, ...]]:
    def read(reader: Reader) -> tuple[int, ...]:
        size = bounded(reader.length(), width * count)
        if size % width:
            raise PeerError(Code.MALFORMED, "A05: half an item at the end of a vector")
        return struct.unpack(f">{size // width}{code}", reader.take(size))

    def write(out: bytearray, value: tuple[int, ...]) -> None:
        out += length_prefix(width * len(value))
        out += struct.pack(f">{len(value)}{code}", *value)

    return Field(read, write)


def uint16_vector(count: int) -> Field[tuple[int, ...]]:
    """A ``uint16 values<V>`` of at most ``count`` numbers.  # A05."""
    return _numbers(count, 2, "H")


def uint32_vector(count: int) -> Field[tuple[int, ...]]:
    """A ``uint32 values<V>`` of at most ``count`` numbers.  # A05."""
    return _numbers(count, 4, "I")


def optional(item: Field[T]) -> Field[T | None]:
    """A value that may be absent (RFC 9420 section 2.1.1).  # A01."""

    def read(reader: Reader) -> T | None:
        match reader.octet():
            case 0:
                return None
            case 1:
                return item.read(reader)
            case _:
                raise PeerError(Code.MALFORMED, "A01: a presence octet that is neither 0 nor 1")

    def write(out: bytearray, value: T | None) -> None:
        if value is None:
            out.append(0)
        else:
            out.append(1)
            item.write(out, value)

    return Field(read, write)


def enumeration(kind: type[E], size: int) -> Field[E]:
    """A closed enumeration of ``size`` bytes.  # A04."""
    known = {int(member): member for member in kind}

    def read(reader: Reader) -> E:
        member = known.get(reader.uint(size))
        if member is None:
            raise PeerError(Code.MALFORMED, f"A04: unknown {kind.__name__}")
        return member

    def write(out: bytearray, value: E) -> None:
        out += value.to_bytes(size, "big")

    return Field(read, write)


class Struct:
    """Base of frozen dataclasses in the presentation language; ``FIELDS`` stand for the leading members."""

    __slots__ = ()
    FIELDS: ClassVar[tuple[Field[Any], ...]]  # one Field[type of the member] for each member

    @classmethod
    def read(cls, reader: Reader) -> Self:
        """Read one value, leaving the cursor behind it."""
        return cls(*[field.read(reader) for field in cls.FIELDS])

    def write(self, out: bytearray) -> None:
        """Append the encoding."""
        writers, members = _layout(type(self))
        for write, value in zip(writers, members(self), strict=True):
            write(out, value)

    def encode(self) -> bytes:
        """Return the encoding."""
        out = bytearray()
        self.write(out)
        return bytes(out)

    @classmethod
    def decode(cls, data: bytes, *, limit: int = DOCUMENT_LIMIT) -> Self:
        """Return the value that fills ``data`` entirely.

        Raises:
            PeerError: MALFORMED or TOO_LARGE.
        """
        bounded(len(data), limit)
        reader = Reader(data)
        value = cls.read(reader)
        reader.finish()
        return value


class _Writable(Protocol):
    def write(self, out: bytearray) -> None: ...


S = TypeVar("S", bound=Struct)


def _write_struct(out: bytearray, value: _Writable) -> None:
    value.write(out)


def structure(kind: type[S]) -> Field[S]:
    """A nested structure."""
    return Field(kind.read, _write_struct)


def variant(tag: Field[int], kinds: dict[int, type[S]]) -> Field[S]:
    """One of several structures, chosen by a leading tag that each carries as ``TAG``.  # A04."""
    tag_of = attrgetter("TAG")

    def read(reader: Reader) -> S:
        number = tag.read(reader)
        kind = kinds.get(number)
        if kind is None:
            raise PeerError(Code.UNSUPPORTED, f"A04: no structure has the tag {number}")
        return kind.read(reader)

    def write(out: bytearray, value: S) -> None:
        tag.write(out, tag_of(value))
        value.write(out)

    return Field(read, write)


_Layout: TypeAlias = tuple[tuple[Callable[[bytearray, Any], None], ...], Callable[[Any], tuple[Any, ...]]]
_LAYOUTS: dict[type, _Layout] = {}


def _layout(kind: type[Struct]) -> _Layout:
    """Return what writes the members of a structure, and what takes them out of it."""
    known = _LAYOUTS.get(kind)
    if known is None:
        writers = tuple(field.write for field in kind.FIELDS)
        members = fields(cast("Any", kind))[: len(writers)]
        known = _LAYOUTS[kind] = writers, _taker([member.name for member in members])
    return known


def _taker(names: list[str]) -> Callable[[Any], tuple[Any, ...]]:
    match names:
        case []:
            return lambda _: ()
        case [name]:
            return lambda value: (getattr(value, name),)
        case _:
            return attrgetter(*names)
