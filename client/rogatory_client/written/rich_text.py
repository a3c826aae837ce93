"""RTF: its text by striprtf, and what else such a file may hold."""

import re
from collections.abc import Iterator
from typing import Final

from striprtf.striprtf import rtf_to_text

from rogatory_client.written.extraction import WrittenFile
from rogatory_client.written.file_kind import FileKind

_FOUND: Final = (
    (r"\\objdata|\\objemb|\\objautlink|\\objocx|\\objlink",
     "another file is embedded in it, which may act when it is opened"),
    (r"\\\*\\template\b", "it fetches something from outside when it is opened"),
    (r"INCLUDETEXT|INCLUDEPICTURE|\bDDE(AUTO)?\b", "it fetches something from outside when it is opened"),
    (r"HYPERLINK", "there are links in it to addresses outside"),
    (r"\\v(?![a-z0-9])|\\v1\b", "there is text that is hidden: the addressee may find it"),
    (r"\\deleted\b|\\revised\b", "changes are tracked in it: accept or reject them, as both versions travel"),
    (r"\\annotation\b", "there are comments in it, which travel with it"),
    (r"\\footnote\b|\\header[lrf]?\b|\\footer[lrf]?\b|\\shptxt\b",
     "footnotes, headers and text boxes were not read"),
)  # fmt: skip


def read_rtf(content: bytes) -> WrittenFile:
    """Return the text of an RTF file; its bytes are ASCII, and name what is not (RTF 1.9.1)."""
    source = content.decode("cp1252", "replace")
    text = str(rtf_to_text(source, encoding="cp1252", errors="replace"))  # type: ignore[no-untyped-call]  # has no types
    return WrittenFile(FileKind.RTF, _lines(text), tuple(_warnings(source)))


def _lines(text: str) -> str:
    return "\n".join(line.strip() for line in text.replace("|", " ").split("\n")).strip()


def _warnings(source: str) -> Iterator[str]:
    for pattern, sentence in _FOUND:
        if re.search(pattern, source):
            yield sentence
