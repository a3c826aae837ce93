"""Bytes to lines (rule R1): the byte order mark is dropped, each line is UTF-8 or else Windows-1252.

A file in UTF-16 or beyond the size limit is refused; no other content is. Lines keep their ends because a
quoted cell may span several of them.
"""

import re
from dataclasses import dataclass

from rogatory_crypto.errors import Code
from rogatory_directory_sync.refusal import ExportRefusedError
from rogatory_directory_sync.text import decode_windows_1252

MAX_EXPORT_BYTES = 64 * 1024 * 1024
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_LINE = re.compile(rb"[^\n]*\n|[^\n]+")
_CR_LINE = re.compile(rb"[^\r]*\r|[^\r]+")


@dataclass(frozen=True, slots=True)
class Lines:
    """A decoded file; ``windows_1252`` holds the numbers (from 1) of the lines that were not UTF-8."""

    source: str
    lines: tuple[str, ...]
    windows_1252: frozenset[int]

    @property
    def text(self) -> str:
        """The file as one text."""
        return "".join(self.lines)


def decode(raw: bytes, source: str) -> Lines:
    """The lines of an export.

    Raises:
        ExportRefusedError: larger than ``MAX_EXPORT_BYTES``, empty, or UTF-16.
    """
    if len(raw) > MAX_EXPORT_BYTES:
        raise ExportRefusedError(
            Code.TOO_LARGE,
            source,
            0,
            f"larger than {MAX_EXPORT_BYTES} bytes",
            "split the export or ask its publisher",
        )
    if raw.startswith(_UTF16):
        raise ExportRefusedError(
            Code.MALFORMED, source, 1, "encoded as UTF-16", "save it as UTF-8 and import it again"
        )
    body = raw.removeprefix(b"\xef\xbb\xbf")
    if not body.strip():
        raise ExportRefusedError(Code.MALFORMED, source, 0, "empty", "fetch the export again")
    lines: list[str] = []
    foreign: set[int] = set()
    pattern = _LINE if b"\n" in body else _CR_LINE
    for number, line in enumerate((found[0] for found in pattern.finditer(body)), start=1):
        try:
            lines.append(line.decode("utf-8"))
        except UnicodeDecodeError:
            lines.append(decode_windows_1252(line))
            foreign.add(number)
    return Lines(source, tuple(lines), frozenset(foreign))
