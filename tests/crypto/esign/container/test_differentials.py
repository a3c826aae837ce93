"""What another ZIP tool would show is what was checked: where readers could differ, nothing is read."""

import struct
import zipfile
import zlib
from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.crypto.esign.container.material import LETTER, pack
from tests.crypto.esign.container.raw_zip import Entry, build, deflated, extra
from tests.effort import examples

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.esign.container.archive import read_archive

TYPE = Entry(b"mimetype", b"application/vnd.etsi.asic-s+zip")
NAME = b"letter.txt"
EVIL = b"Nothing is requested.\n"
CRC, SIZE = zlib.crc32(LETTER), len(LETTER)


def refused(document: bytes) -> Code:
    with pytest.raises(PeerError) as caught:
        read_archive(document)
    return caught.value.code


def wide(*values: int) -> bytes:
    """The ZIP64 field (APPNOTE.TXT section 4.5.3)."""
    return extra(1, b"".join(struct.pack("<Q", value) for value in values))


def forward(document: bytes) -> dict[str, bytes]:
    """Read as tools do that read a stream: headers in front of the files, and never the directory."""
    position, found = 0, {}
    while document[position : position + 4] == b"PK\x03\x04":
        fields = struct.unpack_from("<4s5H3L2H", document, position)
        flags, method, packed, size, name, more = (fields[place] for place in (2, 3, 7, 8, 9, 10))
        start = position + 30 + name + more
        extras = document[start - more : start]
        if packed == size == 0xFFFFFFFF and extras[:2] == b"\x01\x00":
            packed = struct.unpack_from("<Q", extras, 12)[0]
        if method:
            # Such readers stop where the stream ends, whatever the header says.
            unpacker = zlib.decompressobj(-15)
            content = unpacker.decompress(document[start:])
            packed = len(document) - start - len(unpacker.unused_data)
        else:
            content = document[start : start + packed]
        found[document[position + 30 : position + 30 + name].decode()] = content
        position = start + packed
        if flags & 8:
            position += 16 if document[position : position + 4] == b"PK\x07\x08" else 12
    return found


def backward(document: bytes) -> dict[str, bytes]:
    """Read as tools do that go from the end to where the directory says that it is."""
    end = document.rindex(b"PK\x05\x06")
    (position,) = struct.unpack_from("<L", document, end + 16)
    found = {}
    while document[position : position + 4] == b"PK\x01\x02":
        fields = struct.unpack_from("<4s6H3L5H2L", document, position)
        method, packed, name, more, comment, place = (fields[at] for at in (4, 8, 10, 11, 12, 16))
        title = document[position + 46 : position + 46 + name].decode()
        extras = document[position + 46 + name : position + 46 + name + more]
        if packed == 0xFFFFFFFF and extras[:2] == b"\x01\x00":
            packed = struct.unpack_from("<Q", extras, 12)[0]
        start = place + 30 + sum(struct.unpack_from("<2H", document, place + 26))
        octets = document[start : start + packed]
        found[title] = zlib.decompressobj(-15).decompress(octets) if method else octets
        position += 46 + name + more + comment
    return found


RIGHT = {
    "stored": Entry(NAME, LETTER),
    "deflated": Entry(NAME, LETTER, deflated(LETTER), 8),
    "sizes behind it": Entry(
        NAME, LETTER, deflated(LETTER), 8, 8, {"crc": 0, "packed": 0, "size": 0},
        descriptor=b"PK\x07\x08" + struct.pack("<3L", CRC, len(deflated(LETTER)), SIZE),
    ),
    "wide sizes in front of it": Entry(
        NAME, LETTER, None, 0, 0, {"packed": 0xFFFFFFFF, "size": 0xFFFFFFFF}, local_extra=wide(SIZE, SIZE)
    ),
    "wide sizes everywhere": Entry(
        NAME, LETTER, None, 0, 0,
        {"packed": 0xFFFFFFFF, "size": 0xFFFFFFFF}, {"packed": 0xFFFFFFFF, "size": 0xFFFFFFFF},
        wide(SIZE, SIZE), wide(SIZE, SIZE),
    ),
    "times of a Unix file": Entry(NAME, LETTER, local_extra=extra(0x5455, b"\x01" + bytes(4))),
    "a comment": Entry(NAME, LETTER, comment=b"the letter"),
}  # fmt: skip


