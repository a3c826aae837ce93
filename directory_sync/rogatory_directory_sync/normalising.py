"""A row as published to a row that can be compared: every rule for single values, R2 to R4 and R6 to R12.

A row is quarantined only if it cannot be said whose it is: no usable record id or revision, no kind, no
State. Every other dirty value costs at most its own field.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from zlib import compress, decompress

from rogatory_directory_sync import contact_fields, practice_fields
from rogatory_directory_sync.fields import Fields, clearable
from rogatory_directory_sync.finding import Category, Findings, Voice
from rogatory_directory_sync.headings import column_of
from rogatory_directory_sync.jsonvalue import JsonObject, JsonValue, list_of, object_of, text_of
from rogatory_directory_sync.mailboxes import RefusedMailbox
from rogatory_directory_sync.reading import Reading
from rogatory_directory_sync.record import Kind, Record
from rogatory_directory_sync.record_json import RECORD_ID
from rogatory_directory_sync.reference import ReferenceTables, StateEntry
from rogatory_directory_sync.source_row import SourceRow
from rogatory_directory_sync.states import StateUnclear, resolve_state
from rogatory_directory_sync.text import clean

_MEMBERS = frozenset(member.name for member in fields(Record)) - {"x_platform"} | {"cleared_fields"}
_READERS = (
    contact_fields.read_names,
    contact_fields.read_address,
    contact_fields.read_phones,
    contact_fields.read_emails,
    contact_fields.read_website,
    contact_fields.read_contact_functions,
    practice_fields.read_designated,
    practice_fields.read_networks,
    practice_fields.read_all_languages,
    practice_fields.read_zone,
    practice_fields.read_hours,
    practice_fields.read_choices,
    practice_fields.read_rarer_members,
    practice_fields.read_agreements,
    practice_fields.read_resources,
    practice_fields.read_lists,
    practice_fields.read_provenance,
)


@dataclass(frozen=True, slots=True)
class Row:
    """One authority as the export states it, normalised.

    Attributes:
        packed: the fields it supplies.
        blanks: what it leaves blank; the former value stays (rule R15).
        cleared: what the publisher emptied on purpose.
        refused: mailboxes that cannot be used, by field.
    """

    record_id: str
    revision: int
    line: int
    number: int
    tabular: bool
    packed: bytes
    blanks: tuple[str, ...]
    cleared: tuple[str, ...]
    refused: tuple[tuple[str, RefusedMailbox], ...]

    @property
    def fields(self) -> Fields:
        """What it supplies, unpacked: ask once and keep it while it is needed."""
        unpacked: Fields = json.loads(decompress(self.packed))
        return unpacked

    def with_fields(self, table: Mapping[str, JsonValue]) -> "Row":
        """The row with other fields."""
        return replace(self, packed=pack(table))


def pack(table: Mapping[str, JsonValue]) -> bytes:
    """Fields in a tenth of the memory: thousands of rows wait while the whole export is looked at."""
    return compress(json.dumps(table, ensure_ascii=False, separators=(",", ":")).encode(), 1)


def _integer(text: str) -> int:
    return int(text.removesuffix(".0")) if re.fullmatch(r"[0-9]{1,9}(\.0)?", text) else 0


def _state(authority: JsonObject, tables: ReferenceTables, voice: Voice) -> StateEntry | None:
    published = authority.get("state")
    members = published if isinstance(published, dict) else {"name": published}
    name, iso2, iso3 = (clean(text_of(members.get(member))).text for member in ("name", "iso2", "iso3"))
    found = resolve_state(name, iso2, iso3, tables)
    if isinstance(found, StateUnclear):
        raw = f"{name} / {iso2} / {iso3}"
        voice.say(Category.QUARANTINED, found.reason, column_of("state.name"), raw)
        return None
    for rule, column in found.repairs:
        voice.repaired(rule, column, name if column == "Country" else iso2)
    return found.state


def _host_country(authority: JsonObject, tables: ReferenceTables) -> str:
    """A network body's country; the CSV export has it in the column of the State's code."""
    state = object_of(authority.get("state"))
    code = clean(text_of(authority.get("host_country") or state.get("iso2"))).text.upper()
    known = tables.states_by_code.get(code)
    return known.iso2 if known else ""


def _put_state(reading: Reading) -> None:
    if reading.state is None:
        reading.put("host_country", reading.host_country)
        return
    territory = clean(text_of(object_of(reading.authority.get("state")).get("territory"))).text.upper()
    state = reading.state
    reading.fields["state"] = {
        "iso2": state.iso2,
        "iso3": state.iso3,
        "name": state.name,
        "territory": territory or None,
    }


def _cleared(reading: Reading) -> tuple[str, ...]:
    paths: list[str] = []
    for item in list_of(reading.authority.get("cleared_fields")):
        expanded = clearable(text_of(item).strip())
        if not expanded:
            reading.voice.warn("cleared_field_refused", text_of(item), text_of(item))
        paths += expanded
    return tuple(dict.fromkeys(paths))


def _reading(row: SourceRow, tables: ReferenceTables, today: date, voice: Voice) -> Reading | None:
    """The start of a reading, or None after saying why the row is quarantined."""
    kind = clean(text_of(row.authority.get("kind"))).text.casefold().replace(" ", "_").replace("-", "_")
    if kind not in tuple(Kind):
        voice.say(Category.QUARANTINED, "schema", column_of("kind"), kind)
        return None
    if kind == Kind.NETWORK_BODY:
        reading = Reading(row.authority, voice, tables, today, None, _host_country(row.authority, tables))
    else:
        state = _state(row.authority, tables, voice)
        if state is None:
            return None
        reading = Reading(row.authority, voice, tables, today, state, "")
    reading.fields["kind"] = kind
    return reading


def normalise(row: SourceRow, tables: ReferenceTables, today: date, findings: Findings) -> Row | None:
    """A row every value of which has been read, or None if it is quarantined.

    Args:
        row: as published.
        tables: the reference tables.
        today: the reference date.
        findings: where everything worth saying is said.
    """
    record_id = clean(text_of(row.authority.get("record_id"))).text
    voice = Voice(findings, record_id, row.line)
    revision = _integer(text_of(row.authority.get("revision")).strip())
    if not re.fullmatch(RECORD_ID, record_id) or revision < 1:
        column = column_of("revision" if revision < 1 else "record_id")
        raw = record_id if revision else text_of(row.authority.get("revision"))
        voice.say(Category.QUARANTINED, "schema", column, raw, {"row": row.number})
        return None
    if row.windows_1252:
        voice.repaired("row_bytes_cp1252", "*")
    reading = _reading(row, tables, today, voice)
    if reading is None:
        return None
    _put_state(reading)
    reading.put_choice("status", row.authority.get("status"))
    for read in _READERS:
        read(reading)
    for name in sorted(set(row.authority) - _MEMBERS):
        voice.normalised(f"unknown_property:{name}", name, text_of(row.authority[name]))
    cleared = _cleared(reading)
    blanks = tuple(sorted(set(reading.blanks) - set(cleared) - set(reading.fields)))
    return Row(
        record_id, revision, row.line, row.number, row.tabular, pack(reading.fields), blanks, cleared,
        tuple(reading.refused),
    )  # fmt: skip
