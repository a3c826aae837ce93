"""A record as a flat table of fields: the unit in which changes are compared, held and reported.

Telephones, mailboxes and resources are fields by type (``phones.fax``), names by language (``name.en``),
grouped members by name (``languages.accepted``); every other member is one field. Order of lists, the raw
text beside a readable number, and the former name of a State are formatting, not content (rule R14).
"""

from collections.abc import Iterable, Mapping

from rogatory_directory_sync.jsonvalue import JsonObject, JsonValue, list_of, object_of, text_of

Fields = dict[str, JsonValue]
GROUPS = (
    "address",
    "languages",
    "channels",
    "electronic",
    "urgent_procedure",
    "legal_basis",
    "provenance",
    "name",
)
BY_TYPE: Mapping[str, str] = {"phones": "type", "emails": "type", "resources": "kind"}
_UNORDERED = frozenset({
    "designations", "networks", "supersedes", "informal_channels", "asset_recovery_networks",
    "languages.accepted", "languages.urgent",
})  # fmt: skip
_LISTS = frozenset({
    "designations", "networks", "contact_functions", "office_hours", "agreements", "informal_channels",
    "asset_recovery_networks", "supersedes", "address.lines", "channels.regional_platforms",
    "electronic.e_signature_formats",
})  # fmt: skip
_PLAIN = (
    "status", "kind", "state", "host_country", "networks", "unit", "designations", "scope_note", "website",
    "contact_functions", "time_zone", "office_hours", "dual_criminality", "requirements", "agreements",
    "informal_channels", "asset_recovery_networks", "supersedes",
)  # fmt: skip


_GROUP_MEMBERS: Mapping[str, tuple[str, ...]] = {
    "address": ("lines", "city", "postal_code"),
    "languages": ("accepted", "urgent", "note"),
    "channels": ("direct", "diplomatic", "interpol", "email", "regional_platforms"),
    "electronic": (
        "accepts_requests", "original_required", "e_signature", "e_signature_formats", "encryption_required",
        "measure_valid_until",
    ),
    "urgent_procedure": ("text", "available_24_7", "oral_accepted"),
    "legal_basis": ("untoc_extradition", "uncac_extradition", "note"),
    "provenance": ("note_verbale", "note_verbale_date", "last_updated", "last_confirmed"),
    "phones": ("office", "emergency_24_7", "fax"),
    "emails": ("office", "urgent", "technical"),
    "resources": ("legislation", "template", "guideline", "checklist"),
}  # fmt: skip
_NEVER_CLEARED = frozenset({"status", "kind", "state"})


def clearable(path: str) -> list[str]:
    """The fields that "emptied on purpose" means; none for a field that an entry cannot lack.

    ``name`` stands for every name but the English one: which those are, only the entry held says.
    """
    group, _, member = path.partition(".")
    if path == "name":
        return [path]
    if not member and group in _GROUP_MEMBERS:
        return [f"{group}.{name}" for name in _GROUP_MEMBERS[group]]
    if member:
        return (
            [path] if member in _GROUP_MEMBERS.get(group, ()) or (group == "name" and member != "en") else []
        )
    return [path] if path in _PLAIN and path not in _NEVER_CLEARED else []


def is_blank(value: JsonValue) -> bool:
    """Whether a value says nothing: "not supplied" (rule R15)."""
    return value is None or value in ("", [], {})


def empty(path: str) -> JsonValue:
    """The value of a field that has been emptied on purpose."""
    return [] if path in _LISTS or path.partition(".")[0] in BY_TYPE else None


def _by_type(items: JsonValue, key: str) -> dict[str, list[JsonValue]]:
    grouped: dict[str, list[JsonValue]] = {}
    for item in list_of(items):
        grouped.setdefault(text_of(object_of(item).get(key)), []).append(item)
    return grouped


def flatten(authority: Mapping[str, JsonValue]) -> Fields:
    """The fields of an authority in canonical JSON; id, revision and ``x_platform`` are not fields."""
    table: Fields = {}
    for name, value in authority.items():
        if name in BY_TYPE:
            table |= {f"{name}.{kind}": items for kind, items in _by_type(value, BY_TYPE[name]).items()}
        elif name in GROUPS:
            table |= {f"{name}.{member}": item for member, item in object_of(value).items()}
        elif name in _PLAIN:
            table[name] = value
    return table


def unflatten(record_id: str, revision: int, table: Mapping[str, JsonValue]) -> JsonObject:
    """The authority made of fields, as ``record_from_json`` reads it."""
    authority: JsonObject = {"record_id": record_id, "revision": revision}
    for path, value in table.items():
        group, _, member = path.partition(".")
        if group in BY_TYPE:
            authority[group] = [*list_of(authority.get(group)), *list_of(value)]
        elif group == "name" and value is None:
            continue
        elif member:
            authority[group] = object_of(authority.get(group)) | {member: value}
        else:
            authority[group] = value
    address = object_of(authority.get("address"))
    if all(is_blank(value) for name, value in address.items() if name != "country"):
        authority["address"] = None
    return authority


def _comparable_item(item: JsonValue) -> str:
    members = object_of(item)
    if members.get("e164"):
        members.pop("raw", None)
    known = {name: value for name, value in members.items() if value is not None}
    return text_of(dict(sorted(known.items())) if members else item)


def comparable(path: str, value: JsonValue) -> tuple[str, ...]:
    """What two values share when they differ in formatting only."""
    if is_blank(value):
        return ()
    if path == "state":
        state = object_of(value)
        return (text_of(state.get("iso2")), text_of(state.get("territory")))
    items = [_comparable_item(item) for item in list_of(value)]
    return tuple(sorted(items) if path in _UNORDERED or path.partition(".")[0] in BY_TYPE else items)


def same(path: str, left: JsonValue, right: JsonValue) -> bool:
    """Whether two values of a field say the same."""
    return left == right or comparable(path, left) == comparable(path, right)


def reported_paths(paths: Iterable[str], *, held: Iterable[str]) -> list[str]:
    """Fields as a steward reads them: a group in which all that is held is concerned is named once.

    Args:
        paths: the fields concerned.
        held: the fields that are held at all.
    """
    concerned = list(paths)
    named: dict[str, None] = {}
    for path in concerned:
        group = path.partition(".")[0]
        siblings = {other for other in held if other.partition(".")[0] == group}
        whole = group in GROUPS and len(siblings) > 1 and siblings <= set(concerned)
        named[group if whole else path] = None
    return list(named)
