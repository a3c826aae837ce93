"""A table as published, a row of cells each, to authorities in the members of the JSON export (rules R1, R2).

What the routes with cells share: the heading line, the counting footer, and what each column means. The
footer ``# records: N`` must be the last row and N the number of data rows; anything else means that the table
was cut off and the whole import is refused. A row with a wrong number of cells is set aside with its line
number and the rest goes on.
"""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice, pairwise
from typing import TypeAlias

from rogatory_crypto.errors import Code
from rogatory_directory_sync.headings import COLUMNS, REQUIRED, canonical_headings
from rogatory_directory_sync.jsonvalue import JsonObject, JsonValue
from rogatory_directory_sync.refusal import ExportRefusedError
from rogatory_directory_sync.source_row import Again, BrokenRow, Export, ExportHead, Remark, SourceRow

MAX_ROWS = 100_000
CUT_OFF = "the file was cut off or changed on the way; fetch the export again"
NumberedRow: TypeAlias = tuple[int, list[str]]
_FOOTER = re.compile(r"#\s*records:\s*(\d{1,9})\b", re.IGNORECASE)
_GENERATED = re.compile(r"generated:\s*(\S+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of a file that are not blank, each with the number of its first line; they are read twice.

    Attributes:
        form: the format, as the report names it.
        windows_1252: numbers of the lines that were not UTF-8.
        remarks: what was noticed about the file itself.
    """

    source: str
    form: str
    rows: Iterable[NumberedRow]
    windows_1252: frozenset[int] = frozenset()
    remarks: tuple[Remark, ...] = ()


def _headings(table: Table, line: int, cells: Sequence[str], aliases: Mapping[str, str]) -> tuple[str, ...]:
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


def _footer(table: Table, footer: NumberedRow, held: int) -> str:
    """The generation time; the footer must stand last and count the data rows."""
    line, cells = footer
    declared = _FOOTER.match(cells[0].strip())
    if declared is None:
        raise ExportRefusedError(
            Code.MALFORMED, table.source, line, "no footer '# records: N' at the end", CUT_OFF
        )
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
    cleared: list[JsonValue] = [
        COLUMNS[name] for name, cell in row.items() if cell.strip().casefold() == "(none)"
    ]
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


def _shape(record_id: str) -> str:
    """An id with its letters and digits made equal: what the ids of one publisher share."""
    return re.sub(r"[0-9]", "9", re.sub(r"[A-Za-z]", "A", record_id))


@dataclass(slots=True)
class _Survey:
    """What one reading of a table tells: its rows are counted, none is kept but the broken ones."""

    table: Table
    width: int
    place: int
    count: int = 0
    ids: set[str] = field(default_factory=set)
    shapes: Counter[str] = field(default_factory=Counter)
    broken: list[tuple[int, int, list[str]]] = field(default_factory=list)

    def row(self, line: int, cells: Sequence[str]) -> None:
        """Take in one data row."""
        self.count += 1
        if len(cells) != self.width:
            self.broken.append((line, self.count, self._candidates(cells)))
            return
        record_id = cells[self.place].strip()
        self.ids.add(record_id)
        self.shapes[_shape(record_id)] += 1

    def _candidates(self, cells: Sequence[str]) -> list[str]:
        """Cells that may be the id: a delimiter too many before it has shifted it."""
        near = (self.place, self.place + len(cells) - self.width)
        return [cells[at].strip() for at in dict.fromkeys(near) if 0 <= at < len(cells)]

    def broken_rows(self) -> tuple[BrokenRow, ...]:
        """The rows with a wrong number of cells, each under the id that looks most like the others'."""
        return tuple(
            BrokenRow(
                line, number, max(ids, key=lambda each: self.shapes[_shape(each)], default=""), "column_count"
            )
            for line, number, ids in self.broken
        )


def _survey(table: Table, width: int, place: int) -> tuple[_Survey, NumberedRow]:
    """Read a table through; its last row is the footer.

    Raises:
        ExportRefusedError: more rows than any export has.
    """
    survey = _Survey(table, width, place)
    rows = iter(table.rows)
    held = next(rows)
    for number, row in enumerate(rows):
        if number > MAX_ROWS:
            raise ExportRefusedError(
                Code.TOO_LARGE, table.source, row[0], f"more than {MAX_ROWS} rows", "split the export"
            )
        if number:
            survey.row(*held)
        held = row
    return survey, held


def _good_rows(table: Table, headings: Sequence[str]) -> Iterator[SourceRow]:
    foreign_lines = sorted(table.windows_1252)
    following = islice(table.rows, 1, None)
    for number, ((line, cells), (after, _)) in enumerate(pairwise(following), start=1):
        if len(cells) != len(headings):
            continue
        row_cells = {name: cell for name, cell in zip(headings, cells, strict=True) if name}
        at = bisect_left(foreign_lines, line)
        foreign = at < len(foreign_lines) and foreign_lines[at] < after
        yield SourceRow(line, number, foreign, authority_of(row_cells))


def read_table(table: Table, aliases: Mapping[str, str]) -> Export:
    """A table as an export.

    Args:
        table: with its heading line first and its footer last.
        aliases: alias -> canonical heading, as in the reference table.

    Raises:
        ExportRefusedError: no rows or too many, unknown headings, no footer, or a footer that miscounts.
    """
    line, published = next(iter(table.rows), (0, []))
    if not published:
        raise ExportRefusedError(Code.MALFORMED, table.source, 0, "no rows", CUT_OFF)
    headings = _headings(table, line, published, aliases)
    survey, footer = _survey(table, len(headings), headings.index("Record ID"))
    generated = _footer(table, footer, survey.count)
    broken = survey.broken_rows()
    ids = frozenset(survey.ids | {row.record_id for row in broken})
    unknown = tuple(cell.strip() for cell, name in zip(published, headings, strict=True) if not name)
    return Export(
        ExportHead(table.source, table.form, generated, survey.count, ids),
        Again(lambda: _good_rows(table, headings)), broken, unknown, table.remarks,
    )  # fmt: skip
