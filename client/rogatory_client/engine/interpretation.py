"""What a verified message says, turned into a record, changes of the room, and evidence.

A room's first opening event names it for good. A request turns a consultation into a case; an acknowledgement
brings the other side's reference. A notice counts only from its network's secretariat, a history only as
``handing`` says, and everything only from a role that may say it (``content.rights``).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from rogatory_client.engine import evidence
from rogatory_client.engine import non_delivery as stating_non_delivery
from rogatory_client.engine.company import follow_company
from rogatory_client.engine.delivery_effect import SaveNonDelivery
from rogatory_client.engine.effect import ArchivedMessage, Effect, SaveEvidence, SaveReference
from rogatory_client.engine.handing import OF_A_CASE, follow_handing, require
from rogatory_client.engine.office_work import follow_office_work
from rogatory_client.engine.origin_effect import SaveOrigin
from rogatory_client.engine.placing import require_place
from rogatory_client.engine.room import Context, Room
from rogatory_client.engine.seating import is_guest
from rogatory_client.engine.urgent_effect import SaveLink
from rogatory_client.engine.writing import TEXT_MEDIA_TYPE
from rogatory_crypto.content import (
    attestation,
    epoch_report,
    non_delivery,
    receipts,
    resent,
    split_report,
    statement,
    status,
    unreadable_report,
)
from rogatory_crypto.content.case_company import CircleRoom, CircleSet, LiaisonAssigned, StandingProposed
from rogatory_crypto.content.case_kind import CaseKind
from rogatory_crypto.content.events import (
    Acknowledged,
    CaseEvent,
    CaseOpened,
    Notice,
    ReferenceSet,
    RequestSubmitted,
    read_event,
)
from rogatory_crypto.content.history import HistoryResealed, HistoryReturned, KeysAccepted, OfficeReturned
from rogatory_crypto.content.message import Message
from rogatory_crypto.content.nested_part import ExternalPart, NestedPart, SinglePart
from rogatory_crypto.content.office_work import CaseAssigned, CaseNote, DeputySet, DraftMoved, DraftSaved
from rogatory_crypto.content.outgoing_release import ReleaseAnswered, ReleaseAsked, ReleasePolicySet
from rogatory_crypto.content.receipts import EvidenceEvent
from rogatory_crypto.content.retention import CaseHeld, HoldLifted, PurgeConfirmed, PurgeProposed
from rogatory_crypto.content.rights import require_acknowledgement, require_right
from rogatory_crypto.content.urgent import CaseLinked
from rogatory_crypto.errors import PeerError
from rogatory_crypto.identity import VerifiedDevice

EVIDENCE = "evidence"
CIRCLE = "circle"
_KINDS: dict[type[CaseEvent], str] = {
    CaseOpened: "opening",
    RequestSubmitted: "request",
    Acknowledged: "acknowledgement",
    Notice: "notice",
    HistoryResealed: EVIDENCE,
    OfficeReturned: "return",
    CircleSet: CIRCLE,
}
NOBODY_READS: Final = frozenset({CaseKind.OFFICE, CaseKind.RETURN, CaseKind.CIRCLE})
_PROVABLE = frozenset({None, *receipts.FORMAL})
_TECHNICAL = frozenset(
    {
        attestation.MEDIA_TYPE,
        receipts.MEDIA_TYPE,
        statement.MEDIA_TYPE,
        status.MEDIA_TYPE,
        epoch_report.MEDIA_TYPE,
        split_report.MEDIA_TYPE,
        non_delivery.MEDIA_TYPE,
        unreadable_report.MEDIA_TYPE,
        resent.MEDIA_TYPE,
    }
)


@dataclass(frozen=True, slots=True)
class Said:
    """A message in its circumstances.

    Attributes:
        credential: the sender's identity bytes.
        sender: the device they name, verified.
        sequence: place in the log; None where it comes from an archive or from ourselves.
        at_ms: when the relay accepted it.
    """

    message: Message = field(repr=False)
    credential: bytes
    sender: VerifiedDevice
    sequence: int | None
    at_ms: int


@dataclass(frozen=True, slots=True)
class Interpretation:
    """The room after the message, the record of it, and what else follows."""

    room: Room
    record: ArchivedMessage
    effects: tuple[Effect, ...]
    history: HistoryResealed | HistoryReturned | None = field(repr=False)


def interpret(said: Said, room: Room, context: Context, *, vouched: bool = False) -> Interpretation:
    """Read a message.

    Args:
        said: the message.
        room: it came in.
        context: identity and registry.
        vouched: whether the own office has judged it before, by what was known of the room then.

    Raises:
        PeerError: a part is malformed or is not the sender's to say; then nothing of the message counts.
    """
    parts = said.message.parts
    events = tuple(event for part in parts if (event := read_event(part)) is not None)
    effects: list[Effect] = []
    after = room
    for event in events:
        after, following = _follow(event, after, said, context)
        effects += following
    if not vouched:
        _require_right(said, parts, after)
    for part in parts:
        effects += _evidence_in(part, said, after, context)
    effects += _named(events, after, said)
    history = next((event for event in events if isinstance(event, HistoryResealed | HistoryReturned)), None)
    return Interpretation(after, _record(said, after, parts, events, context), tuple(effects), history)


def _named(events: tuple[CaseEvent, ...], room: Room, said: Said) -> Iterator[SaveLink | SaveOrigin]:
    """Yield what a message names beyond its room: an earlier case, the draft of a request."""
    office = said.sender.device.entry.entry_id
    for event in events:
        match event:
            case CaseLinked(earlier=earlier):
                yield SaveLink(room.group_id, earlier, office)
            case RequestSubmitted(origin=bytes() as origin):
                yield SaveOrigin(said.message.message_id, room.group_id, office, origin)
            case _:
                pass


def _require_right(said: Said, parts: tuple[NestedPart, ...], room: Room) -> None:
    """Act on nothing that the sender's role may not say; the refusal names who tried."""
    entry = said.sender.device.entry
    try:
        require_right(entry.role, parts, room.kind)
    except PeerError as error:
        raise PeerError(error.code, f"{entry.entry_id} ({entry.officer}): {error.detail}") from error


