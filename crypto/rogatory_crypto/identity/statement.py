"""Statements of identity: who may enrol, which key is whose office, which device is whose, what is revoked.

Each statement is signed by the level above it and, where a key is introduced, by that key too (proof of
possession). The chain is: directory operator -> invitation -> (enrolment code) authority entry -> (office
key) device entry -> MLS leaf. All statements of one office form a chain by sequence and previous hash, so
that a withheld or reordered one is noticed. What is valid when is decided in ``registry``.
"""

from dataclasses import dataclass
from enum import IntEnum, StrEnum
from hashlib import sha256
from typing import ClassVar, Final, TypeAlias

from rogatory_crypto import cbor, signing
from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.wire import identifier, limits
from rogatory_crypto.wire.identifier import DeviceId, EntryId
from rogatory_crypto.wire.structure import Structure

LABEL: Final = "Identity Statement"


class RevocationReason(StrEnum):
    """Why a device may no longer speak for its office."""

    LOST = "lost"
    OFFICER_LEFT = "officer-left"
    REPLACED = "replaced"
    COMPROMISED = "compromised"


def read_key(value: object) -> bytes:
    """Read an Ed25519 public key; one on which verifiers could differ is refused before it is listed."""
    return signing.verify_public_key(cbor.byte_string(value, length=signing.KEY_BYTES))


def read_officer(value: object) -> str:
    """Read an officer's function, such as ``case officer 2``; never a person's name."""
    return cbor.text(value, minimum=1, maximum=120)


def _read_reason(value: object) -> RevocationReason:
    text = cbor.text(value, maximum=32)
    try:
        return RevocationReason(text)
    except ValueError as error:
        raise PeerError(Code.MALFORMED, "unknown revocation reason") from error


def _read_previous(value: object) -> bytes | None:
    return cbor.optional(value, identifier.read_hash)


@dataclass(frozen=True, slots=True)
class Invitation(Structure):
    """The directory operator lets whoever holds the code behind ``code_key`` enrol as ``entry_id``, once.

    ``origin`` is the relay it is for. The entry names the invitation and every later statement what went
    before it, so none of them can be carried to another relay of the same operator.
    """

    origin: str
    entry_id: EntryId
    code_key: bytes
    issued_at: int
    expires_at: int
    TYPE: ClassVar = 1
    READERS: ClassVar = (
        identifier.read_origin,
        identifier.read_entry_id,
        read_key,
        identifier.read_time,
        identifier.read_time,
    )


@dataclass(frozen=True, slots=True)
class AuthorityEntry(Structure):
    """The office key of an authority, signed with its enrolment code and with the key itself."""

    entry_id: EntryId
    office_key: bytes
    invitation: bytes
    sequence: int
    previous: bytes | None
    created_at: int
    TYPE: ClassVar = 2
    READERS: ClassVar = (
        identifier.read_entry_id,
        read_key,
        identifier.read_hash,
        identifier.read_sequence,
        _read_previous,
        identifier.read_time,
    )


@dataclass(frozen=True, slots=True)
class DeviceEntry(Structure):
    """A device of an office, signed with the office key and with the device's own signature key."""

    entry_id: EntryId
    officer: str
    device_id: DeviceId
    signature_key: bytes
    not_before: int
    not_after: int
    sequence: int
    previous: bytes | None
    TYPE: ClassVar = 3
    READERS: ClassVar = (
        identifier.read_entry_id,
        read_officer,
        identifier.read_device_id,
        read_key,
        identifier.read_time,
        identifier.read_time,
        identifier.read_sequence,
        _read_previous,
    )


@dataclass(frozen=True, slots=True)
class Revocation(Structure):
    """An office takes one of its devices out of service, for ever.

    ``revoked_at`` is what the office says; it counts from when the statement was listed.
    """

    entry_id: EntryId
    device_id: DeviceId
    reason: RevocationReason
    revoked_at: int
    sequence: int
    previous: bytes | None
    TYPE: ClassVar = 4
    READERS: ClassVar = (
        identifier.read_entry_id,
        identifier.read_device_id,
        _read_reason,
        identifier.read_time,
        identifier.read_sequence,
        _read_previous,
    )


