"""The two formats of one export against each other (rule R19): JSON is authoritative, CSV is checked."""

from collections.abc import Sequence
from dataclasses import replace

from rogatory_directory_sync.fields import Fields, same
from rogatory_directory_sync.finding import Category, Findings, Voice
from rogatory_directory_sync.headings import column_of, has_column
from rogatory_directory_sync.normalising import Row

_WHOLE_ROW = "*"


def _settle(csv_row: Row, json_row: Row, findings: Findings) -> Row:
    """The CSV row with the values of the JSON record wherever the two differ."""
    voice = Voice(findings, csv_row.record_id, csv_row.line)
    table: Fields = dict(csv_row.fields)
    for path in sorted({*csv_row.fields, *json_row.fields}):
        left, right = csv_row.fields.get(path), json_row.fields.get(path)
        if same(path, left, right):
            continue
        if has_column(path):
            voice.say(
                Category.CROSSCHECK, "csv_json_disagree", column_of(path), values={"csv": left, "json": right}
            )
        if path in json_row.fields:
            table[path] = right
        else:
            del table[path]
    revision = max(csv_row.revision, json_row.revision)
    if csv_row.revision != json_row.revision:
        both = {"csv": csv_row.revision, "json": json_row.revision}
        voice.say(Category.CROSSCHECK, "csv_json_disagree", column_of("revision"), values={**both})
        revision = json_row.revision
    blanks = csv_row.blanks - set(table)
    return replace(
        csv_row, revision=revision, fields=table, blanks=blanks, cleared=json_row.cleared or csv_row.cleared
    )


def crosscheck(rows: Sequence[Row], others: Sequence[Row], findings: Findings, *, form: str) -> list[Row]:
    """The rows to import when both formats are present.

    Args:
        rows: of the export that was chosen, one for each id.
        others: of its counterpart in the other format.
        findings: where differences are said.
        form: format of the chosen export, ``csv`` or ``json``.
    """
    counterpart = {row.record_id: row for row in others}
    settled: list[Row] = []
    for row in rows:
        other = counterpart.pop(row.record_id, None)
        if other is None:
            Voice(findings, row.record_id, row.line).say(Category.CROSSCHECK, f"only_in_{form}", _WHOLE_ROW)
            settled.append(row)
        elif form == "csv":
            settled.append(_settle(row, other, findings))
        else:
            _settle(other, row, findings)
            settled.append(row)
    for record_id, other in counterpart.items():
        code = "only_in_json" if form == "csv" else "only_in_csv"
        Voice(findings, record_id, other.line).say(Category.CROSSCHECK, code, _WHOLE_ROW)
    return settled
