"""Writes a ZIP archive in one way only, so that an archive of ours has one encoding for its files.

Nothing is compressed and nothing is dated: the same files are the same bytes, by any version of any library.
Whoever reads one writes it again and compares, so that no byte of it is free.
"""

import zlib
from collections.abc import Mapping
from struct import Struct
from typing import Final

from rogatory_crypto.errors import MisuseError

_LOCAL: Final = Struct("<4s5H3L2H")
_CENTRAL: Final = Struct("<4s6H3L5H2L")
_END: Final = Struct("<4s4H2LH")
_VERSION: Final = 20
_MADE_ON_UNIX: Final = 3 << 8 | _VERSION
_FIRST_DAY: Final = 0x21  # 1 January 1980, the earliest that the format knows
_REGULAR_FILE: Final = 0o100644 << 16
_MAX_BYTES: Final = (1 << 32) - 1
_MAX_FILES: Final = (1 << 16) - 1


def write_archive(files: Mapping[str, bytes]) -> bytes:
    """Return the archive of these files, in their order (APPNOTE.TXT section 4.3, without compression).

    Raises:
        MisuseError: a name is not ASCII, or there is more than an archive without 64-bit fields holds.
    """
    if len(files) > _MAX_FILES or sum(map(len, files.values())) > _MAX_BYTES // 2:
        raise MisuseError("more than one archive holds")
    # Joined once at the end: a document of 100 MiB is copied no more often than it must be.
    pieces, place, directory = list[bytes](), 0, bytearray()
    for name, content in files.items():
        if not name.isascii():
            raise MisuseError(f"a name that not every reader shows alike: {name!r}")
        encoded, check = name.encode(), zlib.crc32(content)
        facts = (0, 0, 0, _FIRST_DAY, check, len(content), len(content), len(encoded), 0)
        directory += _CENTRAL.pack(
            *(b"PK\x01\x02", _MADE_ON_UNIX, _VERSION), *facts, *(0, 0, 0, _REGULAR_FILE, place)
        )
        directory += encoded
        header = _LOCAL.pack(b"PK\x03\x04", _VERSION, *facts) + encoded
        pieces += (header, content)
        place += len(header) + len(content)
    count = len(files)
    end = _END.pack(b"PK\x05\x06", 0, 0, count, count, len(directory), place, 0)
    return b"".join((*pieces, directory, end))
