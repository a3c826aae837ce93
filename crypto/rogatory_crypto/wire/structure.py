"""A value whose CBOR form is the array of its fields, in order.

Each class names one reader a field; decoding is the zip of the two, so that a structure's definition, its
limits and its parser are the same three lines. What decodes re-encodes to the same bytes because
``rogatory_crypto.cbor`` accepts deterministic encodings only.
"""

from collections.abc import Callable
from dataclasses import fields
from enum import Enum
from typing import ClassVar, Self

from rogatory_crypto import cbor


class Structure:
    """Base of frozen dataclasses that travel as CBOR arrays."""

    __slots__ = ()
    READERS: ClassVar[tuple[Callable[[object], object], ...]]
    LIMIT: ClassVar[int] = 1 << 16

    def plain(self) -> list[object]:
        """Return the array of CBOR-ready field values."""
        return [_plain(getattr(self, name)) for name in names_of(type(self))]

    def encode(self) -> bytes:
        """Return the deterministic CBOR encoding."""
        return cbor.encode(self.plain())

    @classmethod
    def from_plain(cls, value: object) -> Self:
        """Build from a decoded CBOR array.

        Raises:
            PeerError: MALFORMED or TOO_LARGE, naming the field that is wrong.
        """
        readers = cls.READERS
        items = cbor.array(value, len(readers))
        return cls(*(read(item) for read, item in zip(readers, items, strict=True)))

    @classmethod
    def decode(cls, data: bytes) -> Self:
        """Decode, reading at most ``LIMIT`` bytes.

        Raises:
            PeerError: MALFORMED or TOO_LARGE.
        """
        return cls.from_plain(cbor.decode(data, limit=cls.LIMIT))


_NAMES: dict[type, tuple[str, ...]] = {}


def names_of(structure: type[Structure]) -> tuple[str, ...]:
    """Return the names of a structure's fields, in order."""
    names = _NAMES.get(structure)
    if names is None:
        names = _NAMES[structure] = tuple(field.name for field in fields(structure))  # type: ignore[arg-type]  # every Structure is a dataclass
    return names


def _plain(value: object) -> object:
    match value:
        case Structure():
            return value.plain()
        case tuple():
            return [_plain(item) for item in value]
        case Enum():
            return value.value
        case _:
            return value