def _follow(event: CaseEvent, room: Room, said: Said, context: Context) -> tuple[Room, tuple[Effect, ...]]:
    office = said.sender.device.entry.entry_id
    match event:
        case CaseOpened():
            return _open(event, room, said, context)
        case RequestSubmitted():
            require(room.kind in OF_A_CASE, "a request outside of a case")
            if is_guest(office, room, context):
                return room, ()  # shown as not valid, and makes no case of a consultation
            filed = SaveReference(room.group_id, office, event.reference)
            return replace(room, kind=CaseKind.REQUEST), (filed,)
        case Acknowledged() | ReferenceSet():
            return room, (SaveReference(room.group_id, office, event.own_reference),)
        case Notice():
            _require_secretariat(event.network, said, context)
            return _of_network(room, event.network), ()
        case _:
            return _follow_among_offices(event, room, said, context)


def _follow_among_offices(
    event: CaseEvent, room: Room, said: Said, context: Context
) -> tuple[Room, tuple[Effect, ...]]:
    """Follow what makes or names no case: who is in one, what is handed over, what an office tells itself."""
    entry, message_id = said.sender.device.entry, said.message.message_id
    match event:
        case HistoryResealed() | HistoryReturned() | KeysAccepted() | OfficeReturned():
            at_ms = None if said.sequence is None else said.at_ms
            return follow_handing(event, room, entry, at_ms, context)
        case (
            CaseNote() | CaseAssigned() | DeputySet() | DraftSaved() | DraftMoved()
            | ReleasePolicySet() | ReleaseAsked() | ReleaseAnswered()
            | CaseHeld() | HoldLifted() | PurgeProposed() | PurgeConfirmed()
        ):  # fmt: skip
            return follow_office_work(event, room, message_id, entry.entry_id, context)
        case CircleSet() | CircleRoom() | StandingProposed() | LiaisonAssigned():
            return follow_company(event, room, message_id, entry, context)
        case _:
            require_place(event, room.kind)
            return room, ()


def _of_network(room: Room, network: str) -> Room:
    """A member that came later has not seen the room opened: the secretariat's first notice tells it."""
    if room.kind is None:
        return replace(room, kind=CaseKind.NETWORK, subject=network, network=network)
    require(room.network == network, "a notice in another network's room")
    return room


def _open(event: CaseOpened, room: Room, said: Said, context: Context) -> tuple[Room, tuple[Effect, ...]]:
    if room.kind is not None:
        require(said.sequence is None, "a room is opened once")
        return _completed(room, event), ()
    office = said.sender.device.entry.entry_id
    if event.network is not None:
        _require_secretariat(event.network, said, context)
    if event.kind is CaseKind.OFFICE:
        require(office == context.oneself.entry_id, "an office room of another office")
    effects = () if event.reference is None else (SaveReference(room.group_id, office, event.reference),)
    opened = replace(room, kind=event.kind, subject=event.subject, network=event.network)
    return opened, effects


def _completed(room: Room, event: CaseOpened) -> Room:
    """The archive brings the opening after what a new device has read by itself."""
    return room if room.subject else replace(room, subject=event.subject, network=event.network)


