"""One row into one held entry, field by field (rules R14 to R18).

Compared are three values: what the publisher said before (base), what is in effect here (local), and what
the export says now. Only the local one changed: it stays. Both changed alike: they converge. Both
differently: conflict, the local one stays and a steward sees all three. Only the export changed: it is
applied, unless the revision was not raised or the change decides where requests go.
"""

from dataclasses import replace
from enum import Enum, auto

from rogatory_directory_sync.conflict import merge_conflict
from rogatory_directory_sync.decision import Review, Settlement
from rogatory_directory_sync.entry import Annotations, Entry
from rogatory_directory_sync.fields import Fields, empty, is_blank, reported_paths, same, unflatten
from rogatory_directory_sync.finding import Category, Voice
from rogatory_directory_sync.headings import column_of, has_column
from rogatory_directory_sync.identity import fields_of
from rogatory_directory_sync.jsonvalue import JsonObject, JsonValue, list_of, object_of, text_of
from rogatory_directory_sync.mailboxes import MailboxProblem
from rogatory_directory_sync.merging import (
    REJECTED,
    Merge,
    say_confirmed,
    say_three,
    shown,
    stop,
)
from rogatory_directory_sync.normalising import Row
from rogatory_directory_sync.record import Record
from rogatory_directory_sync.record_json import record_from_json
from rogatory_directory_sync.refusal import RecordInvalidError
from rogatory_directory_sync.routing import Hold, Reject, addresses, gate, removed_designations


class Outcome(Enum):
    """What becomes of one field of a row."""

    UNCHANGED = auto()
    CONVERGED = auto()
    LOCAL_KEPT = auto()
    CONFLICT = auto()
    CHANGED = auto()


NO_REVIEW = Review()
_ESSENTIAL = frozenset({"record_id", "revision", "status", "kind", "state", "name", "designations"})


def three_way(path: str, base: JsonValue, local: JsonValue, export: JsonValue) -> Outcome:
    """The three-way comparison of rule R18; formatting is not a difference (rule R14)."""
    if same(path, export, local):
        return Outcome.UNCHANGED if same(path, base, local) else Outcome.CONVERGED
    if same(path, base, local):
        return Outcome.CHANGED
    return Outcome.LOCAL_KEPT if same(path, export, base) else Outcome.CONFLICT


def _verdict(merge: Merge, path: str, export: JsonValue) -> Hold | Reject | None:
    callback = any(waiting.startswith(("emails.", "phones.emergency")) for waiting in merge.pending)
    verdict = gate(path, export, merge.held, callback_pending=callback)
    waiting = object_of(merge.pending.get(path))
    if isinstance(verdict, Reject):
        return verdict
    if waiting and same(path, waiting.get("to"), export):
        match merge.settlement(path):
            case Settlement.CONFIRMED:
                return None
            case Settlement.REJECTED:
                return Reject(REJECTED)
            case _:
                pass
        # A number that only waited for another change's call-back is free once that is settled.
        settled = waiting.get("why") == "call_back_number" and verdict is None
        return None if settled else Hold(text_of(waiting.get("why")))
    return Hold("revision_not_bumped") if merge.same_revision else verdict


def _change(merge: Merge, path: str, export: JsonValue) -> None:
    verdict = _verdict(merge, path, export)
    if verdict is None:
        if merge.settlement(path) is Settlement.CONFIRMED:
            say_confirmed(merge, path, export)
        merge.apply(path, export)
        return
    stop(merge, path, export, verdict)
    if path == "designations" and verdict.why == "routing_critical":
        # What is new takes effect at once; only what would be lost waits.
        removed = removed_designations(merge.held.get(path), export)
        together: JsonValue = [*list_of(export), *removed]
        if not same(path, together, merge.held.get(path)):
            merge.changed[path] = (merge.held.get(path), together)
            merge.fields[path] = together


