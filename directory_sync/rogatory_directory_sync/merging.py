"""One entry while a row of an export is merged into it: what is held, what changes, what waits and why."""

from dataclasses import dataclass, field

from rogatory_directory_sync.decision import CONFLICT, Review, Settlement, settled
from rogatory_directory_sync.designations import short_designation
from rogatory_directory_sync.entry import Entry
from rogatory_directory_sync.fields import Fields, same
from rogatory_directory_sync.finding import Category, Voice
from rogatory_directory_sync.jsonvalue import JsonObject, JsonValue, list_of, object_of, text_of
from rogatory_directory_sync.normalising import Row
from rogatory_directory_sync.routing import Hold, Reject, addresses, removed_designations

REJECTED = "rejected_on_review"


@dataclass(slots=True)
class Merge:
    """One entry while a row is merged into it."""

    row: Row
    entry: Entry
    voice: Voice
    day: str
    held: Fields
    fields: Fields
    published: JsonObject
    pending: JsonObject
    review: Review
    changed: dict[str, tuple[JsonValue, JsonValue]] = field(default_factory=dict)
    decided: list[JsonObject] = field(default_factory=list)
    noise: bool = False

    @property
    def same_revision(self) -> bool:
        """Whether the publisher says that nothing changed."""
        return self.row.revision <= self.entry.record.revision

    def base(self, path: str) -> JsonValue:
        """What the publisher said of a field before."""
        return (
            self.published.get(path, self.held.get(path)) if path in self.published else self.held.get(path)
        )

    def apply(self, path: str, value: JsonValue) -> None:
        """Put a published value into effect."""
        self.changed[path] = (self.held.get(path), value)
        self.fields[path] = value
        self.settle(path, "applied")

    def settle(self, path: str, outcome: str) -> None:
        """End the waiting of a field; what officers signed about it is kept."""
        waiting = object_of(self.pending.pop(path, None))
        if waiting.get("decisions"):
            ended: JsonObject = {
                "field": path,
                "outcome": outcome,
                "on": self.day,
                "from": self.held.get(path),
            }
            self.decided.append(ended | waiting)

    def settlement(self, path: str) -> Settlement:
        """How far the decision of what waits has come."""
        waiting = object_of(self.pending.get(path))
        return settled(self.entry.entry_id, path, self.held.get(path), waiting, self.review.officers)


def shown(path: str, value: JsonValue) -> JsonValue:
    """A value as the report shows it: addresses and numbers as a list, anything else as it is."""
    if path.startswith("emails."):
        return list(addresses(value))
    if path.startswith("phones."):
        return [text_of(object_of(item).get("e164") or object_of(item).get("raw")) for item in list_of(value)]
    return value


def proposed(path: str, value: JsonValue) -> JsonValue:
    """A proposed value as the report shows it: addresses and numbers as one text."""
    texts = shown(path, value)
    is_contact = path.startswith(("emails.", "phones."))
    return "; ".join(text_of(item) for item in list_of(texts)) if is_contact else texts


def label(path: str) -> str:
    """A field as the report names it."""
    return "emails" if path.startswith("emails.") else path


def wait(merge: Merge, path: str, export: JsonValue, verdict: Hold | Reject) -> None:
    """Keep a proposed value; one that waits already keeps its day, its export and its signatures."""
    waiting = object_of(merge.pending.get(path))
    why: JsonObject = {"why": verdict.why}
    if verdict.why == CONFLICT:
        why |= {"base": merge.base(path)}
    if waiting and same(path, waiting.get("to"), export):
        merge.pending[path] = waiting | ({} if verdict.why == REJECTED else why)
        return
    merge.settle(path, "lapsed")
    origin: JsonObject = {"export": merge.review.export_sha256} if merge.review.export_sha256 else {}
    merge.pending[path] = {"to": export, "since": merge.day} | why | origin


def stop(merge: Merge, path: str, export: JsonValue, verdict: Hold | Reject) -> None:
    """Leave the old value in effect and say what waits, or was rejected."""
    category = Category.HELD if isinstance(verdict, Hold) else Category.REJECTED
    was, new = shown(path, merge.held.get(path)), proposed(path, export)
    if path == "designations" and verdict.why == "routing_critical":
        removed = removed_designations(merge.held.get(path), export)
        was, new = "; ".join(short_designation(item) for item in removed), "removed"
    wait(merge, path, export, verdict)
    values: JsonObject = {"field": label(path), "from": was, "to": new, "why": verdict.why}
    merge.voice.say(category, verdict.why, path, values=values)


def say_confirmed(merge: Merge, path: str, export: JsonValue) -> None:
    """Report that two officers let a value take effect."""
    values: JsonObject = {
        "field": label(path), "from": shown(path, merge.held.get(path)), "to": proposed(path, export),
    }  # fmt: skip
    merge.voice.say(Category.CONFIRMED, "confirmed_by_two", path, values=values)


def say_three(merge: Merge, category: Category, path: str, export: JsonValue) -> None:
    """Report what the publisher said before, what is in effect here, and what the export says."""
    local = merge.held.get(path)
    values: JsonObject = {
        "field": path, "base": merge.base(path), "local": local, "export": export, "in_effect": local,
    }  # fmt: skip
    merge.voice.say(category, category.value, path, values=values)
