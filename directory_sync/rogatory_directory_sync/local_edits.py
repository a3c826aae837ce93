"""Edits the authorities made on the platform between two exports (rule R18), applied before the next one.

An edit names the record, the path, the value it replaced and the new one. The replaced value is remembered
as what the publisher said, so that the three-way comparison knows all three. An edit that does not fit what
is held changes nothing and is reported. An edit of ``confirmed_on`` is the office's word that its entry is
right as it stands.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from rogatory_crypto.errors import Code
from rogatory_directory_sync import jsonvalue, trusted_certificates
from rogatory_directory_sync.entry import Entry
from rogatory_directory_sync.fields import Fields, empty, flatten, same, unflatten
from rogatory_directory_sync.finding import Findings, Voice
from rogatory_directory_sync.identity import fields_of
from rogatory_directory_sync.jsonvalue import JsonObject, JsonValue, list_of, object_of, text_of
from rogatory_directory_sync.record_json import record_from_json
from rogatory_directory_sync.refusal import ExportRefusedError, RecordInvalidError

CONFIRMED_ON = "confirmed_on"


@dataclass(frozen=True, slots=True)
class LocalEdit:
    """One edit; ``old`` and ``new`` are the fields it concerns, ``item`` is the edit as it was written."""

    record_id: str
    path: str
    old: Fields
    new: Fields
    item: JsonObject = field(default_factory=dict)


def _nested(path: list[str], value: JsonValue) -> JsonObject:
    inner: JsonValue = value
    for part in reversed(path[1:]):
        inner = {part: inner}
    return {path[0]: inner}


def _edit(item: JsonObject) -> LocalEdit:
    path = [text_of(part) for part in list_of(item.get("path"))] or [""]
    old, new = (flatten(_nested(path, item.get(name))) for name in ("old", "new"))
    missing: Fields = {name: empty(name) for name in {*old, *new}}
    return LocalEdit(text_of(item.get("record_id")), ".".join(path), missing | old, missing | new, item)


def read_edits(raw: bytes, source: str = "edits") -> tuple[LocalEdit, ...]:
    """The edits of a file, in order.

    Raises:
        ExportRefusedError: not a JSON list of objects.
    """
    try:
        document = jsonvalue.read(raw.decode("utf-8-sig"))
    except ValueError as error:
        raise ExportRefusedError(
            Code.MALFORMED, source, 0, f"not readable as JSON ({error})", "give the list of edits as JSON"
        ) from error
    if not isinstance(document, list) or not all(isinstance(item, dict) for item in document):
        raise ExportRefusedError(
            Code.MALFORMED, source, 1, "not a list of edits", "give the list of edits as JSON"
        )
    return tuple(_edit(object_of(item)) for item in document)


def _confirmed(entry: Entry, edit: LocalEdit, voice: Voice, today: date) -> Entry:
    """The entry after its office said that it is right; a day that has not come changes nothing."""
    try:
        day = date.fromisoformat(text_of(edit.item.get("new")))
    except ValueError:
        day = date.max
    if day > today:
        voice.warn("edit_invalid", edit.path, text_of(edit.item.get("new")))
        return entry
    latest = max(day.isoformat(), entry.annotations.confirmed_on)
    return replace(entry, annotations=replace(entry.annotations, confirmed_on=latest))


def _edited(entry: Entry, edit: LocalEdit, voice: Voice) -> Entry:
    held = fields_of(entry)
    fits = all(same(path, held.get(path), value) for path, value in edit.old.items())
    done = all(same(path, held.get(path), value) for path, value in edit.new.items())
    if not edit.new or not (fits or done):
        voice.warn("edit_does_not_fit", edit.path)
        return entry
    try:
        record = record_from_json(unflatten(entry.entry_id, entry.record.revision, held | edit.new))
    except RecordInvalidError as error:
        voice.warn("edit_invalid", edit.path, str(error))
        return entry
    # A second edit of the same field keeps the first base: it is still what the publisher last said.
    published = {**edit.old, **entry.annotations.published}
    record = replace(record, x_platform=entry.record.x_platform)
    return Entry(record, replace(entry.annotations, published=published))


def _applied(entry: Entry, edit: LocalEdit, voice: Voice, today: date) -> Entry:
    if edit.path == CONFIRMED_ON:
        return _confirmed(entry, edit, voice, today)
    if edit.path == trusted_certificates.NAME:
        return trusted_certificates.with_trusted_certificates(entry, edit.item, voice)
    return _edited(entry, edit, voice)


def apply_edits(
    held: Mapping[str, Entry], edits: tuple[LocalEdit, ...], findings: Findings, today: date
) -> dict[str, Entry]:
    """The directory with the edits in effect and the published values remembered beneath them."""
    directory = dict(held)
    for edit in edits:
        voice = Voice(findings, edit.record_id, 0)
        entry = directory.get(edit.record_id)
        if entry is None:
            voice.warn("edit_of_unknown_record", edit.path)
            continue
        directory[edit.record_id] = _applied(entry, edit, voice, today)
    return directory