def _merge_field(merge: Merge, path: str, export: JsonValue) -> None:
    local = merge.held.get(path)
    outcome = three_way(path, merge.base(path), local, export)
    match outcome:
        case Outcome.UNCHANGED:
            # Beside the known mailbox the row may hold one that was refused: that alert stays.
            if path not in dict(merge.row.refused):
                merge.settle(path, "lapsed")
            merge.noise |= local != export
        case Outcome.CONVERGED:
            say_three(merge, Category.CONVERGED, path, export)
            merge.published.pop(path, None)
            merge.settle(path, "lapsed")
        case Outcome.LOCAL_KEPT:
            say_three(merge, Category.LOCAL_KEPT, path, export)
            merge.settle(path, "lapsed")
        case Outcome.CONFLICT:
            merge_conflict(merge, path, export)
        case Outcome.CHANGED:
            _change(merge, path, export)


def _refuse_mailboxes(merge: Merge) -> None:
    """A mailbox in mixed scripts, of an office with a known one, is an attack; any other is a warning."""
    has_mailbox = any(addresses(value) for path, value in merge.held.items() if path.startswith("emails."))
    for path, refused in merge.row.refused:
        if refused.problem is MailboxProblem.HOMOGLYPH and has_mailbox:
            values: JsonObject = {
                "field": "emails", "from": shown(path, merge.held.get(path)), "to": refused.raw,
                "why": refused.problem.value,
            }  # fmt: skip
            merge.voice.say(Category.REJECTED, refused.problem.value, path, values=values)
            merge.settle(path, "lapsed")
            merge.pending[path] = {"to": refused.raw, "why": refused.problem.value, "since": merge.day}
        else:
            merge.voice.warn(refused.problem.value, column_of(path), refused.raw)


def _keep_blanks(merge: Merge) -> None:
    supplied = {path for path, value in merge.held.items() if not is_blank(value)}
    in_form = has_column if merge.row.tabular else lambda _path: True
    unsaid = sorted(supplied.intersection(merge.row.blanks) - {"address.country"})
    blank = [path for path in unsaid if in_form(path)]
    for path in reported_paths(blank, held=supplied):
        merge.voice.say(Category.KEPT_BLANK, "blank_means_not_supplied", path, values={"field": path})


def _update_labels(paths: list[str]) -> list[str]:
    """A renamed authority is reported once, under its English name; an address as a whole."""
    labels: dict[str, None] = {}
    for path in paths:
        group = path.partition(".")[0]
        named = "name.en" if group == "name" and "name.en" in paths else path
        labels["address" if group == "address" else named] = None
    return list(labels)


def _report_changes(merge: Merge) -> None:
    for path in [path for path in merge.changed if path in merge.row.cleared]:
        merge.voice.say(Category.CLEARED, "cleared_on_purpose", path, values={"field": path})
    silent = {"status", "provenance"}
    told = [p for p in merge.changed if p.partition(".")[0] not in silent and p not in merge.row.cleared]
    if told:
        changes: JsonObject = {
            path: {"from": merge.changed[path][0], "to": merge.changed[path][1]} for path in sorted(told)
        }
        merge.voice.say(
            Category.UPDATED, "updated", values={"fields": _update_labels(sorted(told)), "changes": changes}
        )
    if merge.fields.get("status") == "withdrawn" and merge.held.get("status") != "withdrawn":
        merge.voice.say(Category.WITHDRAWN, "withdrawn")
    if merge.noise and not told:
        merge.voice.say(Category.NOISE, "formatting_only")


def _annotated(merge: Merge, entry: Entry) -> Entry:
    notes = replace(
        entry.annotations, missing_since="", published=merge.published, pending=merge.pending,
        decided=(*entry.annotations.decided, *merge.decided),
    )  # fmt: skip
    if "name.en" in merge.changed:
        former = dict.fromkeys((*notes.former_names, text_of(merge.changed["name.en"][0])))
        notes = replace(notes, former_names=tuple(former))
    if merge.changed.get("status", ("", ""))[1] == "withdrawn":
        notes = replace(notes, withdrawn_on=merge.day)
    return replace(entry, annotations=notes)


