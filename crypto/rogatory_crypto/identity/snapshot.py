"""The directory as the operator signed it: one numbered snapshot, replaced whole.

The records are JSON in the project's directory schema; this module signs and verifies the envelope and does
not look inside.
"""

from dataclasses import dataclass
from typing import ClassVar, Final

from rogatory_crypto import cbor, signing
from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.identity.former import NOBODY, Former
from rogatory_crypto.signing import PrivateKeys, PublicKeys
from rogatory_crypto.wire import identifier, limits
from rogatory_crypto.wire.structure import Structure

LABEL: Final = "Directory Snapshot"


@dataclass(frozen=True, slots=True)
class Snapshot(Structure):
    """Directory contents at the relay ``origin``: ``records`` and ``networks`` are UTF-8 JSON."""

    origin: str
    sequence: int
    issued_at: int
    records: bytes
    networks: bytes
    LIMIT: ClassVar = limits.MAX_SNAPSHOT_BYTES
    READERS: ClassVar = (
        identifier.read_origin,
        identifier.read_sequence,
        identifier.read_time,
        lambda value: cbor.byte_string(value, maximum=limits.MAX_SNAPSHOT_BYTES),
        lambda value: cbor.byte_string(value, maximum=limits.MAX_SNAPSHOT_BYTES),
    )


@dataclass(frozen=True, slots=True)
class SignedSnapshot(Structure):
    """A snapshot's bytes and the operator's pair of signatures."""

    body: bytes
    signature: bytes
    LIMIT: ClassVar = limits.MAX_SNAPSHOT_BYTES
    READERS: ClassVar = (
        lambda value: cbor.byte_string(value, maximum=limits.MAX_SNAPSHOT_BYTES),
        lambda value: cbor.byte_string(value, length=signing.PAIR_BYTES),
    )


@dataclass(frozen=True, slots=True)
class VerifiedSnapshot:
    """A snapshot signed by the pinned operator keys for this relay; only ``verify_snapshot`` makes one."""

    snapshot: Snapshot


def sign_snapshot(snapshot: Snapshot, private_keys: PrivateKeys) -> bytes:
    """Return the signed snapshot, encoded."""
    body = snapshot.encode()
    return SignedSnapshot(body, signing.sign_both(LABEL, body, private_keys)).encode()


def verify_snapshot(
    data: bytes, *, origin: str, operator_key: PublicKeys, former: Former = NOBODY
) -> VerifiedSnapshot:
    """Check a snapshot's signatures by who was the directory operator when it was issued.

    Args:
        data: the signed snapshot, encoded.
        origin: the relay's name; what the operator signed for another relay is worth nothing here.
        operator_key: the directory operator's pair, pinned.
        former: those before, pinned too.

    Raises:
        PeerError: MALFORMED, TOO_LARGE, BAD_SIGNATURE, or FORBIDDEN for another relay's snapshot.
    """
    signed = SignedSnapshot.decode(data)
    snapshot = Snapshot.decode(signed.body)
    keys = former.operator(snapshot.issued_at, operator_key)
    signing.verify_both(LABEL, signed.body, signed.signature, keys)
    if snapshot.origin != origin:
        raise PeerError(Code.FORBIDDEN, f"a directory for the relay {snapshot.origin}")
    return VerifiedSnapshot(snapshot)
