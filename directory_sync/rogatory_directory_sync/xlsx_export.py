"""The XLSX route (rules R1 to R3): the one sheet of a workbook that is an export, as rows of cells.

A cell means what the CSV of the same sheet would say. A formula stays the text it is and its computed value
is never taken: who wrote the file chose both, and they need not agree. Dates come as ISO 8601, whether the
sheet marks them as dates or holds their serial numbers in a column of dates. An error value is no value. Of
merged cells the first one carries the text; the others are blank, which means "not supplied" (rule R15).
Hidden sheets are not read, because nobody saw them, and are pointed out.
"""

import re
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from io import BytesIO

from openpyxl import load_workbook
from openpyxl.cell.read_only import EMPTY_CELL, EmptyCell, ReadOnlyCell
from openpyxl.utils.datetime import from_excel
from openpyxl.utils.escape import unescape

from rogatory_crypto.errors import Code
from rogatory_directory_sync.headings import COLUMNS, REQUIRED, canonical_headings
from rogatory_directory_sync.refusal import ExportRefusedError
from rogatory_directory_sync.source_row import Export, Remark
from rogatory_directory_sync.table import MAX_ROWS, NumberedRow, Table, read_table
from rogatory_directory_sync.workbook import safe_workbook

MAX_COLUMNS = 256
MAX_CELL_CHARACTERS = 32_767
_HEADING_WITHIN_ROWS = 20
_BLANK_ROWS = 1000
_DATES = frozenset(
    name
    for name, path in COLUMNS.items()
    if path.startswith("provenance.") and path != "provenance.note_verbale"
)
_SURROGATE = re.compile("[\ud800-\udfff]")
_MAX_SERIAL = 2_958_465


@dataclass(frozen=True, slots=True)
class _Cell:
    """A cell as the sheet holds it: its value and the letter of its type."""

    value: object
    type: str


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A visible sheet that has the headings of an export."""

    name: str
    rows: list[tuple[int, list[_Cell]]]
    epoch: datetime
    remarks: list[Remark] = field(default_factory=list)


def _number(value: float) -> str:
    return str(int(value)) if float(value).is_integer() and abs(value) < 1e15 else repr(value)


def _serial_date(value: object, epoch: datetime) -> str:
    """The day a serial number stands for, or the empty text where it stands for none."""
    if not isinstance(value, int | float) or isinstance(value, bool) or not 1 <= value <= _MAX_SERIAL:
        return ""
    found = from_excel(value, epoch)
    return found.date().isoformat() if isinstance(found, datetime) else ""


def _time_text(value: date | time | timedelta) -> str:
    match value:
        case datetime() if value.time() == time(0):
            return value.date().isoformat()
        case time():
            return value.isoformat("minutes")
        case timedelta():
            return str(value)
        case _:
            return value.isoformat()


def _text(cell: _Cell) -> str:
    """What the CSV of the sheet would say."""
    match cell.value:
        case None:
            return ""
        case bool():
            return "true" if cell.value else "false"
        case int() | float():
            return _number(cell.value)
        case date() | time() | timedelta():
            return _time_text(cell.value)
        case str():
            return _SURROGATE.sub("\ufffd", unescape(cell.value))[:MAX_CELL_CHARACTERS]
        case formula:
            return str(getattr(formula, "text", None) or "=")


def _read_cell(cell: _Cell, heading: str, sheet: _Sheet, line: int) -> str:
    """One cell of a data row, with a remark where it is not plain text or number."""
    place = heading or "unknown column"
    if cell.type == "e":
        sheet.remarks.append(Remark("cell_error_value", line, column=place, raw=_text(cell)))
        return ""
    if cell.type == "f":
        sheet.remarks.append(Remark("cell_formula_as_text", line, column=place, raw=_text(cell)))
    elif heading in _DATES and (day := _serial_date(cell.value, sheet.epoch)):
        return day
    return _text(cell)


def _cells(row: Sequence[ReadOnlyCell | EmptyCell]) -> list[_Cell]:
    """The cells up to the last one that holds anything."""
    width = len(row)
    while width and (row[width - 1] is EMPTY_CELL or row[width - 1].value in (None, "")):
        width -= 1
    return [_Cell(item.value, item.data_type) for item in row[:width]]


def _rows_of(worksheet: object, source: str) -> Iterator[tuple[int, list[_Cell]]]:
    """The rows that are not blank. What a sheet states about its own size is not believed."""
    worksheet.reset_dimensions()  # type: ignore[attr-defined]
    found = 0
    rows = worksheet.iter_rows(max_row=MAX_ROWS + _BLANK_ROWS, max_col=MAX_COLUMNS + 1)  # type: ignore[attr-defined]
    for line, row in enumerate(rows, start=1):
        cells = _cells(row)
        if len(cells) > MAX_COLUMNS:
            raise ExportRefusedError(
                Code.TOO_LARGE, source, line, f"more than {MAX_COLUMNS} columns", "give the export alone"
            )
        if any(_text(cell).strip() for cell in cells):
            found += 1
            yield line, cells
        if found > MAX_ROWS + 2:
            return


def _is_export(rows: Sequence[tuple[int, list[_Cell]]], aliases: Mapping[str, str]) -> int | None:
    """The place of the row with the headings of an export: the first one that names every needed column."""
    for place, (_, cells) in enumerate(rows[:_HEADING_WITHIN_ROWS]):
        if set(REQUIRED) <= set(canonical_headings([_text(cell) for cell in cells], aliases)):
            return place
    return None


def _sheets(raw: bytes, source: str, aliases: Mapping[str, str]) -> list[_Sheet]:
    workbook = load_workbook(BytesIO(raw), read_only=True, data_only=False, keep_links=False)
    found: list[_Sheet] = []
    hidden: list[Remark] = []
    for worksheet in workbook.worksheets:
        if worksheet.sheet_state != "visible":
            hidden.append(Remark("hidden_sheet_not_read", 0, column=worksheet.title, raw=worksheet.title))
            continue
        rows = list(_rows_of(worksheet, source))
        place = _is_export(rows, aliases)
        if place is not None:
            found.append(_Sheet(worksheet.title, rows[place:], workbook.epoch))
    for sheet in found:
        sheet.remarks.extend(hidden)
    return found


def _opened(raw: bytes, source: str, aliases: Mapping[str, str]) -> list[_Sheet]:
    """The sheets that are an export. The library raises whatever a damaged part makes it stumble over."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _sheets(raw, source, aliases)
    except ExportRefusedError:
        raise
    except Exception as error:
        raise ExportRefusedError(
            Code.MALFORMED, source, 0, "not readable as a workbook", "save it again as .xlsx or as CSV"
        ) from error


