"""One export into the directory: bytes in, bytes out, the same bytes for the same input.

The reference date is the day the export was generated unless the caller names another; "24 months" and
"future" are counted from it. An export is refused whole when it is cut off, miscounts itself, or would make
more than ten per cent of the held entries disappear (rule R1); a refusal changes nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from hashlib import sha256

from rogatory_crypto.errors import Code
from rogatory_directory_sync import jsonvalue
from rogatory_directory_sync.confirmation import confirmations_due, last_confirmed
from rogatory_directory_sync.crosscheck import crosscheck
from rogatory_directory_sync.csv_export import read_csv
from rogatory_directory_sync.dates import is_stale
from rogatory_directory_sync.decision import Officers, Review
from rogatory_directory_sync.decoding import decode
from rogatory_directory_sync.entry import Entry, read_directory, write_annotations, write_state
from rogatory_directory_sync.finding import Category, Findings, Voice
from rogatory_directory_sync.headings import column_of
from rogatory_directory_sync.identity import collapse, drop_shared_mailboxes, rekeyed, set_duplicates_aside
from rogatory_directory_sync.json_export import read_json
from rogatory_directory_sync.local_edits import apply_edits, read_edits
from rogatory_directory_sync.merge import NO_REVIEW, merge_row, new_entry
from rogatory_directory_sync.normalising import Row, normalise
from rogatory_directory_sync.own_edit import OfficeKeys, signed_by_two, unsigned
from rogatory_directory_sync.record import Kind, Status
from rogatory_directory_sync.reference import ReferenceTables, reference_tables
from rogatory_directory_sync.refusal import ExportRefusedError
from rogatory_directory_sync.report import Summary, report
from rogatory_directory_sync.source_row import Export, ExportHead

MISSING_LIMIT = 0.10
_ENOUGH_ROWS = 10
_FORMS = {".json": "json", ".csv": "csv", ".tsv": "csv", ".txt": "csv", ".xlsx": "xlsx"}


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file as it was given: its name for findings, its bytes for everything else."""

    name: str
    content: bytes

    @property
    def form(self) -> str:
        """By the ending of the name, never by content: a CSV that starts with ``ID;`` is no SYLK file."""
        ending = f".{self.name.rpartition('.')[2].lower()}"
        if ending not in _FORMS:
            raise ExportRefusedError(
                Code.UNSUPPORTED,
                self.name,
                0,
                f"files ending in {ending} are not read",
                "give a .csv, .json or .xlsx export",
            )
        return _FORMS[ending]


@dataclass(frozen=True, slots=True)
class Held:
    """The directory before the export: the state file, its annotations, and edits made here since.

    Attributes:
        office_keys: keys of each entry's officers; where given, edits count only if two of them signed.
    """

    state: SourceFile | None = None
    annotations: bytes | None = None
    edits: SourceFile | None = None
    office_keys: OfficeKeys | None = None


@dataclass(frozen=True, slots=True)
class SyncResult:
    """The directory after the export, as values and as the bytes to write."""

    directory: Mapping[str, Entry]
    findings: Findings
    state: bytes
    annotations: bytes
    report: bytes


@dataclass(frozen=True, slots=True)
class _Run:
    """What every step needs."""

    tables: ReferenceTables
    today: date
    findings: Findings
    review: Review = NO_REVIEW

    @property
    def day(self) -> str:
        return self.today.isoformat()


def read_export(file: SourceFile, tables: ReferenceTables) -> Export:
    """An export in any format, complete by its own count.

    Raises:
        ExportRefusedError: not an export, cut off, or too large.
    """
    match file.form:
        case "xlsx":
            # Every command loads this room, few a workbook, whose library takes a tenth of their start.
            from rogatory_directory_sync.xlsx_export import read_xlsx

            return read_xlsx(file.content, file.name, tables.headings)
        case "json":
            return read_json(decode(file.content, file.name))
        case _:
            return read_csv(decode(file.content, file.name), tables.headings)


def _reference_date(export: ExportHead, today: date | None) -> date:
    if today is not None:
        return today
    try:
        return datetime.fromisoformat(export.generated).date()
    except ValueError as error:
        raise ExportRefusedError(
            Code.MALFORMED, export.source, 0, f"generated at {export.generated or 'no stated time'}",
            "name the reference date yourself",
        ) from error  # fmt: skip


