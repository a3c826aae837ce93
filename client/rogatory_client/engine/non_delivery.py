"""Signed non-delivery: stated here for what this office has sent, and judged where it comes in.

Who receives one checks the signature at once, and what it says about the message whenever it is looked at:
the message may come later than the statement. What does not hold is shown with its reason and overrules
nothing.
"""

from hashlib import sha256
from hmac import compare_digest

from rogatory_client.engine.delivery_effect import KeptNonDelivery
from rogatory_client.engine.effect import ArchivedMessage
from rogatory_client.engine.membership import require_was_in_service
from rogatory_client.engine.room import Context
from rogatory_crypto.content.non_delivery import NonDelivery, Reason, sign_non_delivery, verify_non_delivery
from rogatory_crypto.content.receipts import EvidenceEvent
from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.identity import Registry, VerifiedDevice
from rogatory_crypto.identity.standing import CLOCK_TOLERANCE_S
from rogatory_crypto.wire.identifier import EntryId, GroupId


def state_non_delivery(
    message: ArchivedMessage,
    recipient: EntryId,
    event: EvidenceEvent,
    reason: Reason,
    waited_s: int,
    context: Context,
) -> KeptNonDelivery:
    """Sign that a time has passed without evidence about a message that this office has sent."""
    oneself = context.oneself
    stated = NonDelivery(
        event=event,
        reason=reason,
        group_id=message.group_id,
        message_id=message.message_id,
        content_sha256=sha256(message.content).digest(),
        accepted_at=message.at_ms // 1000,
        waited_s=waited_s,
        at=context.now,
        recipient=recipient,
        authority=oneself.entry_id,
        officer=oneself.officer,
        device_id=oneself.device_id,
    )
    return KeptNonDelivery(stated, sign_non_delivery(stated, oneself.signer.private))


def read_non_delivery(signed: bytes, registry: Registry) -> KeptNonDelivery:
    """Return a statement that the device it names has signed.

    Raises:
        PeerError: it is malformed, names no device of its office, or is not signed by it.
    """
    return KeptNonDelivery(verify_non_delivery(signed, lambda named: _key_of(named, registry)), signed)


def receive_non_delivery(
    signed: bytes, group_id: GroupId, sender: VerifiedDevice, accepted_at: int | None, registry: Registry
) -> KeptNonDelivery:
    """Check a statement that came in a room.

    Args:
        signed: the statement with its signature.
        group_id: the room.
        sender: the device that sent it.
        accepted_at: when the relay took in the message it stands in, Unix seconds; None from an archive.
        registry: knows whose key it must be.

    Raises:
        PeerError: as ``read_non_delivery``; it is another device's or another room's, comes from the future,
            or before its time was over by the relay's clock.
    """
    kept = read_non_delivery(signed, registry)
    stated = kept.stated
    if stated.device_id != sender.device.entry.device_id:
        raise PeerError(Code.FORBIDDEN, "non-delivery that another device has stated")
    if stated.group_id != group_id:
        raise PeerError(Code.WRONG_GROUP, "non-delivery in another room")
    if accepted_at is not None:
        if stated.at > accepted_at + CLOCK_TOLERANCE_S:
            raise PeerError(Code.FORBIDDEN, "non-delivery from the future")
        if stated.due_at > accepted_at + CLOCK_TOLERANCE_S:
            raise PeerError(Code.FORBIDDEN, "non-delivery stated before its time was over")
    return kept


def flaw_of(stated: NonDelivery, message: ArchivedMessage | None) -> str | None:
    """Return why a statement does not count for a message, or None where it does.

    Args:
        stated: what was stated.
        message: the one it names; None where this device has none of that name.
    """
    if message is None:
        return "this device does not have the message that it is about"
    if stated.authority != message.entry_id:
        return f"{stated.authority} states it, and {message.entry_id} has sent the message"
    if stated.group_id != message.group_id:
        return "it names another room than the message's"
    if not compare_digest(stated.content_sha256, sha256(message.content).digest()):
        return "it names other content than the message's"
    if message.sequence is None or stated.accepted_at != message.at_ms // 1000:
        return "it names another time than that at which the relay took the message in"
    return None


def _key_of(stated: NonDelivery, registry: Registry) -> bytes:
    device = registry.devices.get(stated.device_id)
    if device is None:
        raise PeerError(Code.INVALID_CREDENTIAL, "non-delivery stated by a device that no office has entered")
    entry = device.entry
    if (entry.entry_id, entry.officer) != (stated.authority, stated.officer):
        raise PeerError(Code.INVALID_CREDENTIAL, "non-delivery that names another office than the device's")
    require_was_in_service(device, stated.at)
    if stated.at < entry.not_before - CLOCK_TOLERANCE_S:
        raise PeerError(Code.EXPIRED, "non-delivery stated before the device was entered")
    return entry.signature_key
