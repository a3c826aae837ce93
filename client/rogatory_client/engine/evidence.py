"""Evidence this device issues and believes: signed receipts in formal rooms, unsigned status elsewhere.

EN 319 522-1: consigned is decrypted and persisted, handed over is opened by an officer. A receipt is believed
if the device it names has signed it and is the device that sent it.
"""

from collections.abc import Sequence
from hashlib import sha256
from hmac import compare_digest

from rogatory_client.engine.effect import ArchivedMessage, Effect, Evidence, SaveEvidence
from rogatory_client.engine.membership import require_was_in_service
from rogatory_client.engine.outgoing_effect import Enqueue, Parcel
from rogatory_client.engine.room import Context
from rogatory_client.engine.writing import write
from rogatory_crypto.content import receipts, status
from rogatory_crypto.content.nested_part import Disposition, SinglePart
from rogatory_crypto.content.receipts import EvidenceEvent, Receipt
from rogatory_crypto.content.status import MessageStatus, StatusReport
from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.identity import Registry, VerifiedDevice
from rogatory_crypto.wire.identifier import GroupId

CLOCK_TOLERANCE_S = 600
STATUS_EVENTS = {MessageStatus.DELIVERED: "delivered", MessageStatus.READ: "read"}


def receipt_part(
    event: EvidenceEvent, message: ArchivedMessage, context: Context, own_reference: str | None = None
) -> SinglePart:
    """Sign that an event has happened to a message at this device."""
    receipt = Receipt(
        event=event,
        group_id=message.group_id,
        message_id=message.message_id,
        content_sha256=sha256(message.content).digest(),
        at=context.now,
        authority=context.oneself.entry_id,
        officer=context.oneself.officer,
        device_id=context.oneself.device_id,
        own_reference=own_reference,
    )
    signed = receipts.sign_receipt(receipt, context.oneself.signer.private)
    return SinglePart(Disposition.UNSPECIFIED, "", receipts.MEDIA_TYPE, signed)


def issue_receipt(event: EvidenceEvent, message: ArchivedMessage, context: Context) -> tuple[Effect, ...]:
    """Sign a receipt, keep it and send it."""
    return issue_receipts(event, (message,), context)


def issue_receipts(
    event: EvidenceEvent, messages: Sequence[ArchivedMessage], context: Context
) -> tuple[Effect, ...]:
    """Sign a receipt for each message of one room, keep them, and send them together."""
    parts = [receipt_part(event, message, context) for message in messages]
    written = write(parts, messages[0].group_id, context)
    kept = (SaveEvidence(read_receipt(part.content, context.registry)) for part in parts)
    return (*kept, Enqueue(Parcel(0, messages[0].group_id, written.message_id, written.encoded)))


def report_status(
    group_id: GroupId, messages: Sequence[ArchivedMessage], reached: MessageStatus, context: Context
) -> tuple[Effect, ...]:
    """Tell an informal room what has become of some messages, provable to nobody."""
    if not messages:
        return ()
    report = StatusReport(tuple((message.message_id, reached) for message in messages[: status.MAX_REPORTED]))
    part = SinglePart(Disposition.UNSPECIFIED, "", status.MEDIA_TYPE, report.encode())
    written = write((part,), group_id, context)
    return (Enqueue(Parcel(0, group_id, written.message_id, written.encoded)),)


def read_receipt(signed: bytes, registry: Registry, content: bytes | None = None) -> Evidence:
    """Check a receipt and return what it proves.

    Args:
        signed: the receipt with its signature.
        registry: knows whose key it must be.
        content: the message it speaks of, where this device has it.

    Raises:
        PeerError: it is malformed, names no device of its office, is not signed by it, or speaks of other
            content.
    """
    receipt = receipts.verify_receipt(signed, lambda named: _key_of(named, registry)).receipt
    if content is not None and not compare_digest(receipt.content_sha256, sha256(content).digest()):
        raise PeerError(Code.HASH_MISMATCH, "a receipt for other content than the message's")
    return Evidence(
        receipt.message_id,
        receipt.group_id,
        receipt.event.value,
        receipt.authority,
        receipt.officer,
        receipt.device_id,
        receipt.at,
        receipt.own_reference,
        signed,
    )


def receive_receipt(
    signed: bytes, group_id: GroupId, sender: VerifiedDevice, accepted_at: int | None, registry: Registry
) -> Evidence:
    """Check a receipt that came in a room.

    Args:
        signed: the receipt with its signature.
        group_id: the room.
        sender: the device that sent it.
        accepted_at: when the relay took in the message it stands in, Unix seconds; None from an archive.
        registry: knows whose key it must be.

    Raises:
        PeerError: as ``read_receipt``, it was passed on by another device or into another room, or it comes
            from the future.
    """
    evidence = read_receipt(signed, registry)
    if evidence.device_id != sender.device.entry.device_id:
        raise PeerError(Code.FORBIDDEN, "a receipt that another device has signed")
    if evidence.group_id != group_id:
        raise PeerError(Code.WRONG_GROUP, "a receipt that speaks of another room")
    if accepted_at is not None and evidence.at > accepted_at + CLOCK_TOLERANCE_S:
        raise PeerError(Code.FORBIDDEN, "a receipt from the future")
    return evidence


def receive_status(report: bytes, group_id: GroupId, sender: VerifiedDevice, at: int) -> tuple[Evidence, ...]:
    """Read an unsigned report on messages of a room.

    Raises:
        PeerError: MALFORMED or TOO_LARGE.
    """
    entry = sender.device.entry
    return tuple(
        Evidence(
            message_id,
            group_id,
            STATUS_EVENTS[reached],
            entry.entry_id,
            entry.officer,
            entry.device_id,
            at,
            None,
            None,
        )
        for message_id, reached in status.decode(report).statuses
        if reached in STATUS_EVENTS
    )


def _key_of(receipt: Receipt, registry: Registry) -> bytes:
    device = registry.devices.get(receipt.device_id)
    if device is None:
        raise PeerError(Code.INVALID_CREDENTIAL, "a receipt of a device that no office has entered")
    entry = device.entry
    if (entry.entry_id, entry.officer) != (receipt.authority, receipt.officer):
        raise PeerError(Code.INVALID_CREDENTIAL, "a receipt that names another office than the device's")
    require_was_in_service(device, receipt.at)
    if receipt.at < entry.not_before - CLOCK_TOLERANCE_S:
        raise PeerError(Code.EXPIRED, "a receipt signed before the device was entered")
    return entry.signature_key
