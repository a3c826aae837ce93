"""What happens to a case, each event one part of a message with a versioned media type of its own.

An event is the deterministic CBOR array of its number and its fields. Who said it, in which room and when
come from the message around it. What sets states and deadlines stands in ``case_progress``, what hands
earlier messages over in ``history``; which state may follow which is decided in ``casework``. References and
subjects live here, inside the encryption, and nowhere else.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import ClassVar, Final, TypeAlias

from rogatory_crypto import cbor
from rogatory_crypto.content.carry_over import CarryOverAnswered, CarryOverProposed
from rogatory_crypto.content.case_company import CircleRoom, CircleSet, LiaisonAssigned, StandingProposed
from rogatory_crypto.content.case_kind import CaseKind
from rogatory_crypto.content.case_progress import (
    DeadlineSet,
    DeadlineWithdrawn,
    ProgressAnswer,
    ProgressEnquiry,
    StateSet,
)
from rogatory_crypto.content.history import HistoryResealed, HistoryReturned, KeysAccepted, OfficeReturned
from rogatory_crypto.content.mimi import MessageId, read_message_id
from rogatory_crypto.content.nested_part import MAX_CONTENT_BYTES, Disposition, NestedPart, SinglePart
from rogatory_crypto.content.numbered_event import NumberedEvent, read_identifier, read_reference
from rogatory_crypto.content.office_work import CaseAssigned, CaseNote, DeputySet, DraftMoved, DraftSaved
from rogatory_crypto.content.outgoing_release import ReleaseAnswered, ReleaseAsked, ReleasePolicySet
from rogatory_crypto.content.request_wishes import HandlingWished, SentDespite
from rogatory_crypto.content.retention import CaseHeld, HoldLifted, PurgeConfirmed, PurgeProposed
from rogatory_crypto.content.urgent import CaseLinked, EscalationNotice, OralRequest, PresenceEnded
from rogatory_crypto.errors import Code, MisuseError, PeerError
from rogatory_crypto.wire.identifier import EntryId, read_entry_id, read_hash, read_time
from rogatory_crypto.wire.structure import Structure

MEDIA_TYPE: Final = "application/vnd.rogatory.case-event+cbor;v=1"
MAX_DOCUMENTS: Final = 200
MAX_CARRIED_OVER: Final = 1000
MAX_ADDRESSEES: Final = 64
ORIGIN_BYTES: Final = 16
# RFC 5646 section 2.1 in its common shape: a language, then script, region, variants and extensions.
_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,6}")


class Urgency(StrEnum):
    """How soon a request has to be dealt with."""

    ROUTINE = "routine"
    PRIORITY = "priority"
    URGENT = "urgent"
    EMERGENCY = "emergency"


class DocumentRole(StrEnum):
    """What a document is to the request it belongs to."""

    LETTER = "letter"
    EVIDENCE = "evidence"
    ANNEX = "annex"


def _language(value: object) -> str:
    text = cbor.text(value, maximum=63)
    if not _LANGUAGE.fullmatch(text):
        raise PeerError(Code.MALFORMED, f"{text!r} is not a language tag")
    return text


_subject = partial(cbor.text, minimum=1, maximum=300)
_network = partial(cbor.text, minimum=1, maximum=64)


def _optional_reference(value: object) -> str | None:
    return cbor.optional(value, read_reference)


def _optional_network(value: object) -> str | None:
    return cbor.optional(value, _network)


@dataclass(frozen=True, slots=True)
class CaseOpened(NumberedEvent):
    """The first event of a room: what it is for and what it is about."""

    kind: CaseKind
    subject: str
    reference: str | None
    network: str | None
    NUMBER: ClassVar = 1
    READERS: ClassVar = (
        partial(cbor.member, enumeration=CaseKind),
        _subject,
        _optional_reference,
        _optional_network,
    )


@dataclass(frozen=True, slots=True)
class DocumentRef(Structure):
    """A document of a request: the part of the same message that holds it, and what it must contain."""

    part_index: int
    role: DocumentRole
    sha256: bytes
    filename: str
    size: int
    media_type: str
    READERS: ClassVar = (
        partial(cbor.unsigned, maximum=255),
        partial(cbor.member, enumeration=DocumentRole),
        read_hash,
        partial(cbor.text, minimum=1, maximum=255),
        partial(cbor.unsigned, maximum=(1 << 52)),
        partial(cbor.text, minimum=1, maximum=255),
    )


@dataclass(frozen=True, slots=True)
class RequestSubmitted(NumberedEvent):
    """A formal request; in the room of a consultation it turns that consultation into a case.

    ``carried_over`` names the earlier messages that become part of the request. All others stay informal.
    ``addressees`` are the offices that are asked; where none is named, all that are no guests. ``origin`` is
    the same in two requests of an office only where one draft was sent twice.
    """

    request_type: str
    legal_basis: str
    urgency: Urgency
    language: str
    reference: str
    documents: tuple[DocumentRef, ...]
    carried_over: tuple[MessageId, ...]
    addressees: tuple[EntryId, ...] = ()
    origin: bytes | None = None
    NUMBER: ClassVar = 2
    READERS: ClassVar = (
        read_identifier,
        partial(cbor.text, minimum=1, maximum=300),
        partial(cbor.member, enumeration=Urgency),
        _language,
        read_reference,
        partial(cbor.array_of, reader=DocumentRef.from_plain, maximum=MAX_DOCUMENTS),
        partial(cbor.array_of, reader=read_message_id, maximum=MAX_CARRIED_OVER),
        partial(cbor.array_of, reader=read_entry_id, maximum=MAX_ADDRESSEES),
        partial(cbor.optional, reader=partial(cbor.byte_string, length=ORIGIN_BYTES)),
    )


@dataclass(frozen=True, slots=True)
class Acknowledged(NumberedEvent):
    """An officer has taken a message in hand under the office's own reference."""

    message_id: MessageId
    own_reference: str
    NUMBER: ClassVar = 3
    READERS: ClassVar = (read_message_id, read_reference)


