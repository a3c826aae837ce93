"""Receipts: signed evidence of one event on one message, by the names of ETSI EN 319 522-1.

A receipt is signed with the device's own key outside MLS, so that a third party can check it years later with
the device entry alone. That is right for formal requests and wrong for consultations, whose members must not
be able to prove to outsiders what was said: those use the unsigned report of ``status``.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import ClassVar, Final

from rogatory_crypto import cbor, signing
from rogatory_crypto.content import status
from rogatory_crypto.content.case_kind import CaseKind
from rogatory_crypto.content.mimi import MessageId, read_message_id
from rogatory_crypto.errors import Code, MisuseError, PeerError
from rogatory_crypto.wire.identifier import (
    DeviceId,
    EntryId,
    GroupId,
    read_device_id,
    read_entry_id,
    read_group_id,
    read_hash,
    read_time,
)
from rogatory_crypto.wire.structure import Structure

MEDIA_TYPE: Final = "application/vnd.rogatory.receipt+cbor;v=1"
LABEL: Final = "Receipt"
MAX_RECEIPT_BYTES: Final = 4096
FORMAL: Final = frozenset({CaseKind.REQUEST})


class EvidenceEvent(StrEnum):
    """What happened to the message; all but the acknowledgement are events of EN 319 522-1."""

    SUBMISSION_ACCEPTANCE = "SubmissionAcceptance"
    SUBMISSION_REJECTION = "SubmissionRejection"
    RELAY_ACCEPTANCE = "RelayAcceptance"
    RELAY_REJECTION = "RelayRejection"
    RELAY_FAILURE = "RelayFailure"
    CONTENT_CONSIGNMENT = "ContentConsignment"
    CONTENT_CONSIGNMENT_FAILURE = "ContentConsignmentFailure"
    CONTENT_HANDOVER = "ContentHandover"
    CONTENT_HANDOVER_FAILURE = "ContentHandoverFailure"
    ACCEPTANCE_REJECTION_EXPIRY = "AcceptanceRejectionExpiry"
    CONTENT_ACKNOWLEDGEMENT = "ContentAcknowledgement"


@dataclass(frozen=True, slots=True)
class Receipt(Structure):
    """What a device states about one message.

    Consigned is delivered to the device, handed over is opened by an officer, acknowledged is taken in hand
    under ``own_reference``. ``at`` is Unix seconds by the device's clock.
    """

    event: EvidenceEvent
    group_id: GroupId
    message_id: MessageId
    content_sha256: bytes
    at: int
    authority: EntryId
    officer: str
    device_id: DeviceId
    own_reference: str | None = None
    READERS: ClassVar = (
        partial(cbor.member, enumeration=EvidenceEvent),
        read_group_id,
        read_message_id,
        read_hash,
        read_time,
        read_entry_id,
        partial(cbor.text, minimum=1, maximum=120),
        read_device_id,
        partial(cbor.optional, reader=partial(cbor.text, minimum=1, maximum=200)),
    )
    LIMIT: ClassVar = MAX_RECEIPT_BYTES


@dataclass(frozen=True, slots=True)
class VerifiedReceipt:
    """A receipt whose signature has been checked; only ``verify_receipt`` makes one."""

    receipt: Receipt
    public_key: bytes
    signed: bytes


def sign_receipt(receipt: Receipt, private_key: bytes) -> bytes:
    """Return the receipt with its signature, as it travels and is kept.

    Raises:
        MisuseError: a field breaks its limit, so that no peer would accept the receipt.
    """
    body = receipt.encode()
    try:
        _read_body(body)
    except PeerError as error:
        raise MisuseError(f"no peer would accept this receipt: {error.detail}") from error
    return cbor.encode([body, signing.sign(LABEL, body, private_key)])


def verify_receipt(data: bytes, public_key_of: Callable[[Receipt], bytes]) -> VerifiedReceipt:
    """Return the receipt if the device it names has signed it.

    Args:
        data: the receipt with its signature.
        public_key_of: finds the key of the device a receipt names, valid at the time it names, or raises
            PeerError if there is none.

    Raises:
        PeerError: MALFORMED, TOO_LARGE, UNSUPPORTED, BAD_SIGNATURE, or what ``public_key_of`` raises.
    """
    plain = cbor.decode(data, limit=MAX_RECEIPT_BYTES, max_depth=2)
    encoded_body, signature = cbor.array(plain, 2)
    body = cbor.byte_string(encoded_body, maximum=MAX_RECEIPT_BYTES)
    receipt = _read_body(body)
    public_key = public_key_of(receipt)
    signing.verify(LABEL, body, cbor.byte_string(signature, length=signing.SIGNATURE_BYTES), public_key)
    return VerifiedReceipt(receipt, public_key, data)


def evidence_media_type(kind: CaseKind) -> str:
    """Return how a room of this kind reports on messages: formal ones provably, all others not."""
    return MEDIA_TYPE if kind in FORMAL else status.MEDIA_TYPE


def check_evidence(kind: CaseKind, media_type: str) -> None:
    """Refuse a signed receipt in an informal room, before sending and on receipt.

    Raises:
        PeerError: FORBIDDEN.
    """
    if media_type == MEDIA_TYPE and kind not in FORMAL:
        raise PeerError(Code.FORBIDDEN, f"no signed receipt belongs in a room of kind {kind}")


def _read_body(body: bytes) -> Receipt:
    receipt = Receipt.decode(body)
    if receipt.own_reference is not None and receipt.event is not EvidenceEvent.CONTENT_ACKNOWLEDGEMENT:
        raise PeerError(Code.MALFORMED, "only an acknowledgement gives the office's own reference")
    return receipt
