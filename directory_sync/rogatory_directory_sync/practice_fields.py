"""What an authority does and how: designations, networks, languages, hours, channels, law (rules R8-R11)."""

import re
from datetime import date

from rogatory_directory_sync.contact_fields import read_url
from rogatory_directory_sync.designations import DesignationUnknown, read_designations
from rogatory_directory_sync.headings import column_of
from rogatory_directory_sync.jsonvalue import JsonObject, JsonValue, list_of, object_of, text_of
from rogatory_directory_sync.languages import read_languages
from rogatory_directory_sync.office_hours import read_office_hours
from rogatory_directory_sync.reading import Reading
from rogatory_directory_sync.record import Role
from rogatory_directory_sync.telephones import is_placeholder
from rogatory_directory_sync.text import name_key
from rogatory_directory_sync.time_zones import read_time_zone

_CHOICES = {
    "channels": ("direct", "diplomatic", "interpol", "email"),
    "electronic": ("accepts_requests", "original_required", "e_signature", "encryption_required"),
    "legal_basis": ("untoc_extradition", "uncac_extradition"),
}
_E_SIGNATURE_FORMATS = {
    "pades": "PAdES",
    "xades": "XAdES",
    "cades": "CAdES",
    "jades": "JAdES",
    "asic-e": "ASiC-E",
}
_WITH_ROLE = re.compile(r"(.+?)\s*[(:]\s*(\w+)\s*\)?")
_RESOURCE_KINDS = ("legislation", "template", "guideline", "checklist")
_AGREEMENT_TYPES = ("bilateral", "multilateral", "arrangement")


def read_designated(reading: Reading) -> None:
    """The service to be contacted, its scope, and its designations (rule R11)."""
    for path in ("unit", "scope_note"):
        reading.put_prose(path, reading.authority.get(path))
    known: list[JsonValue] = []
    published = reading.authority.get("designations")
    for item in read_designations(published, reading.tables.instruments):
        if isinstance(item, DesignationUnknown):
            reading.voice.warn(
                f"designation_unknown:{item.label}", column_of("designations"), text_of(published)
            )
        else:
            known.append(item)
    if known or not list_of(published):
        reading.put("designations", known)


def read_networks(reading: Reading) -> None:
    """Networks by code; a body runs its network, any other entry is a member unless it says otherwise."""
    usual = Role.MEMBER if reading.state else Role.SECRETARIAT
    published = reading.authority.get("networks")
    text = published if isinstance(published, str) else ""
    items = [part.strip(" \t") for part in re.split(r"[;,/\n]", text)] if text else list_of(published)
    found: list[JsonValue] = []
    for item in items:
        members = object_of(item) if isinstance(item, dict) else {"network": item}
        name = reading.clean("networks", members.get("network"))
        named = _WITH_ROLE.fullmatch(name)
        if named and named[2].casefold() in tuple(Role):
            name, members = named[1], members | {"role": named[2]}
        network = reading.tables.networks_by_name.get(name_key(name))
        if network is None and name:
            reading.voice.warn(f"network_unknown:{name}", column_of("networks"), name)
        role = text_of(members.get("role")).casefold()
        entry: JsonObject = {
            "network": network.code if network else "",
            "role": role if role in tuple(Role) else usual.value,
        }
        if network and entry not in found:
            found.append(entry)
    reading.put("networks", found)


def read_all_languages(reading: Reading) -> None:
    """Languages accepted and for urgent requests (rule R8)."""
    published = reading.authority.get("languages")
    languages = published if isinstance(published, dict) else {"accepted": published}
    for member in ("accepted", "urgent"):
        path = f"languages.{member}"
        raw = languages.get(member)
        text = reading.clean(path, "; ".join(text_of(item) for item in raw) if isinstance(raw, list) else raw)
        read = read_languages("" if is_placeholder(text) else text, reading.tables.languages)
        for word in read.unknown:
            reading.voice.warn(f"language_unknown:{word}", column_of(path), text)
        if read.tags or not read.unknown:
            reading.put(path, list(read.tags))
    reading.put_prose("languages.note", languages.get("note"))


def read_zone(reading: Reading) -> None:
    """Time zone (rule R10)."""
    path, column = "time_zone", column_of("time_zone")
    text = reading.clean(path, reading.authority.get(path))
    if is_placeholder(text):
        reading.put(path, None)
        return
    country = reading.tables.states_by_code.get(reading.region)
    zone = read_time_zone(text, country.time_zone if country else "", reading.today)
    if zone is None:
        reading.voice.warn("time_zone_unknown", column, text)
        return
    if not zone.agrees:
        reading.voice.warn("utc_offset_mismatch", column, text)
    elif zone.from_offset:
        reading.voice.repaired("zone_from_state", column, text)
    reading.put(path, zone.name)


