"""An object stream that was signed is never written again: all revisions would read the new one."""

import re
from collections.abc import Mapping

from tests.crypto.esign.pdf.builder import FONT, Objects, current, plain, stream
from tests.crypto.esign.pdf.material import checked, office, sealed

from rogatory_crypto.esign import Indication

HEADER = b"%PDF-1.7\n%\x80\x80\x80\x80\n"
PACKED, TABLE, LENGTH = 8, 9, 10

Entries = dict[int, tuple[int, int, int]]


def packed(objects: Objects, length: bytes = b"") -> bytes:
    """An object stream (ISO 32000-1 section 7.5.7)."""
    bodies = b" ".join(objects.values())
    places = [bodies.index(value) for value in objects.values()]
    head = b"".join(b"%d %d " % pair for pair in zip(objects, places, strict=True))
    made = stream(head + bodies, b"/Type/ObjStm/N %d/First %d" % (len(objects), len(head)))
    return re.sub(rb"/Length \d+", b"/Length " + length, made, count=1) if length else made


def appended(document: bytes, objects: Objects, entries: Entries, table: int, more: bytes = b"") -> bytes:
    """A file with objects and a cross-reference stream for them behind it (section 7.5.8)."""
    for number, value in objects.items():
        entries[number] = (1, len(document), 0)
        document += b"%d 0 obj\n%s\nendobj\n" % (number, value)
    place = len(document)
    entries[table] = (1, place, 0)
    rows = [entries[number] for number in sorted(entries)]
    data = b"".join(b"%c%s%s" % (kind, at.to_bytes(4, "big"), of.to_bytes(2, "big")) for kind, at, of in rows)
    index = b" ".join(b"%d 1" % number for number in sorted(entries))
    about = b"/Type/XRef/W[1 4 2]/Index[%s]/Size %d/Root 1 0 R%s" % (index, max(entries) + 1, more)
    return document + b"%d 0 obj\n%s\nendobj\nstartxref\n%d\n%%%%EOF\n" % (table, stream(data, about), place)


def signed(length: bytes = b"", more: Mapping[int, bytes] | None = None) -> bytes:
    """A page whose font has its encoding in an object stream."""
    objects = plain(more={PACKED: packed(ENCODING, length), **(more or {})})
    objects[5] = FONT[:-2] + b"/Encoding 6 0 R>>"
    document = appended(HEADER, objects, {0: (0, 0, 65535), 6: (2, PACKED, 0)}, TABLE)
    return sealed(office(), document=document)


def with_store(document: bytes, objects: Objects) -> bytes:
    """An update that calls objects validation data."""
    named = b" ".join(b"%d 0 R" % number for number in objects)
    root = current(document, 1).rstrip()[:-2] + b"/DSS<</Certs[%s]>>>>" % named
    previous = int(re.findall(rb"startxref\s+(\d+)", document)[-1])
    return appended(document, {1: root, **objects}, {}, 40, b"/Prev %d" % previous)


ENCODING = {6: b"<</Type/Encoding/Differences[49/one]>>"}
OTHER = {6: b"<</Type/Encoding/Differences[49/nine]>>"}


def test_validation_data_beside_an_object_stream_pass() -> None:
    document = with_store(signed(), {41: stream(b"certificate")})
    assert checked(document).indication is Indication.TOTAL_PASSED


def test_object_stream_in_the_place_of_validation_data_fails() -> None:
    """ISO 32000-1 section 7.5.7: nothing names it, so nothing else shows that it is not the store's own."""
    document = with_store(signed(), {PACKED: packed(OTHER)})
    assert checked(document).indication is Indication.TOTAL_FAILED


def test_length_of_an_object_stream_in_the_place_of_validation_data_fails() -> None:
    """Section 7.3.8.2: the length may be an object of its own, which only the stream names."""
    length = b"%d" % (len(b"6 0 ") + len(ENCODING[6]))
    before = signed(b"%d 0 R" % LENGTH, {LENGTH: length})
    assert checked(before).indication is Indication.TOTAL_PASSED
    assert checked(with_store(before, {LENGTH: b"0" + length})).indication is Indication.TOTAL_FAILED
