"""What the import has to say about single records: typed, ordered, and never an exception.

A finding names the record, the rule's code, the column by its published heading, the line, and the raw
text, so that a steward can act on it without opening the file. The lists of the report are made from the
category.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from rogatory_directory_sync.jsonvalue import JsonObject, JsonValue

_MAX_RAW = 500


class Category(StrEnum):
    """Which list of the report a finding belongs to."""

    QUARANTINED = "quarantined"
    COLLAPSED = "collapsed"
    REPAIRED = "repaired"
    WARNING = "warnings"
    NORMALISED = "normalised"
    CROSSCHECK = "crosscheck"
    ADDED = "added"
    UPDATED = "updated"
    HELD = "held"
    REJECTED = "rejected_changes"
    CONFLICT = "conflicts"
    LOCAL_KEPT = "local_kept"
    CONVERGED = "converged"
    WITHDRAWN = "withdrawn"
    MISSING = "missing"
    IGNORED = "ignored"
    REKEYED = "rekeyed"
    NOISE = "unchanged_noise"
    KEPT_BLANK = "kept_blank"
    CLEARED = "cleared"
    CONFIRMED = "confirmed"


@dataclass(frozen=True, slots=True)
class Finding:
    """One statement about one record.

    Attributes:
        code: the stable name of the rule's outcome; a test and a translation key.
        column: heading or field path; empty where the whole record is meant.
        line: line in the export, 0 where there is none (held records, edits).
        raw: the text as published, so that nothing is lost when a value is not imported.
        values: old, new, base, local, export as the category needs them.
    """

    category: Category
    record_id: str
    code: str
    column: str = ""
    line: int = 0
    raw: str = ""
    values: JsonObject = field(default_factory=dict)

    def to_json(self) -> JsonObject:
        """Every member, in a fixed order; empty ones left out."""
        members: JsonObject = {
            "category": self.category.value,
            "record_id": self.record_id,
            "code": self.code,
        }
        optional: dict[str, JsonValue] = {
            "column": self.column,
            "line": self.line,
            "raw": self.raw,
            "values": self.values,
        }
        return members | {name: value for name, value in optional.items() if value}


class Findings:
    """An append-only list; the same record, code and column are said once."""

    def __init__(self) -> None:
        self._items: dict[tuple[Category, str, str, str], Finding] = {}

    def add(self, finding: Finding) -> None:
        """Append unless it was said before."""
        place = "" if finding.record_id else str(finding.values.get("row", ""))
        key = (finding.category, finding.record_id or place, finding.code, finding.column)
        self._items.setdefault(key, finding)

    def of(self, category: Category) -> tuple[Finding, ...]:
        """Those of one category, in the order they were made."""
        return tuple(item for item in self._items.values() if item.category is category)

    def all(self) -> tuple[Finding, ...]:
        """Every finding in the order they were made."""
        return tuple(self._items.values())


@dataclass(frozen=True, slots=True)
class Voice:
    """Findings about one row: the record and line are said once, at the start."""

    findings: Findings
    record_id: str
    line: int

    def say(
        self, category: Category, code: str, column: str = "", raw: str = "", values: JsonObject | None = None
    ) -> None:
        """Append one finding about this row."""
        self.findings.add(
            Finding(category, self.record_id, code, column, self.line, raw[:_MAX_RAW], values or {})
        )

    def warn(self, code: str, column: str = "", raw: str = "") -> None:
        """Append a warning."""
        self.say(Category.WARNING, code, column, raw)

    def repaired(self, rule: str, column: str, raw: str = "") -> None:
        """Append a repair."""
        self.say(Category.REPAIRED, rule, column, raw)

    def normalised(self, code: str, column: str = "", raw: str = "") -> None:
        """Append a note that the value was read in a form other than the canonical one."""
        self.say(Category.NORMALISED, code, column, raw)
