"""A table as published, a row of cells each, to authorities in the members of the JSON export (rules R1, R2).

What the routes with cells share: the heading line, the counting footer, and what each column means. The
footer ``# records: N`` must be the last row and N the number of data rows; anything else means that the table
was cut off and the whole import is refused. A row with a wrong number of cells is set aside with its line
number and the rest goes on.
"""

import re
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from rogatory_crypto.errors import Code
from rogatory_directory_sync.headings import COLUMNS, REQUIRED, canonical_headings
from rogatory_directory_sync.jsonvalue import JsonObject, JsonValue
from rogatory_directory_sync.refusal import ExportRefusedError
from rogatory_directory_sync.source_row import BrokenRow, Export, Remark, SourceRow

MAX_ROWS = 100_000
CUT_OFF = "the file was cut off or changed on the way; fetch the export again"
NumberedRow: TypeAlias = tuple[int, list[str]]
_FOOTER = re.compile(r"#\s*records:\s*(\d{1,9})\b", re.IGNORECASE)
_GENERATED = re.compile(r"generated:\s*(\S+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of a file that are not blank, each with the number of its first line.

    Attributes:
        form: the format, as the report names it.
        windows_1252: numbers of the lines that were not UTF-8.
        remarks: what was noticed about the file itself.
    """

    source: str
    form: str
    rows: Sequence[NumberedRow]
    windows_1252: frozenset[int] = frozenset()
    remarks: tuple[Remark, ...] = ()


def _headings(table: Table, aliases: Mapping[str, str]) -> tuple[str, ...]:
    line, cells = table.rows[0]
    headings = canonical_headings(cells, aliases)
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
            table.source,
            line,
            what,
            "check the heading line or add the alias to the headings table",
        )
    return headings


def _footer(table: Table) -> str:
    """The generation time; the footer must stand last and count the data rows."""
    line, cells = table.rows[-1]
    declared = _FOOTER.match(cells[0].strip())
    if declared is None:
        raise ExportRefusedError(
            Code.MALFORMED, table.source, line, "no footer '# records: N' at the end", CUT_OFF
        )
    held = len(table.rows) - 2
    if int(declared[1]) != held:
        raise ExportRefusedError(
            Code.MALFORMED,
            table.source,
            line,
            f"the footer counts {int(declared[1])} records, the file holds {held}",
            CUT_OFF,
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


def bounded(source: str, rows: Sequence[NumberedRow]) -> None:
    """Refuse a table with more rows than any export has, or none.

    Raises:
        ExportRefusedError: of that kind.
    """
    if not rows:
        raise ExportRefusedError(Code.MALFORMED, source, 0, "no rows", CUT_OFF)
    if len(rows) > MAX_ROWS + 2:
        raise ExportRefusedError(
            Code.TOO_LARGE, source, rows[-1][0], f"more than {MAX_ROWS} rows", "split the export"
        )


def read_table(table: Table, aliases: Mapping[str, str]) -> Export:
    """A table as an export.

    Args:
        table: with its heading line first and its footer last.
        aliases: alias -> canonical heading, as in the reference table.

    Raises:
        ExportRefusedError: unknown headings, no footer, or a footer that miscounts.
    """
    headings = _headings(table, aliases)
    generated = _footer(table)
    good: list[SourceRow] = []
    broken: list[BrokenRow] = []
    place = headings.index("Record ID")
    foreign_lines = sorted(table.windows_1252)
    for number, (line, cells) in enumerate(table.rows[1:-1], start=1):
        if len(cells) != len(headings):
            record_id = cells[place].strip() if place < len(cells) else ""
            broken.append(BrokenRow(line, number, record_id, "column_count"))
            continue
        row_cells = {name: cell for name, cell in zip(headings, cells, strict=True) if name}
        after = table.rows[number + 1][0]
        at = bisect_left(foreign_lines, line)
        foreign = at < len(foreign_lines) and foreign_lines[at] < after
        good.append(SourceRow(line, number, foreign, authority_of(row_cells)))
    unknown = tuple(cell.strip() for cell, name in zip(table.rows[0][1], headings, strict=True) if not name)
    return Export(table.source, table.form, generated, tuple(good), tuple(broken), unknown, table.remarks)
