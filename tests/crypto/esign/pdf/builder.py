"""PDF files written by hand, and incremental updates of them (ISO 32000-1 sections 7.5.1 to 7.5.6)."""

import re
from collections.abc import Mapping

Objects = Mapping[int, bytes]

TEXT = b"BT /F1 12 Tf 72 700 Td (The sum is 100) Tj ET"
FONT = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"


def stream(content: bytes, more: bytes = b"") -> bytes:
    return b"<</Length %d%s>>stream\n%s\nendstream" % (len(content), more, content)


def plain(
    content: bytes = TEXT, root: bytes = b"", page: bytes = b"", more: Objects | None = None
) -> Objects:
    """One page of text; object 1 is the catalogue, 3 the page, 4 its content, 5 its font."""
    return {
        1: b"<</Type/Catalog/Pages 2 0 R%s>>" % root,
        2: b"<</Type/Pages/Count 1/Kids[3 0 R]>>",
        3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R"
        b"/Resources<</Font<</F1 5 0 R>>>>%s>>" % page,
        4: stream(content),
        5: FONT,
        **(more or {}),
    }


def written(objects: Objects) -> bytes:
    """A whole file."""
    return _appended(b"%PDF-1.7\n%\x80\x80\x80\x80\n", objects, {0: b"0000000000 65535 f \n"}, b"")


def updated(document: bytes, objects: Objects, *, free: tuple[int, ...] = ()) -> bytes:
    """A file with an incremental update."""
    previous = int(re.findall(rb"startxref\s+(\d+)", document)[-1])
    freed = dict.fromkeys(free, b"0000000000 00001 f \n")
    return _appended(document, objects, freed, b"/Prev %d" % previous)


def size(document: bytes) -> int:
    """How many objects the last trailer counts."""
    return int(re.findall(rb"/Size (\d+)", document)[-1])


def current(document: bytes, number: int) -> bytes:
    """What stands in the last definition of an object."""
    found: list[bytes] = re.findall(rb"\n%d 0 obj\s(.*?)\sendobj" % number, document, re.DOTALL)
    return found[-1]


def root(document: bytes) -> int:
    """The number of the catalogue."""
    return int(re.findall(rb"/Root (\d+)", document)[-1])


def _appended(start: bytes, objects: Objects, entries: dict[int, bytes], trailer: bytes) -> bytes:
    document = start
    for number, value in objects.items():
        entries[number] = b"%010d 00000 n \n" % (len(document) + 1)
        document += b"\n%d 0 obj\n%s\nendobj\n" % (number, value)
    place = len(document)
    document += b"xref\n" + b"".join(b"%d 1\n%s" % (number, entries[number]) for number in sorted(entries))
    count = max(max(entries, default=0) + 1, size(start) if b"/Size" in start else 0)
    first = root(start) if b"/Root" in start else 1
    return document + b"trailer\n<</Size %d/Root %d 0 R%s>>\nstartxref\n%d\n%%%%EOF\n" % (
        count, first, trailer, place,
    )  # fmt: skip
