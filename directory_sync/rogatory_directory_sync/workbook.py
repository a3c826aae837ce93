"""A workbook made safe to open (rule R1): bounded, without anything that runs, fetches or expands.

An ``.xlsx`` file is a ZIP archive of XML parts (ECMA-376 part 2). Before any library for workbooks sees it,
every part is read here with a limit on its own size, on all together and on how far it may unpack; its XML is
parsed without document type or entities; and what a table needs is packed again. The sizes an archive states
about itself are not believed: a part that unpacks to more than it states is refused as well.
"""

import struct
import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from rogatory_crypto.errors import Code
from rogatory_directory_sync.refusal import ExportRefusedError

MAX_PARTS = 500
MAX_PART_BYTES = 128 * 1024 * 1024
MAX_UNPACKED_BYTES = 192 * 1024 * 1024
MAX_RATIO = 200
_RATIO_FROM_BYTES = 1024 * 1024
_CHUNK = 1 << 16
_MAX_DEPTH = 64
_SAVE_AGAIN = "save it again as a plain .xlsx workbook, or export it as CSV"
# Parts by the start of their names: what runs, what fetches, and what embeds other files.
_REFUSED = {
    "xl/vbaproject": "it holds macros",
    "xl/macrosheets/": "it holds macros",
    "xl/externallinks/": "it is linked to other workbooks",
    "xl/connections": "it fetches from a data source",
    "xl/querytables/": "it fetches from a data source",
    "xl/embeddings/": "other files are embedded in it",
    "xl/activex/": "it holds controls",
    "xl/ctrlprops/": "it holds controls",
    "customui/": "it changes the program that opens it",
}
_NEEDED = (
    "[content_types].xml", "_rels/.rels", "xl/workbook.xml", "xl/_rels/", "xl/worksheets/",
    "xl/sharedstrings.xml", "xl/styles.xml", "xl/chartsheets/",
)  # fmt: skip
# A RuntimeError: a password is needed, or the method of packing is not known.
_UNREADABLE = (
    zipfile.BadZipFile, zlib.error, RuntimeError, OSError, EOFError, ValueError, OverflowError, struct.error,
)  # fmt: skip


def _refuse(source: str, why: str, code: Code = Code.MALFORMED) -> ExportRefusedError:
    return ExportRefusedError(code, source, 0, why, _SAVE_AGAIN)


def _check_listing(source: str, parts: list[zipfile.ZipInfo]) -> None:
    """What can be said before a byte is unpacked."""
    names = [part.filename.casefold() for part in parts]
    if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED_BYTES:
        raise _refuse(source, "the workbook unpacks to more than any export holds", Code.TOO_LARGE)
    if len(set(names)) != len(names):
        raise _refuse(source, "a part of the workbook occurs twice")
    if any(part.flag_bits & 0x1 for part in parts):
        raise _refuse(source, "the workbook is encrypted")
    for name in names:
        reason = next((why for start, why in _REFUSED.items() if name.startswith(start)), "")
        if reason:
            raise _refuse(source, f"the workbook is no plain table: {reason}", Code.UNSUPPORTED)


def _unpacked(source: str, archive: zipfile.ZipFile, part: zipfile.ZipInfo, left: int) -> bytes:
    """One part, read in pieces so that no statement of its size has to be believed."""
    limit = min(left, MAX_PART_BYTES, max(_RATIO_FROM_BYTES, MAX_RATIO * part.compress_size))
    pieces: list[bytes] = []
    size = 0
    with archive.open(part) as stream:
        while piece := stream.read(_CHUNK):
            size += len(piece)
            if size > limit:
                raise _refuse(
                    source, f"{part.filename} unpacks to more than any export holds", Code.TOO_LARGE
                )
            pieces.append(piece)
    return b"".join(pieces)


def _check_xml(source: str, name: str, content: bytes) -> None:
    """Well-formed, not nested without end, and without document type, entities or references outside."""
    depth = 0
    try:
        for event, element in iterparse(BytesIO(content), events=("start", "end"), forbid_dtd=True):
            depth += 1 if event == "start" else -1
            if depth > _MAX_DEPTH:
                raise _refuse(source, f"{name} is nested without end")
            if event == "end":
                element.clear()
    except DefusedXmlException as error:
        raise _refuse(source, f"{name} declares a document type or entities") from error
    except (ParseError, LookupError, ValueError) as error:
        raise _refuse(source, f"{name} is not readable as XML") from error


def _parts(source: str, raw: bytes) -> Iterator[tuple[str, bytes]]:
    """The parts a table is made of; all others are left where they are."""
    with zipfile.ZipFile(BytesIO(raw)) as archive:
        listed = [part for part in archive.infolist() if not part.is_dir()]
        _check_listing(source, listed)
        left = MAX_UNPACKED_BYTES
        for part in listed:
            if not part.filename.casefold().startswith(_NEEDED):
                continue
            content = _unpacked(source, archive, part, left)
            left -= len(content)
            _check_xml(source, part.filename, content)
            if part.filename == "[Content_Types].xml" and b"macroEnabled" in content:
                raise _refuse(source, "the workbook is no plain table: it holds macros", Code.UNSUPPORTED)
            yield part.filename, content


def safe_workbook(raw: bytes, source: str) -> bytes:
    """The same workbook with nothing in it but checked parts of a table.

    Raises:
        ExportRefusedError: no archive, too large, encrypted, not XML, or it holds what is no table.
    """
    packed = BytesIO()
    try:
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            for name, content in _parts(source, raw):
                archive.writestr(name, content)
    except _UNREADABLE as error:
        raise _refuse(source, "not readable as a workbook") from error
    return packed.getvalue()