def _evidence_in(part: NestedPart, said: Said, room: Room, context: Context) -> tuple[Effect, ...]:
    if not isinstance(part, SinglePart):
        return ()
    accepted_at = None if said.sequence is None else said.at_ms // 1000
    if part.content_type == receipts.MEDIA_TYPE:
        require(room.kind in _PROVABLE, "a signed receipt in an informal room")
        place = (room.group_id, said.sender, accepted_at)
        found = evidence.receive_receipt(part.content, *place, context.registry)
        if found.event == EvidenceEvent.CONTENT_ACKNOWLEDGEMENT:
            require_acknowledgement(said.sender.device.entry.role)
        return (SaveEvidence(found),)
    if part.content_type == non_delivery.MEDIA_TYPE:
        require(room.kind in _PROVABLE, "signed non-delivery in an informal room")
        kept = stating_non_delivery.receive_non_delivery(
            part.content, room.group_id, said.sender, accepted_at, context.registry
        )
        return (SaveNonDelivery(kept),)
    if part.content_type == statement.MEDIA_TYPE:
        # Whose it is and what it covers is judged with the timeline: what is forged is shown there.
        require(room.kind in _PROVABLE, "a signed statement in an informal room")
    if part.content_type == status.MEDIA_TYPE:
        at = said.at_ms // 1000
        reports = evidence.receive_status(part.content, room.group_id, said.sender, at)
        return tuple(SaveEvidence(report) for report in reports)
    return ()


def _record(
    said: Said, room: Room, parts: tuple[NestedPart, ...], events: tuple[CaseEvent, ...], context: Context
) -> ArchivedMessage:
    entry = said.sender.device.entry
    kind = EVIDENCE if room.kind in NOBODY_READS else _kind(parts, events)
    return ArchivedMessage(
        message_id=said.message.message_id,
        group_id=room.group_id,
        sender=said.credential,
        entry_id=entry.entry_id,
        officer=entry.officer,
        device_id=entry.device_id,
        sequence=said.sequence,
        at_ms=said.at_ms,
        content=said.message.encoded,
        kind=kind,
        subject=_subject(events),
        text=text_of(parts),
        reference=next((found for event in events if (found := _reference(event)) is not None), None),
        in_reply_to=said.message.content.in_reply_to,
        formal=room.kind in receipts.FORMAL and kind not in {EVIDENCE, "opening", "return"},
        own=entry.entry_id == context.oneself.entry_id,
    )


def _kind(parts: tuple[NestedPart, ...], events: tuple[CaseEvent, ...]) -> str:
    if events:
        kinds = [_KINDS.get(type(event), "event") for event in events]
        # What a message asks or tells weighs more than that it also opened the room.
        weighty = (kind for kind in kinds if kind not in {"opening", CIRCLE})
        return next(weighty, "text" if text_of(parts) else kinds[0])
    media_types = {part.content_type for part in parts if isinstance(part, SinglePart)}
    if media_types & _TECHNICAL:
        return EVIDENCE
    return "text"


def text_of(parts: tuple[NestedPart, ...]) -> str:
    """Return what people read of a message."""
    texts = [
        part.content.decode(errors="replace")
        for part in parts
        if isinstance(part, SinglePart) and part.content_type == TEXT_MEDIA_TYPE
    ]
    return "\n\n".join(text for text in texts if text)


def _subject(events: tuple[CaseEvent, ...]) -> str | None:
    """What the message is about; a notice that also opened its network's room is about the notice."""
    subjects = [subject for event in events if (subject := _subject_of(event)) is not None]
    return subjects[-1] if subjects else None


def _subject_of(event: CaseEvent) -> str | None:
    match event:
        case CaseOpened(subject=subject) | Notice(subject=subject):
            return subject
        case OfficeReturned(office=office, with_history=True):
            return f"{office} is let back into this case, and is to be handed what was said before"
        case OfficeReturned(office=office):
            return f"{office} is let back into this case, without what was said before"
        case _:
            return None


def filenames(parts: tuple[NestedPart, ...]) -> str:
    """Return the names of all attachments, for the search."""
    return " ".join(part.filename for part in parts if isinstance(part, ExternalPart))


def _reference(event: CaseEvent) -> str | None:
    match event:
        case CaseOpened() | RequestSubmitted():
            return event.reference
        case Acknowledged() | ReferenceSet():
            return event.own_reference
        case _:
            return None


def _require_secretariat(network: str, said: Said, context: Context) -> None:
    office = said.sender.device.entry.entry_id
    require(context.secretariats.get(network) == office, f"not the secretariat of {network}")