@dataclass(frozen=True, slots=True)
class ReferenceSet(NumberedEvent):
    """The sender's office now files the case under this reference."""

    own_reference: str
    NUMBER: ClassVar = 4
    READERS: ClassVar = (read_reference,)


@dataclass(frozen=True, slots=True)
class Notice(NumberedEvent):
    """A secretariat's notice to its network; a higher version of the same subject replaces a lower one."""

    network: str
    subject: str
    version: int
    valid_until: int | None
    NUMBER: ClassVar = 5
    READERS: ClassVar = (
        _network,
        _subject,
        partial(cbor.unsigned, minimum=1, maximum=1 << 31),
        partial(cbor.optional, reader=read_time),
    )


@dataclass(frozen=True, slots=True)
class StatusChanged(NumberedEvent):
    """A remark that the case has reached a state; it changes none, which ``StateSet`` does."""

    status: str
    NUMBER: ClassVar = 6
    READERS: ClassVar = (read_identifier,)


CaseEvent: TypeAlias = (
    CaseOpened
    | RequestSubmitted
    | Acknowledged
    | ReferenceSet
    | Notice
    | StatusChanged
    | HistoryResealed
    | OfficeReturned
    | HistoryReturned
    | KeysAccepted
    | StateSet
    | ProgressEnquiry
    | ProgressAnswer
    | DeadlineSet
    | DeadlineWithdrawn
    | CarryOverProposed
    | CarryOverAnswered
    | HandlingWished
    | SentDespite
    | OralRequest
    | EscalationNotice
    | PresenceEnded
    | CaseLinked
    | CaseNote
    | CaseAssigned
    | DeputySet
    | DraftSaved
    | DraftMoved
    | ReleasePolicySet
    | ReleaseAsked
    | ReleaseAnswered
    | CircleSet
    | CircleRoom
    | StandingProposed
    | LiaisonAssigned
    | CaseHeld
    | HoldLifted
    | PurgeProposed
    | PurgeConfirmed
)
_EVENTS: Final[dict[int, type[CaseEvent]]] = {
    event.NUMBER: event
    for event in (
        CaseOpened,
        RequestSubmitted,
        Acknowledged,
        ReferenceSet,
        Notice,
        StatusChanged,
        HistoryResealed,
        OfficeReturned,
        HistoryReturned,
        KeysAccepted,
        StateSet,
        ProgressEnquiry,
        ProgressAnswer,
        DeadlineSet,
        DeadlineWithdrawn,
        CarryOverProposed,
        CarryOverAnswered,
        HandlingWished,
        SentDespite,
        OralRequest,
        EscalationNotice,
        PresenceEnded,
        CaseLinked,
        CaseNote,
        CaseAssigned,
        DeputySet,
        DraftSaved,
        DraftMoved,
        ReleasePolicySet,
        ReleaseAsked,
        ReleaseAnswered,
        CircleSet,
        CircleRoom,
        StandingProposed,
        LiaisonAssigned,
        CaseHeld,
        HoldLifted,
        PurgeProposed,
        PurgeConfirmed,
    )
}
_CASES: Final = frozenset({CaseKind.CONSULTATION, CaseKind.REQUEST})


def encode(event: CaseEvent) -> bytes:
    """Return the deterministic encoding.

    Raises:
        MisuseError: a field breaks its limit, so that no peer would accept the event.
    """
    encoded = event.encode()
    try:
        decode(encoded, limit=len(encoded))
    except PeerError as error:
        what = event.flaw() or error.detail
        raise MisuseError(f"no peer would accept this event: {what}") from error
    return encoded


def decode(data: bytes, *, limit: int = MAX_CONTENT_BYTES) -> CaseEvent:
    """Return the event that these bytes encode.

    Args:
        data: the content of a part with this module's media type.
        limit: how many bytes may be read; more than a message holds only where an archive came as attachment.

    Raises:
        PeerError: MALFORMED or TOO_LARGE; UNSUPPORTED for an event or a word this version does not know.
    """
    plain = cbor.decode(data, limit=limit)
    if not isinstance(plain, list) or not plain:
        raise PeerError(Code.MALFORMED, "an event is an array that begins with its number")
    kind = _EVENTS.get(cbor.unsigned(plain[0]))
    if kind is None:
        raise PeerError(Code.UNSUPPORTED, f"no event {plain[0]}")
    event = kind.from_plain(plain)
    if isinstance(event, CaseOpened) and (event.kind is CaseKind.NETWORK) != (event.network is not None):
        raise PeerError(Code.MALFORMED, "a network's room, and no other, names its network")
    if isinstance(event, CaseOpened) and event.kind is CaseKind.CIRCLE:
        raise PeerError(Code.MALFORMED, "a circle's room is opened by naming its case")
    if isinstance(event, OfficeReturned | HistoryReturned) and event.kind not in _CASES:
        raise PeerError(Code.MALFORMED, "an office comes back into a case, and into no other room")
    return event


def event_part(event: CaseEvent) -> SinglePart:
    """Return the event as a part of a message."""
    return SinglePart(Disposition.UNSPECIFIED, "", MEDIA_TYPE, encode(event))


def read_event(part: NestedPart) -> CaseEvent | None:
    """Return the event that a part carries, or None if it carries something else.

    Raises:
        PeerError: it claims to carry an event and does not.
    """
    if isinstance(part, SinglePart) and part.content_type == MEDIA_TYPE:
        return decode(part.content)
    return None
