"""No cell of an exported file is a formula, and none turns the reading direction."""

import csv
import io

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rogatory_client.office.register.export import csv_bytes, safe_cell, xlsx_bytes

ANY = st.text(st.characters(exclude_categories=()), max_size=40)


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+49", "'+49"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("  =1", "'  =1"),
        ("\uff1d1", "'\uff1d1"),
        ("\t=1", "\ufffd=1"),
        ("\N{RIGHT-TO-LEFT OVERRIDE}SN/1", "\ufffdSN/1"),
        ("SN/1-2", "SN/1-2"),
        ("SN;=1", "SN;'=1"),
        ('SN| "=1', "SN|' \"=1"),
        ("", ""),
        (None, ""),
        (-3, -3),
    ],
)
def test_what_begins_like_a_formula_is_text(text: str | int | None, cell: str | int) -> None:
    assert safe_cell(text) == cell


@given(st.lists(ANY, min_size=1, max_size=4))
def test_rows_come_back_from_csv_as_they_were_made_safe(row: list[str]) -> None:
    cells = [safe_cell(text) for text in row]
    written = csv_bytes([str(number) for number in range(len(row))], [cells])
    read = list(csv.reader(io.StringIO(written.decode("utf-8-sig"), newline="")))
    assert read[1] == cells
    assert not any(str(cell).lstrip(" \u00a0")[:1] in set("=+-@\t\r\n") - {""} for cell in cells if cell)


SPLIT = st.text(st.sampled_from(" \N{NO-BREAK SPACE};|,\"'=+-@x"), max_size=12)


@pytest.mark.parametrize("delimiter", [",", ";", "|"])
@given(row=st.lists(SPLIT, min_size=1, max_size=4))
def test_no_cell_is_a_formula_however_a_spreadsheet_cuts_the_row(delimiter: str, row: list[str]) -> None:
    written = csv_bytes(["direction"], [["incoming", *map(safe_cell, row)]]).decode("utf-8-sig")
    read = csv.reader(io.StringIO(written, newline=""), delimiter=delimiter)
    cells = [cell.lstrip(" \N{NO-BREAK SPACE}") for line in read for cell in line]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]


@given(st.lists(ANY, min_size=1, max_size=4))
def test_a_workbook_has_no_formula_whatever_is_in_it(row: list[str]) -> None:
    cells = [safe_cell(text) for text in row]
    sheet = openpyxl.load_workbook(io.BytesIO(xlsx_bytes(["a"], [cells]))).active
    assert sheet is not None
    assert all(cell.data_type != "f" for line in sheet.iter_rows() for cell in line)
