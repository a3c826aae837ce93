"""Rules R1 and R2 on the CSV route: headings, rows, footer."""

import json
from collections.abc import Sequence
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rogatory_directory_sync import ExportRefusedError, ReferenceTables, SourceFile, sample_file, synchronise
from rogatory_directory_sync.csv_export import read_csv
from rogatory_directory_sync.decoding import decode
from rogatory_directory_sync.source_row import Export

HEADINGS = (
    "Record ID",
    "Revision",
    "Status",
    "Kind",
    "Country",
    "ISO2",
    "Authority (EN)",
    "Designations",
    "Fax",
)
ROW = ("CNA-SG-01", "1", "active", "central_authority", "Singapore", "SG", "Chambers", "UNTOC:18", "")


def text(rows: Sequence[Sequence[str]], delimiter: str = ",", footer: str = "") -> bytes:
    lines = [delimiter.join(row) for row in rows]
    return "\n".join(
        [*lines, footer or f"# records: {len(rows) - 1} | generated: 2026-06-30T22:00:00Z"]
    ).encode()


def read(raw: bytes, tables: ReferenceTables) -> Export:
    return read_csv(decode(raw, "x.csv"), tables.headings)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_delimiter_is_sniffed_from_the_heading_line(delimiter: str, tables: ReferenceTables) -> None:
    export = read(text([HEADINGS, ROW], delimiter), tables)
    assert next(iter(export.rows)).authority["state"] == {"name": "Singapore", "iso2": "SG"}
    assert export.head.generated == "2026-06-30T22:00:00Z"


@pytest.mark.parametrize(
    ("published", "canonical"),
    [(" id ", "Record ID"), ("STATE", "Country"), ("Name of  authority", "Authority (EN)")],
)
def test_headings_are_matched_through_their_aliases(
    published: str, canonical: str, tables: ReferenceTables
) -> None:
    headings = [published if name == canonical else name for name in HEADINGS]
    assert read(text([headings, ROW]), tables).head.count == 1


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (text([HEADINGS, ROW], footer=" "), "no footer"),
        (text([HEADINGS, ROW], footer="# records: 2"), "counts 2 records, the file holds 1"),
        (text([HEADINGS, ROW])[:-60], "no footer"),
        (text([HEADINGS[1:], ROW[1:]]), "columns missing: Record ID"),
        (text([(*HEADINGS, "ID"), (*ROW, "")]), "columns given twice: Record ID"),
        (text([HEADINGS, ('"open', *ROW[1:])]), "no footer"),
        (text([HEADINGS, ("x" * 140_000, *ROW[1:])]), "not readable as CSV"),
        (b",,\n,,", "no rows"),
        (b"\n", "empty"),
    ],
)
def test_a_file_that_is_not_whole_is_refused(raw: bytes, reason: str, tables: ReferenceTables) -> None:
    with pytest.raises(ExportRefusedError, match=reason):
        read(raw, tables)


def test_a_row_with_a_wrong_number_of_cells_is_set_aside(tables: ReferenceTables) -> None:  # R2, A06-55
    export = read(text([HEADINGS, (*ROW, "more"), ("short",), ROW]), tables)
    assert [(row.line, row.record_id, row.reason) for row in export.broken] == [
        (2, "CNA-SG-01", "column_count"),
        (3, "short", "column_count"),
    ]
    assert [row.line for row in export.rows] == [4]


def test_a_column_nobody_knows_is_pointed_out(tables: ReferenceTables) -> None:
    raw = text([(*HEADINGS, "Shoe size"), (*ROW, "44")])
    assert read(raw, tables).unknown_headings == ("Shoe size",)
    assert "heading_unknown" in {item.code for item in synchronise(SourceFile("x.csv", raw)).findings.all()}


def test_a_cell_emptied_on_purpose_is_told_from_a_blank_one(tables: ReferenceTables) -> None:  # R15
    export = read(text([HEADINGS, (*ROW[:-1], "(None)")]), tables)
    assert next(iter(export.rows)).authority["cleared_fields"] == ["phones.fax"]


@settings(deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_imported_or_refused(raw: bytes) -> None:
    with suppress(ExportRefusedError):
        synchronise(SourceFile("fuzz.csv", raw))


@settings(deadline=None, max_examples=50)
@given(st.lists(st.tuples(*[st.text(max_size=30) for _ in HEADINGS]), max_size=4))
def test_any_cells_are_imported_or_set_aside(rows: list[tuple[str, ...]]) -> None:
    quoted = [['"' + cell.replace('"', '""') + '"' for cell in row] for row in rows]
    raw = "\n".join(",".join(row) for row in [list(HEADINGS), *quoted])
    footer = f"\n# records: {len(rows)} | generated: 2026-06-30T22:00:00Z"
    with suppress(ExportRefusedError):
        synchronise(SourceFile("fuzz.csv", (raw + footer).encode("utf-8", "surrogatepass")))


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 70_000), st.binary(min_size=1, max_size=8))
def test_a_damaged_export_is_imported_or_refused(place: int, damage: bytes) -> None:
    whole = sample_file("export-2026-06.csv").content
    with suppress(ExportRefusedError):
        result = synchronise(SourceFile("fuzz.csv", whole[:place] + damage + whole[place + len(damage) :]))
        assert json.loads(result.state)


def test_a_shifted_row_keeps_its_own_id(tables: ReferenceTables) -> None:
    """R2: an id column that a delimiter too many has moved is found by what the other ids look like."""
    headings, row = (*HEADINGS[1:], HEADINGS[0]), (*ROW[1:], ROW[0])
    shifted = ("one", "too many", *row[1:-1], "CNA-JP-01")
    export = read(text([headings, row, shifted]), tables)
    assert [(broken.record_id, broken.reason) for broken in export.broken] == [("CNA-JP-01", "column_count")]
