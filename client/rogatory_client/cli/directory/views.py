"""How entries of the directory, what waits and what differs become rows and sentences."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from rogatory_client.cli.answer import Block, Facts, Line, Table, Tone
from rogatory_client.cli.views import moment

if TYPE_CHECKING:
    from rogatory_directory_sync import Difference, Entry, HeldChange, JsonValue, Record

_TONES = {
    "added": Tone.NEW, "changed": Tone.PLAIN, "held": Tone.WAITING, "conflict": Tone.WAITING,
    "rejected": Tone.ALARM, "withdrawn": Tone.OLD, "missing": Tone.WAITING, "removed": Tone.OLD,
}  # fmt: skip


def entry_name(record: "Record") -> str:
    """The English name, or the first there is."""
    names = dict(record.name)
    return names.get("en") or next(iter(names.values()), "")


def marks(entry: "Entry", at: datetime) -> list[str]:
    """What a reader must know before relying on an entry."""
    from rogatory_directory_sync import is_confirmation_due

    notes = entry.annotations
    said = {
        "withdrawn": entry.record.status.value == "withdrawn",
        "stale": notes.stale,
        "to be confirmed": is_confirmation_due(entry, at.date()),
        "not in the latest export": bool(notes.missing_since),
        f"{len(notes.pending)} changes wait": bool(notes.pending),
    }
    return [words for words, holds in said.items() if holds]


def summary(entry: "Entry", at: datetime) -> dict[str, object]:
    """One entry in a list, for programs."""
    from rogatory_directory_sync import last_confirmed, local_time

    record, confirmed = entry.record, last_confirmed(entry)
    return {
        "entry_id": record.record_id,
        "state": record.state.iso2 if record.state else None,
        "name": entry_name(record),
        "kind": record.kind.value,
        "networks": [item.network for item in record.networks],
        "scope_note": record.scope_note,
        "office": local_time(record, at).opening.value,
        "last_confirmed": confirmed.isoformat() if confirmed else None,
        "marks": marks(entry, at),
    }


def search_table(entries: Iterable["Entry"], at: datetime, title: str | None = None) -> Table:
    """Entries in the order given."""
    rows = [
        (
            entry.record.record_id,
            entry.record.state.name if entry.record.state else "",
            entry_name(entry.record),
            entry.record.kind.value.replace("_", " "),
            ", ".join(item.network for item in entry.record.networks),
            ", ".join(marks(entry, at)),
        )
        for entry in entries
    ]
    headings = ("Id", "State", "Authority", "Kind", "Networks", "Note")
    return Table(headings, rows, "Nothing found: use fewer words.", title)


def scope_lines(entries: Sequence["Entry"]) -> list[Block]:
    """What each of several authorities is competent for: nobody may choose without reading it."""
    if len(entries) < 2:
        return []
    lines = [f"{each.entry_id}: {each.record.scope_note or 'no scope stated'}" for each in entries]
    return [Line("More than one authority is competent; the scope decides:", Tone.TITLE), *map(Line, lines)]


def entry_blocks(entry: "Entry", at: datetime) -> list[Block]:
    """One entry in full: what matters first, then every field it states."""
    return [Facts(_first(entry, at)), Line(""), Facts(_all_fields(entry)), *_waiting(entry)]


def _first(entry: "Entry", at: datetime) -> list[tuple[str, str | None]]:
    from rogatory_directory_sync import last_confirmed

    record, notes = entry.record, entry.annotations
    stale = " (stale: confirm by telephone)" if notes.stale else ""
    confirmed = f"{last_confirmed(entry) or 'never'}{stale}"
    return [
        ("Entry", ", also ".join((record.record_id, *notes.aliases))),
        ("Authority", entry_name(record)),
        ("Formerly", "; ".join(notes.former_names)),
        ("State", record.state.name if record.state else None),
        ("Kind", record.kind.value.replace("_", " ")),
        ("Unit", record.unit),
        ("Scope", record.scope_note),
        ("Languages", ", ".join(record.languages.accepted or ()) or "not stated"),
        ("Networks", ", ".join(f"{item.network} ({item.role.value})" for item in record.networks)),
        ("Designated for", "; ".join(_designation(item) for item in record.designations)),
        ("There it is", _clock(record, at)),
        ("Last confirmed", confirmed),
        ("Note", ", ".join(marks(entry, at))),
    ]


def _clock(record: "Record", at: datetime) -> str:
    from rogatory_directory_sync import local_time

    there = local_time(record, at)
    hour = f"{there.at:%a %H:%M}" if there.at else "an unknown hour"
    said = {"open": "the office is open", "closed": "the office is closed", "unknown": "hours not stated"}
    return f"{hour}; {said[there.opening.value]}"


def _designation(item: object) -> str:
    parts = (getattr(item, "instrument", ""), getattr(item, "article", ""), getattr(item, "function", ""))
    return " ".join(str(getattr(part, "value", part)) for part in parts if part)


def _all_fields(entry: "Entry") -> list[tuple[str, str | None]]:
    from rogatory_directory_sync import fields_of, value_text

    nothing = value_text("", None)
    stated = ((path, value_text(path, value)) for path, value in fields_of(entry).items())
    return [(path.replace("_", " ").replace(".", ": "), text) for path, text in stated if text != nothing]


def _waiting(entry: "Entry") -> list[Block]:
    from rogatory_directory_sync import differences

    bare = {entry.entry_id: type(entry)(entry.record)}
    held = [item for item in differences(bare, {entry.entry_id: entry}) if item.why]
    return [Line(""), *difference_lines(held)] if held else []


def difference_lines(found: Iterable["Difference"]) -> list[Block]:
    """Each difference with the old value above the new one."""
    from rogatory_directory_sync import value_text

    lines: list[Block] = []
    for item in found:
        lines.append(
            Line(
                " ".join(filter(None, (item.kind.value, item.record_id, item.path))), _TONES[item.kind.value]
            )
        )
        if item.path:
            lines += _base_lines(item.path, item.base, both_changed=item.kind.value == "conflict")
            lines.append(Line(f"  - {value_text(item.path, item.old)}", Tone.OLD))
            lines.append(Line(f"  + {value_text(item.path, item.new)}", Tone.NEW))
        else:
            lines.append(Line(f"    {item.name}"))
        if item.why:
            lines.append(Line(f"    waits: {item.why}", Tone.WAITING))
            lines.append(Line(f"    to be confirmed by {item.confirmed_by}", Tone.WAITING))
    return lines


def _base_lines(path: str, base: "JsonValue", *, both_changed: bool) -> list[Block]:
    """What the publisher said before, where the office and the publisher both changed it."""
    from rogatory_directory_sync import value_text

    return [Line(f"    before: {value_text(path, base)}")] if both_changed else []


def held_data(change: "HeldChange") -> dict[str, object]:
    """One held change for programs."""
    return {
        "id": change.change_id, "record_id": change.record_id, "name": change.name, "field": change.path,
        "base": change.base, "in_use": change.in_use, "proposed": change.proposed,
        "why": change.why, "since": change.since, "settlement": change.settlement.name.lower(),
        "open_to_decision": change.is_open,
        "decisions": [item.to_json() for item in change.decisions],
    }  # fmt: skip


def held_blocks(changes: Iterable["HeldChange"], officers: "dict[bytes, str]") -> list[Block]:
    """Held changes for people, each with who has said what."""
    from rogatory_directory_sync import REASONS, value_text

    lines: list[Block] = []
    for change in changes:
        tone = Tone.WAITING if change.is_open else Tone.ALARM
        lines.append(Line(f"{change.change_id}  {change.record_id} {change.path}: {change.name}", tone))
        lines += _base_lines(change.path, change.base, both_changed=change.why == "conflict")
        lines.append(Line(f"  - {value_text(change.path, change.in_use)}", Tone.OLD))
        lines.append(Line(f"  + {value_text(change.path, change.proposed)}", Tone.NEW))
        lines.append(Line(f"    since {change.since}: {REASONS.get(change.why, change.why)}"))
        lines += [
            Line(f"    {officers.get(item.key, item.key.hex()[:12])}, {moment(item.at)}: "
                 f"{item.verdict.value}, {item.reason}")
            for item in change.decisions
        ]  # fmt: skip
        state = change.settlement.name.lower() if change.is_open else "not open to approval"
        lines.append(Line(f"    {_NEXT[state]}"))
    return lines or [Line("Nothing waits.")]


_NEXT = {
    "open": "Waits for two officers.",
    "proposed": "Waits for a second officer.",
    "confirmed": "Confirmed by two officers: the next synchronisation applies it.",
    "rejected": "Rejected: the value in use stays.",
    "not open to approval": "It looks like an attack: warn the office over the number known before.",
}
