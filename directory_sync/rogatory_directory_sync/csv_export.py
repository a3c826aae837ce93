"""The CSV route (rules R1, R2): heading line, rows with the right number of cells, and the counting footer.

The delimiter is sniffed from the heading line only, never from content. The footer ``# records: N`` must be
the last row and N the number of data rows; anything else means the file was cut off and the whole import is
refused. A row with a wrong number of cells is set aside with its line number and the rest goes on.
"""

import csv
import re
from collections.abc import Iterator, Mapping, Sequence

from rogatory_crypto.errors import Code
from rogatory_directory_sync.decoding import Lines
from rogatory_directory_sync.headings import COLUMNS, REQUIRED, canonical_headings
from rogatory_directory_sync.jsonvalue import JsonObject, JsonValue
from rogatory_directory_sync.refusal import ExportRefusedError
from rogatory_directory_sync.source_row import BrokenRow, Export, SourceRow

MAX_ROWS = 100_000
_DELIMITERS = (",", ";", "\t")
_FOOTER = re.compile(r"#\s*records:\s*(\d{1,9})\b", re.IGNORECASE)
_GENERATED = re.compile(r"generated:\s*(\S+)", re.IGNORECASE)
_CUT_OFF = "the file was cut off or changed on the way; fetch the export again"