def _read_rows(export: Export, run: _Run, aliases: Mapping[str, str]) -> list[Row]:
    """The rows of an export under their entry ids, one for each."""
    for heading in export.unknown_headings:
        Voice(run.findings, "", 1).warn("heading_unknown", heading)
    for remark in export.remarks:
        Voice(run.findings, remark.record_id, remark.line).warn(remark.code, remark.column, remark.raw)
    for broken in export.broken:
        voice = Voice(run.findings, broken.record_id, broken.line)
        voice.say(Category.QUARANTINED, broken.reason, values={"row": broken.number})
    normalised = (normalise(row, run.tables, run.today, run.findings) for row in export.rows)
    rows = [replace(row, record_id=aliases.get(row.record_id, row.record_id)) for row in normalised if row]
    return collapse(rows, run.findings)


def _present(export: ExportHead, rows: Sequence[Row], aliases: Mapping[str, str]) -> set[str]:
    """Every entry the export mentions, quarantined ones included: they are defective, not missing."""
    ids = export.record_ids | {row.record_id for row in rows}
    return {aliases.get(record_id, record_id) for record_id in ids}


def _follow_rekeyed(
    rows: list[Row], held: dict[str, Entry], present: set[str], run: _Run
) -> tuple[list[Row], set[str]]:
    moves = rekeyed(rows, held, present)
    moved = moves.found
    for row in rows:
        if row.record_id in moves.unclear:
            Voice(run.findings, row.record_id, row.line).say(Category.QUARANTINED, "rekey_unclear")
    for new_id, entry_id in moved.items():
        notes = held[entry_id].annotations
        held[entry_id] = replace(held[entry_id], annotations=replace(notes, aliases=(*notes.aliases, new_id)))
        values: jsonvalue.JsonObject = {"from": entry_id, "to": new_id}
        Voice(run.findings, entry_id, 0).say(Category.REKEYED, "rekeyed", values=values)
    followed = [
        replace(row, record_id=moved.get(row.record_id, row.record_id))
        for row in rows
        if row.record_id not in moves.unclear
    ]
    return followed, present | set(moved.values())


def _mark_missing(held: dict[str, Entry], present: set[str], export: ExportHead, run: _Run) -> None:
    """Flag, never delete (rule R17); refuse when too many would vanish at once (rule R1)."""
    expected = {key: entry for key, entry in held.items() if entry.record.status is Status.ACTIVE}
    absent = [key for key in sorted(expected) if key not in present]
    newly = [key for key in absent if not expected[key].annotations.missing_since]
    if len(newly) > MISSING_LIMIT * len(held):
        raise ExportRefusedError(
            Code.CONFLICT, export.source, 0, f"{len(newly)} of {len(held)} held records would become missing",
            "fetch the complete export; ask its publisher if so many were really removed",
        )  # fmt: skip
    for key in absent:
        notes = held[key].annotations
        held[key] = replace(
            held[key], annotations=replace(notes, missing_since=notes.missing_since or run.day)
        )
        Voice(run.findings, key, 0).say(Category.MISSING, "not_in_latest_export")


def _merge_rows(rows: Sequence[Row], held: dict[str, Entry], export: ExportHead, run: _Run) -> None:
    tidied = {item.record_id for item in run.findings.of(Category.NORMALISED) if item.code == "text"}
    usable = 0
    for row in rows:
        voice = Voice(run.findings, row.record_id, row.line)
        known = held.get(row.record_id)
        entry = (
            new_entry(row, voice, run.day)
            if known is None
            else merge_row(known, row, voice, run.day, noise=row.record_id in tidied, review=run.review)
        )
        if entry is None or entry is known:
            continue
        usable += 1
        held[row.record_id] = entry
        if entry.record.languages.accepted is None and entry.record.kind is not Kind.NETWORK_BODY:
            voice.warn("languages_unknown", column_of("languages.accepted"))
    if not usable and export.count >= _ENOUGH_ROWS:
        # One damaged character in the heading line shifts every column: that is no export full of bad rows.
        raise ExportRefusedError(
            Code.MALFORMED, export.source, 1, f"not one of {export.count} rows can be imported",
            "compare the heading line with the rows; fetch the export again",
        )  # fmt: skip


def _mark_stale(held: dict[str, Entry], run: _Run) -> None:
    """A flag and a task to reconfirm, never a removal (rule R13); a withdrawn entry is not asked."""
    for key in sorted(held):
        entry = held[key]
        confirmed = last_confirmed(entry)
        asked = entry.record.status is Status.ACTIVE and confirmed is not None
        stale = asked and is_stale(confirmed or run.today, run.today)
        held[key] = replace(entry, annotations=replace(entry.annotations, stale=stale))
        if stale:
            Voice(run.findings, key, 0).warn(
                "stale", column_of("provenance.last_confirmed"), str(confirmed or "")
            )


