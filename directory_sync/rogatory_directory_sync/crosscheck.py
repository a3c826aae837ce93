"""Two formats of one export against each other (rule R19): JSON is authoritative, the table is checked.

The table is the CSV or the XLSX; findings name which.
"""

from collections.abc import Sequence
from dataclasses import replace

from rogatory_directory_sync.fields import Fields, same
from rogatory_directory_sync.finding import Category, Findings, Voice
from rogatory_directory_sync.headings import column_of, has_column
from rogatory_directory_sync.normalising import Row

_WHOLE_ROW = "*"


def _settle(table_row: Row, json_row: Row, findings: Findings, table_form: str) -> Row:
    """The table's row with the values of the JSON record wherever the two differ."""
    voice = Voice(findings, table_row.record_id, table_row.line)
    table: Fields = dict(table_row.fields)
    for path in sorted({*table_row.fields, *json_row.fields}):
        left, right = table_row.fields.get(path), json_row.fields.get(path)
        if same(path, left, right):
            continue
        if has_column(path):
            voice.say(
                Category.CROSSCHECK,
                f"{table_form}_json_disagree",
                column_of(path),
                values={table_form: left, "json": right},
            )
        if path in json_row.fields:
            table[path] = right
        else:
            del table[path]
    revision = max(table_row.revision, json_row.revision)
    if table_row.revision != json_row.revision:
        both = {table_form: table_row.revision, "json": json_row.revision}
        code = f"{table_form}_json_disagree"
        voice.say(Category.CROSSCHECK, code, column_of("revision"), values={**both})
        revision = json_row.revision
    blanks = table_row.blanks - set(table)
    return replace(
        table_row,
        revision=revision,
        fields=table,
        blanks=blanks,
        cleared=json_row.cleared or table_row.cleared,
    )


def crosscheck(
    rows: Sequence[Row], others: Sequence[Row], findings: Findings, *, form: str, other_form: str
) -> list[Row]:
    """The rows to import when both formats are present.

    Args:
        rows: of the export that was chosen, one for each id.
        others: of its counterpart in the other format.
        findings: where differences are said.
        form: format of the chosen export.
        other_form: format of its counterpart; one of the two is ``json``.
    """
    counterpart = {row.record_id: row for row in others}
    settled: list[Row] = []
    for row in rows:
        other = counterpart.pop(row.record_id, None)
        if other is None:
            Voice(findings, row.record_id, row.line).say(Category.CROSSCHECK, f"only_in_{form}", _WHOLE_ROW)
            settled.append(row)
        elif form == "json":
            _settle(other, row, findings, other_form)
            settled.append(row)
        else:
            settled.append(_settle(row, other, findings, form))
    for record_id, other in counterpart.items():
        voice = Voice(findings, record_id, other.line)
        voice.say(Category.CROSSCHECK, f"only_in_{other_form}", _WHOLE_ROW)
    return settled
