"""Where the parts of an archive lie: one directory, one end, files side by side (APPNOTE.TXT section 4.3)."""

import zipfile
from collections.abc import Mapping
from struct import Struct
from typing import Final

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.esign.container.entry_header import LOCAL_MAGIC, check_header

_END: Final = b"PK\x05\x06"
_END_BYTES: Final = 22
MAX_DIRECTORY_BYTES: Final = 1024 * 1024
_COMMENT_BYTES: Final = 0xFFFF
_ENTRY: Final = Struct("<28x3H12x")
_ZIP64_LOCATOR: Final = b"PK\x06\x07"
_ZIP64_LOCATOR_BYTES: Final = 20


def check_end(document: bytes) -> None:
    """Check that the end of the directory ends the document, and a file begins it.

    Raises:
        PeerError: MALFORMED where it is not so, TOO_LARGE for a directory that is.
    """
    end = _last_end(document)
    # A second directory for archives over 4 GiB, which no document here can be: some readers follow it.
    locator = document[max(0, end - _ZIP64_LOCATOR_BYTES) : end]
    if locator.startswith(_ZIP64_LOCATOR):
        raise PeerError(Code.MALFORMED, "the archive has a second directory")
    if int.from_bytes(document[end + 12 : end + 16], "little") > MAX_DIRECTORY_BYTES:
        raise PeerError(Code.TOO_LARGE, "an archive with this many files")
    if document[:4] != LOCAL_MAGIC:
        raise PeerError(Code.MALFORMED, "there is something before the first file of the archive")


def _last_end(document: bytes) -> int:
    start = document.rfind(_END, max(0, len(document) - _END_BYTES - _COMMENT_BYTES))
    if start < 0:
        raise PeerError(Code.MALFORMED, "the archive has no end")
    if not _ends_here(document, start):
        raise PeerError(Code.MALFORMED, "there is something behind the end of the archive")
    return start


def _ends_here(document: bytes, start: int) -> bool:
    length = int.from_bytes(document[start + 20 : start + 22], "little")
    return start + _END_BYTES + length == len(document)


def check_directory(document: bytes, count: int, opened: zipfile.ZipFile) -> None:
    """Check that the archive is in one part, and its directory where and as long as it says.

    Raises:
        PeerError: MALFORMED where it is not.
    """
    end = len(document) - len(opened.comment) - _END_BYTES
    stated = [int.from_bytes(document[end + at : end + at + 2], "little") for at in (4, 6, 8, 10)]
    begins = int.from_bytes(document[end + 16 : end + 20], "little")
    position = opened.start_dir
    for _ in range(count):
        position += _ENTRY.size + sum(_ENTRY.unpack_from(document, position))
    if stated != [0, 0, count, count] or begins != opened.start_dir or position != end:
        raise PeerError(Code.MALFORMED, "the directory of the archive contradicts itself")


def check_places(document: bytes, entries: list[zipfile.ZipInfo], directory: int) -> Mapping[str, range]:
    """Check that each header in front of a file agrees with the directory, and that files lie side by side.

    Returns:
        Where the packed octets of each file lie, by its name in the directory.

    Raises:
        PeerError: MALFORMED where they do not.
    """
    position, places = 0, {}
    for entry in sorted(entries, key=lambda each: each.header_offset):
        if entry.header_offset != position:
            raise PeerError(Code.MALFORMED, "the files of the archive overlap or leave a gap")
        places[entry.orig_filename], end = check_header(document, entry)
        position = max(end, position + 1)
    if position != directory:
        raise PeerError(
            Code.MALFORMED, "there is something between the files of the archive and its directory"
        )
    _check_other_ends(document, list(places.values()))
    return places


def _check_other_ends(document: bytes, places: list[range]) -> None:
    """Check that what looks like another end is inside of a file, and is not the end of this archive.

    A file may be an archive itself and then has an end of its own. Readers look for one from behind, in the
    last 64 KiB and where its comment ends the document.
    """
    window = max(0, len(document) - _END_BYTES - _COMMENT_BYTES)
    start = document.rfind(_END, window, _last_end(document))
    while start >= 0:
        inside = any(start in place and start + len(_END) <= place.stop for place in places)
        if not inside or _ends_here(document, start):
            raise PeerError(Code.MALFORMED, "the archive has not exactly one end")
        start = document.rfind(_END, window, start)
