"""Reads a ZIP archive within limits, and only if every reader must see the same files in it.

Readers differ: some follow the directory at the end, some the headers in front of the files, some skip what
they do not understand. What two readers could see differently is refused: entries that overlap or leave gaps,
headers that disagree, names that are there twice or lead out of the folder, a second directory, encryption.
"""

import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from struct import Struct
from struct import error as struct_error
from types import MappingProxyType
from typing import Final
from unicodedata import category, normalize

from rogatory_crypto.errors import Code, PeerError

MAX_ENTRIES: Final = 4096
MAX_FILE_BYTES: Final = 128 * 1024 * 1024
MAX_TOTAL_BYTES: Final = 256 * 1024 * 1024
MAX_NAME_BYTES: Final = 1024
# A file may grow by this much however small it was, and above that by the ratio.
MAX_RATIO: Final = 200
FREE_BYTES: Final = 4 * 1024 * 1024

_END: Final = b"PK\x05\x06"
_END_BYTES: Final = 22
_COMMENT_BYTES: Final = 0xFFFF
_LOCAL: Final = Struct("<4s5H3L2H")
_LOCAL_MAGIC: Final = b"PK\x03\x04"
_DESCRIPTOR_MAGIC: Final = b"PK\x07\x08"
_ENCRYPTED: Final = 0x2041  # bits 0, 6 and 13 of the flags
_HAS_DESCRIPTOR: Final = 0x0008
_ZIP64: Final = 0xFFFFFFFF
_METHODS: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ESCAPING: Final = (
    zipfile.BadZipFile,
    zlib.error,
    struct_error,
    ValueError,
    EOFError,
    NotImplementedError,
    OSError,
    KeyError,
)
_UNICODE_PATH: Final = b"\x75\x70"


@dataclass(frozen=True, slots=True)
class Archive:
    """What is in an archive.

    Attributes:
        files: content by name, in the order of the directory; folders are left out.
        comment: on the whole archive.
        is_plain: whether the first file is ``mimetype``, stored as it is (EN 319 162-1 clause A.1).
    """

    files: Mapping[str, bytes]
    comment: bytes
    is_plain: bool


def read_archive(document: bytes) -> Archive:
    """Read every file of an archive.

    Raises:
        PeerError: MALFORMED where readers could differ on it, TOO_LARGE above a limit, UNSUPPORTED where it
            is encrypted or compressed in another way.
    """
    try:
        return _read(document)
    except _ESCAPING as error:
        raise PeerError(Code.MALFORMED, f"the archive cannot be read: {error}"[:300]) from error


def _read(document: bytes) -> Archive:
    _check_end(document)
    with zipfile.ZipFile(BytesIO(document)) as opened:
        entries = opened.infolist()
        _check_limits(entries)
        _check_names(entries)
        _check_places(document, entries, opened.start_dir)
        files = {
            _name(entry): opened.read(entry) for entry in entries if not entry.is_dir() or entry.file_size
        }
        first = min(entries, key=lambda entry: entry.header_offset)
        is_plain = _name(first) == "mimetype" and first.compress_type == zipfile.ZIP_STORED
        return Archive(MappingProxyType(files), opened.comment, is_plain)


def _check_end(document: bytes) -> None:
    """The end of the directory is there once and ends the document."""
    window = document[-(_END_BYTES + _COMMENT_BYTES) :]
    start = window.find(_END)
    if start < 0 or window.find(_END, start + 1) >= 0:
        raise PeerError(Code.MALFORMED, "the archive has not exactly one end")
    length = int.from_bytes(window[start + 20 : start + 22], "little")
    if start + _END_BYTES + length != len(window):
        raise PeerError(Code.MALFORMED, "there is something behind the end of the archive")
    if document[:4] != _LOCAL_MAGIC:
        raise PeerError(Code.MALFORMED, "there is something before the first file of the archive")


