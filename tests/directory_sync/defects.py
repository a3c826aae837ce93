"""Every kind of defect the import rules name, to be put into a clean export at any place.

A defect changes the rows of an export and says which finding must follow about which record. The rows are
those of the sample that nothing is wrong with; ``rendered`` writes them as any publisher might.
"""

import csv
import io
import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from tests.directory_sync.workbooks import from_rows

from rogatory_directory_sync import SourceFile, reference_tables, sample_file, synchronise
from rogatory_directory_sync.csv_export import read_csv
from rogatory_directory_sync.decoding import decode
from rogatory_directory_sync.headings import canonical_headings
from rogatory_directory_sync.table import authority_of

FORMS = ("csv", "json", "xlsx")
DAY = {"first": "2026-06-30", "second": "2026-09-30"}
Row = dict[str, str]
Rows = list[Row]
Change = Callable[[Row], object]


@dataclass(frozen=True)
class Defect:
    """A change of one row, and the finding that must name it.

    Attributes:
        rule: of the import rules.
        name: for people.
        category: of the finding; the empty text where the whole export is refused.
        code: of the finding, or the beginning of the refusal's reason.
        change: of the row itself; what it returns is put after the row.
        forms: in which formats it can occur.
        second: whether it is a defect of a second export, against a clean first one.
        kept: whether the record must be as the clean export has it.
    """

    rule: str
    name: str
    category: str
    code: str
    change: Callable[[Row, Rows], Rows | None]
    forms: tuple[str, ...] = FORMS
    second: bool = False
    kept: bool = False


@cache
def clean_rows() -> tuple[tuple[tuple[str, str], ...], ...]:
    """Rows of the sample about which the import has nothing to say."""
    found = synchronise(sample_file("export-2026-06.csv"))
    dirty = {item.record_id for item in found.findings.all() if item.category.value != "added"}
    lines = decode(sample_file("export-2026-06.csv").content, "x.csv").lines
    table = [row for row in csv.reader(iter(lines)) if row]
    headings = canonical_headings(table[0], reference_tables().headings)
    rows = [dict(zip(headings, row, strict=False)) for row in table[1:-1]]
    good = [row for row in rows if row["Record ID"] not in dirty and row["Status"] == "active"]
    return tuple(tuple(row.items()) for row in good if row["Kind"] == "central_authority")


def rows_of(chance: random.Random, count: int = 14) -> Rows:
    """Some clean rows in any order; one of them has a mailbox, a telephone and dates."""
    chosen = chance.sample(clean_rows(), count)
    return [dict(row) for row in chosen]


def rendered(rows: Rows, form: str, chance: random.Random, when: str = "first") -> SourceFile:
    """An export of the rows, with whatever dialect a publisher may choose."""
    generated = f"{DAY[when]}T22:00:00Z"
    if form == "json":
        records = [authority_of(row) for row in rows]
        head = {"generated": generated, "record_count": len(records)}
        return SourceFile("x.json", json.dumps({"export": head, "records": records}).encode())
    named = [name for name in rows[0] if name != "+"]
    headings = chance.sample(named, len(named))
    cells = [[row[name] for name in headings] + list(row.get("+", [])) for row in rows]
    footer = [f"# records: {len(rows)}", f"generated: {generated}"]
    if form == "xlsx":
        return SourceFile("x.xlsx", from_rows([headings, *cells, footer]))
    delimiter, end = chance.choice(",;\t"), chance.choice(["\n", "\r\n"])
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, lineterminator=end)
    writer.writerows([headings, *cells, [" | ".join(footer)]])
    mark = chance.choice([b"", b"\xef\xbb\xbf"])
    return SourceFile("x.csv", mark + text.getvalue().encode())


def put(**cells: str) -> Callable[[Row, Rows], None]:
    """A change of cells; underscores in the names stand for blanks."""
    return lambda row, _rows: row.update({name.replace("_", " "): cell for name, cell in cells.items()})


def cell(name: str, value: str | Callable[[str], str]) -> Callable[[Row, Rows], None]:
    """A change of the cell under one heading."""

    def change(row: Row, _rows: Rows) -> None:
        row[name] = value if isinstance(value, str) else value(row[name])

    return change


def again(**cells: str) -> Callable[[Row, Rows], Rows]:
    """The row once more, with other cells."""
    return lambda row, _rows: [row | {name.replace("_", " "): value for name, value in cells.items()}]


def raised(change: Callable[[Row, Rows], object]) -> Callable[[Row, Rows], None]:
    """A change with a revision that says so."""

    def both(row: Row, rows: Rows) -> None:
        change(row, rows)
        row["Revision"] = str(int(row["Revision"]) + 1)

    return both


def _foreign_mailbox(row: Row, rows: Rows) -> None:
    other = next(item for item in rows if item["ISO2"] != row["ISO2"] and item["E-mail"])
    row["E-mail"] = other["E-mail"]


def _older(row: Row, _rows: Rows) -> Rows:
    row["Revision"] = str(int(row["Revision"]) + 2)
    return [row | {"Revision": "1", "Website": "https://old.example/"}]


def _mojibake(text: str) -> str:
    return f"{text} é".encode().decode("cp1252")


def _without_last_article(text: str) -> str:
    return text.rpartition(";")[0]


