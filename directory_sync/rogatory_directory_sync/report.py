"""The report of one synchronisation: a short list for each outcome, the tasks that follow, and every finding.

The lists have the shape a steward's screen and the acceptance data share; the findings beneath them carry
lines, raw texts and full values. Nothing in it depends on the clock, so the same input gives the same
bytes.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from rogatory_directory_sync.finding import Category, Finding, Findings
from rogatory_directory_sync.jsonvalue import JsonObject, JsonValue


def _id_only(finding: Finding) -> JsonValue:
    return finding.record_id


def _values(finding: Finding) -> JsonValue:
    return {"record_id": finding.record_id, **finding.values}


def _updated(finding: Finding) -> JsonValue:
    return {"record_id": finding.record_id, "fields": finding.values.get("fields", [])}


def _repair(finding: Finding) -> JsonValue:
    return {"record_id": finding.record_id, "field": finding.column, "rule": finding.code}


def _code(finding: Finding) -> JsonValue:
    return {"record_id": finding.record_id, "code": finding.code}


def _columns(finding: Finding) -> JsonValue:
    table = "xlsx" if "xlsx" in finding.values else "csv"
    both = {table: finding.values.get(table), "json": finding.values.get("json")}
    return {"record_id": finding.record_id, "column": finding.column, **both}


def _only_values(finding: Finding) -> JsonValue:
    return finding.values


_SHAPES: Mapping[Category, Callable[[Finding], JsonValue]] = {
    Category.COLLAPSED: _id_only,
    Category.REPAIRED: _repair,
    Category.WARNING: _code,
    Category.NORMALISED: _code,
    Category.CROSSCHECK: _columns,
    Category.ADDED: _id_only,
    Category.UPDATED: _updated,
    Category.HELD: _values,
    Category.REJECTED: _values,
    Category.CONFLICT: _values,
    Category.LOCAL_KEPT: _values,
    Category.CONVERGED: _values,
    Category.WITHDRAWN: _id_only,
    Category.MISSING: _id_only,
    Category.IGNORED: _values,
    Category.REKEYED: _only_values,
    Category.NOISE: _id_only,
    Category.KEPT_BLANK: _values,
    Category.CLEARED: _values,
    Category.CONFIRMED: _values,
}
_TASKS: Mapping[Category, str] = {
    Category.QUARANTINED: "ask_publisher",
    Category.HELD: "call_back_and_confirm_by_second_person",
    Category.REJECTED: "security_alert",
    Category.CONFLICT: "steward_decides",
    Category.WITHDRAWN: "review_open_cases",
    Category.MISSING: "ask_publisher",
}


@dataclass(frozen=True, slots=True)
class Summary:
    """What is said once about the whole run."""

    source: str
    form: str
    generated: str
    reference_date: str
    counterpart: str
    table_rows: int | None
    json_records: int | None
    accepted: int


def _quarantined(findings: Findings) -> list[JsonValue]:
    """Each record once; where the two formats of an export fail it for different reasons, both are named."""
    reasons: dict[str, dict[str, None]] = {}
    for finding in findings.of(Category.QUARANTINED):
        key = finding.record_id or f"row {finding.values.get('row')}"
        reasons.setdefault(key, {})[finding.code] = None
    return [{"record_id": key, "reason": "|".join(sorted(codes))} for key, codes in reasons.items()]


def _list(findings: Findings, category: Category) -> list[JsonValue]:
    if category is Category.QUARANTINED:
        return _quarantined(findings)
    shaped: list[JsonValue] = []
    for finding in findings.of(category):
        item = _SHAPES[category](finding)
        if item not in shaped:
            shaped.append(item)
    return shaped


def _task(finding: Finding) -> str | None:
    if finding.code == "stale":
        return "reconfirm"
    # Officers have looked at it and said no: that alert is over.
    return None if finding.code == "rejected_on_review" else _TASKS.get(finding.category)


def _tasks(findings: Findings) -> list[JsonValue]:
    tasks: list[JsonValue] = []
    for finding in findings.all():
        task = _task(finding)
        entry: JsonObject = {"record_id": finding.record_id, "task": task, "why": finding.code}
        if task and entry not in tasks:
            tasks.append(entry)
    return tasks


def report(summary: Summary, findings: Findings, due: Sequence[JsonObject] = ()) -> JsonObject:
    """The report as a JSON object.

    Args:
        summary: what is said once.
        findings: everything else.
        due: entries whose office is to be asked whether they are still right.
    """
    head: JsonObject = {
        "export": {
            "file": summary.source,
            "form": summary.form,
            "generated": summary.generated,
            "reference_date": summary.reference_date,
            "counterpart": summary.counterpart or None,
        },
        "accepted": summary.accepted,
    }
    counts: JsonObject = {"data_lines": summary.table_rows, "json_records": summary.json_records}
    head |= {name: count for name, count in counts.items() if count is not None}
    head |= {category.value: _list(findings, category) for category in Category}
    head["confirmation_due"] = list(due)
    return head | {"tasks": _tasks(findings), "findings": [finding.to_json() for finding in findings.all()]}
