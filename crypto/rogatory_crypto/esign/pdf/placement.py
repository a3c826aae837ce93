"""Whether a signature stands where it says, and covers what it must (ISO 32000-1 section 12.8.1).

The byte range is exactly two parts around exactly the hexadecimal string of the signature, and ends where its
revision ends: behind the ``%%EOF`` of the very cross-references that are used to read that revision.
"""

import re
from typing import Final

from rogatory_crypto.esign.pdf.embedded import Embedded
from rogatory_crypto.esign.pdf.reading import Reader
from rogatory_crypto.esign.report import Coverage

PADDED: Final = "there are {} bytes behind the signature in its place that nobody signed and nothing shows"
_END: Final = re.compile(rb"startxref[\x00\t\n\f\r ]*([0-9]{1,12})[\x00\t\n\f\r ]*%%EOF[\x00\t\n\f\r ]*\Z")
_TAIL_BYTES: Final = 1024


def placed_wrongly(document: bytes, item: Embedded) -> str:
    """Say what is wrong with a signature's place and byte range; empty where nothing is."""
    start, first, second, rest = item.ranges
    if start != 0 or not 0 < first < second or second + rest > len(document):
        return "the byte range is not two parts of the file in order"
    gap = memoryview(document)[first:second]
    if len(gap) != 2 * len(item.contents) + 2 or bytes(gap[:1]) != b"<" or bytes(gap[-1:]) != b">":
        return "the byte range leaves out more than the signature itself"
    if bytes(gap[1:-1]).lower() != item.contents.hex().encode():
        return "the byte range leaves out something else than the signature itself"
    return ""


def padding(item: Embedded) -> int:
    """Return how many bytes behind the signature in its place are not zero."""
    return len(item.contents[item.encoded_bytes :].strip(b"\x00"))


def coverage(reader: Reader, item: Embedded) -> tuple[Coverage, int]:
    """Return how much of the file a signature covers whose place is right, and the revision it speaks for."""
    xrefs = reader.xrefs
    last = xrefs.total_revisions - 1
    if item.end == len(reader.document):
        return Coverage.WHOLE_DOCUMENT, last
    ending = _END.search(reader.document[max(0, item.end - _TAIL_BYTES) : item.end])
    declared = -1 if ending is None else int(ending[1])
    # In a linearised file several sections of cross-references make one revision.
    for revision in range(item.revision, last + 1):
        if _behind(reader, revision, item.end):
            break
        if xrefs.get_startxref_for_revision(revision) == declared:
            earlier = range(item.revision)
            covered = not any(_behind(reader, each, item.end) for each in earlier)
            return (Coverage.REVISION, revision) if covered else (Coverage.PARTIAL, item.revision)
    return Coverage.PARTIAL, item.revision


def _behind(reader: Reader, revision: int, end: int) -> bool:
    """Tell whether cross-references, or what they name, stand behind the signed bytes."""
    if reader.xrefs.get_xref_container_info(revision).end_location > end:
        return True
    data = reader.xrefs.get_xref_data(revision)
    sections = [data, *([data.hybrid.xref_data] if data.hybrid else [])]
    return any(place >= end for section in sections for _generation, place in section.standard_xrefs.values())
