"""Finds the long hexadecimal strings of signatures, which the library would read digit by digit.

A string that is found is put aside while its object is read, with its hash in its place; only where exactly
that hash comes back as the value of ``/Contents`` is it exchanged for the string (ISO 32000-1 section
7.3.4.3).
"""

import re
from bisect import bisect_right
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

from pyhanko.pdf_utils import generic

_LONG: Final = re.compile(rb"/Contents[\x00\t\n\f\r ]*<((?:[0-9A-Fa-f]{2}){512,})>")
_END: Final = b"endobj"


@dataclass(frozen=True, slots=True)
class Shortened:
    """An object with its long string put aside.

    Attributes:
        data: the object as it stands, with the hash for the string.
        value: the string.
        stands_for_it: the hash.
    """

    data: bytes
    value: bytes
    stands_for_it: bytes

    def restore(self, read: Any) -> bool:  # noqa: ANN401 - untyped library
        """Put the string back into what was read; False where it is not where it should be."""
        if not isinstance(read, generic.DictionaryObject) or "/Contents" not in read:
            return False
        placed = read.raw_get("/Contents")
        if getattr(placed, "original_bytes", None) != self.stands_for_it:
            return False
        string = generic.ByteStringObject(self.value)
        string.container_ref = placed.container_ref
        read[generic.NameObject("/Contents")] = string
        return True


class LongStrings:
    """The long strings of one file."""

    def __init__(self, document: bytes) -> None:
        self._document = document
        self._found = [match.span(1) for match in _LONG.finditer(document)]

    def shortened(self, place: int) -> Shortened | None:
        """Return the object at a place in the file with its long string put aside, if it has one."""
        following = bisect_right(self._found, (place, place))
        if following == len(self._found):
            return None
        start, end = self._found[following]
        in_object = self._document.find(_END, place, start) < 0
        return self._shortened(place, start, end) if in_object else None

    def _shortened(self, place: int, start: int, end: int) -> Shortened | None:
        behind = self._document.find(_END, end)
        before, after = self._document[place:start], self._document[end : behind + len(_END)]
        if behind < 0 or b"stream" in before or b"stream" in after:
            return None
        value = bytes.fromhex(self._document[start:end].decode("ascii"))
        stands_for_it = sha256(value).digest()
        # The library looks for what follows an object, so something must.
        data = before + stands_for_it.hex().encode() + after + b" 0 "
        return Shortened(data, value, stands_for_it)
