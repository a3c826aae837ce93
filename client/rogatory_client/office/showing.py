"""From stored rows to what is shown, evidence verified once more on the way."""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from rogatory_client.engine.carried_effect import FROM_CARRIER
from rogatory_client.engine.effect import FROM_PARTNER, ArchivedMessage, Evidence
from rogatory_client.engine.evidence import read_receipt
from rogatory_client.engine.partner_effect import Voucher
from rogatory_client.engine.room import Room
from rogatory_client.office.cases.progress_details import progress_details, wish_details
from rogatory_client.office.desk import Desk
from rogatory_client.office.line.saving import Wanted
from rogatory_client.office.urgent.details import urgent_details
from rogatory_client.office.view import (
    AttachmentView,
    MessageView,
    ReceiptView,
    RoomState,
    RoomView,
    VoucherView,
)
from rogatory_client.vault.archive import StoredMessage, read_message
from rogatory_crypto import cbor, mls
from rogatory_crypto.attachments import plaintext_size
from rogatory_crypto.content import mimi
from rogatory_crypto.content.attached_file import read_attachment_part
from rogatory_crypto.content.case_progress import (
    DeadlineSet,
    DeadlineWithdrawn,
    ProgressAnswer,
    ProgressEnquiry,
    StateSet,
)
from rogatory_crypto.content.events import CaseEvent, Notice, RequestSubmitted, StatusChanged, read_event
from rogatory_crypto.content.history import OfficeReturned
from rogatory_crypto.content.nested_part import ExternalPart, NestedPart, walk
from rogatory_crypto.content.receipts import EvidenceEvent
from rogatory_crypto.content.request_wishes import HandlingWished, SentDespite
from rogatory_crypto.errors import Code, MisuseError, PeerError
from rogatory_crypto.identity import DeviceCredential, Registry
from rogatory_crypto.wire.identifier import BLOB_ID_BYTES, BlobId, DeviceId, EntryId
from rogatory_crypto.wire.postmark import Consignment, Postmark, verify_postmark

_STAGES = {
    EvidenceEvent.CONTENT_CONSIGNMENT.value: "delivered",
    EvidenceEvent.CONTENT_HANDOVER.value: "opened",
    EvidenceEvent.CONTENT_ACKNOWLEDGEMENT.value: "acknowledged",
    "delivered": "delivered",
    "read": "opened",
}
_MAX_POSTMARK_BYTES = 4096


def room_view(
    room: Room,
    references: Mapping[str, str],
    counted: tuple[int, int, int] | None,
    desk: Desk,
    handed_back_by: tuple[str, ...] = (),
    hearsay: tuple[str, ...] = (),
) -> RoomView:
    """Return a room as it is shown."""
    messages, unread, last_at_ms = counted or (0, 0, None)
    return RoomView(
        room_id=room.group_id.hex(),
        kind="" if room.kind is None else room.kind.value,
        subject=room.subject,
        network=room.network,
        offices=offices_in(room, desk),
        references=dict(references),
        state=room_state(room, desk),
        messages=messages,
        unread=unread,
        last_at_ms=last_at_ms,
        handed_back_by=handed_back_by,
        hearsay=hearsay,
    )


def room_state(room: Room, desk: Desk) -> RoomState:
    """Return whether a room goes on, as far as this device knows."""
    stand = room.stand
    if stand is None or stand.epoch == 0:
        return RoomState.PLANNED
    if not stand.active:
        return RoomState.CLOSED if stand.status is mls.Status.SUSPENDED else RoomState.LEFT
    return RoomState.OPEN if room.is_followed_by(desk.identity.device_id) else RoomState.CUT_OFF


def offices_in(room: Room, desk: Desk) -> tuple[EntryId, ...]:
    """Return the offices that are in a room, or are to be; a group that rests is not opened for it."""
    resting = room.resting
    stand = room.stand if resting is None else resting
    if stand is None or stand.epoch == 0:
        return tuple(sorted({*room.offices, desk.oneself.entry_id}))
    if resting is not None:
        offices = _offices_of(resting.devices, desk.registry)
        if offices is not None:
            return offices
    if room.group is None:
        return ()
    found = (desk.registry.attribute(member.identity, member.signature_key) for member in room.group.members)
    return tuple(sorted({verified.device.entry.entry_id for verified in found}))


