"""An officer's signature beside an event of a formal case, for a third party to check years later.

As a receipt, it is made with the device's own key outside MLS, over the hash of the event it stands beside.
An informal room has none, because what is said there must not be provable to outsiders.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from hmac import compare_digest
from typing import ClassVar, Final

from rogatory_crypto import cbor, signing
from rogatory_crypto.content import events
from rogatory_crypto.content.events import CaseEvent
from rogatory_crypto.content.nested_part import Disposition, NestedPart, SinglePart
from rogatory_crypto.content.signed_body import open_body, sign_body
from rogatory_crypto.errors import Code, PeerError
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

MEDIA_TYPE: Final = "application/vnd.rogatory.case-statement+cbor;v=1"
LABEL: Final = "CaseStatement"
MAX_STATEMENT_BYTES: Final = 4096


@dataclass(frozen=True, slots=True)
class Statement(Structure):
    """Who has said an event in which room; ``at`` is Unix seconds by the device's clock."""

    event_sha256: bytes
    group_id: GroupId
    at: int
    authority: EntryId
    officer: str
    device_id: DeviceId
    LIMIT: ClassVar = MAX_STATEMENT_BYTES
    READERS: ClassVar = (
        read_hash,
        read_group_id,
        read_time,
        read_entry_id,
        partial(cbor.text, minimum=1, maximum=120),
        read_device_id,
    )


def event_hash(event: CaseEvent) -> bytes:
    """Return the hash of an event by which a statement names it."""
    return sha256(events.encode(event)).digest()


def statement_part(statement: Statement, private_key: bytes) -> SinglePart:
    """Return the part that carries the signed statement."""
    signed = sign_body(LABEL, statement, private_key)
    return SinglePart(Disposition.UNSPECIFIED, "", MEDIA_TYPE, signed)


def verify_statement(data: bytes, public_key_of: Callable[[Statement], bytes]) -> Statement:
    """Return the statement if the device it names has signed it.

    Args:
        data: the content of a part with this module's media type.
        public_key_of: finds the key of the device that a statement names, valid at the time it names, or
            raises PeerError.

    Raises:
        PeerError: MALFORMED, TOO_LARGE, BAD_SIGNATURE, or what ``public_key_of`` raises.
    """
    statement, body, signature = _opened(data)
    signing.verify(LABEL, body, signature, public_key_of(statement))
    return statement


def _opened(data: bytes) -> tuple[Statement, bytes, bytes]:
    body, signature = open_body(data, MAX_STATEMENT_BYTES)
    return Statement.decode(body), body, signature


def require_statement(
    event: CaseEvent, parts: tuple[NestedPart, ...], public_key_of: Callable[[Statement], bytes]
) -> Statement:
    """Return the statement that stands beside an event in the same message, at the cost of one verification.

    Raises:
        PeerError: BAD_SIGNATURE where none of the parts is a statement on this event; else as
            ``verify_statement``.
    """
    wanted = event_hash(event)
    for part in parts:
        if isinstance(part, SinglePart) and part.content_type == MEDIA_TYPE:
            statement, _, _ = _opened(part.content)
            if compare_digest(statement.event_sha256, wanted):
                return verify_statement(part.content, public_key_of)
    raise PeerError(Code.BAD_SIGNATURE, "it is not signed by the officer's device")