def _counterpart(file: SourceFile | None, export: ExportHead, run: _Run) -> Export | None:
    """The same export in its other format; a defective or foreign one is reported and left out."""
    if file is None:
        return None
    voice = Voice(run.findings, "", 0)
    try:
        other = read_export(file, run.tables)
    except ExportRefusedError as error:
        voice.warn("counterpart_refused", file.name, str(error))
        return None
    if (other.head.form == "json") == (export.form == "json") or other.head.generated != export.generated:
        voice.warn("counterpart_not_of_this_export", file.name)
        return None
    return other


def _check_table(
    rows: Sequence[Row], table: Export, run: _Run, aliases: Mapping[str, str], *, named: bool
) -> None:
    """Compare the table with the JSON records that are imported (rule R19).

    What was tidied up in the table is only told where the table is the export that was named.
    """
    aside = replace(run, findings=Findings())
    crosscheck(rows, _read_rows(table, aside, aliases), run.findings, form=table.head.form)
    refused = {item.record_id for item in run.findings.of(Category.QUARANTINED)}
    told = {Category.REPAIRED, *([Category.NORMALISED] if named else [])}
    for finding in aside.findings.all():
        # A row that only the table has damaged is imported from the JSON: the cross-check says so.
        also_here = finding.category is Category.QUARANTINED and finding.record_id in refused
        if finding.category in told or also_here:
            run.findings.add(finding)


def _summary(export: ExportHead, other: ExportHead | None, run: _Run, accepted: int) -> Summary:
    counts = {
        "json" if item.form == "json" else "table": item.count for item in (export, other) if item is not None
    }
    return Summary(
        export.source, export.form, export.generated, run.day, other.source if other else "",
        counts.get("table"), counts.get("json"), accepted,
    )  # fmt: skip


def _held_directory(held: Held, run: _Run) -> dict[str, Entry]:
    """The entries before the export, local edits in effect."""
    if held.state is None:
        return {}
    directory = read_directory(held.state.content, held.annotations, held.state.name)
    if held.edits is None:
        return directory
    edits = read_edits(held.edits.content, held.edits.name)
    if held.office_keys is None:
        edits = unsigned(edits, run.findings)
    else:
        edits = signed_by_two(edits, held.office_keys, run.findings)
    return apply_edits(directory, edits, run.findings, run.today)


def synchronise(
    export: SourceFile,
    held: Held | None = None,
    *,
    counterpart: SourceFile | None = None,
    today: date | None = None,
    tables: ReferenceTables | None = None,
    officers: Officers | None = None,
) -> SyncResult:
    """The directory after an export.

    Args:
        export: CSV, JSON or XLSX, by the ending of its name.
        held: the directory before it; None for the first import.
        counterpart: the same export in the other format, for the cross-check of rule R19.
        today: reference date; the day the export was generated if None.
        tables: reference tables; those of this package if None.
        officers: public key -> function of those whose decisions on held changes count; nobody if None.

    Raises:
        ExportRefusedError: the export as a whole cannot be imported, or a held file cannot be read.
    """
    used = tables or reference_tables()
    source = read_export(export, used)
    review = Review(sha256(export.content).hexdigest(), officers or {})
    run = _Run(used, _reference_date(source.head, today), Findings(), review)
    other = _counterpart(counterpart, source.head, run)
    directory = _held_directory(held or Held(), run)
    aliases = {alias: key for key, entry in directory.items() for alias in entry.annotations.aliases}
    # Where both formats are there, JSON is imported whichever of the two was named (rule R19).
    imported, table = (source, other) if other is None or source.head.form == "json" else (other, source)
    head, rows = imported.head, _read_rows(imported, run, aliases)
    if table is not None:
        _check_table(rows, table, run, aliases, named=table is source)
    present = _present(head, rows, aliases)
    rows = drop_shared_mailboxes(rows, directory, run.tables, run.findings)
    rows = set_duplicates_aside(rows, directory, run.findings)
    rows, present = _follow_rekeyed(rows, directory, present, run)
    _mark_missing(directory, present, head, run)
    _merge_rows(rows, directory, head, run)
    _mark_stale(directory, run)
    summary = _summary(source.head, other.head if other else None, run, len(directory))
    due = confirmations_due(directory.values(), run.today)
    return SyncResult(
        directory,
        run.findings,
        write_state(directory),
        write_annotations(directory),
        jsonvalue.write(report(summary, run.findings, due)),
    )
