"""Who signs a statement of identity, with what, and over which bytes.

The level above signs with both algorithms. A key that is introduced proves possession with its Ed25519 half,
over a statement that contains the ML-DSA-44 half; whether somebody holds that one shows when it first signs.
An enrolment code is an Ed25519 key.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from hashlib import sha256
from typing import Final, TypeAlias

from rogatory_crypto import cbor, signing
from rogatory_crypto.errors import Code, MisuseError, PeerError
from rogatory_crypto.identity.statement import (
    AuthorityEntry,
    DeviceEntry,
    HandOver,
    Invitation,
    KeySuccession,
    Renewal,
    Revocation,
    Statement,
)
from rogatory_crypto.signing import Check, PrivateKeys, PublicKeys, Verify
from rogatory_crypto.wire import limits

LABEL: Final = "Identity Statement"

Private: TypeAlias = PrivateKeys | bytes
Public: TypeAlias = PublicKeys | bytes


class Signer(IntEnum):
    """Whose signature stands on a statement."""

    OPERATOR = 1
    CODE = 2
    OFFICE = 3
    DEVICE = 4
    PROPOSER = 5
    CONFIRMER = 6
    NEW_OFFICE = 7


_OF_TWO_OFFICERS: Final = (Signer.PROPOSER, Signer.CONFIRMER)
_SIGNERS: Final[dict[type[Statement], tuple[Signer, ...]]] = {
    Invitation: (Signer.OPERATOR,),
    AuthorityEntry: (Signer.CODE, Signer.NEW_OFFICE),
    DeviceEntry: (Signer.OFFICE, Signer.DEVICE),
    Revocation: (Signer.OFFICE,),
    KeySuccession: (Signer.OFFICE, Signer.NEW_OFFICE),
    Renewal: (Signer.OFFICE,),
    HandOver: (Signer.OFFICE, *_OF_TWO_OFFICERS),
}
_STATEMENTS: Final[dict[int, type[Statement]]] = {kind.TYPE: kind for kind in _SIGNERS}
_ED25519_ALONE: Final = frozenset((Signer.CODE, Signer.DEVICE, Signer.NEW_OFFICE))


@dataclass(frozen=True, slots=True)
class SignedStatement:
    """A decoded statement with its signatures, in the order of ``required_signers``; not yet verified."""

    statement: Statement
    signatures: tuple[bytes, ...]
    encoded: bytes
    body: bytes = field(repr=False)

    @property
    def hash(self) -> bytes:
        """SHA-256 of the exact bytes; what the next statement of the same office names as previous."""
        return sha256(self.encoded).digest()


def required_signers(statement: Statement) -> tuple[Signer, ...]:
    """Return who has to sign a statement, in order.

    Raises:
        PeerError: MALFORMED for an invitation that names a network without its two officers or the reverse.
    """
    if not isinstance(statement, Invitation):
        return _SIGNERS[type(statement)]
    named = [item is not None for item in (statement.network, statement.proposer, statement.confirmer)]
    if any(named) and not all(named):
        raise PeerError(Code.MALFORMED, "an invitation names a network and two devices, or none of them")
    return _OF_TWO_OFFICERS if all(named) else _SIGNERS[Invitation]


def signature_of(statement: Statement, signer: Signer, private: Private) -> bytes:
    """Return one signer's part, for statements that are signed in several places."""
    body = _to_be_signed(statement.TYPE, signer, statement.encode())
    if isinstance(private, PrivateKeys) == (signer in _ED25519_ALONE):
        raise MisuseError(f"the {signer.name.lower()} signs with keys of another kind")
    if isinstance(private, PrivateKeys):
        return signing.sign_both(LABEL, body, private)
    return signing.sign(LABEL, body, private)


def join_signatures(statement: Statement, signatures: Mapping[Signer, bytes]) -> SignedStatement:
    """Return the statement with the parts that its signers made.

    Raises:
        MisuseError: one of them is missing.
    """
    signers = required_signers(statement)
    if missing := [signer.name.lower() for signer in signers if signer not in signatures]:
        raise MisuseError(f"the statement lacks a signature: {', '.join(missing)}")
    body, ordered = statement.encode(), tuple(signatures[signer] for signer in signers)
    return SignedStatement(statement, ordered, cbor.encode([statement.TYPE, body, ordered]), body)


def sign_statement(statement: Statement, private_keys: Mapping[Signer, Private]) -> SignedStatement:
    """Sign with every key the statement's kind requires.

    Args:
        statement: what is said.
        private_keys: by signer; the Ed25519 seed alone of a code, a device and an office's new key.
    """
    signers = required_signers(statement)
    return join_signatures(
        statement, {signer: signature_of(statement, signer, private_keys[signer]) for signer in signers}
    )


def decode_statement(data: bytes) -> SignedStatement:
    """Read a signed statement without judging it.

    Raises:
        PeerError: MALFORMED, TOO_LARGE, BAD_SIGNATURE for a key that must not be one, or UNSUPPORTED for a
            kind of statement, or a role, that this side does not know.
    """
    kind, encoded, signatures = cbor.array(cbor.decode(data, limit=limits.MAX_STATEMENT_BYTES), 3)
    statement_type = _STATEMENTS.get(cbor.unsigned(kind, maximum=255))
    if statement_type is None:
        raise PeerError(Code.UNSUPPORTED, "unknown kind of statement")
    body = cbor.byte_string(encoded, maximum=limits.MAX_STATEMENT_BYTES)
    statement = statement_type.decode(body)
    signers = required_signers(statement)
    items = zip(signers, cbor.array(signatures, len(signers)), strict=True)
    read = tuple(cbor.byte_string(item, length=_signature_bytes(signer)) for signer, item in items)
    return SignedStatement(statement, read, data, body)


def verify_signatures(signed: SignedStatement, public_keys: Mapping[Signer, Public], verify: Verify) -> None:
    """Check every signature the statement's kind requires.

    Raises:
        PeerError: BAD_SIGNATURE, naming the signer whose signature does not hold.
    """
    signers = required_signers(signed.statement)
    for signer, signature in zip(signers, signed.signatures, strict=True):
        body = _to_be_signed(signed.statement.TYPE, signer, signed.body)
        try:
            verify(Check(LABEL, body, signature, public_keys[signer]))
        except PeerError as error:
            raise PeerError(error.code, f"signature of the {signer.name.lower()} key") from error


def _signature_bytes(signer: Signer) -> int:
    return signing.SIGNATURE_BYTES if signer in _ED25519_ALONE else signing.PAIR_BYTES


def _to_be_signed(kind: int, signer: Signer, body: bytes) -> bytes:
    return cbor.encode([kind, signer.value, body])
