"""Writes ZIP archives field by field, so that any two of them can contradict each other (APPNOTE.TXT 4.3)."""

import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Entry:
    """One file; what is in ``local`` and ``central`` stands there instead of what would be right."""

    name: bytes
    content: bytes
    packed: bytes | None = None
    method: int = 0
    flags: int = 0
    local: dict[str, int] = field(default_factory=dict)
    central: dict[str, int] = field(default_factory=dict)
    local_extra: bytes = b""
    central_extra: bytes = b""
    comment: bytes = b""
    descriptor: bytes = b""

    @property
    def octets(self) -> bytes:
        return self.content if self.packed is None else self.packed

    def fields(self, changes: dict[str, int]) -> tuple[int, int, int]:
        right = {"crc": zlib.crc32(self.content), "packed": len(self.octets), "size": len(self.content)}
        return tuple({**right, **changes}[name] for name in ("crc", "packed", "size"))  # type: ignore[return-value]


def deflated(content: bytes, *, final: bool = True) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(content) + packer.flush(zlib.Z_FINISH if final else zlib.Z_FULL_FLUSH)


def extra(kind: int, content: bytes) -> bytes:
    return struct.pack("<HH", kind, len(content)) + content


def build(
    entries: Sequence[Entry],
    *,
    comment: bytes = b"",
    directory_offset: int = 0,
    entry_offset: int = 0,
    before_end: bytes = b"",
) -> bytes:
    """Put files together; the offsets given are added to the right ones."""
    made, directory = bytearray(), bytearray()
    for each in entries:
        place = len(made) + entry_offset
        time_and_date = (0, 0x5D35)
        made += struct.pack(
            "<4s5H3L2H", b"PK\x03\x04", 20, each.flags, each.method, *time_and_date,
            *each.fields(each.local), len(each.name), len(each.local_extra),
        )  # fmt: skip
        made += each.name + each.local_extra + each.octets + each.descriptor
        directory += struct.pack(
            "<4s6H3L5H2L", b"PK\x01\x02", 20, 20, each.flags, each.method, *time_and_date,
            *each.fields(each.central), len(each.name), len(each.central_extra), len(each.comment), 0, 0, 0,
            each.central.get("offset", place),
        )  # fmt: skip
        directory += each.name + each.central_extra + each.comment
    start = len(made) + directory_offset
    count = len(entries)
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, count, count, len(directory), start, len(comment))
    return bytes(made + directory) + before_end + end + comment