@lru_cache(maxsize=16_384)
def _offices_of(devices: tuple[DeviceId, ...], registry: Registry) -> tuple[EntryId, ...] | None:
    """Return whose devices these are; None where one is unknown. An entry of a device says so for ever."""
    known = registry.devices
    if any(device not in known for device in devices):
        return None
    return tuple(sorted({known[device].entry.entry_id for device in devices}))


def message_view(row: StoredMessage, vouchers: Sequence[Voucher] = ()) -> MessageView:
    """Return a message as it is shown, with who vouches for it where this office has it from others."""
    return view_of_record(read_message(row), opened=row.opened_at is not None, vouchers=vouchers)


def view_of_record(
    message: ArchivedMessage, *, opened: bool = False, vouchers: Sequence[Voucher] = ()
) -> MessageView:
    """Return a message as it is shown, in the archive or not."""
    parts = parts_of(message)
    events = tuple(event for part in parts if (event := read_event(part)) is not None)
    return MessageView(
        message_id=message.message_id.hex(),
        room_id=message.group_id.hex(),
        sender=message.entry_id,
        officer=message.officer,
        device_id=message.device_id.hex(),
        at_ms=message.at_ms,
        kind=message.kind,
        subject=message.subject,
        text=message.text,
        reference=message.reference,
        details=details_of(events),
        attachments=attachments_of(parts, events),
        in_reply_to=None if message.in_reply_to is None else message.in_reply_to.hex(),
        own=message.own,
        formal=message.formal,
        state=_state(message, opened=opened),
        vouched_by=tuple(_voucher_view(each, message) for each in vouchers),
        by_carrier=message.sequence == FROM_CARRIER,
    )


def _voucher_view(voucher: Voucher, message: ArchivedMessage) -> VoucherView:
    return VoucherView(
        office=voucher.entry_id,
        device_id=DeviceCredential.decode(voucher.sender).device_id.hex(),
        at_ms=voucher.at_ms,
        agrees=(voucher.sender, voucher.at_ms) == (message.sender, message.at_ms),
    )


def _state(message: ArchivedMessage, *, opened: bool) -> str:
    if message.sequence == FROM_PARTNER:
        return "handed back"
    if message.own:
        return "queued" if message.sequence in {None, FROM_CARRIER} else "relayed"
    return "read" if opened else "new"


def _details_of_request(request: RequestSubmitted) -> dict[str, str]:
    carried = {"carries_over": str(len(request.carried_over))} if request.carried_over else {}
    return {
        "request_type": request.request_type,
        "legal_basis": request.legal_basis,
        "urgency": request.urgency.value,
        "language": request.language,
        **carried,
    }


def details_of(events: Iterable[CaseEvent]) -> dict[str, str]:
    """Return in words what events say."""
    details: dict[str, str] = {}
    for event in events:
        match event:
            case RequestSubmitted():
                details |= _details_of_request(event)
            case Notice():
                details |= {"network": event.network, "version": str(event.version)}
            case StatusChanged():
                details |= {"status": event.status}
            case StateSet() | ProgressEnquiry() | ProgressAnswer() | DeadlineSet() | DeadlineWithdrawn():
                details |= progress_details(event)
            case HandlingWished() | SentDespite():
                details |= wish_details(event)
            case OfficeReturned():
                details |= {"office": event.office, "with_history": "yes" if event.with_history else "no"}
            case _:
                details |= urgent_details(event)
    return details


def parts_of(message: ArchivedMessage) -> tuple[NestedPart, ...]:
    """Return all parts of a message, in the order that numbers them."""
    return tuple(walk(mimi.decode(message.content).nested_part))


def attachments_of(parts: tuple[NestedPart, ...], events: Iterable[CaseEvent]) -> tuple[AttachmentView, ...]:
    """Return the files of a message, numbered from 0."""
    documents = {
        document.part_index: document
        for event in events
        if isinstance(event, RequestSubmitted)
        for document in event.documents
    }
    external = [(index, part) for index, part in enumerate(parts) if isinstance(part, ExternalPart)]
    return tuple(
        AttachmentView(
            index=number,
            filename=part.filename,
            size=_shown_size(part),
            media_type=part.content_type,
            role=documents[index].role.value if index in documents else None,
            sha256=documents[index].sha256.hex() if index in documents else None,
        )
        for number, (index, part) in enumerate(external)
    )


