"""A ZIP archive in one form only, so that an archive of ours has one encoding for its files.

Nothing is compressed and nothing is dated: the same files are the same bytes, by any version of any library.
Whoever reads one holds every byte around the files against what would be written, so that none is free.
Files go through in pieces, whatever their size.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from struct import Struct
from typing import Final

from rogatory_crypto.bundle.octets import Measured, Octets, Section, measure, pieces
from rogatory_crypto.errors import Code, MisuseError, PeerError

_LOCAL: Final = Struct("<4s5H3L2H")
_CENTRAL: Final = Struct("<4s6H3L5H2L")
_END: Final = Struct("<4s4H2LH")
_VERSION: Final = 20
_MADE_ON_UNIX: Final = 3 << 8 | _VERSION
_FIRST_DAY: Final = 0x21  # 1 January 1980, the earliest that the format knows
_REGULAR_FILE: Final = 0o100644 << 16
_MAX_BYTES: Final = (1 << 32) - 1
_MAX_FILES: Final = (1 << 16) - 1
_HEAD_OF_A_FILE: Final = b"PK\x03\x04"
_NOT_OURS: Final = "the container is not as it was written"


@dataclass(frozen=True, slots=True)
class _Form:
    """All bytes of an archive that are no file's: a header before each, and the directory at the end."""

    headers: tuple[bytes, ...]
    directory: bytes


def write_archive(files: Mapping[str, Measured]) -> Iterator[bytes]:
    """Return the archive of these files in pieces, in their order (APPNOTE.TXT section 4.3, uncompressed).

    Raises:
        MisuseError: a name is not ASCII, or there is more than an archive without 64-bit fields holds.
        PeerError: WRONG_LENGTH, while it is read, where a file has become shorter.
    """
    return _written(_form_of(files), files)


def _written(form: _Form, files: Mapping[str, Measured]) -> Iterator[bytes]:
    for header, each in zip(form.headers, files.values(), strict=True):
        yield header
        yield from pieces(each.octets)
    yield form.directory


def _form_of(files: Mapping[str, Measured]) -> _Form:
    headers, directory, place = list[bytes](), bytearray(), 0
    for name, each in files.items():
        if not name.isascii():
            raise MisuseError(f"a name that not every reader shows alike: {name!r}")
        encoded = name.encode()
        facts = (0, 0, 0, _FIRST_DAY, each.crc32, each.size, each.size, len(encoded), 0)
        end = place + _LOCAL.size + len(encoded) + each.size
        if len(headers) == _MAX_FILES or end + len(directory) > _MAX_BYTES - (1 << 20):
            raise MisuseError("more than one archive holds, which is 4 GiB")
        directory += _CENTRAL.pack(
            *(b"PK\x01\x02", _MADE_ON_UNIX, _VERSION), *facts, *(0, 0, 0, _REGULAR_FILE, place)
        )
        directory += encoded
        headers.append(_LOCAL.pack(_HEAD_OF_A_FILE, _VERSION, *facts) + encoded)
        place = end
    count = len(files)
    directory += _END.pack(b"PK\x05\x06", 0, 0, count, count, len(directory), place, 0)
    return _Form(tuple(headers), bytes(directory))


def sections_of(document: Octets) -> dict[str, Section]:
    """Return where the files of an archive of ours lie, by the headers before them; nothing else is checked.

    Raises:
        PeerError: MALFORMED.
    """
    found, place = dict[str, Section](), 0
    while (header := document.at(place, _LOCAL.size)).startswith(_HEAD_OF_A_FILE):
        if len(header) < _LOCAL.size or len(found) > _MAX_FILES:
            raise PeerError(Code.MALFORMED, _NOT_OURS)
        *_, size, length, _ = _LOCAL.unpack(header)
        name = document.at(place + _LOCAL.size, length).decode("latin-1")
        content = Section(document, place + _LOCAL.size + length, size)
        if name in found or content.start + size > document.size:
            raise PeerError(Code.MALFORMED, _NOT_OURS)
        found[name] = content
        place = content.start + size
    return found


def read_archive_of_ours(document: Octets) -> dict[str, Measured]:
    """Return the files of an archive, each read once, if it is what ``write_archive`` makes of them.

    Raises:
        PeerError: MALFORMED where a byte of it is not.
    """
    sections = sections_of(document)
    files = {name: measure(each) for name, each in sections.items()}
    try:
        form = _form_of(files)
    except MisuseError as error:
        raise PeerError(Code.MALFORMED, str(error)) from error
    place = 0
    for header, each in zip(form.headers, sections.values(), strict=True):
        if document.at(place, len(header)) != header:
            raise PeerError(Code.MALFORMED, _NOT_OURS)
        place = each.start + each.size
    if document.at(place, len(form.directory) + 1) != form.directory:
        raise PeerError(Code.MALFORMED, _NOT_OURS)
    return files