FIRST = (
    Defect("R2", "one cell too many", "quarantined", "column_count", cell("+", "x"), ("csv", "xlsx")),
    Defect("R2", "no such kind", "quarantined", "schema", cell("Kind", "ministry")),
    Defect("R2", "no revision", "quarantined", "schema", cell("Revision", "soon")),
    Defect("R3", "mojibake", "repaired", "utf8_read_as_cp1252", cell("Unit", _mojibake)),
    Defect("R3", "invisible characters", "normalised", "text",
           cell("Unit", lambda t: f" {t}\u200b "), kept=True),
    Defect("R3", "formula", "warnings", "active_content_as_text", cell("Unit", "=HYPERLINK(1)")),
    Defect("R3", "markup", "warnings", "active_content_as_text",
           cell("Urgent procedure", "<script>x</script>")),
    Defect("R4", "another State's code", "quarantined", "state_name_iso_mismatch",
           put(ISO2="PT", ISO3="PRT")),
    Defect("R4", "unknown code", "quarantined", "state_code_unknown", put(ISO2="QQ", ISO3="QQQ")),
    Defect("R4", "unknown State", "quarantined", "state_name_unknown", cell("Country", "Atlantis")),
    Defect("R4", "no code", "repaired", "iso_from_name", put(ISO2="", ISO3=""), kept=True),
    Defect("R5", "row twice", "collapsed", "duplicate_exact", again(), kept=True),
    Defect("R5", "older revision after it", "collapsed", "duplicate_older_revision", _older),
    Defect("R5", "same revision, other content", "quarantined", "same_revision_conflict",
           again(City="Elsewhere")),
    Defect("R6", "no number", "normalised", "phone_placeholder", cell("Fax", "N/A")),
    Defect("R6", "unreadable number", "warnings", "phone_not_possible", cell("Phone", "call the porter 12")),
    Defect("R7", "no domain", "warnings", "email_invalid", cell("E-mail", "office@justice")),
    Defect("R7", "turned around", "warnings", "email_control_character",
           cell("E-mail", lambda text: f"\u202e{text}")),
    Defect("R7", "another alphabet", "warnings", "email_homoglyph",
           cell("E-mail", lambda text: text.replace("a", "\u0430"))),
    Defect("R7", "another State's mailbox", "warnings", "email_shared_between_states", _foreign_mailbox),
    Defect("R8", "no languages", "warnings", "languages_unknown", cell("Languages accepted", "")),
    Defect("R8", "no such language", "warnings", "language_unknown:", cell("Languages accepted", "Volapok")),
    Defect("R9", "ambiguous date", "warnings", "date_ambiguous", cell("Note verbale date", "03/04/2025")),
    Defect("R9", "future date", "warnings", "date_future", cell("Note verbale date", "2568-02-03")),
    Defect("R9", "no date", "warnings", "date_unreadable", cell("Note verbale date", "in spring")),
    Defect("R10", "wrong offset", "warnings", "utc_offset_mismatch", cell("Time zone", "GMT-11")),
    Defect("R10", "no such zone", "warnings", "time_zone_unknown", cell("Time zone", "Middle/Earth")),
    Defect("R11", "unknown article", "warnings", "designation_unknown:",
           cell("Designations", lambda text: f"{text}; UNTOC:45")),
    Defect("R12", "a person", "warnings", "personal_name_suspected", cell("Contact function", "Ms. N. N.")),
    Defect("R13", "old entry", "warnings", "stale",
           put(Last_updated="2011-12-01", Last_confirmed="2011-12-01")),
)  # fmt: skip

SECOND = (
    Defect("R14", "lower revision", "ignored", "older_revision",
           put(Revision="1", City="Elsewhere"), kept=True),
    Defect("R14", "unversioned change", "held", "revision_not_bumped", cell("City", "Elsewhere"), kept=True),
    Defect("R14", "a change", "updated", "updated", raised(cell("City", "Elsewhere"))),
    Defect("R15", "blank", "kept_blank", "blank_means_not_supplied", raised(cell("Website", ""))),
    Defect("R15", "emptied on purpose", "cleared", "cleared_on_purpose", raised(cell("Website", "(none)"))),
    Defect("R16", "new mailbox", "held", "email_changed",
           raised(cell("E-mail", lambda text: f"new.{text}"))),
    Defect("R16", "look-alike domain", "rejected_changes", "email_lookalike",
           raised(cell("E-mail", lambda text: text.replace(".gov.", "-gov.")))),
    Defect("R16", "mixed scripts", "rejected_changes", "email_homoglyph",
           raised(cell("E-mail", lambda text: text.replace("a", "\u0430")))),
    Defect("R16", "designation removed", "held", "routing_critical",
           raised(cell("Designations", _without_last_article))),
    Defect("R16", "24/7 number", "held", "routing_critical", raised(cell("Emergency phone", "+41443210000"))),
    Defect("R16", "withdrawn", "withdrawn", "withdrawn", raised(cell("Status", "withdrawn"))),
)  # fmt: skip


def read_back(file: SourceFile) -> int:
    """How many rows a CSV has, as a check of the rendering itself."""
    return read_csv(decode(file.content, file.name), reference_tables().headings).head.count