def read_hours(reading: Reading) -> None:
    """Office hours, as text or already as periods."""
    path = "office_hours"
    published = reading.authority.get(path)
    if isinstance(published, list):
        reading.put(path, published)
        return
    text = reading.clean(path, published)
    hours = read_office_hours(text)
    if hours is None:
        reading.voice.warn("office_hours_unreadable", column_of(path), text)
        return
    reading.put(path, hours)


def read_choices(reading: Reading) -> None:
    """Channels, electronic means, urgency and legal basis: one word each."""
    for group, members in _CHOICES.items():
        published = object_of(reading.authority.get(group))
        for member in members:
            reading.put_choice(f"{group}.{member}", published.get(member))
    reading.put_choice("dual_criminality", reading.authority.get("dual_criminality"))
    urgent = object_of(reading.authority.get("urgent_procedure"))
    reading.put_prose("urgent_procedure.text", urgent.get("text"))
    reading.put_flag("urgent_procedure.available_24_7", urgent.get("available_24_7"))
    reading.put_choice("urgent_procedure.oral_accepted", urgent.get("oral_accepted"))


def read_rarer_members(reading: Reading) -> None:
    """Members only the JSON export has columns for."""
    channels, electronic, basis = (
        object_of(reading.authority.get(group)) for group in ("channels", "electronic", "legal_basis")
    )
    reading.put_proses("channels.regional_platforms", channels.get("regional_platforms"))
    formats = [text_of(item).strip().casefold() for item in list_of(electronic.get("e_signature_formats"))]
    known = [_E_SIGNATURE_FORMATS[item] for item in formats if item in _E_SIGNATURE_FORMATS]
    reading.put("electronic.e_signature_formats", known)
    # A measure may well end after the reference date, so that rule R9's "future" does not apply.
    reading.put_date("electronic.measure_valid_until", electronic.get("measure_valid_until"), latest=date.max)
    reading.put_prose("legal_basis.note", basis.get("note"))
    reading.put_prose("requirements", reading.authority.get("requirements"))


def _agreement(reading: Reading, members: JsonObject) -> JsonObject:
    kind = reading.clean("agreements", members.get("type")).casefold()
    codes = [text_of(item).upper() for item in list_of(members.get("counterparts"))]
    optional: JsonObject = {
        "counterparts": [code for code in codes if code in reading.tables.states_by_code],
        "subject": reading.prose("agreements", members.get("subject")),
        "url": read_url(reading, "agreements", members.get("url")),
    }
    return {
        "type": kind if kind in _AGREEMENT_TYPES else "arrangement",
        "title": reading.prose("agreements", members.get("title")),
    } | {name: value for name, value in optional.items() if value}


def read_agreements(reading: Reading) -> None:
    """Agreements; one without a title says nothing."""
    items = [object_of(item) for item in list_of(reading.authority.get("agreements"))]
    agreements = [_agreement(reading, members) for members in items]
    reading.put("agreements", [agreement for agreement in agreements if agreement["title"]])


def read_resources(reading: Reading) -> None:
    """Links by kind."""
    found: dict[str, list[JsonValue]] = {kind: [] for kind in _RESOURCE_KINDS}
    for item in list_of(reading.authority.get("resources")):
        members = object_of(item)
        kind = text_of(members.get("kind")).casefold()
        url = read_url(reading, f"resources.{kind}", members.get("url"))
        optional = {
            "title": reading.prose("resources", members.get("title")),
            "lang": text_of(members.get("lang")),
        }
        if url and kind in found:
            resource = {"kind": kind, "url": url} | {name: value for name, value in optional.items() if value}
            found[kind].append(resource)
    for kind, items in found.items():
        reading.put(f"resources.{kind}", items)


def read_lists(reading: Reading) -> None:
    """Informal channels, asset recovery networks, superseded entries."""
    for path in ("informal_channels", "asset_recovery_networks", "supersedes"):
        reading.put_proses(path, reading.authority.get(path))


def read_provenance(reading: Reading) -> None:
    """Notes verbales and dates (rule R9)."""
    provenance = object_of(reading.authority.get("provenance"))
    reading.put_prose("provenance.note_verbale", provenance.get("note_verbale"))
    for member in ("note_verbale_date", "last_updated", "last_confirmed"):
        reading.put_date(f"provenance.{member}", provenance.get(member))