def _check_limits(entries: list[zipfile.ZipInfo]) -> None:
    if not entries:
        raise PeerError(Code.MALFORMED, "the archive is empty")
    if len(entries) > MAX_ENTRIES or sum(entry.file_size for entry in entries) > MAX_TOTAL_BYTES:
        raise PeerError(Code.TOO_LARGE, "an archive of this size")
    for entry in entries:
        if entry.flag_bits & _ENCRYPTED:
            raise PeerError(Code.UNSUPPORTED, "an encrypted file in the archive")
        if entry.compress_type not in _METHODS:
            raise PeerError(Code.UNSUPPORTED, f"compression {entry.compress_type} in the archive")
        allowed = FREE_BYTES + MAX_RATIO * entry.compress_size
        if entry.file_size > min(MAX_FILE_BYTES, allowed):
            raise PeerError(Code.TOO_LARGE, "a file in the archive that grows this much")


def _name(entry: zipfile.ZipInfo) -> str:
    """Return a name as it was meant: UTF-8 even where it is not said to be, as many writers do."""
    if entry.flag_bits & 0x800:
        return entry.filename
    try:
        return entry.filename.encode("cp437").decode()
    except UnicodeError:
        return entry.filename


def _check_names(entries: list[zipfile.ZipInfo]) -> None:
    seen: set[str] = set()
    for entry in entries:
        name = _name(entry)
        folded = normalize("NFC", name).casefold()
        if folded in seen:
            raise PeerError(Code.MALFORMED, f"the name {name[:80]!r} is there twice in the archive")
        seen.add(folded)
        if _leads_astray(name) or entry.orig_filename.split("\x00")[0] != entry.orig_filename:
            raise PeerError(Code.MALFORMED, f"the name {name[:80]!r} is not one for a file in an archive")


def _leads_astray(name: str) -> bool:
    parts = name.removesuffix("/").split("/")
    return (
        len(name.encode()) > MAX_NAME_BYTES
        or any(part in {"", ".", ".."} for part in parts)
        or "\\" in name
        or name[1:2] == ":"
        or any(category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp"} for character in name)
    )


def _check_places(document: bytes, entries: list[zipfile.ZipInfo], directory: int) -> None:
    """Every header in front of a file agrees with the directory, and the files lie side by side."""
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
    has_descriptor = bool(flags & _HAS_DESCRIPTOR)
    stated, actual = (crc, packed, size), (entry.CRC, entry.compress_size, entry.file_size)
    if (
        magic != _LOCAL_MAGIC
        or name != _raw_name(entry)
        or method != entry.compress_type
        or (flags ^ entry.flag_bits) & (_ENCRYPTED | _HAS_DESCRIPTOR)
        or not (_agrees(stated, actual) or (has_descriptor and stated == (0, 0, 0)))
        or _UNICODE_PATH in (_kinds(extra) | _kinds(entry.extra))
    ):
        raise PeerError(Code.MALFORMED, f"the header of {entry.filename[:80]!r} contradicts the directory")
    end = start + int(name_length) + int(extra_length) + entry.compress_size
    return end + (_descriptor_bytes(document, end, actual) if has_descriptor else 0)


def _agrees(stated: tuple[int, int, int], actual: tuple[int, int, int]) -> bool:
    return stated[0] == actual[0] and all(
        one in {other, _ZIP64} for one, other in zip(stated[1:], actual[1:], strict=True)
    )


def _raw_name(entry: zipfile.ZipInfo) -> bytes:
    return entry.orig_filename.encode("utf-8" if entry.flag_bits & 0x800 else "cp437")


def _kinds(extra: bytes) -> set[bytes]:
    return set(_extra_kinds(extra))


def _extra_kinds(extra: bytes) -> Iterator[bytes]:
    position = 0
    while position + 4 <= len(extra):
        yield extra[position : position + 2]
        position += 4 + int.from_bytes(extra[position + 2 : position + 4], "little")


def _descriptor_bytes(document: bytes, position: int, actual: tuple[int, int, int]) -> int:
    """Return the length of the data descriptor behind a file: with or without magic, in 32 or 64 bits."""
    for magic in (_DESCRIPTOR_MAGIC, b""):
        for width in (4, 8):
            sizes = b"".join(value.to_bytes(width, "little") for value in actual[1:])
            expected = magic + actual[0].to_bytes(4, "little") + sizes
            if document[position : position + len(expected)] == expected:
                return len(expected)
    raise PeerError(Code.MALFORMED, "a file in the archive is not followed by its descriptor")