def _rows(lines: Lines, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Each row with the number of its first line."""
    reader = csv.reader(iter(lines.lines), delimiter=delimiter)
    start = 1
    try:
        for cells in reader:
            if reader.line_num and any(cell.strip() for cell in cells):
                yield start, cells
            start = reader.line_num + 1
    except csv.Error as error:
        raise ExportRefusedError(
            Code.MALFORMED, lines.source, start, f"not readable as CSV ({error})", _CUT_OFF
        ) from error


def sniff_delimiter(heading_line: str) -> str:
    """The delimiter that splits the heading line into the most cells."""
    return max(_DELIMITERS, key=heading_line.count)


def _headings(lines: Lines, row: tuple[int, Sequence[str]], aliases: Mapping[str, str]) -> tuple[str, ...]:
    headings = canonical_headings(row[1], aliases)
    missing = [name for name in REQUIRED if name not in headings]
    twice = sorted({name for name in headings if name and headings.count(name) > 1})
    if missing or twice:
        what = (
            f"columns missing: {', '.join(missing)}"
            if missing
            else f"columns given twice: {', '.join(twice)}"
        )
        raise ExportRefusedError(
            Code.MALFORMED,
            lines.source,
            row[0],
            what,
            "check the heading line or add the alias to the headings table",
        )
    return headings


def _footer(lines: Lines, rows: Sequence[tuple[int, list[str]]]) -> str:
    """The generation time; the footer must stand last and count the data rows."""
    line, cells = rows[-1]
    declared = _FOOTER.match(cells[0].strip())
    if declared is None:
        raise ExportRefusedError(
            Code.MALFORMED, lines.source, line, "no footer '# records: N' at the end", _CUT_OFF
        )
    if int(declared[1]) != len(rows) - 2:
        raise ExportRefusedError(
            Code.MALFORMED,
            lines.source,
            line,
            f"the footer counts {int(declared[1])} records, the file holds {len(rows) - 2}",
            _CUT_OFF,
        )
    generated = _GENERATED.search(" ".join(cells))
    return generated[1] if generated else ""


def _resources(row: Mapping[str, str]) -> list[JsonValue]:
    kinds = (("legislation", "Legislation"), ("template", "Templates"))
    return [
        {"kind": kind, "url": url.strip()}
        for kind, column in kinds
        for url in re.split(r"[;\s]+", row.get(column, ""))
        if url.strip()
    ]


def _agreements(cell: str) -> JsonValue:
    agreements: list[JsonValue] = []
    for item in filter(str.strip, cell.split("||")):
        kind, title, *subject = (
            [part.strip() for part in item.split("|")] if "|" in item else ["", item.strip()]
        )
        agreement: JsonObject = {"type": kind, "title": title}
        agreements.append(agreement | ({"subject": subject[0]} if subject and subject[0] else {}))
    return agreements


def _lists(row: Mapping[str, str]) -> JsonObject:
    split = {
        "informal_channels": re.split(r"[;\n]", row.get("Informal channels", "")),
        "asset_recovery_networks": re.split(r"[;,\n]", row.get("Asset recovery networks", "")),
        "supersedes": re.split(r"[;,\s]+", row.get("Supersedes", "")),
    }
    lists: JsonObject = {
        path: [item.strip(" \t") for item in items if item.strip()] for path, items in split.items()
    }
    return lists | {"resources": _resources(row), "agreements": _agreements(row.get("Agreements", ""))}


def authority_of(row: Mapping[str, str]) -> JsonObject:
    """A row in the members of the JSON export, every value still as published.

    ``(none)`` in a cell is the publisher's word for "emptied on purpose" (rule R15).
    """
    cleared = [COLUMNS[name] for name, cell in row.items() if cell.strip().casefold() == "(none)"]
    row = {name: "" if cell.strip().casefold() == "(none)" else cell for name, cell in row.items()}
    authority: dict[str, JsonValue] = {}
    for name, cell in row.items():
        group, _, part = COLUMNS[name].partition(".")
        if group in ("phones", "emails"):
            known = authority.setdefault(group, [])
            value: JsonValue = {"type": part, "address" if group == "emails" else "raw": cell}
            authority[group] = [*(known if isinstance(known, list) else []), value]
        elif part and group not in ("name", "resources"):
            members = authority.setdefault(group, {})
            authority[group] = {**(members if isinstance(members, dict) else {}), part: cell}
        else:
            authority[group] = cell
    language = row.get("Local language", "").strip() or "und"
    local = {language: row["Authority (local)"]} if row.get("Authority (local)", "").strip() else {}
    names: JsonObject = {"en": row.get("Authority (EN)", "")}
    return authority | _lists(row) | {"name": names | local, "cleared_fields": cleared}


def _all_rows(lines: Lines) -> list[tuple[int, list[str]]]:
    rows: list[tuple[int, list[str]]] = []
    for row in _rows(lines, sniff_delimiter(lines.lines[0])):
        if len(rows) > MAX_ROWS:
            raise ExportRefusedError(
                Code.TOO_LARGE, lines.source, row[0], f"more than {MAX_ROWS} rows", "split the export"
            )
        rows.append(row)
    if not rows:
        raise ExportRefusedError(Code.MALFORMED, lines.source, 0, "no rows", _CUT_OFF)
    return rows


def read_csv(lines: Lines, aliases: Mapping[str, str]) -> Export:
    """A CSV export.

    Raises:
        ExportRefusedError: not CSV, unknown headings, no footer, or a footer that miscounts.
    """
    rows = _all_rows(lines)
    headings = _headings(lines, rows[0], aliases)
    generated = _footer(lines, rows)
    good: list[SourceRow] = []
    broken: list[BrokenRow] = []
    place = headings.index("Record ID")
    for number, (line, cells) in enumerate(rows[1:-1], start=1):
        if len(cells) != len(headings):
            record_id = cells[place].strip() if place < len(cells) else ""
            broken.append(BrokenRow(line, number, record_id, "column_count"))
            continue
        end = rows[number + 1][0]
        row_cells = {name: cell for name, cell in zip(headings, cells, strict=True) if name}
        foreign = any(line <= at < end for at in lines.windows_1252)
        good.append(SourceRow(line, number, foreign, authority_of(row_cells)))
    unknown = tuple(cell.strip() for cell, name in zip(rows[0][1], headings, strict=True) if not name)
    return Export(lines.source, "csv", generated, tuple(good), tuple(broken), unknown)
