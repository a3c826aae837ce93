"""The record of one authority: every field of ``reference/schema.json``, as frozen values.

None and an empty tuple mean "not supplied"; they never mean "no". Values come only through ``record_json``,
which checks every pattern and choice of the schema.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from rogatory_directory_sync.jsonvalue import JsonObject


class Status(StrEnum):
    """Whether new requests may be addressed to an authority."""

    ACTIVE = "active"
    WITHDRAWN = "withdrawn"


class Kind(StrEnum):
    """What may be addressed to an entry: formal requests only to the first two."""

    CENTRAL_AUTHORITY = "central_authority"
    COMPETENT_AUTHORITY = "competent_authority"
    FOCAL_POINT = "focal_point"
    LIAISON = "liaison"
    NETWORK_BODY = "network_body"


class Role(StrEnum):
    """An entry's part in a network."""

    MEMBER = "member"
    OBSERVER = "observer"
    PARTNER = "partner"
    SECRETARIAT = "secretariat"


class PhoneType(StrEnum):
    """What a number is for, in the order numbers are listed."""

    OFFICE = "office"
    EMERGENCY = "emergency_24_7"
    FAX = "fax"


class EmailType(StrEnum):
    """What a mailbox is for, in the order mailboxes are listed."""

    OFFICE = "office"
    URGENT = "urgent"
    TECHNICAL = "technical"


class Instrument(StrEnum):
    """The instruments authorities are designated under."""

    DRUG1988 = "DRUG1988"
    UNTOC = "UNTOC"
    SOM = "SOM"
    FIREARMS = "FIREARMS"
    UNCAC = "UNCAC"
    GA68_186 = "GA68_186"
    BUDAPEST = "BUDAPEST"
    UNCC = "UNCC"
    OTHER = "OTHER"


class Function(StrEnum):
    """What an authority is designated for."""

    MLA = "mla"
    EXTRADITION = "extradition"
    TRANSFER_SENTENCED_PERSONS = "transfer_sentenced_persons"
    TRANSFER_PROCEEDINGS = "transfer_proceedings"
    ILLICIT_TRAFFIC_BY_SEA = "illicit_traffic_by_sea"
    SMUGGLING_OF_MIGRANTS_BY_SEA = "smuggling_of_migrants_by_sea"
    FIREARMS = "firearms"
    PREVENTION_TOC = "prevention_toc"
    PREVENTION_CORRUPTION = "prevention_corruption"
    ASSET_RECOVERY = "asset_recovery"
    CIVIL_ADMINISTRATIVE = "civil_administrative"
    CULTURAL_PROPERTY = "cultural_property"
    CONTACT_24_7 = "contact_24_7"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class State:
    """A State; ``territory`` names a special region with its own authority, UNTOC article 18(13)."""

    iso2: str
    iso3: str | None
    name: str
    territory: str | None


@dataclass(frozen=True, slots=True)
class Membership:
    """An entry's own statement of its part in a network."""

    network: str
    role: Role


@dataclass(frozen=True, slots=True)
class Designation:
    """Why the authority is in the directory."""

    instrument: Instrument
    article: str | None
    paragraph: str | None
    function: Function
    direction: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Address:
    """A postal address."""

    lines: tuple[str, ...]
    city: str | None
    postal_code: str | None
    country: str | None


@dataclass(frozen=True, slots=True)
class Phone:
    """A telephone number; ``raw`` is the text as published where it could not be read as a number."""

    type: PhoneType
    e164: str | None
    raw: str | None = None


@dataclass(frozen=True, slots=True)
class Email:
    """A function mailbox, lower case, ASCII."""

    type: EmailType
    address: str


@dataclass(frozen=True, slots=True)
class OfficeHours:
    """Times on some days of the week, ``HH:MM`` in the office's time zone."""

    days: tuple[str, ...]
    open: str
    close: str
    break_start: str | None = None
    break_end: str | None = None


@dataclass(frozen=True, slots=True)
class Languages:
    """Languages requests are accepted in, BCP 47, UNTOC article 18(14); None where not stated."""

    accepted: tuple[str, ...] | None
    urgent: tuple[str, ...] | None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Channels:
    """How requests may travel."""

    direct: str | None
    diplomatic: str | None
    interpol: str | None
    email: str | None
    regional_platforms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Electronic:
    """What is accepted by electronic means."""

    accepts_requests: str | None
    original_required: str | None
    e_signature: str | None
    encryption_required: str | None
    e_signature_formats: tuple[str, ...] = ()
    measure_valid_until: str | None = None


@dataclass(frozen=True, slots=True)
class UrgentProcedure:
    """How urgent requests are made."""

    text: str | None
    available_24_7: bool | None
    oral_accepted: str | None = None


@dataclass(frozen=True, slots=True)
class LegalBasis:
    """Notifications under UNTOC article 16(5) and UNCAC article 44(6)."""

    untoc_extradition: str | None
    uncac_extradition: str | None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Agreement:
    """A bilateral or multilateral agreement or arrangement."""

    type: str
    title: str
    counterparts: tuple[str, ...] = ()
    subject: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Resource:
    """A link to legislation, templates, guidelines or checklists."""

    kind: str
    url: str
    title: str | None = None
    lang: str | None = None


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where the entry comes from; dates are ISO 8601."""

    note_verbale: str | None
    note_verbale_date: str | None
    last_updated: str | None
    last_confirmed: str | None


@dataclass(frozen=True, slots=True)
class Record:
    """One authority, as held. ``name`` is pairs of language and name, English first."""

    record_id: str
    revision: int
    status: Status
    kind: Kind
    state: State | None
    host_country: str | None
    networks: tuple[Membership, ...]
    name: tuple[tuple[str, str], ...]
    unit: str | None
    designations: tuple[Designation, ...]
    scope_note: str | None
    address: Address | None
    phones: tuple[Phone, ...]
    emails: tuple[Email, ...]
    website: str | None
    contact_functions: tuple[str, ...]
    time_zone: str | None
    office_hours: tuple[OfficeHours, ...]
    languages: Languages
    channels: Channels
    electronic: Electronic
    urgent_procedure: UrgentProcedure
    legal_basis: LegalBasis
    dual_criminality: str | None
    requirements: str | None
    agreements: tuple[Agreement, ...]
    informal_channels: tuple[str, ...]
    asset_recovery_networks: tuple[str, ...]
    resources: tuple[Resource, ...]
    supersedes: tuple[str, ...]
    provenance: Provenance
    x_platform: JsonObject = field(default_factory=dict, hash=False)

    @property
    def name_en(self) -> str:
        """The English name."""
        return dict(self.name)["en"]
