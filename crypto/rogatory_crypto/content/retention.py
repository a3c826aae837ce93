"""What an office says to keep a case or to erase it; said in the office's own room.

A purge takes two officers. Each signs with the device's own key, as beside a statement: the order names what
is erased by id and hash, the consent names the order, and both together are the record that remains.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from typing import ClassVar, Final

from rogatory_crypto import cbor, signing
from rogatory_crypto.content.mimi import MessageId, read_message_id
from rogatory_crypto.content.numbered_event import NumberedEvent
from rogatory_crypto.content.office_work import DRAFT_ID_BYTES, MAX_BUILT_UPON, DraftId
from rogatory_crypto.content.signed_body import open_body, sign_body
from rogatory_crypto.errors import MisuseError, PeerError
from rogatory_crypto.identity.statement import read_officer
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

ORDER_LABEL: Final = "PurgeOrder"
CONSENT_LABEL: Final = "PurgeConsent"
MAX_PURGED: Final = 8_000
MAX_DRAFTS: Final = 200
MAX_REASONS: Final = 2_000
MAX_ORDER_BYTES: Final = 640 << 10
MAX_CONSENT_BYTES: Final = 4096

_reasons = partial(cbor.text, minimum=1, maximum=MAX_REASONS)
_names = partial(cbor.array_of, reader=read_message_id, maximum=MAX_BUILT_UPON)


def _draft_id(value: object) -> DraftId:
    return DraftId(cbor.byte_string(value, length=DRAFT_ID_BYTES))


@dataclass(frozen=True, slots=True)
class CaseHeld(NumberedEvent):
    """A case is under legal hold: nothing of it is purged."""

    case: GroupId
    reasons: str
    NUMBER: ClassVar = 45
    READERS: ClassVar = (read_group_id, _reasons)


@dataclass(frozen=True, slots=True)
class HoldLifted(NumberedEvent):
    """The head lifts the holds that are named, and no others."""

    case: GroupId
    holds: tuple[MessageId, ...]
    reasons: str
    NUMBER: ClassVar = 46
    READERS: ClassVar = (read_group_id, _names, _reasons)


@dataclass(frozen=True, slots=True)
class PurgeProposed(NumberedEvent):
    """An officer orders a purge, in a ``PurgeOrder``; nothing happens before another one consents."""

    case: GroupId
    signed: bytes
    NUMBER: ClassVar = 47
    READERS: ClassVar = (read_group_id, partial(cbor.byte_string, minimum=1, maximum=MAX_ORDER_BYTES))


@dataclass(frozen=True, slots=True)
class PurgeConfirmed(NumberedEvent):
    """Another officer consents, in a ``PurgeConsent``."""

    case: GroupId
    signed: bytes
    NUMBER: ClassVar = 48
    READERS: ClassVar = (read_group_id, partial(cbor.byte_string, minimum=1, maximum=MAX_CONSENT_BYTES))


@dataclass(frozen=True, slots=True)
class PurgedMessage(Structure):
    """A message that is erased, and the hash of its content."""

    message_id: MessageId
    sha256: bytes
    READERS: ClassVar = (read_message_id, read_hash)


@dataclass(frozen=True, slots=True)
class PurgeOrder(Structure):
    """What is erased, why, and who says so; ``at`` is Unix seconds.

    Attributes:
        rule: of the office by which it is due; empty where only the reasons count.
        lifted: the holds that were known, all of them lifted; any other one stops the purge.
    """

    case: GroupId
    rule: str
    reasons: str
    messages: tuple[PurgedMessage, ...]
    drafts: tuple[DraftId, ...]
    lifted: tuple[MessageId, ...]
    at: int
    authority: EntryId
    officer: str
    device_id: DeviceId
    LIMIT: ClassVar = MAX_ORDER_BYTES
    READERS: ClassVar = (
        read_group_id,
        partial(cbor.text, maximum=300),
        _reasons,
        partial(cbor.array_of, reader=PurgedMessage.from_plain, maximum=MAX_PURGED),
        partial(cbor.array_of, reader=_draft_id, maximum=MAX_DRAFTS),
        _names,
        read_time,
        read_entry_id,
        read_officer,
        read_device_id,
    )


@dataclass(frozen=True, slots=True)
class PurgeConsent(Structure):
    """Another officer's consent to one order; ``at`` is Unix seconds."""

    order_sha256: bytes
    case: GroupId
    at: int
    authority: EntryId
    officer: str
    device_id: DeviceId
    LIMIT: ClassVar = MAX_CONSENT_BYTES
    READERS: ClassVar = (
        read_hash,
        read_group_id,
        read_time,
        read_entry_id,
        read_officer,
        read_device_id,
    )


def sign_order(order: PurgeOrder, private_key: bytes) -> bytes:
    """Return an order with its signature.

    Raises:
        MisuseError: no peer would accept it.
    """
    signed = sign_body(ORDER_LABEL, order, private_key)
    try:
        PurgeOrder.decode(open_body(signed, MAX_ORDER_BYTES)[0])
    except PeerError as error:
        raise MisuseError(f"no device of the office would accept this order: {error.detail}") from error
    return signed


def sign_consent(consent: PurgeConsent, private_key: bytes) -> bytes:
    """Return a consent with its signature."""
    return sign_body(CONSENT_LABEL, consent, private_key)


def order_hash(signed: bytes) -> bytes:
    """Return the hash by which a consent names a signed order."""
    return sha256(signed).digest()


def verify_order(data: bytes, public_key_of: Callable[[PurgeOrder], bytes]) -> PurgeOrder:
    """Return an order if the device it names has signed it.

    Args:
        data: as ``sign_order`` made it.
        public_key_of: finds the key of that device, or raises PeerError.

    Raises:
        PeerError: MALFORMED, TOO_LARGE, BAD_SIGNATURE, or what ``public_key_of`` raises.
    """
    body, signature = open_body(data, MAX_ORDER_BYTES)
    order = PurgeOrder.decode(body)
    signing.verify(ORDER_LABEL, body, signature, public_key_of(order))
    return order


def verify_consent(data: bytes, public_key_of: Callable[[PurgeConsent], bytes]) -> PurgeConsent:
    """Return a consent if the device it names has signed it; as ``verify_order``."""
    body, signature = open_body(data, MAX_CONSENT_BYTES)
    consent = PurgeConsent.decode(body)
    signing.verify(CONSENT_LABEL, body, signature, public_key_of(consent))
    return consent
