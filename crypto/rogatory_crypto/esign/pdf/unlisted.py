"""Finds objects and trailers in a PDF file that no cross-reference names.

A reader that rebuilds damaged cross-references would find them, so they are there to be shown to somebody
else (ISO 32000-1 section 7.5.4).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from rogatory_crypto.esign.pdf.reading import Reader

WHITE: Final = b"\x00\t\n\f\r "
# The word is found first, because looking for a number at each byte of an image takes far longer.
_WORD: Final = re.compile(rb"obj(?![a-z])")
# Readers that look for objects skip comments as well as white space.
_GAP: Final = rb"(?:[\x00\t\n\f\r ]|%[^\r\n]*[\r\n])+"
_NUMBERS: Final = re.compile(rb"(?<![0-9])([0-9]{1,10})" + _GAP + rb"([0-9]{1,5})" + _GAP + rb"\Z")
_TRAILER: Final = re.compile(rb"trailer(?:[\x00\t\n\f\r ]|%[^\r\n]*[\r\n])*(?=<<)")
_WINDOW_BYTES: Final = 64


@dataclass(frozen=True, slots=True)
class UnlistedObject:
    """An object that stands at a place in the file without being named."""

    place: int
    number: int
    generation: int


def unlisted_objects(reader: Reader, start: int) -> tuple[UnlistedObject, ...]:
    """Every such object that begins at or behind a place in the file."""
    xrefs = reader.xrefs
    listed = {
        (reference.idnum, reference.generation, xrefs.get_historical_ref(reference, revision))
        for revision in range(xrefs.total_revisions)
        for reference in xrefs.explicit_refs_in_revision(revision)
    }
    starts = set(_cross_reference_streams(xrefs))

    def named(found: UnlistedObject) -> bool:
        # Some products name the line break before the object.
        before = reader.document[max(0, found.place - 8) : found.place]
        places = range(found.place - len(before) + len(before.rstrip(WHITE)), found.place + 1)
        return any((found.number, found.generation, place) in listed or place in starts for place in places)

    return tuple(found for found in _objects(reader.document, start) if not named(found))


def _objects(document: bytes, start: int) -> Iterator[UnlistedObject]:
    """Everything that looks like the beginning of an object."""
    for word in _WORD.finditer(document, start):
        first = max(start, word.start() - _WINDOW_BYTES)
        before = document[first : word.start()]
        if numbers := _NUMBERS.search(before):
            yield UnlistedObject(first + numbers.start(), int(numbers[1]), int(numbers[2]))
        elif not before.strip(WHITE + b"0123456789"):
            # So much white space between the numbers is there to be overlooked.
            yield UnlistedObject(word.start(), 0, 0)


def _cross_reference_streams(xrefs: Any) -> Iterator[int]:  # noqa: ANN401 - untyped library
    for revision in range(xrefs.total_revisions):
        section = xrefs.get_xref_container_info(revision)
        yield from (section.declared_startxref, section.start_location)
        hybrid = xrefs.get_xref_data(revision).hybrid
        if hybrid is not None:
            yield hybrid.meta_info.start_location


def unlisted_trailers(reader: Reader, start: int) -> tuple[int, ...]:
    """Where trailers begin, at or behind a place in the file, that belong to no cross-references."""
    xrefs = reader.xrefs
    ends = {xrefs.get_xref_container_info(each).end_location for each in range(xrefs.total_revisions)}
    found = _TRAILER.finditer(reader.document, start)
    return tuple(each.start() for each in found if not ends & set(range(each.start() + 7, each.end() + 1)))
