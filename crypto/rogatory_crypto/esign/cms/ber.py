"""Closes the frame of a CMS: lengths left open and content in pieces, in one pass (X.690 section 8.1.3.6).

Products that write while they read leave the length of the outer parts open and cut the content into pieces.
The library that decodes them later needs time that grows with the square of the pieces. Only the frame is
written anew; certificates, attributes and signatures inside keep every byte, as digests are made over them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

from rogatory_crypto.errors import Code, PeerError

MAX_PIECES: Final = 500_000
_SIGNED_DATA: Final = bytes.fromhex("06092a864886f70d010702")
_OCTETS: Final = 0x04
_OCTETS_IN_PIECES: Final = 0x24
_CONSTRUCTED: Final = 0x20
_OPEN: Final = 0x80
_END: Final = b"\x00\x00"


@dataclass(frozen=True, slots=True)
class _Element:
    """Where one element lies: its identifier, its contents, and where the next one begins."""

    tag: int
    start: int
    contents: int
    contents_end: int
    end: int

    @property
    def is_open(self) -> bool:
        return self.end != self.contents_end


class _Reader:
    """Finds elements; each open length is looked for once."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self._ends: dict[int, int] = {}

    def at(self, start: int) -> _Element:
        contents, length = self._header(start)
        if length is not None:
            return _Element(self.data[start], start, contents, contents + length, contents + length)
        if start not in self._ends:
            self._find_ends(start)
        end = self._ends[start]
        return _Element(self.data[start], start, contents, end - len(_END), end)

    def inside(self, element: _Element) -> Iterator[_Element]:
        position = element.contents
        while position < element.contents_end:
            found = self.at(position)
            yield found
            position = found.end
        if position != element.contents_end:
            raise ValueError("an element that ends behind the one it stands in")

    def _header(self, start: int) -> tuple[int, int | None]:
        if self.data[start] & 0x1F == 0x1F:
            raise ValueError("an identifier of a form that CMS does not have")
        first = self.data[start + 1]
        if first < _OPEN:
            return start + 2, first
        if first == _OPEN:
            if not self.data[start] & _CONSTRUCTED:
                raise ValueError("an open length where none may be")
            return start + 2, None
        end = start + 2 + (first & 0x7F)
        length = int.from_bytes(self.data[start + 2 : end], "big")
        if first > _OPEN + 4 or end + length > len(self.data):
            raise ValueError("a length beyond the end")
        return end, length

    def _find_ends(self, start: int) -> None:
        opened, position = [start], start + 2
        for _ in range(MAX_PIECES):
            if self.data[position : position + 2] == _END:
                position += 2
                self._ends[opened.pop()] = position
                if not opened:
                    return
                continue
            contents, length = self._header(position)
            if length is None:
                opened.append(position)
            position = contents + (length or 0)
        raise PeerError(Code.TOO_LARGE, "CMS in this many pieces")


def close_frame(encoded: bytes) -> bytes:
    """Return a CMS whose frame has definite lengths and whose content is in one piece.

    Raises:
        PeerError: MALFORMED where its frame cannot be followed, TOO_LARGE where it is in too many pieces.
    """
    reader = _Reader(encoded)
    try:
        info = reader.at(0)
        if _SIGNED_DATA not in encoded[: info.contents + len(_SIGNED_DATA)] or _is_closed(reader, info):
            return encoded
        return _rebuilt(reader, info, depth=0) + encoded[info.end :]
    except (IndexError, ValueError) as error:
        raise PeerError(Code.MALFORMED, f"CMS: {error}"[:300]) from error


def _is_closed(reader: _Reader, info: _Element) -> bool:
    """Tell whether nothing on the way to the content needs to be written anew."""
    element = info
    for place in (1, 0, 2, 1, 0):
        children = list(islice(reader.inside(element), place + 1))
        if element.is_open or len(children) <= place:
            return not element.is_open and place == 1 and element is not info
        element = children[place]
    return not element.is_open and element.tag != _OCTETS_IN_PIECES


def _rebuilt(reader: _Reader, element: _Element, depth: int) -> bytes:
    """Write anew: ContentInfo, its content, SignedData and, as its third part, what it says is signed."""
    parts = [
        _signed(reader, child) if depth == 2 and place == 2 else
        _rebuilt(reader, child, depth + 1) if depth < 2 and place == (0 if depth == 1 else 1) else
        _closed(reader, child)
        for place, child in enumerate(reader.inside(element))
    ]  # fmt: skip
    return _encoded(element.tag, b"".join(parts))


def _signed(reader: _Reader, element: _Element) -> bytes:
    """Write EncapsulatedContentInfo anew, its content in one piece."""
    parts = []
    for child in reader.inside(element):
        if child.tag & _CONSTRUCTED:
            content = b"".join(_in_one_piece(reader, each) for each in reader.inside(child))
            parts.append(_encoded(child.tag, content))
        else:
            parts.append(_closed(reader, child))
    return _encoded(element.tag, b"".join(parts))


def _in_one_piece(reader: _Reader, element: _Element) -> bytes:
    if element.tag != _OCTETS_IN_PIECES:
        return _closed(reader, element)
    return _encoded(_OCTETS, b"".join(_pieces(reader, element)))


def _pieces(reader: _Reader, element: _Element) -> Iterator[bytes]:
    for piece in reader.inside(element):
        if piece.tag == _OCTETS_IN_PIECES:
            yield from _pieces(reader, piece)
        elif piece.tag == _OCTETS:
            yield reader.data[piece.contents : piece.contents_end]
        else:
            raise ValueError("content in pieces that are none")


def _closed(reader: _Reader, element: _Element) -> bytes:
    if not element.is_open:
        return reader.data[element.start : element.end]
    return _encoded(element.tag, reader.data[element.contents : element.contents_end])


def _encoded(tag: int, contents: bytes) -> bytes:
    length = len(contents)
    if length < _OPEN:
        return bytes([tag, length]) + contents
    octets = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes([tag, _OPEN | len(octets)]) + octets + contents
