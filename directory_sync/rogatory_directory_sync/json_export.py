"""The JSON route (rules R1, R2): an object ``export`` that counts, and the records.

``export.record_count`` must equal the number of records, otherwise the whole import is refused. A record
without ``record_id`` or, unless it is a network body, without ``state`` is set aside; dirty values are not
(rule R2).
"""

from rogatory_crypto.errors import Code
from rogatory_directory_sync import jsonvalue
from rogatory_directory_sync.decoding import Lines
from rogatory_directory_sync.jsonvalue import JsonObject, JsonValue, object_of, text_of
from rogatory_directory_sync.refusal import ExportRefusedError
from rogatory_directory_sync.source_row import BrokenRow, Export, SourceRow
from rogatory_directory_sync.table import CUT_OFF, MAX_ROWS


def _members(lines: Lines) -> tuple[JsonObject, list[JsonValue]]:
    try:
        document = object_of(jsonvalue.read(lines.text))
    except ValueError as error:
        line = getattr(error, "lineno", 0)
        raise ExportRefusedError(
            Code.MALFORMED, lines.source, line, f"not readable as JSON ({error})", CUT_OFF
        ) from error
    header, records = document.get("export"), document.get("records")
    if not isinstance(header, dict) or not isinstance(records, list):
        raise ExportRefusedError(
            Code.MALFORMED,
            lines.source,
            1,
            "not an object with 'export' and 'records'",
            "check that this is an export",
        )
    return header, records


def _broken(record: JsonValue) -> bool:
    authority = object_of(record)
    if not text_of(authority.get("record_id")).strip():
        return True
    return authority.get("kind") != "network_body" and not authority.get("state")


def read_json(lines: Lines) -> Export:
    """A JSON export.

    Raises:
        ExportRefusedError: not JSON, not an export, or the declared count is not the number of records.
    """
    header, records = _members(lines)
    declared = header.get("record_count")
    if text_of(declared).strip() != str(len(records)):
        raise ExportRefusedError(
            Code.MALFORMED,
            lines.source,
            1,
            f"the export declares {text_of(declared) or 'no number of'} records and holds {len(records)}",
            CUT_OFF,
        )
    if len(records) > MAX_ROWS:
        raise ExportRefusedError(
            Code.TOO_LARGE, lines.source, 1, f"more than {MAX_ROWS} records", "split the export"
        )
    rows: list[SourceRow] = []
    broken: list[BrokenRow] = []
    for number, record in enumerate(records, start=1):
        if _broken(record):
            record_id = text_of(object_of(record).get("record_id")).strip()
            broken.append(BrokenRow(0, number, record_id, "schema"))
        else:
            rows.append(SourceRow(0, number, windows_1252=False, authority=object_of(record)))
    return Export(lines.source, "json", text_of(header.get("generated")), tuple(rows), tuple(broken))
