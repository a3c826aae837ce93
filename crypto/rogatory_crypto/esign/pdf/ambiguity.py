"""Refuses what one revision wrote in a way that readers read differently (ISO 32000-1 section 7.3.7).

A key that stands twice in one dictionary is its first value to one reader and its last to another; where
cross-references are not where they are said to be, one corrects the place and another looks for objects
itself. A file that was read strictly has nothing of this. A second catalogue, or a trailer without one, waits
for a reader that repairs the file.
"""

import re
from collections.abc import Callable, Iterator
from functools import partial
from io import BytesIO
from typing import Any, Final

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.misc import PdfReadError, PdfStrictReadError
from pyhanko.sign.diff_analysis import SuspiciousModification

from rogatory_crypto.esign.pdf.objects import entry
from rogatory_crypto.esign.pdf.revision import Revision

_TWICE: Final = "Multiple definitions in dictionary"
_BEGINNING: Final = re.compile(rb"[\x00\t\n\f\r ]*(?:(xref)|[0-9]+[\x00\t\n\f\r ]+[0-9]+[\x00\t\n\f\r ]+obj)")


Reading = Callable[[], object]


def refuse_ambiguous(revision: Revision) -> None:
    """Refuse such a revision.

    Raises:
        SuspiciousModification: a key stands twice, cross-references are not where they are said to be, or it
            is not clear which catalogue counts.
    """
    _refuse_other_roots(revision)
    if revision.reader.strict:
        return
    if not _BEGINNING.match(revision.reader.document, _declared(revision)):
        raise SuspiciousModification("the cross-references are not where they are said to be")
    with revision.reader.strictly():
        twice = [number for number, reading in _readings(revision) if _is_twice(reading)]
    if twice:
        raise SuspiciousModification(f"objects {sorted(twice)} hold a key twice")


def _refuse_other_roots(revision: Revision) -> None:
    """A reader that misses the catalogue in the trailer takes the last one that it finds in the file."""
    trailers = revision.reader.trailer._trailer_revisions  # noqa: SLF001 - newest first; no other way in
    if "/Root" not in trailers[len(trailers) - 1 - revision.revision]:
        raise SuspiciousModification("the trailer does not name the catalogue")
    root = revision.root_ref
    for reference in revision.written:
        value = revision(reference) if revision.holds(reference) and reference != root else None
        if entry(value, "/Type") == "/Catalog":
            raise SuspiciousModification(f"object {reference.idnum} is a second catalogue")


def _is_twice(reading: Reading) -> bool:
    try:
        reading()
    except PdfStrictReadError as error:
        return _TWICE in str(error)
    except (PdfReadError, ValueError, TypeError, KeyError, AttributeError, IndexError):
        return False
    return False


def _readings(revision: Revision) -> Iterator[tuple[int, Reading]]:
    """What reads each object that a revision wrote, and its trailer as object 0."""
    reader: Any = revision.reader
    for reference in revision.written:
        place = reader.xrefs.get_historical_ref(reference, revision.revision)
        if place is not None:
            yield reference.idnum, partial(reader._read_object, reference, place)  # noqa: SLF001 - no other way in
    beginning = _BEGINNING.match(reader.document, _declared(revision))
    if beginning is not None and beginning[1] is not None:
        place = reader.xrefs.get_xref_container_info(revision.revision).end_location
        yield 0, partial(_trailer, revision, place)


def _declared(revision: Revision) -> int:
    return int(revision.reader.xrefs.get_startxref_for_revision(revision.revision))


def _trailer(revision: Revision, place: int) -> None:
    stream = BytesIO(revision.reader.document)
    stream.seek(place)
    container: Any = generic.TrailerReference
    generic.DictionaryObject.read_from_stream(stream, container(revision.reader))
