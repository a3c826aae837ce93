"""Changes that decide where a request goes (rule R16): held until a second person confirms, or rejected.

Mailboxes, the 24/7 number, removed designations, another State or kind, and an end of withdrawal are held;
the old value stays in use. The call-back goes over the number already known, so that number may not change
with them. A domain that only looks like the known one is rejected with a security alert.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from rogatory_directory_sync.fields import comparable
from rogatory_directory_sync.jsonvalue import JsonObject, JsonValue, list_of, object_of, text_of
from rogatory_directory_sync.mailboxes import domain_of, is_lookalike

_CRITICAL = frozenset({"phones.emergency_24_7", "state", "kind", "host_country"})


@dataclass(frozen=True, slots=True)
class Hold:
    """Wait for a second person; the name of the reason is stable."""

    why: str


@dataclass(frozen=True, slots=True)
class Reject:
    """An attack until proven otherwise."""

    why: str


def addresses(value: JsonValue) -> list[str]:
    """The addresses of a mailbox field."""
    return [text_of(object_of(item).get("address")) for item in list_of(value)]


def _mailbox(path: str, new: JsonValue, held: Mapping[str, JsonValue]) -> Hold | Reject:
    known = {
        domain_of(address)
        for kind in ("emails.office", "emails.urgent", "emails.technical")
        for address in addresses(held.get(kind))
    }
    fresh = [address for address in addresses(new) if address not in addresses(held.get(path))]
    if any(is_lookalike(domain_of(address), known) for address in fresh):
        return Reject("email_lookalike")
    return Hold("email_changed")


def removed_designations(old: JsonValue, new: JsonValue) -> list[JsonObject]:
    """The designations that are no longer there."""
    kept = set(comparable("designations", new))
    return [object_of(item) for item in list_of(old) if comparable("designations", [item])[0] not in kept]


def gate(
    path: str, new: JsonValue, held: Mapping[str, JsonValue], *, callback_pending: bool
) -> Hold | Reject | None:
    """What stands between a published change and its effect; None if nothing does.

    Args:
        path: the field.
        new: the value the publisher states.
        held: every field in effect.
        callback_pending: whether another change of this entry waits for a call-back.
    """
    if path.startswith("emails."):
        return _mailbox(path, new, held)
    if path == "designations":
        return Hold("routing_critical") if removed_designations(held.get(path), new) else None
    if path == "status":
        return Hold("routing_critical") if held.get(path) == "withdrawn" else None
    if path == "phones.office" and callback_pending and held.get(path):
        return Hold("call_back_number")
    return Hold("routing_critical") if path in _CRITICAL else None
