"""The register as a file for other programs: CSV or a workbook, in which no text is a formula.

A cell that begins like a formula gets an apostrophe, which spreadsheets themselves write before text, and in
a workbook it is typed as text besides. Characters that turn the reading direction or cannot be seen become
U+FFFD. The file leaves the vault: it tells no subject unless that is asked for.
"""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from rogatory_client.bounded_file import new_file
from rogatory_client.office.register.statistics import COUNTED, HIDDEN_BELOW
from rogatory_client.office.register.view import RegisterRow, StatisticsRow, StatisticsView
from rogatory_client.plain_text import one_line
from rogatory_crypto.errors import MisuseError

# Where a comma is in numbers, spreadsheets take these for what stands between cells.
_CUT_INTO_CELLS: Final = re.compile('([;|])(?=[\\s\N{NO-BREAK SPACE}"]*[-=+@\uff1d\uff0b\uff0d\uff20])')
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_HEADINGS: Final = (
    "direction", "with", "offices", "own_reference", "their_reference", "type", "urgency", "state",
    "conflict", "submitted", "age_days", "next", "next_due_utc", "next_acts", "overdue",
    "caseworkers", "case",
)  # fmt: skip

_FIGURES: Final = (*COUNTED, "days_to_acknowledge", "days_to_execute")


def write(path: Path, rows: Sequence[RegisterRow], *, with_subjects: bool) -> None:
    """Write rows to a new file for the user alone; errors as ``Register.export``."""
    headings = (*_HEADINGS, "subject") if with_subjects else _HEADINGS
    cells = [tuple(map(safe_cell, _cells(row)))[: len(headings)] for row in rows]
    match path.suffix.casefold():
        case ".csv":
            content = csv_bytes(headings, cells)
        case ".xlsx":
            content = xlsx_bytes(headings, cells)
        case _:
            raise MisuseError("name a file that ends in .csv or .xlsx")
    new_file(path, content, mode=0o600)


def write_statistics(path: Path, found: StatisticsView) -> None:
    """Write figures to a new CSV file for the user alone; errors as ``Register.statistics``."""
    headings = (found.by, *_FIGURES, "grounds")
    rows = [_figures(row, row.name) for row in found.rows]
    cells = [tuple(map(safe_cell, row)) for row in (*rows, _figures(found.total, "all"))]
    new_file(path, csv_bytes(headings, cells), mode=0o600)


def _figures(row: StatisticsRow, name: str) -> tuple[str | float | None, ...]:
    hidden = f"<{HIDDEN_BELOW}"
    grounds = (f"{ground}={hidden if count is None else count}" for ground, count in row.grounds.items())
    figures = (getattr(row, each) for each in _FIGURES)
    told = (
        hidden if each in COUNTED and figure is None else figure
        for each, figure in zip(_FIGURES, figures, strict=True)
    )
    return (name, *told, "; ".join(grounds))


def safe_cell(value: str | float | None) -> str | float:
    """Return a value as no spreadsheet takes it for a formula."""
    if value is None or isinstance(value, int | float):
        return "" if value is None else value
    shown = _CUT_INTO_CELLS.sub(r"\1'", one_line(value))
    return f"'{shown}" if shown.lstrip(" \N{NO-BREAK SPACE}").startswith(_FORMULA) else shown


def csv_bytes(headings: Sequence[str], rows: Iterable[Sequence[str | float]]) -> bytes:
    """Return CSV (RFC 4180) in UTF-8 with the mark by which spreadsheets know it."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, quoting=csv.QUOTE_MINIMAL, lineterminator="\r\n")
    writer.writerow(headings)
    writer.writerows(rows)
    return buffer.getvalue().encode("utf-8-sig")


def xlsx_bytes(headings: Sequence[str], rows: Iterable[Sequence[str | float]]) -> bytes:
    """Return a workbook (ECMA-376) with one sheet; each text is typed as text."""
    from openpyxl import Workbook  # takes long to load, and most commands need none
    from openpyxl.cell import WriteOnlyCell

    book = Workbook(write_only=True)
    sheet = book.create_sheet("register")
    sheet.append(list(headings))
    for row in rows:
        cells = []
        for value in row:
            cell = WriteOnlyCell(sheet, value=value)
            if isinstance(value, str):
                cell.data_type = "s"
            cells.append(cell)
        sheet.append(cells)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _cells(row: RegisterRow) -> tuple[str | int | None, ...]:
    due = row.next
    return (
        row.direction,
        ", ".join(row.with_states),
        ", ".join(row.others),
        row.own_reference,
        row.their_reference,
        row.request_type,
        row.urgency,
        row.stands_at or None,
        "yes" if row.in_conflict else "",
        _moment(row.submitted_at),
        row.age_days,
        None if due is None else due.what,
        None if due is None else _moment(due.at),
        None if due is None else due.acts,
        "yes" if due is not None and due.overdue else "",
        ", ".join(row.caseworkers),
        row.room_id,
        row.subject,
    )


def _moment(at: int | None) -> str | None:
    return None if at is None else f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M}Z"
