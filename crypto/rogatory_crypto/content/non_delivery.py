"""Signed non-delivery: the sending office states that a time has passed without evidence (EN 319 522-1).

``ContentConsignmentFailure`` says that no device of the recipient has confirmed to have the message in the
given time, ``ContentHandoverFailure`` that nobody there has opened it. Neither says that it was not so: a
receipt that comes later, of whatever time, overrules it, and both stay. Only who has sent a message states
that.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from types import MappingProxyType
from typing import ClassVar, Final

from rogatory_crypto import cbor, signing
from rogatory_crypto.content.mimi import MessageId, read_message_id
from rogatory_crypto.content.nested_part import Disposition, SinglePart
from rogatory_crypto.content.receipts import EvidenceEvent
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

MEDIA_TYPE: Final = "application/vnd.rogatory.non-delivery+cbor;v=1"
LABEL: Final = "NonDelivery"
MAX_NON_DELIVERY_BYTES: Final = 4096
MIN_WAIT_S: Final = 3_600
MAX_WAIT_S: Final = 30 * 86_400


class Reason(StrEnum):
    """Why no evidence is there, as far as the sender knows."""

    DELIVERY_TIME_OUT = "DeliveryTimeOut"
    OPENING_TIME_OUT = "OpeningTimeOut"
    NOT_READABLE = "NotReadable"


_REASONS: Final = MappingProxyType(
    {
        EvidenceEvent.CONTENT_CONSIGNMENT_FAILURE: frozenset({Reason.DELIVERY_TIME_OUT, Reason.NOT_READABLE}),
        EvidenceEvent.CONTENT_HANDOVER_FAILURE: frozenset({Reason.OPENING_TIME_OUT}),
    }
)
# Which receipts of the recipient overrule which failure.
OVERRULING: Final = MappingProxyType(
    {
        EvidenceEvent.CONTENT_CONSIGNMENT_FAILURE: (
            EvidenceEvent.CONTENT_CONSIGNMENT,
            EvidenceEvent.CONTENT_HANDOVER,
            EvidenceEvent.CONTENT_ACKNOWLEDGEMENT,
        ),
        EvidenceEvent.CONTENT_HANDOVER_FAILURE: (
            EvidenceEvent.CONTENT_HANDOVER,
            EvidenceEvent.CONTENT_ACKNOWLEDGEMENT,
        ),
    }
)


@dataclass(frozen=True, slots=True)
class NonDelivery(Structure):
    """What the sender's device states about one message and one recipient; times are Unix seconds.

    Attributes:
        accepted_at: when the relay took the message in, by its postmark.
        waited_s: how long after that evidence was waited for.
        at: when it was stated, by the device's clock; not before that time was over.
        recipient: the office that has given no evidence.
        authority: the office that has sent the message and states this.
    """

    event: EvidenceEvent
    reason: Reason
    group_id: GroupId
    message_id: MessageId
    content_sha256: bytes
    accepted_at: int
    waited_s: int
    at: int
    recipient: EntryId
    authority: EntryId
    officer: str
    device_id: DeviceId
    LIMIT: ClassVar = MAX_NON_DELIVERY_BYTES
    READERS: ClassVar = (
        partial(cbor.member, enumeration=EvidenceEvent),
        partial(cbor.member, enumeration=Reason),
        read_group_id,
        read_message_id,
        read_hash,
        read_time,
        partial(cbor.unsigned, minimum=MIN_WAIT_S, maximum=MAX_WAIT_S),
        read_time,
        read_entry_id,
        read_entry_id,
        partial(cbor.text, minimum=1, maximum=120),
        read_device_id,
    )

    @property
    def due_at(self) -> int:
        """When the time was over, Unix seconds."""
        return self.accepted_at + self.waited_s


def sign_non_delivery(stated: NonDelivery, private_key: bytes) -> bytes:
    """Return the statement with its signature, as it travels and is kept.

    Raises:
        MisuseError: no peer would accept it.
    """
    body = stated.encode()
    try:
        _read_body(body)
    except PeerError as error:
        raise MisuseError(f"no peer would accept this statement: {error.detail}") from error
    return cbor.encode([LABEL, body, signing.sign(LABEL, body, private_key)])


def verify_non_delivery(data: bytes, public_key_of: Callable[[NonDelivery], bytes]) -> NonDelivery:
    """Return the statement if the device it names has signed it.

    Args:
        data: the statement with its signature.
        public_key_of: finds the key of the device that it names, valid at the time it names, or raises
            PeerError.

    Raises:
        PeerError: MALFORMED, TOO_LARGE, UNSUPPORTED, BAD_SIGNATURE, or what ``public_key_of`` raises.
    """
    plain = cbor.decode(data, limit=MAX_NON_DELIVERY_BYTES, max_depth=2)
    label, encoded_body, signature = cbor.array(plain, 3)
    if label != LABEL:
        raise PeerError(Code.MALFORMED, "not a statement of non-delivery")
    body = cbor.byte_string(encoded_body, maximum=MAX_NON_DELIVERY_BYTES)
    stated = _read_body(body)
    wanted = cbor.byte_string(signature, length=signing.SIGNATURE_BYTES)
    signing.verify(LABEL, body, wanted, public_key_of(stated))
    return stated


def is_non_delivery(data: bytes) -> bool:
    """Tell a statement of non-delivery from a receipt, which begins otherwise; nothing is verified."""
    try:
        plain = cbor.decode(data, limit=MAX_NON_DELIVERY_BYTES, max_depth=2)
    except PeerError:
        return False
    return isinstance(plain, list) and plain[:1] == [LABEL]


def non_delivery_part(signed: bytes) -> SinglePart:
    """Return the part of a message that carries a signed statement."""
    return SinglePart(Disposition.UNSPECIFIED, "", MEDIA_TYPE, signed)


def _read_body(body: bytes) -> NonDelivery:
    stated = NonDelivery.decode(body)
    if stated.reason not in _REASONS.get(stated.event, frozenset()):
        raise PeerError(Code.MALFORMED, f"{stated.event} for the reason {stated.reason}")
    if stated.recipient == stated.authority:
        raise PeerError(Code.MALFORMED, "an office that was not reached by itself")
    if stated.at < stated.due_at:
        raise PeerError(Code.MALFORMED, "stated before the time was over")
    return stated
