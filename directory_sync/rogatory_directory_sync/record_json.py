"""A record from and to the canonical JSON of ``reference/schema.json``.

Canonical: the members in the order of the schema, those the export always writes present even when null,
the rest only when supplied; telephones and mailboxes by type. What parses writes the same bytes again.
"""

import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache, lru_cache
from typing import TypeVar, cast

from rogatory_directory_sync.jsonvalue import JsonObject, JsonValue
from rogatory_directory_sync.members import Members
from rogatory_directory_sync.office_hours import DAYS
from rogatory_directory_sync.record import (
    Address,
    Agreement,
    Channels,
    Designation,
    Electronic,
    Email,
    EmailType,
    Function,
    Instrument,
    Kind,
    Languages,
    LegalBasis,
    Membership,
    OfficeHours,
    Phone,
    PhoneType,
    Provenance,
    Record,
    Resource,
    Role,
    State,
    Status,
    UrgentProcedure,
)
from rogatory_directory_sync.refusal import RecordInvalidError

RECORD_ID = r"[A-Za-z0-9][A-Za-z0-9._-]{2,63}"
_T = TypeVar("_T")
_ISO2 = "[A-Z]{2}"
_LANGUAGE = "[a-z]{2,3}(-[A-Za-z0-9]{2,8})*"
_DATE = r"\d{4}-\d{2}-\d{2}"
_TIME = r"([01]\d|2[0-3]):[0-5]\d"
_EMAIL = r"[a-z0-9._%+-]+@[a-z0-9-]+(\.[a-z0-9-]+)+"
_URL = r"https?://\S+"
_YES_NO = ("yes", "no", "unknown")
_BASIS = ("yes", "no", "conditional", "not_declared")
_ON_DEMAND = ("yes", "urgent_only", "no", "unknown")
CHOICES: Mapping[str, tuple[str, ...]] = {
    "status": tuple(Status),
    "kind": tuple(Kind),
    "channels.direct": _YES_NO,
    "channels.diplomatic": ("required", "accepted", "no", "unknown"),
    "channels.interpol": _ON_DEMAND,
    "channels.email": _ON_DEMAND,
    "electronic.accepts_requests": ("yes", "exceptional", "no", "unknown"),
    "electronic.original_required": ("always", "later", "no", "unknown"),
    "electronic.e_signature": _YES_NO,
    "electronic.encryption_required": _YES_NO,
    "urgent_procedure.oral_accepted": _YES_NO,
    "legal_basis.untoc_extradition": _BASIS,
    "legal_basis.uncac_extradition": _BASIS,
    "dual_criminality": ("always", "coercive_only", "not_required", "not_stated"),
}
_E_SIGNATURE_FORMATS = ("PAdES", "XAdES", "CAdES", "JAdES", "ASiC-E")
# Written only when supplied; every other member is always there, null or empty where unknown.
_SPARSE = frozenset({
    "requirements", "x_platform", "direction", "note", "raw", "break_start", "break_end",
    "regional_platforms", "e_signature_formats", "measure_valid_until", "available_24_7",
    "oral_accepted", "counterparts", "subject", "url", "title", "lang", "direct", "diplomatic",
    "interpol", "email", "accepts_requests", "original_required", "e_signature",
    "encryption_required", "untoc_extradition", "uncac_extradition", "dual_criminality",
})  # fmt: skip


def _state(record: Members) -> State | None:
    if record.value.get("state") is None:
        return None
    state = record.object("state").only(("iso2", "iso3", "name", "territory"))
    return State(
        state.text("iso2", _ISO2),
        state.optional("iso3", "[A-Z]{3}"),
        state.text("name"),
        state.optional("territory"),
    )


def _name(record: Members) -> tuple[tuple[str, str], ...]:
    name = record.object("name")
    name.text("en")
    for language in name.value:
        if not re.fullmatch(_LANGUAGE, language):
            raise RecordInvalidError(name.at(language), "not a language tag")
    return tuple(
        (language, name.text(language)) for language in sorted(name.value, key=lambda tag: (tag != "en", tag))
    )


@lru_cache(maxsize=4096)
def _kept(value: object) -> object:
    return value