@pytest.mark.parametrize("form", RIGHT)
def test_every_right_form_is_read(form: str) -> None:
    assert read_archive(build([TYPE, RIGHT[form]])).files["letter.txt"] == LETTER


WRONG = {
    "more in the stream than the size says": Entry(
        NAME, LETTER, deflated(LETTER + EVIL), 8
    ),
    "something behind the end of the stream": Entry(NAME, LETTER, deflated(LETTER) + EVIL, 8),
    "two streams one behind the other": Entry(NAME, LETTER, deflated(LETTER) + deflated(EVIL), 8),
    "a stream without an end": Entry(NAME, LETTER, deflated(LETTER, final=False), 8),
    "stored with more than the size says": Entry(NAME, LETTER, LETTER + EVIL),
    "another size in front of it": Entry(NAME, LETTER, local={"size": 5}),
    "another checksum in front of it": Entry(NAME, LETTER, local={"crc": 5}),
    "another packed size in front of it": Entry(NAME, LETTER, LETTER + EVIL, local={"packed": SIZE}),
    "wide sizes that contradict in front of it": Entry(NAME, LETTER, local_extra=wide(5, 5)),
    "wide sizes that contradict in the directory": Entry(NAME, LETTER, central_extra=wide(5, 5)),
    "a wide place that contradicts": Entry(NAME, LETTER, central_extra=wide(SIZE, SIZE, 7)),
    "wide sizes twice in front of it": Entry(
        NAME, LETTER, None, 0, 0, {"packed": 0xFFFFFFFF, "size": 0xFFFFFFFF},
        local_extra=wide(5, 5) + wide(SIZE, SIZE),
    ),
    "wide sizes said to be there and absent": Entry(
        NAME, LETTER, None, 0, 0, {"packed": 0xFFFFFFFF, "size": 0xFFFFFFFF}
    ),
    "another name in an extra field": Entry(
        NAME, LETTER, central_extra=extra(0x7075, b"\x01" + struct.pack("<L", zlib.crc32(NAME)) + b"evil.txt")
    ),
    "another name in an extra field in front of it": Entry(
        NAME, LETTER, local_extra=extra(0x7075, b"\x01" + struct.pack("<L", zlib.crc32(NAME)) + b"evil.txt")
    ),
    "an extra field longer than its place": Entry(NAME, LETTER, local_extra=b"\x55\x54\xff\x00"),
    "sizes behind it that are not announced": Entry(
        NAME, LETTER, descriptor=b"PK\x07\x08" + struct.pack("<3L", CRC, SIZE, SIZE)
    ),
    "sizes behind it that contradict": Entry(
        NAME, LETTER, None, 0, 8, {"crc": 0, "packed": 0, "size": 0},
        descriptor=b"PK\x07\x08" + struct.pack("<3L", CRC, SIZE, 5),
    ),
    "a patched file": Entry(NAME, LETTER, flags=0x20),
    "a masked header": Entry(NAME, LETTER, flags=0x2000),
}  # fmt: skip


@pytest.mark.parametrize("form", WRONG)
def test_two_meanings_of_one_file_are_refused(form: str) -> None:
    assert refused(build([TYPE, WRONG[form]])) in {Code.MALFORMED, Code.UNSUPPORTED}


def test_a_directory_that_lies_elsewhere_than_it_says_is_refused() -> None:
    """A reader that goes to the place stated finds another directory, here in a comment of the first."""
    hidden = build([Entry(NAME, EVIL)])
    comment = hidden[hidden.index(b"PK\x01\x02") : hidden.index(b"PK\x05\x06")]
    for shift in (1, 46, 46 + len(b"mimetype"), -1, -10):
        right = [Entry(TYPE.name, TYPE.content, comment=comment), Entry(NAME, LETTER)]
        document = build(right, directory_offset=shift, entry_offset=max(shift, 0))
        assert refused(document) is Code.MALFORMED, shift


def nested(comment: bytes = b"") -> bytes:
    return pack({"annex.txt": EVIL}, comment=comment, compress=False)


def test_an_archive_inside_of_the_archive_is_a_file_like_any_other() -> None:
    """Word files and other containers are archives; what is stored as it is shows its end as well."""
    for content in (nested(), nested(b"a note"), pack({"a": nested()}, compress=False)):
        files = read_archive(build([TYPE, Entry(b"annex.zip", content)])).files
        assert files["annex.zip"] == content


