"""Where the parts of an archive lie, and that its headers say the same twice (APPNOTE.TXT section 4.3)."""

import zipfile
from collections.abc import Iterator
from struct import Struct
from typing import Final

from rogatory_crypto.errors import Code, PeerError

ENCRYPTED: Final = 0x2041  # bits 0, 6 and 13 of the flags
HAS_DESCRIPTOR: Final = 0x0008
UTF8: Final = 0x0800
_END: Final = b"PK\x05\x06"
_END_BYTES: Final = 22
MAX_DIRECTORY_BYTES: Final = 1024 * 1024
_COMMENT_BYTES: Final = 0xFFFF
_ENTRY: Final = Struct("<28x3H12x")
_LOCAL: Final = Struct("<4s5H3L2H")
_LOCAL_MAGIC: Final = b"PK\x03\x04"
_DESCRIPTOR_MAGIC: Final = b"PK\x07\x08"
_ZIP64: Final = 0xFFFFFFFF
_ZIP64_LOCATOR: Final = b"PK\x06\x07"
_ZIP64_LOCATOR_BYTES: Final = 20
_ZIP64_EXTRA: Final = b"\x01\x00"
_UNICODE_PATH: Final = b"\x75\x70"


def check_end(document: bytes) -> None:
    """Check that the end of the directory is there once and ends the document, and a file begins it.

    Raises:
        PeerError: MALFORMED where it is not so.
    """
    window = document[-(_END_BYTES + _COMMENT_BYTES) :]
    start = window.find(_END)
    if start < 0 or window.find(_END, start + 1) >= 0:
        raise PeerError(Code.MALFORMED, "the archive has not exactly one end")
    length = int.from_bytes(window[start + 20 : start + 22], "little")
    if start + _END_BYTES + length != len(window):
        raise PeerError(Code.MALFORMED, "there is something behind the end of the archive")
    # A second directory for archives over 4 GiB, which no document here can be: some readers follow it.
    end = len(document) - len(window) + start
    locator = document[max(0, end - _ZIP64_LOCATOR_BYTES) : end]
    if locator.startswith(_ZIP64_LOCATOR):
        raise PeerError(Code.MALFORMED, "the archive has a second directory")
    if int.from_bytes(window[start + 12 : start + 16], "little") > MAX_DIRECTORY_BYTES:
        raise PeerError(Code.TOO_LARGE, "an archive with this many files")
    if document[:4] != _LOCAL_MAGIC:
        raise PeerError(Code.MALFORMED, "there is something before the first file of the archive")


def check_directory(document: bytes, count: int, opened: zipfile.ZipFile) -> None:
    """Check that the archive is in one part, and that its directory is as long as its entries say.

    Raises:
        PeerError: MALFORMED where it is not.
    """
    end = len(document) - len(opened.comment) - _END_BYTES
    stated = [int.from_bytes(document[end + at : end + at + 2], "little") for at in (4, 6, 8, 10)]
    position = opened.start_dir
    for _ in range(count):
        position += _ENTRY.size + sum(_ENTRY.unpack_from(document, position))
    if stated != [0, 0, count, count] or position != end:
        raise PeerError(Code.MALFORMED, "the directory of the archive contradicts itself")


def check_places(document: bytes, entries: list[zipfile.ZipInfo], directory: int) -> None:
    """Check that each header in front of a file agrees with the directory, and that files lie side by side.

    Raises:
        PeerError: MALFORMED where they do not.
    """
    position = 0
    for entry in sorted(entries, key=lambda each: each.header_offset):
        if entry.header_offset != position:
            raise PeerError(Code.MALFORMED, "the files of the archive overlap or leave a gap")
        position = max(_ends(document, entry), position + 1)
    if position != directory:
        raise PeerError(
            Code.MALFORMED, "there is something between the files of the archive and its directory"
        )


def _ends(document: bytes, entry: zipfile.ZipInfo) -> int:
    """Return where a file ends, its header having been compared with the directory."""
    header = _LOCAL.unpack_from(document, entry.header_offset)
    magic, _, flags, method, _, _, crc, packed, size, name_length, extra_length = header
    start = entry.header_offset + _LOCAL.size
    name = document[start : start + name_length]
    extra = document[start + name_length : start + name_length + extra_length]
    has_descriptor = bool(flags & HAS_DESCRIPTOR)
    stated, actual = _sizes(crc, packed, size, extra), (entry.CRC, entry.compress_size, entry.file_size)
    flags_to_agree = ENCRYPTED | HAS_DESCRIPTOR | (0 if name.isascii() else UTF8)
    if (
        magic != _LOCAL_MAGIC
        or name != _raw_name(entry)
        or method != entry.compress_type
        or (flags ^ entry.flag_bits) & flags_to_agree
        or not (stated == actual or (has_descriptor and stated == (0, 0, 0)))
        or _UNICODE_PATH in _extras(extra) | _extras(entry.extra)
    ):
        raise PeerError(Code.MALFORMED, f"the header of {entry.filename[:80]!r} contradicts the directory")
    end = start + int(name_length) + int(extra_length) + entry.compress_size
    return end + (_descriptor_bytes(document, end, actual) if has_descriptor else 0)


def _sizes(crc: int, packed: int, size: int, extra: bytes) -> tuple[int, int, int]:
    """Return checksum and sizes in front of a file, from its extra field where they are there (ZIP64)."""
    if _ZIP64 not in {packed, size}:
        return crc, packed, size
    wide = _extras(extra).get(_ZIP64_EXTRA, b"")
    return crc, int.from_bytes(wide[8:16], "little"), int.from_bytes(wide[:8], "little")


def _raw_name(entry: zipfile.ZipInfo) -> bytes:
    return entry.orig_filename.encode("utf-8" if entry.flag_bits & UTF8 else "cp437")


def _extras(extra: bytes) -> dict[bytes, bytes]:
    return dict(_each_extra(extra))


def _each_extra(extra: bytes) -> Iterator[tuple[bytes, bytes]]:
    position = 0
    while position + 4 <= len(extra):
        end = position + 4 + int.from_bytes(extra[position + 2 : position + 4], "little")
        yield extra[position : position + 2], extra[position + 4 : end]
        position = end


def _descriptor_bytes(document: bytes, position: int, actual: tuple[int, int, int]) -> int:
    """Return the length of the data descriptor behind a file: with or without magic, in 32 or 64 bits."""
    for magic in (_DESCRIPTOR_MAGIC, b""):
        for width in (4, 8):
            sizes = b"".join(value.to_bytes(width, "little") for value in actual[1:])
            expected = magic + actual[0].to_bytes(4, "little") + sizes
            if document[position : position + len(expected)] == expected:
                return len(expected)
    raise PeerError(Code.MALFORMED, "a file in the archive is not followed by its descriptor")
