"""The XLSX route: the same rows as the CSV of the same sheet, whatever a workbook may do to them."""

import json
import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet
from tests.directory_sync.workbooks import HEADINGS, ROW, from_csv, part, small, with_parts

from rogatory_directory_sync import (
    Category,
    ExportRefusedError,
    Held,
    ReferenceTables,
    SourceFile,
    SyncResult,
    sample_file,
    synchronise,
)
from rogatory_directory_sync.csv_export import read_csv
from rogatory_directory_sync.decoding import decode
from rogatory_directory_sync.source_row import Export
from rogatory_directory_sync.xlsx_export import MAX_COLUMNS, read_xlsx

Records = Callable[[bytes], dict[str, Any]]
SHEET = "xl/worksheets/sheet1.xml"


def read(raw: bytes, tables: ReferenceTables) -> Export:
    return read_xlsx(raw, "x.xlsx", tables.headings)


def cell_of(
    change: Callable[[Worksheet], object], heading: str, tables: ReferenceTables
) -> tuple[str, Export]:
    """What the authority says of one column after a change of the sheet."""
    export = read(small(lambda _book, sheet: change(sheet)), tables)
    names = {"Unit": "unit", "Revision": "revision", "Fax": "phones", "Last updated": "provenance"}
    return str(next(iter(export.rows)).authority.get(names[heading], "")), export


@pytest.mark.parametrize("month", ["2026-06", "2026-09"])
def test_the_rows_are_those_of_the_csv(month: str, tables: ReferenceTables) -> None:
    published = sample_file(f"export-{month}.csv").content
    by_csv = read_csv(decode(published, "x.csv"), tables.headings)
    by_xlsx = read(from_csv(published), tables)
    assert [row.authority for row in by_xlsx.rows] == [row.authority for row in by_csv.rows]
    assert [row.number for row in by_xlsx.broken] == [row.number for row in by_csv.broken]  # R2
    assert by_xlsx.head.generated == by_csv.head.generated
    assert by_xlsx.unknown_headings == by_csv.unknown_headings


def test_both_exports_give_the_states_of_the_csv_route(
    june: Callable[..., SyncResult], september: Callable[..., SyncResult]
) -> None:
    first = synchronise(SourceFile("june.xlsx", from_csv(sample_file("export-2026-06.csv").content)))
    assert first.state == june("csv").state
    held = Held(
        SourceFile("held.json", first.state), first.annotations, sample_file("local-edits-2026-08.json")
    )
    second = synchronise(
        SourceFile("september.xlsx", from_csv(sample_file("export-2026-09.csv").content)), held
    )
    assert second.state == september("csv").state
    assert json.loads(second.report)["export"]["form"] == "xlsx"


def test_json_settles_what_a_workbook_says_otherwise(records: Records) -> None:  # R19
    book = SourceFile("export.xlsx", from_csv(sample_file("export-2026-06.csv").content))
    found = synchronise(book, counterpart=sample_file("export-2026-06.json"))
    assert records(found.state) == records(sample_file("state-after-2026-06.json").content)
    said = json.loads(found.report)["crosscheck"]
    assert said == [{"record_id": "CNA-GH-02", "column": "City", "xlsx": "Tema", "json": "Accra"}]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (214, "214"),
        (3.5, "3.5"),
        (233100000101, "233100000101"),
        (True, "true"),
        (date(2026, 3, 4), "2026-03-04"),
        (datetime(2026, 3, 4, 8, 30), "2026-03-04T08:30:00"),  # noqa: DTZ001 - a sheet knows no zone
        (time(8, 30), "08:30"),
        (timedelta(hours=30), "1 day, 6:00:00"),
        (1e19, "1e+19"),
        ("_x0041_BC", "ABC"),  # ECMA-376 part 1, 22.9.2.19: escaped characters
        ("plain", "plain"),
    ],
)
def test_a_value_reads_as_the_csv_would_say_it(value: Any, text: str, tables: ReferenceTables) -> None:
    assert cell_of(lambda sheet: sheet.__setitem__("H2", value), "Unit", tables)[0] == text


@pytest.mark.parametrize(
    ("serial", "day"), [(46024, "2026-01-02"), (46024.75, "2026-01-02"), (0, "0"), (99_999_999, "99999999")]
)
def test_a_serial_number_in_a_column_of_dates_is_a_date(
    serial: float, day: str, tables: ReferenceTables
) -> None:
    found = cell_of(lambda sheet: sheet.__setitem__("K2", serial), "Last updated", tables)[0]
    assert found == str({"last_updated": day})


def test_serial_numbers_follow_the_epoch_of_the_workbook(tables: ReferenceTables) -> None:
    def change(book: Workbook, sheet: Worksheet) -> None:
        sheet["K2"] = 44562
        book.epoch = datetime(1904, 1, 1)  # noqa: DTZ001 - a sheet knows no zone

    row = next(iter(read(small(change), tables).rows))
    assert row.authority["provenance"] == {"last_updated": "2026-01-02"}


def test_a_formula_is_text_and_its_value_is_never_taken(tables: ReferenceTables) -> None:  # R3
    formula = b'<c r="H2" t="str"><f>HYPERLINK("https://x.example")</f><v>Unit 1</v></c>'
    sheet, replaced = re.subn(rb'<c r="H2".*?</c>', formula, part(small(), SHEET))
    assert replaced == 1
    export = read(with_parts(small(), {SHEET: sheet}), tables)
    assert next(iter(export.rows)).authority["unit"] == '=HYPERLINK("https://x.example")'
    assert [(item.code, item.record_id, item.column) for item in export.remarks] == [
        ("cell_formula_as_text", "CNA-SG-01", "Unit")
    ]