def attachments_of_message(message: ArchivedMessage) -> tuple[AttachmentView, ...]:
    """Return the files of an archived message, numbered from 0."""
    parts = tuple(walk(mimi.decode(message.content).nested_part))
    return attachments_of(parts, (event for part in parts if (event := read_event(part)) is not None))


def _shown_size(part: ExternalPart) -> int:
    try:
        return plaintext_size(part.size)
    except PeerError:
        # Nothing is stored in so many bytes, so it will not open; that hides neither it nor its room.
        return part.size


def wanted_attachment(message: ArchivedMessage, index: int) -> Wanted:
    """Return what is needed to fetch an attachment.

    Raises:
        MisuseError: the message has no such attachment.
        PeerError: it is stored in a way this program does not know, or was made for another message.
    """
    content = mimi.decode(message.content)
    parts = tuple(walk(content.nested_part))
    views = attachments_of(parts, (event for part in parts if (event := read_event(part)) is not None))
    external = [part for part in parts if isinstance(part, ExternalPart)]
    if not 0 <= index < len(external):
        raise MisuseError(f"the message has {len(external)} attachments, numbered from 0")
    part, stated = external[index], views[index].sha256
    file = read_attachment_part(part, group_id=message.group_id, message_salt=content.salt)
    plaintext = None if stated is None else bytes.fromhex(stated)
    return Wanted(_blob_id(file.url), file.filename, part.size, file.stored_sha256, plaintext, file.key)


def wanted_blob(message: ArchivedMessage, blob_id: BlobId) -> Wanted | None:
    """Return what is needed to check an attachment that is here; None where the message has no such one.

    Raises:
        PeerError: as ``wanted_attachment``.
    """
    count = len(attachments_of_message(message))
    wanted = (wanted_attachment(message, index) for index in range(count))
    return next((each for each in wanted if each.blob_id == blob_id), None)


def _blob_id(url: str) -> BlobId:
    try:
        blob_id = BlobId(bytes.fromhex(url.rpartition("/")[2]))
    except ValueError as error:
        raise PeerError(Code.UNSUPPORTED, "the attachment is stored in an unknown way") from error
    if len(blob_id) != BLOB_ID_BYTES:
        raise PeerError(Code.UNSUPPORTED, "the attachment is stored in an unknown place")
    return blob_id


def receipt_views(row: StoredMessage, found: Iterable[Evidence], desk: Desk) -> tuple[ReceiptView, ...]:
    """Verify all evidence on a message again, and return what holds."""
    message = read_message(row)
    views = [] if row.postmark is None else [relayed_view(row.postmark, message, desk)]
    views += (view for each in found if (view := _receipt(each, message, desk)) is not None)
    return tuple(views)


def relayed_view(postmark: bytes, message: ArchivedMessage, desk: Desk) -> ReceiptView:
    """Return the relay's signed word that it has a message, verified now."""
    pinned = desk.pinned
    about, stamp = cbor.array(cbor.decode(postmark, limit=_MAX_POSTMARK_BYTES), 2)
    consignment = Consignment.from_plain(about)
    read = Postmark.from_plain(stamp)
    accepted_at_ms = read.accepted_at_ms
    verified = verify_postmark(
        read,
        consignment,
        origin=pinned.origin,
        public_key=pinned.trust.postmark_at(accepted_at_ms // 1000),
    )
    if consignment.group_id != message.group_id:
        raise PeerError(Code.WRONG_GROUP, "a postmark of another room")
    evidence = EvidenceEvent.SUBMISSION_ACCEPTANCE.value
    return ReceiptView(
        "relayed", evidence, pinned.origin, None, None, verified.accepted_at_ms, None, signed=True
    )


def _receipt(each: Evidence, message: ArchivedMessage, desk: Desk) -> ReceiptView | None:
    stage = _STAGES.get(each.event)
    if stage is None or not holds(each, message, desk):
        return None
    return ReceiptView(
        stage=stage,
        evidence=each.event,
        authority=each.entry_id,
        officer=each.officer,
        device_id=each.device_id.hex(),
        at_ms=each.at * 1000,
        own_reference=each.own_reference,
        signed=each.signed is not None,
    )


def holds(each: Evidence, message: ArchivedMessage, desk: Desk) -> bool:
    """Only evidence that verifies against its signature and the archived message is ever shown."""
    if each.group_id != message.group_id:
        return False
    if each.signed is None:
        return not message.formal
    try:
        return read_receipt(each.signed, desk.registry, message.content) == each
    except PeerError:
        return False
