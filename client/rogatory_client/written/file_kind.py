"""What a file is, by its bytes and never by its name."""

from contextlib import suppress
from enum import StrEnum
from pathlib import Path
from typing import Final

from rogatory_client.bounded_file import read_bytes
from rogatory_crypto.errors import MisuseError

_OLE: Final = bytes.fromhex("d0cf11e0a1b11ae1")
_OPEN_DOCUMENT: Final = "application/vnd.oasis.opendocument.text"
_NAME_AT: Final = 30
_MIMETYPE: Final = b"mimetype" + _OPEN_DOCUMENT.encode()
_NAMES_OF_WORD: Final = (b"[Content_Types].xml", b"word/document.xml")
_HEAD: Final = 1024
MAX_FILE_BYTES: Final = 64 << 20


class FileKind(StrEnum):
    """A kind of file that a request may be written in."""

    PDF = "PDF"
    DOCX = "DOCX"
    ODT = "ODT"
    RTF = "RTF"
    HTML = "HTML"

    @property
    def media_type(self) -> str:
        """Its registered name."""
        return _MEDIA_TYPES[self]


_MEDIA_TYPES: Final = {
    FileKind.PDF: "application/pdf",
    FileKind.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    FileKind.ODT: _OPEN_DOCUMENT,
    FileKind.RTF: "application/rtf",
    FileKind.HTML: "text/html",
}


def kind_of(content: bytes) -> FileKind:
    """Return the kind of a file.

    Raises:
        MisuseError: it is none of them; says what to do.
    """
    if content.startswith(b"%PDF-"):
        return FileKind.PDF
    if content.startswith(b"{\\rtf"):
        return FileKind.RTF
    if content.startswith(b"PK\x03\x04"):
        return _kind_of_package(content)
    if content.startswith(_OLE):
        raise MisuseError(
            "this is a Word file of an old kind, or one under a password: save it as DOCX or PDF"
        )
    if _begins_as_html(content):
        return FileKind.HTML
    if b"%PDF-" in content[:_HEAD]:
        raise MisuseError("something stands before the PDF in this file: save it anew")
    raise MisuseError(f"a request is written as {', '.join(FileKind)}: this file is none of these")


def media_type_of(path: Path) -> str:
    """Return what a file is, or nothing where it is of another kind, too large to look at, or not there."""
    with suppress(MisuseError, OSError):
        return kind_of(read_bytes(path, MAX_FILE_BYTES)).media_type
    return ""


def _kind_of_package(content: bytes) -> FileKind:
    """Look at names alone: whatever unpacks or lists a package does so in a process that is confined."""
    # First and not compressed, so that it stands at this place (OpenDocument 1.3 part 2, 3.3).
    if content.startswith(_MIMETYPE, _NAME_AT):
        return FileKind.ODT
    if all(name in content for name in _NAMES_OF_WORD):
        return FileKind.DOCX
    raise MisuseError(
        "a ZIP file that is neither DOCX nor ODT, or is damaged, is no request: send what is in it"
    )


def _begins_as_html(content: bytes) -> bool:
    head = content[:_HEAD].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if head.startswith(b"<?xml"):
        head = head.partition(b"?>")[2].lstrip()
    while head.startswith(b"<!--") and b"-->" in head:
        head = head.partition(b"-->")[2].lstrip()
    return head.startswith((b"<!doctype html", b"<html"))