def _numbered(sheet: _Sheet, aliases: Mapping[str, str]) -> Iterator[NumberedRow]:
    """The rows as texts, each as wide as the heading line; a sheet does not store the blanks at its end."""
    line, cells = sheet.rows[0]
    published = [_text(cell) for cell in cells]
    headings = canonical_headings(published, aliases)
    yield line, published
    last = sheet.rows[-1][0]
    for line, cells in sheet.rows[1:]:
        padded = ["", *headings] if line == last else [*headings, *[""] * (len(cells) - len(headings))]
        texts = [_read_cell(cell, heading, sheet, line) for cell, heading in zip(cells, padded, strict=False)]
        yield line, texts + [""] * (len(headings) - len(texts))


def read_xlsx(raw: bytes, source: str, aliases: Mapping[str, str]) -> Export:
    """An XLSX export.

    Args:
        raw: the file.
        source: its name, for findings.
        aliases: alias -> canonical heading, as in the reference table.

    Raises:
        ExportRefusedError: no safe workbook, not exactly one visible sheet with the headings of an export, or
            a table without its footer.
    """
    sheets = _opened(safe_workbook(raw, source), source, aliases)
    if len(sheets) != 1:
        what = "no visible sheet has" if not sheets else f"{len(sheets)} sheets have"
        raise ExportRefusedError(
            Code.MALFORMED, source, 0, f"{what} the headings of an export",
            "give a workbook with one visible sheet, the export",
        )  # fmt: skip
    sheet = sheets[0]
    rows = list(_numbered(sheet, aliases))
    export = read_table(Table(source, "xlsx", rows), aliases)
    return _with_remarks(export, sheet.remarks)


def _with_remarks(export: Export, remarks: Sequence[Remark]) -> Export:
    ids = {row.line: str(row.authority.get("record_id", "")).strip() for row in export.rows}
    named = tuple(
        Remark(item.code, item.line, ids.get(item.line, ""), item.column, item.raw) for item in remarks
    )
    return replace(export, remarks=named)