def test_an_archive_inside_that_reaches_to_the_end_is_refused() -> None:
    """A reader that takes the first end whose comment ends the file would see the inner one."""
    inner = nested()
    outer = build([TYPE, Entry(b"annex.zip", inner)])
    behind = len(outer) - outer.index(inner) - len(inner)
    crafted = inner[:-2] + struct.pack("<H", behind)
    assert refused(build([TYPE, Entry(b"annex.zip", crafted)])) is Code.MALFORMED


@pytest.mark.parametrize("place", ["extra field", "comment of a file", "comment of the archive", "directory"])
def test_an_end_outside_of_a_file_is_refused(place: str) -> None:
    end = nested()[-22:]
    match place:
        case "extra field":
            document = build([TYPE, Entry(NAME, LETTER, local_extra=extra(0x9999, end))])
        case "comment of a file":
            document = build([TYPE, Entry(NAME, LETTER, comment=end)])
        case "comment of the archive":
            document = build([TYPE, Entry(NAME, LETTER)], comment=end)
        case _:
            document = build([TYPE, Entry(NAME, LETTER)], before_end=end)
    assert refused(document) is Code.MALFORMED


def test_what_is_read_is_what_every_other_reader_sees() -> None:
    for files in ({"mimetype": TYPE.content, "letter.txt": LETTER}, {"a/b.txt": b"", "c": EVIL * 50}):
        document = pack(files)
        assert forward(document) == backward(document) == dict(read_archive(document).files) == files


VALUES = st.sampled_from(
    [0, 1, 5, SIZE, SIZE + len(EVIL), len(deflated(LETTER)), 0xFFFFFFFF, CRC, zlib.crc32(EVIL)]
)
CHANGES = st.dictionaries(st.sampled_from(["crc", "packed", "size"]), VALUES, max_size=3)
EXTRAS = st.sampled_from(
    [b"", wide(SIZE, SIZE), wide(SIZE, len(deflated(LETTER))), wide(0, 0), wide(5), bytes(3)]
)
DESCRIPTOR = struct.pack("<4s3L", b"PK\x07\x08", CRC, len(deflated(LETTER)), SIZE)
FIELDS: dict[str, st.SearchStrategy[object]] = {
    "content": st.sampled_from([LETTER, LETTER + EVIL, b""]),
    "packed": st.sampled_from([None, deflated(LETTER), deflated(LETTER) + EVIL, deflated(LETTER + EVIL)]),
    "method": st.sampled_from([0, 8]),
    "flags": st.sampled_from([0, 8, 0x800]),
    "local": CHANGES,
    "central": CHANGES,
    "local_extra": EXTRAS,
    "central_extra": EXTRAS,
    "comment": st.sampled_from([b"", b"PK\x01\x02", b"PK\x05\x06"]),
    "descriptor": st.sampled_from([b"", DESCRIPTOR, DESCRIPTOR[4:]]),
}


@st.composite
def entries(draw: st.DrawFn) -> Entry:
    """A right entry of which up to three fields are others."""
    chosen = draw(st.lists(st.sampled_from(sorted(FIELDS)), max_size=3, unique=True))
    changes: dict[str, Any] = {name: draw(FIELDS[name]) for name in chosen}
    return replace(draw(st.sampled_from(list(RIGHT.values()))), **changes)


@settings(max_examples=examples(400), deadline=None)
@given(entries(), st.sampled_from([0, 0, 0, 1, 46, -46]), st.sampled_from([0, 0, 0, 1, 46]))
def test_no_contradiction_that_is_read_means_two_things(entry: Entry, directory: int, place: int) -> None:
    document = build([TYPE, entry], directory_offset=directory, entry_offset=place)
    try:
        files = dict(read_archive(document).files)
    except PeerError:
        return
    assert forward(document) == files
    assert backward(document) == files
    with zipfile.ZipFile(BytesIO(document)) as opened:
        assert {name: opened.read(name) for name in opened.namelist()} == files


@pytest.mark.parametrize("other", ["letter.txt.", "letter.txt ", "LETTER.TXT", "letter.txt/again"])
def test_names_that_are_one_file_on_a_disk_are_refused(other: str) -> None:
    """Windows leaves out dots and spaces at the end of a name; nowhere is a file a folder as well."""
    assert refused(pack({"letter.txt": LETTER, other: EVIL})) is Code.MALFORMED
