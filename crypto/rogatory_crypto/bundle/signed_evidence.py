"""The check of signed receipts and statements of non-delivery: who has signed for which message."""

from collections.abc import Mapping
from dataclasses import dataclass

from rogatory_crypto.bundle.correspondence import receipt_file
from rogatory_crypto.bundle.device_key import device_key
from rogatory_crypto.bundle.finding import About, Finding, passed, wrong
from rogatory_crypto.bundle.manifest import BundledMessage, Manifest
from rogatory_crypto.bundle.stated_non_delivery import check_non_delivery, in_words
from rogatory_crypto.content import receipts
from rogatory_crypto.content.mimi import MessageId
from rogatory_crypto.content.non_delivery import NonDelivery, is_non_delivery
from rogatory_crypto.content.receipts import Receipt
from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.identity import Registry
from rogatory_crypto.identity.standing import CLOCK_TOLERANCE_S
from rogatory_crypto.wire.identifier import EntryId


@dataclass(frozen=True, slots=True)
class SignedEvidence:
    """What was found, and which office has signed for which message."""

    findings: tuple[Finding, ...]
    signed_for: frozenset[tuple[EntryId, MessageId]]


def check_evidence(manifest: Manifest, files: Mapping[str, bytes], registry: Registry) -> SignedEvidence:
    """Check each receipt: who signed it, and that it is about a message of this bundle as it was said.

    Statements of non-delivery stand among them; a receipt of their recipient overrules them.
    """
    listed = {each.message_id: each for each in manifest.messages}
    findings, held, stated = list[Finding](), dict[str, Receipt](), dict[str, NonDelivery]()
    for name in map(receipt_file, range(manifest.receipts)):
        try:
            if is_non_delivery(files[name]):
                stated[name] = check_non_delivery(files[name], manifest, listed, registry)
            else:
                held[name] = _receipt(files[name], manifest, listed, registry)
        except PeerError as error:
            findings.append(wrong(About.RECEIPT, name, str(error)))
    for name, receipt in held.items():
        signer = f"{receipt.authority} signed it for {receipt.message_id.hex()[:12]}"
        findings.append(passed(About.RECEIPT, name, f"{receipt.event.value}: {signer}"))
    for name, each in stated.items():
        findings.append(passed(About.RECEIPT, name, in_words(each, held.values())))
    signed_for = {(each.authority, each.message_id) for each in held.values()}
    signed_for |= {(each.authority, each.message_id) for each in stated.values()}
    return SignedEvidence(tuple(findings), frozenset(signed_for))


def _receipt(
    signed: bytes, manifest: Manifest, listed: Mapping[MessageId, BundledMessage], registry: Registry
) -> Receipt:
    receipt = receipts.verify_receipt(signed, lambda named: _receipt_key(registry, named)).receipt
    message = listed.get(receipt.message_id)
    if message is None or receipt.group_id != manifest.group_id:
        raise PeerError(Code.NOT_FOUND, "a receipt for a message that is not of this bundle")
    if message.content_sha256 != receipt.content_sha256:
        raise PeerError(Code.HASH_MISMATCH, "a receipt for other content than the message's")
    if receipt.at + CLOCK_TOLERANCE_S < message.at_ms // 1000:
        raise PeerError(Code.CONFLICT, "it was signed before its message was said")
    if receipt.at > manifest.made_at + CLOCK_TOLERANCE_S:
        raise PeerError(Code.CONFLICT, "it was signed after the bundle was made")
    return receipt


def _receipt_key(registry: Registry, named: Receipt) -> bytes:
    return device_key(registry, named.authority, named.officer, named.device_id, named.at)
