"""Reads a ZIP archive within limits, and only if every reader must see the same files in it.

Readers differ: some follow the directory at the end, some the headers in front of the files, some skip what
they do not understand. What two readers could see differently is refused: entries that overlap or leave gaps,
headers that disagree, names that are there twice or lead out of the folder, a second directory, encryption.
"""

import stat
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from struct import error as struct_error
from types import MappingProxyType
from typing import Final
from unicodedata import category, normalize

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.esign.container.entry_header import ENCRYPTED, HAS_DESCRIPTOR, UTF8
from rogatory_crypto.esign.container.placement import check_directory, check_end, check_places
from rogatory_crypto.esign.container.unpacking import unpack

MAX_ENTRIES: Final = 4096
MAX_FILE_BYTES: Final = 128 * 1024 * 1024
MAX_TOTAL_BYTES: Final = 256 * 1024 * 1024
MAX_NAME_BYTES: Final = 1024
MAX_DEPTH: Final = 64
# A file may grow by this much however small it was, and above that by the ratio.
MAX_RATIO: Final = 200
FREE_BYTES: Final = 4 * 1024 * 1024

_KNOWN_FLAGS: Final = 0x0006 | HAS_DESCRIPTOR | UTF8
# The kind of file in the upper half of the attributes that Unix writers set; 0 where others wrote it.
_KINDS_OF_FILE: Final = frozenset({0, stat.S_IFREG, stat.S_IFDIR})
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
    check_end(document)
    with zipfile.ZipFile(BytesIO(document)) as opened:
        entries = opened.infolist()
        check_directory(document, len(entries), opened)
        _check_limits(entries)
        _check_names(entries)
        places = check_places(document, entries, opened.start_dir)
        octets = memoryview(document)
        files = {
            _name(entry): unpack(octets[place.start : place.stop], entry)
            for entry in entries
            for place in (places[entry.orig_filename],)
            if not entry.is_dir() or place
        }
        first = min(entries, key=lambda entry: entry.header_offset)
        is_plain = _name(first) == "mimetype" and first.compress_type == zipfile.ZIP_STORED
        return Archive(MappingProxyType(files), opened.comment, is_plain)


def _check_limits(entries: list[zipfile.ZipInfo]) -> None:
    if not entries:
        raise PeerError(Code.MALFORMED, "the archive is empty")
    if len(entries) > MAX_ENTRIES or sum(entry.file_size for entry in entries) > MAX_TOTAL_BYTES:
        raise PeerError(Code.TOO_LARGE, "an archive of this size")
    for entry in entries:
        if entry.flag_bits & ENCRYPTED:
            raise PeerError(Code.UNSUPPORTED, "an encrypted file in the archive")
        if entry.compress_type not in _METHODS or entry.flag_bits & ~_KNOWN_FLAGS:
            raise PeerError(Code.UNSUPPORTED, f"compression {entry.compress_type} in the archive")
        if stat.S_IFMT(entry.external_attr >> 16) not in _KINDS_OF_FILE or entry.volume:
            raise PeerError(Code.MALFORMED, "something in the archive that is no file")
        allowed = FREE_BYTES + MAX_RATIO * entry.compress_size
        if entry.file_size > min(MAX_FILE_BYTES, allowed):
            raise PeerError(Code.TOO_LARGE, "a file in the archive that grows this much")


def _name(entry: zipfile.ZipInfo) -> str:
    """Return a name as it was meant: UTF-8 even where it is not said to be, as many writers do."""
    if entry.flag_bits & UTF8:
        return entry.filename
    try:
        return entry.filename.encode("cp437").decode()
    except UnicodeError:
        return entry.filename


def _check_names(entries: list[zipfile.ZipInfo]) -> None:
    on_disk: dict[str, bool] = {}
    for entry in entries:
        name = _name(entry)
        folded = _on_disk(name)
        if folded in on_disk:
            raise PeerError(Code.MALFORMED, f"the name {name[:80]!r} is there twice in the archive")
        on_disk[folded] = entry.is_dir()
        if _leads_astray(name) or entry.orig_filename.split("\x00")[0] != entry.orig_filename:
            raise PeerError(Code.MALFORMED, f"the name {name[:80]!r} is not one for a file in an archive")
    for folded in on_disk:
        parts = folded.split("/")
        above = ("/".join(parts[:count]) for count in range(1, len(parts)))
        if not all(on_disk.get(each, True) for each in above):
            raise PeerError(Code.MALFORMED, f"a file that is a folder as well: {folded[:80]!r}")


def _on_disk(name: str) -> str:
    """Return one spelling for all names that mean one file on some system, a folder without its slash."""
    parts = normalize("NFC", name).casefold().removesuffix("/").split("/")
    return "/".join(part.rstrip(". ") for part in parts)


def _leads_astray(name: str) -> bool:
    parts = name.removesuffix("/").split("/")
    return (
        len(name.encode()) > MAX_NAME_BYTES
        or len(parts) > MAX_DEPTH
        or any(part in {"", ".", ".."} for part in parts)
        or "\\" in name
        or name[1:2] == ":"
        or any(category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp"} for character in name)
    )
