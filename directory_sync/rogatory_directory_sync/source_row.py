"""What both routes hand on: one authority as published, still dirty, in the members of the JSON export."""

from dataclasses import dataclass

from rogatory_directory_sync.jsonvalue import JsonObject, text_of


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One row or record; ``line`` is its first line, ``number`` its place from 1."""

    line: int
    number: int
    windows_1252: bool
    authority: JsonObject


@dataclass(frozen=True, slots=True)
class BrokenRow:
    """A row that cannot be read as an authority at all (rule R2)."""

    line: int
    number: int
    record_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class Remark:
    """Something noticed about the file itself, before any rule for values; it becomes a warning.

    Attributes:
        code: the stable name of what was noticed.
        record_id: of the row it was noticed in, empty where the whole file is meant.
        column: heading or place in the file.
    """

    code: str
    line: int
    record_id: str = ""
    column: str = ""
    raw: str = ""


@dataclass(frozen=True, slots=True)
class ExportHead:
    """What is still needed of an export once its rows have been read; the rows themselves are let go.

    Attributes:
        count: data rows, broken ones included; equal to what the export itself declares.
        record_ids: every id it mentions, in rows that can be read and in those that cannot.
    """

    source: str
    form: str
    generated: str
    count: int
    record_ids: frozenset[str]


@dataclass(frozen=True, slots=True)
class Export:
    """An export as published, complete by its own count; columns with unknown headings are not read."""

    source: str
    form: str
    generated: str
    rows: tuple[SourceRow, ...]
    broken: tuple[BrokenRow, ...]
    unknown_headings: tuple[str, ...] = ()
    remarks: tuple[Remark, ...] = ()

    @property
    def head(self) -> ExportHead:
        """The export without its rows."""
        read = {text_of(row.authority.get("record_id")).strip() for row in self.rows}
        ids = frozenset(read | {broken.record_id for broken in self.broken})
        count = len(self.rows) + len(self.broken)
        return ExportHead(self.source, self.form, self.generated, count, ids)
