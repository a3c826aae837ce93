"""The bodies of log entries: what they say, about whom, and under whose signature.

An identity statement stands in the log as it is (``identity.statement``); so does the relay's signature over
a batch of postmarks. Every other body is ``[content, signatures]``, and each signature covers the log's
origin, the entry's type and its place in the subject's chain too: nobody can repeat or move what was said
once. Both algorithms sign, as they do statements.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar, Final, TypeAlias

from rogatory_crypto import cbor, signing
from rogatory_crypto.identity.signed_statement import SignedStatement, decode_statement
from rogatory_crypto.log.chains import Place
from rogatory_crypto.log.entry import EntryType, LogEntry
from rogatory_crypto.log.entry_content import (
    Content,
    DirectoryChange,
    DirectorySnapshot,
    NetworkAdmission,
    OfficeSeal,
    PostmarkBatch,
    Revocation,
    Subject,
)
from rogatory_crypto.signing import PrivateKeys
from rogatory_crypto.wire import identifier
from rogatory_crypto.wire.structure import Structure

LABEL: Final = "Log Entry"
MAX_SIGNATURES: Final = 4


@dataclass(frozen=True, slots=True)
class BodySignature(Structure):
    """A pair of signatures; ``signer`` is the device that made it, empty where only one party may sign."""

    signer: bytes
    signature: bytes
    READERS: ClassVar = (
        lambda value: cbor.byte_string(value, maximum=identifier.DEVICE_ID_BYTES),
        lambda value: cbor.byte_string(value, length=signing.PAIR_BYTES),
    )


@dataclass(frozen=True, slots=True)
class SignedBody(Structure):
    """The encoded content of an entry and one to four signatures."""

    content: bytes
    signatures: tuple[BodySignature, ...]
    READERS: ClassVar = (
        lambda value: cbor.byte_string(value, maximum=1 << 10),
        lambda value: cbor.array_of(value, BodySignature.from_plain, minimum=1, maximum=MAX_SIGNATURES),
    )


@dataclass(frozen=True, slots=True)
class SignedContent:
    """A decoded body with signatures that are not verified."""

    content: Content
    signatures: tuple[BodySignature, ...]


Body: TypeAlias = SignedStatement | SignedContent | PostmarkBatch

_CONTENTS: Final[dict[EntryType, type[Content]]] = {
    EntryType.DIRECTORY_SNAPSHOT: DirectorySnapshot,
    EntryType.DIRECTORY_CHANGE: DirectoryChange,
    EntryType.OFFICE_SEAL: OfficeSeal,
    EntryType.REVOCATION: Revocation,
    EntryType.NETWORK_ADMISSION: NetworkAdmission,
}
_TYPES: Final[dict[type[Content], EntryType]] = {content: kind for kind, content in _CONTENTS.items()}


def decode_body(entry: LogEntry) -> Body:
    """Read an entry's body without judging it.

    Raises:
        PeerError: MALFORMED, TOO_LARGE, UNSUPPORTED, or BAD_SIGNATURE for a key that could never sign.
    """
    if entry.type is EntryType.IDENTITY_STATEMENT:
        return decode_statement(entry.body)
    if entry.type is EntryType.POSTMARK_BATCH:
        return PostmarkBatch.decode(entry.body)
    signed = SignedBody.decode(entry.body)
    return SignedContent(_CONTENTS[entry.type].decode(signed.content), signed.signatures)


def subject_of(body: Body) -> Subject:
    """Return whom a body is about: its chain."""
    match body:
        case SignedStatement(statement=statement):
            return Subject(f"authority/{statement.entry_id}")
        case SignedContent(content=content):
            return content.subject
        case PostmarkBatch():
            return body.subject


def to_be_signed(
    origin: str, entry_type: EntryType, sequence: int, previous: bytes | None, content: bytes
) -> bytes:
    """Return what a signature on a body covers: the content, and where it may stand."""
    return cbor.encode([origin, entry_type.value, sequence, previous, content])


def sign_content(
    content: Content,
    origin: str,
    place: Place,
    private_keys: Mapping[bytes, PrivateKeys],
    appended_at: int,
) -> LogEntry:
    """Return the next entry about a subject.

    Args:
        content: what is said.
        origin: the log it is for.
        place: where it belongs in its subject's chain.
        private_keys: by signer: a device id, or the empty string.
        appended_at: unix seconds.
    """
    signatures = [
        (signer, sign_part(content, origin, place, private)) for signer, private in private_keys.items()
    ]
    return join_parts(content, place, signatures, appended_at)


def sign_part(content: Content, origin: str, place: Place, private: PrivateKeys) -> bytes:
    """Return one party's pair of signatures on the next entry about a subject; arguments as above."""
    covered = to_be_signed(origin, _TYPES[type(content)], *place, content.encode())
    return signing.sign_both(LABEL, covered, private)


def join_parts(
    content: Content, place: Place, signatures: Iterable[tuple[bytes, bytes]], appended_at: int
) -> LogEntry:
    """Return the entry from pairs of signatures made apart, each after its signer; none is verified."""
    made = tuple(BodySignature(signer, signature) for signer, signature in signatures)
    body = SignedBody(content.encode(), made).encode()
    return LogEntry(_TYPES[type(content)], *place, body, appended_at)
