"""The check of non-delivery that a bundle holds: who stated it, of which message, and what overrules it."""

from collections.abc import Iterable, Mapping

from rogatory_crypto.bundle.device_key import device_key
from rogatory_crypto.bundle.manifest import BundledMessage, Manifest
from rogatory_crypto.content.mimi import MessageId
from rogatory_crypto.content.non_delivery import OVERRULING, NonDelivery, verify_non_delivery
from rogatory_crypto.content.receipts import Receipt
from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.identity import Registry
from rogatory_crypto.identity.standing import CLOCK_TOLERANCE_S


def check_non_delivery(
    signed: bytes,
    manifest: Manifest,
    listed: Mapping[MessageId, BundledMessage],
    registry: Registry,
) -> NonDelivery:
    """Return what a statement of non-delivery says; its authority is its message's sender.

    Args:
        signed: the statement as it was signed.
        manifest: of the bundle.
        listed: its messages.
        registry: from a replay of the log.

    Raises:
        PeerError: it does not hold, or is about no message of this bundle as it was said.
    """
    stated = verify_non_delivery(signed, lambda named: _key_of(named, registry))
    message = listed.get(stated.message_id)
    if message is None or stated.group_id != manifest.group_id:
        raise PeerError(Code.NOT_FOUND, "non-delivery of a message that is not of this bundle")
    if stated.content_sha256 != message.content_sha256:
        raise PeerError(Code.HASH_MISMATCH, "non-delivery of other content than the message's")
    if stated.authority != message.sender:
        raise PeerError(Code.FORBIDDEN, "non-delivery that another office than the sender has stated")
    if stated.accepted_at != message.at_ms // 1000:
        raise PeerError(Code.CONFLICT, "it names another time than that of its message")
    if stated.at > manifest.made_at + CLOCK_TOLERANCE_S:
        raise PeerError(Code.CONFLICT, "it was signed after the bundle was made")
    return stated


def in_words(stated: NonDelivery, receipts: Iterable[Receipt]) -> str:
    """Say what it states, and which of these receipts, whose signatures hold, overrules it."""
    said = (
        f"{stated.event.value}: {stated.authority} stated ({stated.reason.value}) that within "
        f"{stated.waited_s // 3600} h {stated.recipient} gave no evidence of {stated.message_id.hex()[:12]}"
    )
    overruling = next((each for each in receipts if _overrules(each, stated)), None)
    if overruling is None:
        return f"{said}; no receipt in this bundle overrules it"
    return f"{said}; overruled by the {overruling.event.value} that {overruling.authority} signed"


def _overrules(receipt: Receipt, stated: NonDelivery) -> bool:
    about = (receipt.message_id, receipt.content_sha256, receipt.authority)
    is_about_it = about == (stated.message_id, stated.content_sha256, stated.recipient)
    return is_about_it and receipt.event in OVERRULING[stated.event]


def _key_of(named: NonDelivery, registry: Registry) -> bytes:
    return device_key(registry, named.authority, named.officer, named.device_id, named.at)
