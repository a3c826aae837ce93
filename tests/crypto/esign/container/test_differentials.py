"""What another ZIP tool would show is what was checked: where readers could differ, nothing is read."""

import struct
import zipfile
import zlib
from io import BytesIO

import pytest
from tests.crypto.esign.container.material import LETTER, pack
from tests.crypto.esign.container.raw_zip import Entry, build, deflated, extra

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
        _, _, _, method, _, _, _, packed, _, name, more = struct.unpack_from("<4s5H3L2H", document, position)
        start = position + 30 + name + more
        octets = document[start : start + packed]
        found[document[position + 30 : position + 30 + name].decode()] = (
            zlib.decompress(octets, -15) if method else octets
        )
        position = start + packed
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


def test_what_is_read_is_what_a_reader_of_streams_and_a_reader_of_directories_see() -> None:
    for files in ({"mimetype": TYPE.content, "letter.txt": LETTER}, {"a/b.txt": b"", "c": EVIL * 50}):
        document = pack(files)
        assert forward(document) == dict(read_archive(document).files) == files
        with zipfile.ZipFile(BytesIO(document)) as opened:
            assert {name: opened.read(name) for name in opened.namelist()} == files


@pytest.mark.parametrize("other", ["letter.txt.", "letter.txt ", "LETTER.TXT", "letter.txt/again"])
def test_names_that_are_one_file_on_a_disk_are_refused(other: str) -> None:
    """Windows leaves out dots and spaces at the end of a name; nowhere is a file a folder as well."""
    assert refused(pack({"letter.txt": LETTER, other: EVIL})) is Code.MALFORMED