def usable(row: Row, base: Fields, voice: Voice) -> tuple[Row, Record] | None:
    """A row that fits the schema, and the record it makes.

    A bad value costs its field, an essential one the row (rule R2).

    Args:
        row: normalised.
        base: the fields in effect, for those the row does not supply.
        voice: for findings about this row.
    """
    table = row.fields
    supplied = len(table)
    while True:
        try:
            record = record_from_json(unflatten(row.record_id, row.revision, base | table))
        except RecordInvalidError as error:
            group = error.path.partition(".")[0]
            concerned = [path for path in table if path.partition(".")[0] == group]
            if group in _ESSENTIAL or not concerned:
                voice.say(Category.QUARANTINED, "schema", error.path, error.why)
                return None
            voice.warn("value_invalid", error.path, error.why)
            table = {path: value for path, value in table.items() if path not in concerned}
        else:
            return (row if len(table) == supplied else row.with_fields(table)), record


def _merge_fields(merge: Merge) -> None:
    row, held = merge.row, merge.held
    table = row.fields
    for path in sorted(table, key=_turn):
        # The country of an address is that of the State; it waits with it.
        if path != "address.country" or not {"state", "host_country"} & merge.pending.keys():
            _merge_field(merge, path, table[path])
    for path in row.cleared:
        if path not in table and not is_blank(held.get(path)):
            _merge_field(merge, path, empty(path))


def _turn(path: str) -> tuple[bool, bool, str]:
    """Mailboxes come first: while one waits for its call-back, the number to call stays as it is."""
    return not path.startswith(("emails.", "phones.emergency")), path == "address.country", path


def _local_names(row: Row, held: Fields) -> Row:
    """A row that empties "the local name" empties every name but the English one (rule R15)."""
    if "name" not in row.cleared:
        return row
    local = [path for path in held if path.startswith("name.") and path != "name.en"]
    return replace(row, cleared=(*(path for path in row.cleared if path != "name"), *local))


def merge_row(
    entry: Entry, row: Row, voice: Voice, day: str, *, noise: bool, review: Review = NO_REVIEW
) -> Entry:
    """The entry after an export.

    Args:
        entry: as held, local edits included.
        row: what the export says, under the entry's id.
        voice: for findings about this row.
        day: reference date, ISO 8601.
        noise: whether reading the row already had to wipe off formatting.
        review: the export of this run, and the officers whose signed decisions count.
    """
    held = fields_of(entry)
    notes = entry.annotations
    merge = Merge(
        row,
        entry,
        voice,
        day,
        held,
        dict(held),
        dict(notes.published),
        dict(notes.pending),
        review,
        noise=noise,
    )
    if row.revision < entry.record.revision:
        voice.say(Category.IGNORED, "older_revision", values={"why": "older_revision"})
        return replace(entry, annotations=replace(notes, missing_since=""))
    fitting = usable(row, held, voice)
    if fitting is None:
        return entry
    merge.row = _local_names(fitting[0], held)
    _refuse_mailboxes(merge)
    _merge_fields(merge)
    _keep_blanks(merge)
    revision = max(row.revision, entry.record.revision)
    try:
        record = (
            replace(entry.record, revision=revision)
            if merge.fields == held
            else record_from_json(unflatten(entry.entry_id, revision, merge.fields))
        )
    except RecordInvalidError as error:
        # What was held back and what was applied do not fit together, as when a body becomes an authority.
        voice.say(Category.QUARANTINED, "schema", error.path, error.why)
        return entry
    _report_changes(merge)
    return _annotated(merge, Entry(replace(record, x_platform=entry.record.x_platform), notes))


def new_entry(row: Row, voice: Voice, day: str) -> Entry | None:
    """A first-seen authority: listed, not onboarded (rule R17); None if it does not fit the schema."""
    for path, refused in row.refused:
        voice.warn(refused.problem.value, column_of(path), refused.raw)
    fitting = usable(row, {}, voice)
    if fitting is None:
        return None
    voice.say(Category.ADDED, "listed_not_onboarded")
    return Entry(fitting[1], Annotations(listed_on=day))
