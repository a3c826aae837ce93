"""What both routes hand on: one authority as published, still dirty, in the members of the JSON export."""

from dataclasses import dataclass

from rogatory_directory_sync.jsonvalue import JsonObject


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
class Export:
    """An export as published, complete by its own count; columns with unknown headings are not read."""

    source: str
    form: str
    generated: str
    rows: tuple[SourceRow, ...]
    broken: tuple[BrokenRow, ...]
    unknown_headings: tuple[str, ...] = ()

    @property
    def count(self) -> int:
        """Data rows, broken ones included; equal to what the export itself declares."""
        return len(self.rows) + len(self.broken)
