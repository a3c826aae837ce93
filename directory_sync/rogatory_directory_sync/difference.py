"""What differs between two states of the directory, for a person: old and new, what waits and for whom."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from rogatory_directory_sync.decision import CONFLICT, NOT_OPEN
from rogatory_directory_sync.designations import short_designation
from rogatory_directory_sync.entry import Entry
from rogatory_directory_sync.fields import is_blank, same
from rogatory_directory_sync.identity import fields_of
from rogatory_directory_sync.jsonvalue import JsonObject, JsonValue, list_of, object_of, text_of

NOTHING = "(nothing)"


class Kind(StrEnum):
    """What became of an entry or of one of its fields."""

    ADDED = "added"
    REMOVED = "removed"
    WITHDRAWN = "withdrawn"
    MISSING = "missing"
    CHANGED = "changed"
    HELD = "held"
    REJECTED = "rejected"
    CONFLICT = "conflict"


# Why a change does not take effect, and who may let it.
REASONS: Mapping[str, str] = {
    "email_changed": "a new mailbox decides where requests go",
    "routing_critical": "it decides where requests go",
    "call_back_number": "it is the number to call back while another change waits",
    "revision_not_bumped": "the publisher did not raise the revision",
    "email_lookalike": "the domain only looks like the known one",
    "email_homoglyph": "the address mixes scripts",
    "rejected_on_review": "an officer rejected it",
    CONFLICT: "the office changed it here, and the publisher changed it to something else",
}
TWO_OFFICERS = "two officers, after a call-back over the number known before"
TWO_STEWARDS = "two officers, once the office has been asked; until then its own value stays"
NOBODY = "nobody: warn the office over the number known before; it enters a new address itself"


@dataclass(frozen=True, slots=True)
class Difference:
    """One line of a comparison; ``why`` and ``confirmed_by`` are empty where the change is in effect.

    ``base`` is what the publisher said before, where the office and the publisher both changed it.
    """

    kind: Kind
    record_id: str
    name: str
    path: str = ""
    old: JsonValue = None
    new: JsonValue = None
    why: str = ""
    confirmed_by: str = ""
    base: JsonValue = None

    def to_json(self) -> JsonObject:
        """Every member that says something."""
        members: JsonObject = {"kind": self.kind.value, "record_id": self.record_id, "name": self.name}
        if self.path:
            members |= {"field": self.path, "from": self.old, "to": self.new}
        if self.kind is Kind.CONFLICT:
            members |= {"base": self.base}
        return members | ({"why": self.why, "confirmed_by": self.confirmed_by} if self.why else {})


def _item_text(path: str, item: JsonValue) -> str:
    members = object_of(item)
    match path.partition(".")[0]:
        case _ if not members:
            return text_of(item)
        case "designations":
            return short_designation(members)
        case "emails" | "phones":
            return text_of(members.get("address") or members.get("e164") or members.get("raw"))
        case "office_hours":
            days = " ".join(text_of(day) for day in list_of(members.get("days")))
            return f"{days} {text_of(members.get('open'))}-{text_of(members.get('close'))}"
        case "state":
            return f"{text_of(members.get('name'))} ({text_of(members.get('iso2'))})"
        case _:
            return ", ".join(text_of(value) for value in members.values() if value is not None)


def value_text(path: str, value: JsonValue) -> str:
    """A value of a field in one line."""
    if is_blank(value):
        return NOTHING
    return "; ".join(_item_text(path, item) for item in list_of(value))


def _waiting(before: Entry | None, after: Entry) -> Iterator[Difference]:
    known = before.annotations.pending if before else {}
    table = fields_of(after) if after.annotations.pending else {}
    for path in sorted(after.annotations.pending):
        waiting = object_of(after.annotations.pending[path])
        if object_of(known.get(path)).get("to") == waiting.get("to"):
            continue
        why = text_of(waiting.get("why"))
        kind, confirmed_by = _wanted(why)
        yield Difference(
            kind, after.entry_id, after.record.name_en, path, table.get(path), waiting.get("to"),
            REASONS.get(why, why), confirmed_by, waiting.get("base"),
        )  # fmt: skip


def _wanted(why: str) -> tuple[Kind, str]:
    """What a waiting change is, and who may let it take effect."""
    if why in NOT_OPEN:
        return Kind.REJECTED, NOBODY
    return (Kind.CONFLICT, TWO_STEWARDS) if why == CONFLICT else (Kind.HELD, TWO_OFFICERS)


def _changed(before: Entry, after: Entry) -> Iterator[Difference]:
    old, new = fields_of(before), fields_of(after)
    for path in sorted({*old, *new}):
        if path.startswith("provenance.") or same(path, old.get(path), new.get(path)):
            continue
        closed = path == "status" and new.get(path) == "withdrawn"
        yield Difference(
            Kind.WITHDRAWN if closed else Kind.CHANGED, after.entry_id, after.record.name_en, path,
            old.get(path), new.get(path),
        )  # fmt: skip
    if after.annotations.missing_since and not before.annotations.missing_since:
        yield Difference(Kind.MISSING, after.entry_id, after.record.name_en)


def differences(before: Mapping[str, Entry], after: Mapping[str, Entry]) -> tuple[Difference, ...]:
    """What became of each entry, by record id; formatting and dates of provenance are no difference.

    Args:
        before: the older state.
        after: the newer one; what waits there and did not before is named with its reason.
    """
    found: list[Difference] = []
    for entry_id in sorted({*before, *after}):
        old, new = before.get(entry_id), after.get(entry_id)
        if new is None:
            name = old.record.name_en if old else ""
            found.append(Difference(Kind.REMOVED, entry_id, name))
            continue
        if old is None:
            found.append(Difference(Kind.ADDED, entry_id, new.record.name_en))
        else:
            found.extend(_changed(old, new))
        found.extend(_waiting(old, new))
    return tuple(found)
