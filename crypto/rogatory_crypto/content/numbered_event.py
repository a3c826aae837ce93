"""The form of a case event: the array of its number and its fields, and the readers that events share."""

import re
from datetime import date
from functools import partial
from typing import ClassVar, Final, Self

from rogatory_crypto import cbor
from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.wire.structure import Structure, names_of

_IDENTIFIER: Final = re.compile(r"[a-z][a-z0-9_]{0,63}")
# Years in which every clock of the world can tell the end of a day.
_DAY: Final = re.compile(r"(19[7-9]|2[0-9]{2})[0-9]-[0-9]{2}-[0-9]{2}")

read_reference = partial(cbor.text, minimum=1, maximum=200)


class NumberedEvent(Structure):
    """A structure that travels with its number in front."""

    __slots__ = ()
    NUMBER: ClassVar[int]

    def plain(self) -> list[object]:
        """Return the array of the number and the fields."""
        return [self.NUMBER, *super().plain()]

    def flaw(self) -> str:
        """Return the first field that no reader accepts, and why; empty where each alone is right."""
        for name, value, read in zip(names_of(type(self)), super().plain(), self.READERS, strict=True):
            try:
                read(value)
            except PeerError as error:
                return f"{name}: {error.detail if value else 'is empty'}"
        return ""

    @classmethod
    def from_plain(cls, value: object) -> Self:
        """Build from an array that begins with this event's number."""
        if not isinstance(value, list) or value[:1] != [cls.NUMBER]:
            raise PeerError(Code.MALFORMED, f"not an event {cls.NUMBER}")
        return super().from_plain(value[1:])


def read_identifier(value: object) -> str:
    """Read a word of the catalogue, such as ``under_review``; one of a newer catalogue passes, too."""
    text = cbor.text(value, maximum=64)
    if not _IDENTIFIER.fullmatch(text):
        raise PeerError(Code.MALFORMED, f"{text!r} is not an identifier")
    return text


def read_day(value: object) -> str:
    """Read a day of the years 1970 to 2999, ``YYYY-MM-DD`` (RFC 3339 full-date)."""
    text = cbor.text(value, maximum=10)
    if not _DAY.fullmatch(text):
        raise PeerError(Code.MALFORMED, f"{text!r} is not a day")
    try:
        date.fromisoformat(text)
    except ValueError as error:
        raise PeerError(Code.MALFORMED, f"there is no day {text}") from error
    return text
