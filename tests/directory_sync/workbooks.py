"""Workbooks for tests: the sample's CSV as .xlsx, and archives whose parts are written by hand."""

import csv
import zipfile
from collections.abc import Callable, Mapping, Sequence
from io import BytesIO

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from rogatory_directory_sync.csv_export import sniff_delimiter
from rogatory_directory_sync.decoding import decode

HEADINGS = (
    "Record ID", "Revision", "Status", "Kind", "Country", "ISO2", "Authority (EN)", "Unit", "Designations",
    "Fax", "Last updated",
)  # fmt: skip
ROW = (
    "CNA-SG-01", "1", "active", "central_authority", "Singapore", "SG", "Chambers", "Unit 1", "UNTOC:18", "",
    "2026-01-02",
)  # fmt: skip
GENERATED = "generated: 2026-06-30T22:00:00Z"


def saved(workbook: Workbook) -> bytes:
    stream = BytesIO()
    workbook.save(stream)
    return stream.getvalue()


def sheet_of(workbook: Workbook) -> Worksheet:
    sheet = workbook.active
    assert isinstance(sheet, Worksheet)
    return sheet


def small(change: Callable[[Workbook, Worksheet], object] = lambda _book, _sheet: None) -> bytes:
    """A workbook with one record, changed by the test."""
    workbook = Workbook()
    sheet = sheet_of(workbook)
    for row in (HEADINGS, ROW, ("# records: 1", GENERATED)):
        sheet.append(row)
    change(workbook, sheet)
    return saved(workbook)


def from_rows(rows: Sequence[Sequence[object]]) -> bytes:
    workbook = Workbook()
    for row in rows:
        sheet_of(workbook).append(list(row))
    return saved(workbook)


def from_csv(raw: bytes) -> bytes:
    """A CSV as a person would save it from a spreadsheet program: the same texts in the same cells."""
    lines = decode(raw, "x.csv").lines
    rows = [row for row in csv.reader(iter(lines), delimiter=sniff_delimiter(lines[0])) if row]
    if "|" in rows[-1][0]:
        rows[-1] = rows[-1][0].split("|")
    return from_rows(rows)


def with_parts(raw: bytes, parts: Mapping[str, bytes | None]) -> bytes:
    """A workbook with parts replaced, added or, where None, taken out."""
    packed = BytesIO()
    with zipfile.ZipFile(BytesIO(raw)) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in parts:
                new.writestr(name, old.read(name))
        for name, content in parts.items():
            if content is not None:
                new.writestr(name, content)
    return packed.getvalue()


def part(raw: bytes, name: str) -> bytes:
    with zipfile.ZipFile(BytesIO(raw)) as archive:
        return archive.read(name)
