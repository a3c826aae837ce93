"""Two formats of one export against each other (rule R19): JSON is authoritative, the table is checked.

The table is the CSV or the XLSX; findings name which. Nothing of it is imported: what only the table has, or
only the table has in order, is reported.
"""

from collections.abc import Iterable, Sequence

from rogatory_directory_sync.fields import same
from rogatory_directory_sync.finding import Category, Findings, Voice
from rogatory_directory_sync.headings import column_of, has_column
from rogatory_directory_sync.jsonvalue import JsonValue
from rogatory_directory_sync.normalising import Row

_WHOLE_ROW = "*"
_CLEARED = "(none)"


def _stated(row: Row) -> dict[str, JsonValue]:
    return {**dict.fromkeys(row.cleared, _CLEARED), **row.fields}


def _compare(table_row: Row, json_row: Row, findings: Findings, form: str) -> None:
    """Say where a row of the table differs from the JSON record."""
    voice, code = Voice(findings, table_row.record_id, table_row.line), f"{form}_json_disagree"
    table, record = _stated(table_row), _stated(json_row)
    for path in sorted({*table, *record}):
        left, right = table.get(path), record.get(path)
        if has_column(path) and not same(path, left, right):
            voice.say(Category.CROSSCHECK, code, column_of(path), values={form: left, "json": right})
    if table_row.revision != json_row.revision:
        both: dict[str, JsonValue] = {form: table_row.revision, "json": json_row.revision}
        voice.say(Category.CROSSCHECK, code, column_of("revision"), values=both)


def crosscheck(rows: Sequence[Row], table: Iterable[Row], findings: Findings, *, form: str) -> None:
    """Report how the table differs from what is imported.

    Args:
        rows: of the JSON export, one for each id.
        table: rows of the same export as a table, one for each id.
        findings: where differences are said.
        form: format of the table.
    """
    expected = {row.record_id: row for row in rows}
    for row in table:
        known = expected.pop(row.record_id, None)
        if known is None:
            Voice(findings, row.record_id, row.line).say(Category.CROSSCHECK, f"only_in_{form}", _WHOLE_ROW)
        else:
            _compare(row, known, findings, form)
    for record_id, row in expected.items():
        Voice(findings, record_id, row.line).say(Category.CROSSCHECK, "only_in_json", _WHOLE_ROW)
