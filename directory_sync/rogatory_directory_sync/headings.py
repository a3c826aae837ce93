"""Headings of the CSV export (rule R1) and the field of the authority each column fills.

Headings are matched through ``reference/header-aliases.json`` after trimming and case-folding; the
canonical heading also names the field in every finding, whichever route the record came by.
"""

from collections.abc import Mapping, Sequence

# Canonical heading -> path in the authority. Phones, mailboxes and resources carry their type as second part.
COLUMNS: Mapping[str, str] = {
    "Record ID": "record_id",
    "Revision": "revision",
    "Status": "status",
    "Kind": "kind",
    "Country": "state.name",
    "ISO2": "state.iso2",
    "ISO3": "state.iso3",
    "Territory": "state.territory",
    "Networks": "networks",
    "Authority (EN)": "name.en",
    "Authority (local)": "name",
    "Local language": "name.language",
    "Unit": "unit",
    "Designations": "designations",
    "Scope": "scope_note",
    "Address": "address.lines",
    "City": "address.city",
    "Postal code": "address.postal_code",
    "Phone": "phones.office",
    "Emergency phone": "phones.emergency_24_7",
    "Fax": "phones.fax",
    "E-mail": "emails.office",
    "Urgent e-mail": "emails.urgent",
    "Website": "website",
    "Contact function": "contact_functions",
    "Time zone": "time_zone",
    "Office hours": "office_hours",
    "Languages accepted": "languages.accepted",
    "Languages urgent": "languages.urgent",
    "INTERPOL": "channels.interpol",
    "Diplomatic channel": "channels.diplomatic",
    "Direct contact": "channels.direct",
    "E-mail channel": "channels.email",
    "Electronic requests": "electronic.accepts_requests",
    "Original required": "electronic.original_required",
    "E-signature": "electronic.e_signature",
    "Encryption required": "electronic.encryption_required",
    "Urgent procedure": "urgent_procedure.text",
    "24/7": "urgent_procedure.available_24_7",
    "UNTOC as extradition basis": "legal_basis.untoc_extradition",
    "UNCAC as extradition basis": "legal_basis.uncac_extradition",
    "Dual criminality": "dual_criminality",
    "Agreements": "agreements",
    "Informal channels": "informal_channels",
    "Asset recovery networks": "asset_recovery_networks",
    "Legislation": "resources.legislation",
    "Templates": "resources.template",
    "Supersedes": "supersedes",
    "Note verbale": "provenance.note_verbale",
    "Note verbale date": "provenance.note_verbale_date",
    "Last updated": "provenance.last_updated",
    "Last confirmed": "provenance.last_confirmed",
}
REQUIRED = ("Record ID", "Revision", "Kind", "Country", "ISO2", "Authority (EN)", "Designations")
_HEADING_OF = {path: heading for heading, path in COLUMNS.items()}


def column_of(path: str) -> str:
    """The heading a field is reported under; a field without a column keeps its path."""
    if path in _HEADING_OF:
        return _HEADING_OF[path]
    return "Authority (local)" if path.startswith("name.") else path


def has_column(path: str) -> bool:
    """Whether the CSV export carries a field at all; one it cannot carry is not left blank by it."""
    return column_of(path) != path


def _key(heading: str) -> str:
    return " ".join(heading.split()).casefold()


def canonical_headings(cells: Sequence[str], aliases: Mapping[str, str]) -> tuple[str, ...]:
    """Each cell of the heading line as the canonical heading, or empty where it is not known.

    Args:
        cells: the heading line as published.
        aliases: alias -> canonical heading, as in the reference table.
    """
    known = {_key(alias): heading for alias, heading in aliases.items()}
    known |= {_key(heading): heading for heading in COLUMNS}
    return tuple(known.get(_key(cell), "") for cell in cells)