def _once(value: _T) -> _T:
    """An equal value seen before, if there is one: many records say the same of channels or articles."""
    return cast("_T", _kept(value))


def _designation(item: Members) -> Designation:
    item.only(("instrument", "article", "paragraph", "function", "direction", "note"))
    return _once(
        Designation(
            item.choice("instrument", Instrument),
            item.optional("article"),
            item.optional("paragraph"),
            item.choice("function", Function),
            item.optional("direction", choices=("incoming", "outgoing", "both")),
            item.optional("note"),
        )
    )


def _address(record: Members) -> Address | None:
    if record.value.get("address") is None:
        return None
    item = record.object("address").only(("lines", "city", "postal_code", "country"))
    return Address(
        item.texts("lines"),
        item.optional("city"),
        item.optional("postal_code"),
        item.optional("country", _ISO2),
    )


def _phone(item: Members) -> Phone:
    item.only(("type", "e164", "raw"))
    return Phone(
        item.choice("type", PhoneType), item.optional("e164", r"\+[1-9]\d{5,14}"), item.optional("raw")
    )


def _email(item: Members) -> Email:
    return Email(item.only(("type", "address")).choice("type", EmailType), item.text("address", _EMAIL))


def _hours(item: Members) -> OfficeHours:
    item.only(("days", "open", "close", "break_start", "break_end"))
    return _once(
        OfficeHours(
            item.texts("days", choices=DAYS),
            item.text("open", _TIME),
            item.text("close", _TIME),
            item.optional("break_start", _TIME),
            item.optional("break_end", _TIME),
        )
    )


def _languages(record: Members) -> Languages:
    item = record.object("languages").only(("accepted", "urgent", "note"))
    return Languages(
        item.texts("accepted", _LANGUAGE) or None,
        item.texts("urgent", _LANGUAGE) or None,
        item.optional("note"),
    )


def _chosen(record: Members, group: str, name: str) -> str | None:
    return record.object(group).optional(name, choices=CHOICES[f"{group}.{name}"])


def _channels(record: Members) -> Channels:
    item = record.object("channels").only(("direct", "diplomatic", "interpol", "email", "regional_platforms"))
    direct, diplomatic, interpol, email = (
        _chosen(record, "channels", name) for name in ("direct", "diplomatic", "interpol", "email")
    )
    return _once(Channels(direct, diplomatic, interpol, email, item.texts("regional_platforms")))


def _electronic(record: Members) -> Electronic:
    names = ("accepts_requests", "original_required", "e_signature", "encryption_required")
    item = record.object("electronic").only((*names, "e_signature_formats", "measure_valid_until"))
    accepts, original, signature, encryption = (_chosen(record, "electronic", name) for name in names)
    return _once(
        Electronic(
            accepts,
            original,
            signature,
            encryption,
            item.texts("e_signature_formats", choices=_E_SIGNATURE_FORMATS),
            item.optional("measure_valid_until", _DATE),
        )
    )


def _urgent(record: Members) -> UrgentProcedure:
    item = record.object("urgent_procedure").only(("text", "available_24_7", "oral_accepted"))
    oral = _chosen(record, "urgent_procedure", "oral_accepted")
    return _once(UrgentProcedure(item.optional("text"), item.flag("available_24_7"), oral))


def _legal_basis(record: Members) -> LegalBasis:
    item = record.object("legal_basis").only(("untoc_extradition", "uncac_extradition", "note"))
    untoc, uncac = (
        _chosen(record, "legal_basis", name) for name in ("untoc_extradition", "uncac_extradition")
    )
    return _once(LegalBasis(untoc, uncac, item.optional("note")))


def _membership(item: Members) -> Membership:
    item.only(("network", "role"))
    return _once(Membership(item.text("network", "[A-Z][A-Z0-9-]{1,15}"), item.choice("role", Role)))


def _agreement(item: Members) -> Agreement:
    item.only(("type", "title", "counterparts", "subject", "url"))
    return _once(
        Agreement(
            item.text("type", choices=("bilateral", "multilateral", "arrangement")),
            item.text("title"),
            item.texts("counterparts", _ISO2),
            item.optional("subject"),
            item.optional("url", _URL),
        )
    )


