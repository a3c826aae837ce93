"""An officer's signature on what a message of a formal case says, for a third party to check years later.

As a receipt, it is made with the device's own key outside MLS. It stands in a part of the message itself and
covers all the rest of it: events, words, names and hashes of files, what it answers, and the salt. An
informal room has none, because what is said there must not be provable to outsiders.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import partial
from hashlib import sha256
from hmac import compare_digest
from typing import ClassVar, Final

from rogatory_crypto import cbor, signing
from rogatory_crypto.content.case_progress import SIGNED
from rogatory_crypto.content.events import Acknowledged, CaseEvent, RequestSubmitted
from rogatory_crypto.content.mimi import MimiContent
from rogatory_crypto.content.nested_part import Disposition, MultiPart, NestedPart, SinglePart, walk
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
# What a message of a formal case says in no other way than signed.
_STATED: Final = (RequestSubmitted, Acknowledged, *SIGNED)


@dataclass(frozen=True, slots=True)
class Statement(Structure):
    """Who has said what in which room.

    Attributes:
        content_sha256: of the message's encoding, in which the part with this statement is empty.
        at: Unix seconds by the device's clock.
    """

    content_sha256: bytes
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


def must_be_stated(events: Iterable[CaseEvent]) -> bool:
    """Tell whether a message of a formal case with these events counts only if its device has signed it."""
    return any(isinstance(event, _STATED) for event in events)


def statement_part(signed: bytes = b"") -> SinglePart:
    """Return the part of a message for its statement; empty until it is signed."""
    return SinglePart(Disposition.UNSPECIFIED, "", MEDIA_TYPE, signed)


def statements_in(content: MimiContent) -> tuple[SinglePart, ...]:
    """Return the parts of a message that claim to hold its statement; one at most is right."""
    parts = walk(content.nested_part)
    return tuple(part for part in parts if isinstance(part, SinglePart) and part.content_type == MEDIA_TYPE)


def covered_hash(content: MimiContent) -> bytes:
    """Return the hash of all that a statement in this message covers."""
    return sha256(_holding(content, b"").encode()).digest()


def sign_content(content: MimiContent, statement: Statement, private_key: bytes) -> MimiContent:
    """Return the message with the signed statement in the part that is there for it."""
    return _holding(content, sign_body(LABEL, statement, private_key))


def verify_statement(content: MimiContent, public_key_of: Callable[[Statement], bytes]) -> Statement:
    """Return the statement of a message if the device it names has signed all that the message says.

    Args:
        content: the message.
        public_key_of: finds the key of the device that a statement names, valid at the time it names, or
            raises PeerError.

    Raises:
        PeerError: BAD_SIGNATURE where there is none or it does not hold, CONFLICT where there are several,
            HASH_MISMATCH where it covers something else, MALFORMED, TOO_LARGE, or what ``public_key_of``
            raises.
    """
    found = statements_in(content)
    if not found:
        raise PeerError(Code.BAD_SIGNATURE, "it is not signed by the officer's device")
    if len(found) > 1:
        raise PeerError(Code.CONFLICT, "it is signed several times: one signature covers a message")
    body, signature = open_body(found[0].content, MAX_STATEMENT_BYTES)
    statement = Statement.decode(body)
    if not compare_digest(statement.content_sha256, covered_hash(content)):
        changed = "its words or files are not those that the officer's device has signed"
        raise PeerError(Code.HASH_MISMATCH, changed)
    signing.verify(LABEL, body, signature, public_key_of(statement))
    return statement


def _holding(content: MimiContent, signed: bytes) -> MimiContent:
    return replace(content, nested_part=_with_statement(content.nested_part, signed))


def _with_statement(part: NestedPart, signed: bytes) -> NestedPart:
    match part:
        case MultiPart():
            return replace(part, parts=tuple(_with_statement(each, signed) for each in part.parts))
        case SinglePart(content_type=kind) if kind == MEDIA_TYPE:
            return replace(part, content=signed)
        case _:
            return part
