"""An office's signature on a message of its own that was said informally, once it agrees to carry it over.

Until then nobody can prove to an outsider that it was said: MLS convinces the members of a room only. The
signature is made by any device of the office that said it, over the message's exact bytes.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import ClassVar, Final

from rogatory_crypto import cbor, signing
from rogatory_crypto.content.mimi import MessageId, read_message_id
from rogatory_crypto.content.nested_part import Disposition, SinglePart
from rogatory_crypto.content.signed_body import open_body, sign_body
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

MEDIA_TYPE: Final = "application/vnd.rogatory.attestation+cbor;v=1"
LABEL: Final = "Attestation"
MAX_ATTESTATION_BYTES: Final = 4096


@dataclass(frozen=True, slots=True)
class Attestation(Structure):
    """Which message of which room an office has said; ``at`` is Unix seconds by the device's clock."""

    message_id: MessageId
    content_sha256: bytes
    group_id: GroupId
    at: int
    authority: EntryId
    officer: str
    device_id: DeviceId
    LIMIT: ClassVar = MAX_ATTESTATION_BYTES
    READERS: ClassVar = (
        read_message_id,
        read_hash,
        read_group_id,
        read_time,
        read_entry_id,
        partial(cbor.text, minimum=1, maximum=120),
        read_device_id,
    )


def sign_attestation(attestation: Attestation, private_key: bytes) -> bytes:
    """Return the attestation with its signature, as it travels and stands in a bundle."""
    return sign_body(LABEL, attestation, private_key)


def attestation_part(signed: bytes) -> SinglePart:
    """Return the part that carries a signed attestation."""
    return SinglePart(Disposition.UNSPECIFIED, "", MEDIA_TYPE, signed)


def verify_attestation(data: bytes, public_key_of: Callable[[Attestation], bytes]) -> Attestation:
    """Return the attestation if the device it names has signed it.

    Args:
        data: the attestation with its signature.
        public_key_of: finds the key of the device that an attestation names, valid at the time it names, or
            raises PeerError if there is none, or if it is about another message than it should be.

    Raises:
        PeerError: MALFORMED, TOO_LARGE, BAD_SIGNATURE, or what ``public_key_of`` raises.
    """
    body, signature = open_body(data, MAX_ATTESTATION_BYTES)
    attestation = Attestation.decode(body)
    signing.verify(LABEL, body, signature, public_key_of(attestation))
    return attestation
