"""Finds objects in a PDF file that no cross-reference names.

A reader that rebuilds damaged cross-references would find them, so they are there to be shown to somebody
else (ISO 32000-1 section 7.5.4).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from rogatory_crypto.esign.pdf.reading import Reader

WHITE: Final = b"\x00\t\n\f\r "
_OBJECT: Final = re.compile(
    rb"(?<![0-9])([0-9]{1,10})[\x00\t\n\f\r ]+([0-9]{1,5})[\x00\t\n\f\r ]+obj(?![a-z])"
)


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

    def named(match: re.Match[bytes]) -> bool:
        # Some products name the line break before the object.
        before = reader.document[max(0, match.start() - 8) : match.start()]
        places = range(match.start() - len(before) + len(before.rstrip(WHITE)), match.start() + 1)
        return any((int(match[1]), int(match[2]), place) in listed or place in starts for place in places)

    return tuple(
        UnlistedObject(match.start(), int(match[1]), int(match[2]))
        for match in _OBJECT.finditer(reader.document, start)
        if not named(match)
    )


def _cross_reference_streams(xrefs: Any) -> Iterator[int]:  # noqa: ANN401 - untyped library
    for revision in range(xrefs.total_revisions):
        section = xrefs.get_xref_container_info(revision)
        yield from (section.declared_startxref, section.start_location)
        hybrid = xrefs.get_xref_data(revision).hybrid
        if hybrid is not None:
            yield hybrid.meta_info.start_location
