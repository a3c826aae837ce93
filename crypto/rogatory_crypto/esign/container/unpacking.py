"""Unpacks one file of an archive: all of what is there, and nothing that is not announced.

Readers differ in where they stop: at the size that the directory states, or at the end of the stream. So both
have to be the same place.
"""

import zipfile
import zlib
from typing import Final

from rogatory_crypto.errors import Code, PeerError

_RAW: Final = -15  # a deflate stream without a header of its own (RFC 1951)


def unpack(packed: memoryview, entry: zipfile.ZipInfo) -> bytes:
    """Return the content of a file.

    Args:
        packed: all of its octets in the archive.
        entry: what the directory says of it; its size is within the limits.

    Raises:
        PeerError: MALFORMED where the octets are more, less or others than stated.
        zlib.error: they cannot be unpacked.
    """
    content = (
        bytes(packed) if entry.compress_type == zipfile.ZIP_STORED else _inflated(packed, entry.file_size)
    )
    if len(content) != entry.file_size or zlib.crc32(content) != entry.CRC:
        raise PeerError(Code.MALFORMED, f"the file {entry.filename[:80]!r} is not what the directory says")
    return content


def _inflated(packed: memoryview, size: int) -> bytes:
    unpacker = zlib.decompressobj(_RAW)
    content = unpacker.decompress(packed, size + 1)
    if not unpacker.eof or unpacker.unused_data or unpacker.unconsumed_tail:
        raise PeerError(Code.MALFORMED, "a file of the archive goes on behind its end, or has none")
    return content
