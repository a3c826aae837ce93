import struct
import warnings
import zipfile
from collections.abc import Callable
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.crypto.esign.container.material import LETTER, MADE_AT, pack
from tests.effort import examples

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.esign.container.archive import MAX_ENTRIES, read_archive

FILES = {"mimetype": b"application/vnd.etsi.asic-s+zip", "letter.txt": LETTER}


def refused(document: bytes) -> Code:
    with pytest.raises(PeerError) as caught:
        read_archive(document)
    return caught.value.code


def with_entries(*entries: zipfile.ZipInfo) -> bytes:
    made = BytesIO()
    with zipfile.ZipFile(made, "w") as opened:
        for entry in entries:
            opened.writestr(entry, LETTER)
    return made.getvalue()


def in_directory(document: bytes, name: str, at: int, value: bytes) -> bytes:
    """Change bytes of the entry of a file in the directory at the end."""
    place = document.rindex(name.encode()) - 46 + at
    return document[:place] + value + document[place + len(value) :]


def test_what_is_packed_is_read() -> None:
    archive = read_archive(pack(FILES, comment=b"made by an office"))
    assert dict(archive.files) == FILES
    assert archive.comment == b"made by an office"
    assert archive.is_plain


def test_archives_with_data_descriptors_are_read() -> None:
    made = _Stream()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as stream:
        for name, content in FILES.items():
            stream.writestr(name, content)
    assert b"PK\x07\x08" in made.getvalue()
    assert dict(read_archive(made.getvalue()).files) == FILES


class _Stream(BytesIO):
    """Makes the writer put sizes behind the files."""

    def tell(self) -> int:
        raise OSError("a stream has no places")


@pytest.mark.parametrize(
    "name",
    ["../letter.txt", "/etc/passwd", "a//b", "./a", "a/../b", "C:letter.txt", "a\\b", "a\u202eb.txt", "a\nb"],
)
def test_names_that_lead_astray_are_refused(name: str) -> None:
    assert refused(pack({**FILES, name: LETTER})) is Code.MALFORMED


@pytest.mark.parametrize("name", ["letter.txt", "Letter.TXT", "mimetype", "Mimetype"])
def test_names_that_are_there_twice_are_refused_whatever_their_case(name: str) -> None:
    made = BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(made, "w") as opened:
        warnings.simplefilter("ignore")
        for each in (*FILES, name):
            opened.writestr(each, FILES.get(each, b"another"))
    assert refused(made.getvalue()) is Code.MALFORMED


def test_symbolic_links_are_refused() -> None:
    link = zipfile.ZipInfo("letter.txt", MADE_AT)
    link.create_system, link.external_attr = 3, 0o120777 << 16
    assert refused(with_entries(link)) is Code.MALFORMED


def test_encrypted_files_are_refused() -> None:
    document = bytearray(pack(FILES))
    for magic, at in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        document[document.index(magic) + at] |= 1
    assert refused(bytes(document)) is Code.UNSUPPORTED


def test_other_compression_is_refused() -> None:
    made = BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_BZIP2) as opened:
        opened.writestr("letter.txt", LETTER)
    assert refused(made.getvalue()) is Code.UNSUPPORTED


@pytest.mark.parametrize(
    "change",
    [
        lambda document: b"MZ" + document,
        lambda document: document + b"\x00",
        lambda document: document + document,
        lambda document: document[:-22] + b"PK\x06\x07" + bytes(16) + document[-22:],
        lambda document: document.replace(b"letter.txt", b"better.txt", 1),
        lambda document: in_directory(document, "letter.txt", 16, b"\x00"),
        lambda document: in_directory(document, "letter.txt", 24, struct.pack("<L", 5)),
        lambda document: in_directory(document, "letter.txt", 42, struct.pack("<L", 0)),
        lambda document: in_directory(document, "letter.txt", 28, struct.pack("<H", 200)),
        lambda document: document[:-22] + document[-22:].replace(b"\x02\x00\x02\x00", b"\x01\x00\x01\x00"),
    ],
    ids=[
        "something before it",
        "something behind it",
        "two archives",
        "a second directory",
        "another name in front of the file",
        "another checksum",
        "another size",
        "two files in one place",
        "a longer name than there is",
        "fewer files than there are",
    ],
)
def test_what_two_readers_could_see_differently_is_refused(change: Callable[[bytes], bytes]) -> None:
    assert refused(change(pack(FILES))) is Code.MALFORMED


def test_gaps_between_files_are_refused() -> None:
    document = pack(FILES)
    directory = document.index(b"PK\x01\x02")
    moved = document[:directory] + b"hidden" + document[directory:-6]
    moved += struct.pack("<LH", directory + 6, 0)
    assert refused(moved) is Code.MALFORMED


def test_what_grows_too_much_is_refused_before_it_is_unpacked() -> None:
    assert refused(pack({"zeros.bin": bytes(8 * 1024 * 1024)})) is Code.TOO_LARGE


def test_too_many_files_are_refused() -> None:
    document = pack({f"{number}": b"" for number in range(MAX_ENTRIES + 1)})
    assert refused(document) is Code.TOO_LARGE


def test_a_directory_that_is_too_long_is_refused_before_it_is_read() -> None:
    document = pack(FILES)
    claimed = document[:-10] + struct.pack("<L", 2**30) + document[-6:]
    assert refused(claimed) is Code.TOO_LARGE


@settings(max_examples=examples(300), deadline=None)
@given(st.data())
def test_any_change_to_an_archive_is_read_or_refused_and_nothing_else(data: st.DataObject) -> None:
    document = bytearray(pack(FILES))
    for _ in range(data.draw(st.integers(1, 4))):
        document[data.draw(st.integers(0, len(document) - 1))] = data.draw(st.integers(0, 255))
    try:
        archive = read_archive(bytes(document))
    except PeerError:
        return
    assert dict(archive.files) == FILES


@settings(max_examples=examples(100), deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(tail: bytes) -> None:
    with pytest.raises(PeerError):
        read_archive(b"PK\x03\x04" + tail)