Statement: TypeAlias = Invitation | AuthorityEntry | DeviceEntry | Revocation
OfficeStatement: TypeAlias = AuthorityEntry | DeviceEntry | Revocation


class Signer(IntEnum):
    """Whose signature stands on a statement."""

    OPERATOR = 1
    CODE = 2
    OFFICE = 3
    DEVICE = 4


REQUIRED_SIGNERS: Final[dict[type[Statement], tuple[Signer, ...]]] = {
    Invitation: (Signer.OPERATOR,),
    AuthorityEntry: (Signer.CODE, Signer.OFFICE),
    DeviceEntry: (Signer.OFFICE, Signer.DEVICE),
    Revocation: (Signer.OFFICE,),
}
_STATEMENTS: Final[dict[int, type[Statement]]] = {kind.TYPE: kind for kind in REQUIRED_SIGNERS}


@dataclass(frozen=True, slots=True)
class SignedStatement:
    """A decoded statement with its signatures, in the order of ``REQUIRED_SIGNERS``; not yet verified."""

    statement: Statement
    signatures: tuple[bytes, ...]
    encoded: bytes

    @property
    def hash(self) -> bytes:
        """SHA-256 of the exact bytes; what the next statement of the same office names as previous."""
        return sha256(self.encoded).digest()


def sign_statement(statement: Statement, private_keys: dict[Signer, bytes]) -> SignedStatement:
    """Sign with every key the statement's kind requires.

    Args:
        statement: what is said.
        private_keys: Ed25519 seeds by signer.
    """
    kind, body = statement.TYPE, statement.encode()
    signatures = tuple(
        signing.sign(LABEL, _to_be_signed(kind, signer, body), private_keys[signer])
        for signer in REQUIRED_SIGNERS[type(statement)]
    )
    return SignedStatement(statement, signatures, cbor.encode([kind, body, list(signatures)]))


def decode_statement(data: bytes) -> SignedStatement:
    """Read a signed statement without judging it.

    Raises:
        PeerError: MALFORMED, TOO_LARGE, BAD_SIGNATURE for a key that must not be one, or UNSUPPORTED for a
            kind of statement this side does not know.
    """
    kind, body, signatures = cbor.array(cbor.decode(data, limit=limits.MAX_STATEMENT_BYTES), 3)
    statement_type = _STATEMENTS.get(cbor.unsigned(kind, maximum=255))
    if statement_type is None:
        raise PeerError(Code.UNSUPPORTED, "unknown kind of statement")
    statement = statement_type.decode(cbor.byte_string(body, maximum=limits.MAX_STATEMENT_BYTES))
    count = len(REQUIRED_SIGNERS[statement_type])
    read = tuple(cbor.byte_string(item, length=64) for item in cbor.array(signatures, count))
    return SignedStatement(statement, read, data)


def verify_signatures(signed: SignedStatement, public_keys: dict[Signer, bytes]) -> None:
    """Check every signature the statement's kind requires.

    Raises:
        PeerError: BAD_SIGNATURE, naming the signer whose signature does not hold.
    """
    body = signed.statement.encode()
    signers = REQUIRED_SIGNERS[type(signed.statement)]
    for signer, signature in zip(signers, signed.signatures, strict=True):
        to_be_signed = _to_be_signed(signed.statement.TYPE, signer, body)
        try:
            signing.verify(LABEL, to_be_signed, signature, public_keys[signer])
        except PeerError as error:
            raise PeerError(error.code, f"signature of the {signer.name.lower()} key") from error


def _to_be_signed(kind: int, signer: Signer, body: bytes) -> bytes:
    return cbor.encode([kind, signer.value, body])