def _resource(item: Members) -> Resource:
    item.only(("kind", "url", "title", "lang"))
    kinds = ("legislation", "template", "guideline", "checklist")
    return Resource(
        item.text("kind", choices=kinds),
        item.text("url", _URL),
        item.optional("title"),
        item.optional("lang", _LANGUAGE),
    )


def _provenance(record: Members) -> Provenance:
    names = ("note_verbale", "note_verbale_date", "last_updated", "last_confirmed")
    item = record.object("provenance").only(names)
    dates = (item.optional(name, _DATE) for name in names[1:])
    return Provenance(item.optional("note_verbale"), *dates)


def record_from_json(value: JsonObject) -> Record:
    """A record, every value checked against the schema.

    Raises:
        RecordInvalidError: naming the path and the value that does not fit.
    """
    item = Members(value, "").only(tuple(member.name for member in fields(Record)))
    record = Record(
        record_id=item.text("record_id", RECORD_ID),
        revision=item.integer("revision", 1),
        status=item.choice("status", Status),
        kind=item.choice("kind", Kind),
        state=_state(item),
        host_country=item.optional("host_country", _ISO2),
        networks=item.each("networks", _membership),
        name=_name(item),
        unit=item.optional("unit"),
        designations=item.each("designations", _designation),
        scope_note=item.optional("scope_note"),
        address=_address(item),
        phones=item.each("phones", _phone),
        emails=item.each("emails", _email),
        website=item.optional("website", _URL),
        contact_functions=item.texts("contact_functions"),
        time_zone=item.optional("time_zone", "[A-Za-z_]+(/[A-Za-z_+-]+)+"),
        office_hours=item.each("office_hours", _hours),
        languages=_languages(item),
        channels=_channels(item),
        electronic=_electronic(item),
        urgent_procedure=_urgent(item),
        legal_basis=_legal_basis(item),
        dual_criminality=item.optional("dual_criminality", choices=CHOICES["dual_criminality"]),
        requirements=item.optional("requirements"),
        agreements=item.each("agreements", _agreement),
        informal_channels=item.texts("informal_channels"),
        asset_recovery_networks=item.texts("asset_recovery_networks"),
        resources=item.each("resources", _resource),
        supersedes=item.texts("supersedes"),
        provenance=_provenance(item),
        x_platform=dict(item.object("x_platform").value),
    )
    _check_kind(record)
    return record


def _check_kind(record: Record) -> None:
    """The schema's condition: a network body has no State and no designation, every other entry has both."""
    body = record.kind is Kind.NETWORK_BODY
    if body is not (record.state is None):
        raise RecordInvalidError("state", "a network body has none" if body else "missing")
    if body is bool(record.designations):
        raise RecordInvalidError("designations", "a network body has none" if body else "missing")


def _json(value: object) -> JsonValue:
    match value:
        case Enum():
            return str(value.value)
        case None | str() | bool() | int():
            return value
        case tuple():
            return [_json(item) for item in value]
        case dict():
            return {str(name): _json(item) for name, item in value.items()}
        case list():
            return [_json(item) for item in value]
        case _:
            return _members(value)


@cache
def _names(kind: type) -> tuple[str, ...]:
    if not is_dataclass(kind):
        raise TypeError(f"{kind.__name__} has no JSON form")
    return tuple(member.name for member in fields(kind))


def _members(value: object) -> JsonObject:
    members: JsonObject = {}
    for name in _names(type(value)):  # type: ignore[arg-type]  # every class can be hashed
        content = getattr(value, name)
        if name in _SPARSE and (content is None or content in ((), {})):
            continue
        members[name] = _json(content)
    return members


def record_to_json(record: Record) -> JsonObject:
    """The canonical members of a record."""
    members = _members(record)
    members["name"] = dict(record.name)
    phones = sorted(record.phones, key=lambda phone: list(PhoneType).index(phone.type))
    emails = sorted(record.emails, key=lambda email: list(EmailType).index(email.type))
    return members | {"phones": _json(tuple(phones)), "emails": _json(tuple(emails))}
