"""What stands in an MLS leaf: a basic credential that points at a device entry in the list of statements.

The identity is deterministic CBOR [authority URI, officer, device id, index of the device entry]; the leaf's
signature key must equal that entry's. The credential proves nothing by itself: ``registry`` does.
"""

from base64 import urlsafe_b64encode
from dataclasses import dataclass
from typing import ClassVar

from rogatory_crypto import cbor
from rogatory_crypto.identity.statement import read_officer
from rogatory_crypto.wire import identifier
from rogatory_crypto.wire.identifier import DeviceId, EntryId, GroupId
from rogatory_crypto.wire.structure import Structure


@dataclass(frozen=True, slots=True)
class DeviceCredential(Structure):
    """The identity bytes of an MLS basic credential (RFC 9420 section 5.3)."""

    authority: str
    officer: str
    device_id: DeviceId
    index: int
    LIMIT: ClassVar = 1024
    READERS: ClassVar = (
        lambda value: cbor.text(value, minimum=1, maximum=255),
        read_officer,
        identifier.read_device_id,
        identifier.read_sequence,
    )


def authority_uri(origin: str, entry_id: EntryId) -> str:
    """Return the MIMI URI of an authority: the account is the office."""
    return f"mimi://{origin}/u/{entry_id}"


def room_uri(origin: str, group_id: GroupId) -> str:
    """Return the MIMI URI of a room, from its opaque group id."""
    return f"mimi://{origin}/r/{urlsafe_b64encode(group_id).decode().rstrip('=')}"
