"""An entry: the record of an authority together with what the platform knows about it.

The record is what was published, exactly in the schema. Everything of our own stands beside it and is never
read from an export: other ids, former names, flags, the published value beneath a local edit, and changes
that wait for a second person. Both are written as deterministic JSON, the annotations only where there is
something to say.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields

from rogatory_crypto.errors import Code
from rogatory_directory_sync import jsonvalue
from rogatory_directory_sync.json_stream import Item, JsonDocument
from rogatory_directory_sync.jsonvalue import JsonObject, JsonValue, list_of, object_of, text_of
from rogatory_directory_sync.record import Record
from rogatory_directory_sync.record_json import record_from_json, record_to_json
from rogatory_directory_sync.refusal import ExportRefusedError, RecordInvalidError


@dataclass(frozen=True, slots=True)
class Annotations:
    """What the platform knows beside the record; dates are ISO 8601, empty where they do not apply.

    Attributes:
        aliases: other ids the publisher has used for this entry.
        former_names: English names it had before.
        listed_on: date of the export that added it; listed is not onboarded (rule R17).
        missing_since: date of the first export it was absent from.
        withdrawn_on: date of the export that closed it for new requests.
        stale: last confirmed more than 24 months ago (rule R13).
        published: what the publisher last said of fields that were edited here, by field path (rule R18).
        pending: changes held or rejected, by field path: ``to``, ``why``, ``since``, ``export`` (SHA-256 of
            the export that proposed it) and the ``decisions`` officers signed so far (rule R16).
        decided: changes that ended, with everything officers signed about them.
        confirmed_on: when the office itself last said that its entry is right.
    """

    aliases: tuple[str, ...] = ()
    former_names: tuple[str, ...] = ()
    listed_on: str = ""
    missing_since: str = ""
    withdrawn_on: str = ""
    stale: bool = False
    published: JsonObject = field(default_factory=dict)
    pending: JsonObject = field(default_factory=dict)
    decided: tuple[JsonObject, ...] = ()
    confirmed_on: str = ""

    def to_json(self) -> JsonObject:
        """The members that say something, in a fixed order."""
        members: JsonObject = {}
        for member in fields(self):
            value = getattr(self, member.name)
            if value:
                members[member.name] = list(value) if isinstance(value, tuple) else value
        return members


@dataclass(frozen=True, slots=True)
class Entry:
    """One authority as the platform holds it."""

    record: Record
    annotations: Annotations = field(default_factory=Annotations)

    @property
    def entry_id(self) -> str:
        """Stable for life, whatever id the publisher uses later."""
        return self.record.record_id


Directory = Mapping[str, Entry]


def _annotations(value: JsonValue) -> Annotations:
    members = object_of(value)
    return Annotations(
        aliases=tuple(text_of(item) for item in list_of(members.get("aliases"))),
        former_names=tuple(text_of(item) for item in list_of(members.get("former_names"))),
        listed_on=text_of(members.get("listed_on")),
        missing_since=text_of(members.get("missing_since")),
        withdrawn_on=text_of(members.get("withdrawn_on")),
        stale=members.get("stale") is True,
        published=object_of(members.get("published")),
        pending=object_of(members.get("pending")),
        decided=tuple(object_of(item) for item in list_of(members.get("decided"))),
        confirmed_on=text_of(members.get("confirmed_on")),
    )


def _unreadable(source: str, error: ValueError) -> ExportRefusedError:
    why, advice = f"not readable as JSON ({error})", "give the file of the last synchronisation"
    return ExportRefusedError(Code.MALFORMED, source, 0, why, advice)


def _text(raw: bytes, source: str) -> str:
    try:
        return raw.decode("utf-8-sig")
    except ValueError as error:
        raise _unreadable(source, error) from error


def _json(raw: bytes, source: str) -> JsonValue:
    try:
        return jsonvalue.read(_text(raw, source))
    except ValueError as error:
        raise _unreadable(source, error) from error


def read_directory(state: bytes, annotations: bytes | None = None, source: str = "state") -> dict[str, Entry]:
    """The entries of a state file, by entry id.

    Args:
        state: a JSON list of records in the schema.
        annotations: the annotations written beside it, if any.
        source: name of the file, for the refusal.

    Raises:
        ExportRefusedError: not JSON, or a record that does not fit the schema.
    """
    beside = object_of(_json(annotations, f"annotations of {source}")) if annotations is not None else {}
    document = JsonDocument(_text(state, source), "records")
    entries: dict[str, Entry] = {}
    try:
        for number, item in enumerate(document.items(), start=1):
            record = _record(item, number, source)
            entries[record.record_id] = Entry(record, _annotations(beside.get(record.record_id)))
    except ValueError as error:
        raise _unreadable(source, error) from error
    if not document.has_list:
        raise ExportRefusedError(Code.MALFORMED, source, 1, "not a list of records", "give a state file")
    return entries


def _record(item: Item, number: int, source: str) -> Record:
    try:
        record = record_from_json(object_of(item.value))
    except RecordInvalidError as error:
        raise _damaged(source, number, str(error)) from error
    if item.twice:
        raise _damaged(source, number, "a member occurs twice")
    return record


def _damaged(source: str, number: int, why: str) -> ExportRefusedError:
    advice = "restore the state file from a copy"
    return ExportRefusedError(Code.MALFORMED, source, 0, f"record {number}: {why}", advice)


def write_state(directory: Directory) -> bytes:
    """The records of a directory, by id."""
    return jsonvalue.write_list(record_to_json(directory[entry_id].record) for entry_id in sorted(directory))


def write_annotations(directory: Directory) -> bytes:
    """The annotations of a directory, by id; entries without any are left out."""
    stated = {entry_id: directory[entry_id].annotations.to_json() for entry_id in sorted(directory)}
    return jsonvalue.write({entry_id: members for entry_id, members in stated.items() if members})
