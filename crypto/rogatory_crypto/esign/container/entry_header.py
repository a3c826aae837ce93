"""That the header in front of a file says what the directory says of it (APPNOTE.TXT sections 4.3 to 4.5)."""

import zipfile
from collections.abc import Iterator
from struct import Struct, iter_unpack
from typing import Final

from rogatory_crypto.errors import Code, PeerError

ENCRYPTED: Final = 0x2041  # bits 0, 6 and 13 of the flags
HAS_DESCRIPTOR: Final = 0x0008
UTF8: Final = 0x0800
LOCAL_MAGIC: Final = b"PK\x03\x04"
_LOCAL: Final = Struct("<4s5H3L2H")
_DESCRIPTOR_MAGIC: Final = b"PK\x07\x08"
_ZIP64: Final = 0xFFFFFFFF
_ZIP64_EXTRA: Final = b"\x01\x00"
_UNICODE_PATH: Final = b"\x75\x70"
_EXTRA_HEADER_BYTES: Final = 4


def check_header(document: bytes, entry: zipfile.ZipInfo) -> tuple[range, int]:
    """Compare the header in front of a file with its entry in the directory.

    Returns:
        Where its packed octets lie, and where the next file begins.

    Raises:
        PeerError: MALFORMED where they contradict each other.
    """
    header = _LOCAL.unpack_from(document, entry.header_offset)
    magic, _, flags, method, _, _, crc, packed, size, name_length, extra_length = header
    start = entry.header_offset + _LOCAL.size
    name = document[start : start + name_length]
    start += int(name_length) + int(extra_length)
    has_descriptor = bool(flags & HAS_DESCRIPTOR)
    local = _wide_values(document[start - extra_length : start])
    stated, actual = _sizes(crc, packed, size, local), (entry.CRC, entry.compress_size, entry.file_size)
    flags_to_agree = ENCRYPTED | HAS_DESCRIPTOR | (0 if name.isascii() else UTF8)
    if (
        magic != LOCAL_MAGIC
        or name != _raw_name(entry)
        or method != entry.compress_type
        or (flags ^ entry.flag_bits) & flags_to_agree
        or not (stated == actual or (has_descriptor and stated == (0, 0, 0)))
        or not (_agree(local, entry) or (has_descriptor and local == [0, 0]))
        or not _agree(_wide_values(entry.extra), entry)
    ):
        raise PeerError(Code.MALFORMED, f"the header of {entry.filename[:80]!r} contradicts the directory")
    end = start + entry.compress_size
    return range(start, end), end + (_descriptor_bytes(document, end, actual) if has_descriptor else 0)


def _sizes(crc: int, packed: int, size: int, wide: list[int]) -> tuple[int, int, int]:
    """Return checksum and sizes in front of a file, from its extra field where they are there (ZIP64)."""
    if _ZIP64 not in {packed, size} or len(wide) < 2:
        return crc, packed, size
    return crc, wide[1], wide[0]


def _agree(wide: list[int], entry: zipfile.ZipInfo) -> bool:
    """Tell whether values in 64 bits are right, in their order; who reads them may do so in any case."""
    right = iter((entry.file_size, entry.compress_size, entry.header_offset))
    return all(value in right for value in wide)


def _raw_name(entry: zipfile.ZipInfo) -> bytes:
    return entry.orig_filename.encode("utf-8" if entry.flag_bits & UTF8 else "cp437")


def _wide_values(extra: bytes) -> list[int]:
    """Return the values in the one extra field for 64 bits; refuse fields that give a file another name."""
    fields = list(_each_extra(extra))
    wide = [content for kind, content in fields if kind == _ZIP64_EXTRA]
    if len(wide) > 1 or any(kind == _UNICODE_PATH for kind, _ in fields):
        raise PeerError(Code.MALFORMED, "an extra field that gives a file a second meaning")
    # The number of its disk may stand behind them, in 32 bits.
    return [value for content in wide for (value,) in iter_unpack("<Q", content[: len(content) // 8 * 8])]


def _each_extra(extra: bytes) -> Iterator[tuple[bytes, bytes]]:
    position = 0
    while position + _EXTRA_HEADER_BYTES <= len(extra):
        start = position + _EXTRA_HEADER_BYTES
        end = start + int.from_bytes(extra[position + 2 : start], "little")
        if end > len(extra):
            raise PeerError(Code.MALFORMED, "an extra field that is longer than its place")
        yield extra[position : position + 2], extra[start:end]
        position = end
    # Writers fill up with zeros so that what follows begins at a round place.
    if extra[position:].strip(b"\x00"):
        raise PeerError(Code.MALFORMED, "something behind the extra fields")


def _descriptor_bytes(document: bytes, position: int, actual: tuple[int, int, int]) -> int:
    """Return the length of the data descriptor behind a file: with or without magic, in 32 or 64 bits."""
    for magic in (_DESCRIPTOR_MAGIC, b""):
        for width in (4, 8):
            sizes = b"".join(value.to_bytes(width, "little") for value in actual[1:])
            expected = magic + actual[0].to_bytes(4, "little") + sizes
            if document[position : position + len(expected)] == expected:
                return len(expected)
    raise PeerError(Code.MALFORMED, "a file in the archive is not followed by its descriptor")