def test_an_error_value_is_no_value(tables: ReferenceTables) -> None:
    text, export = cell_of(lambda sheet: sheet.__setitem__("H2", "#REF!"), "Unit", tables)
    assert text == ""
    assert [item.code for item in export.remarks] == ["cell_error_value"]


def test_merged_cells_speak_once(tables: ReferenceTables) -> None:
    def change(_book: Workbook, sheet: Worksheet) -> None:
        sheet.merge_cells("G2:H2")

    assert next(iter(read(small(change), tables).rows)).authority["unit"] == ""


def test_a_hidden_sheet_is_not_read_and_pointed_out(tables: ReferenceTables) -> None:
    def change(book: Workbook, _sheet: Worksheet) -> None:
        other = book.create_sheet("Old")
        for row in (HEADINGS, ("CNA-XX-99", *ROW[1:]), ("# records: 1",)):
            other.append(row)
        other.sheet_state = "veryHidden"

    export = read(small(change), tables)
    assert [row.authority["record_id"] for row in export.rows] == ["CNA-SG-01"]
    assert [(item.code, item.raw) for item in export.remarks] == [("hidden_sheet_not_read", "Old")]


def test_remarks_become_warnings_of_the_report() -> None:
    def change(_book: Workbook, sheet: Worksheet) -> None:
        sheet["H2"] = "=1+1"

    result = synchronise(SourceFile("x.xlsx", small(change)))
    codes = {(item.record_id, item.code) for item in result.findings.of(Category.WARNING)}
    assert {("CNA-SG-01", "cell_formula_as_text"), ("CNA-SG-01", "active_content_as_text")} <= codes


def other_sheet(book: Workbook, sheet: Worksheet) -> None:
    copy = book.copy_worksheet(sheet)
    copy.title = "Second"


def empty_sheet_beside(book: Workbook, _sheet: Worksheet) -> None:
    book.create_sheet("Notes").append(["nothing", "of an export"])


def a_title_above(_book: Workbook, sheet: Worksheet) -> None:
    sheet.insert_rows(1, amount=2)
    sheet["A1"] = "Directory of competent national authorities"


@pytest.mark.parametrize("change", [empty_sheet_beside, a_title_above])
def test_the_sheet_is_found_by_its_headings(
    change: Callable[[Workbook, Worksheet], None], tables: ReferenceTables
) -> None:
    assert read(small(change), tables).head.count == 1


def hide_everything(book: Workbook, sheet: Worksheet) -> None:
    book.create_sheet("Front").append(["see you"])
    sheet.sheet_state = "hidden"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (other_sheet, "2 sheets have the headings"),
        (hide_everything, "no visible sheet has the headings"),
        (lambda _book, sheet: sheet.delete_cols(1), "no visible sheet has the headings"),
        (lambda _book, sheet: sheet.delete_rows(3), "no footer"),
        (lambda _book, sheet: sheet.delete_rows(2), "the footer counts 1 records, the file holds 0"),
        (lambda _book, sheet: sheet.__setitem__("L1", "ID"), "columns given twice"),
        (lambda _book, sheet: sheet.cell(1, MAX_COLUMNS + 1, "far"), f"more than {MAX_COLUMNS} columns"),
    ],
)
def test_what_is_no_single_export_is_refused(
    change: Callable[[Workbook, Worksheet], Any], reason: str, tables: ReferenceTables
) -> None:
    with pytest.raises(ExportRefusedError, match=reason):
        read(small(change), tables)


def test_a_cell_beyond_the_headings_sets_the_row_aside(tables: ReferenceTables) -> None:  # R2
    export = read(small(lambda _book, sheet: sheet.cell(2, len(HEADINGS) + 1, "x")), tables)
    assert [(row.line, row.record_id, row.reason) for row in export.broken] == [
        (2, "CNA-SG-01", "column_count")
    ]


def test_a_stated_size_is_not_believed(tables: ReferenceTables) -> None:
    raw = small()
    sheet = part(raw, SHEET)
    start, end = sheet.index(b"<dimension"), sheet.index(b"<sheetViews")
    lying = sheet[:start] + b'<dimension ref="A1:B1"/>' + sheet[end:]
    assert list(read(with_parts(raw, {SHEET: lying}), tables).rows) == list(read(raw, tables).rows)


def test_a_row_far_below_ends_the_reading(tables: ReferenceTables) -> None:
    sheet = part(small(), SHEET).replace(b'<row r="3"', b'<row r="999999999"')
    with pytest.raises(ExportRefusedError, match="no footer"):
        read(with_parts(small(), {SHEET: sheet}), tables)


def test_a_sheet_without_end_is_not_read_to_its_end(
    tables: ReferenceTables, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rogatory_directory_sync.xlsx_export.MAX_ROWS", 3)
    monkeypatch.setattr("rogatory_directory_sync.table.MAX_ROWS", 3)

    def change(_book: Workbook, sheet: Worksheet) -> None:
        for _ in range(9):
            sheet.append(ROW)

    many = small(change)
    with pytest.raises(ExportRefusedError, match="more than 3 rows"):
        read(many, tables)
