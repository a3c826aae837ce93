"""Cosignatures: a witness states when a checkpoint continued all it had seen (C2SP tlog-cosignature).

Type 0x04 signs the text of the checkpoint with Ed25519; type 0x06 signs origin, size and root, with its own
name, with ML-DSA-44. Both are 64 bits of time followed by the signature. A log may sign its own so.
"""

from dataclasses import dataclass
from typing import Final

from rogatory_crypto.errors import Code, MisuseError, PeerError
from rogatory_crypto.log.checkpoint import Checkpoint
from rogatory_crypto.log.lines import MAX_NUMBER
from rogatory_crypto.log.note_key import SignatureType, SigningKey, VerifierKey
from rogatory_crypto.log.signed_note import NoteSignature

_TIME_BYTES: Final = 8
_LABEL: Final = b"subtree/v1\n\x00"


@dataclass(frozen=True, slots=True)
class Cosignature:
    """A verified cosignature; ``timestamp`` is unix seconds, 0 if the cosigner states no time."""

    key: VerifierKey
    timestamp: int


def cosign(checkpoint: Checkpoint, key: SigningKey, timestamp: int) -> NoteSignature:
    """Cosign a checkpoint.

    Args:
        checkpoint: what the cosigner has found to continue all it has signed for this origin.
        key: of a cosignature type.
        timestamp: unix seconds.
    """
    if not 0 < timestamp <= MAX_NUMBER:
        raise MisuseError("a cosignature states its time")
    message = signed_message(checkpoint, key.verifier, timestamp)
    signature = key.type.scheme.sign(key.seed, message)
    return NoteSignature(key.name, key.verifier.key_id, timestamp.to_bytes(_TIME_BYTES) + signature)


def verify_cosignature(checkpoint: Checkpoint, key: VerifierKey, signature: bytes) -> Cosignature:
    """Check one cosignature, without judging its time.

    Args:
        checkpoint: what it is said to be over.
        key: the known key that its line names.
        signature: what follows the key id on the line.

    Raises:
        PeerError: BAD_SIGNATURE, or MALFORMED for a time beyond 63 bits.
    """
    timestamp = int.from_bytes(signature[:_TIME_BYTES])
    if timestamp > MAX_NUMBER:
        raise PeerError(Code.MALFORMED, "a cosignature's time beyond 63 bits")
    if key.type is SignatureType.COSIGNATURE_ED25519 and timestamp == 0:
        raise PeerError(Code.MALFORMED, "an Ed25519 cosignature without a time")
    message = signed_message(checkpoint, key, timestamp)
    key.type.scheme.verify(key.public, message, signature[_TIME_BYTES:])
    return Cosignature(key, timestamp)


def signed_message(checkpoint: Checkpoint, key: VerifierKey, timestamp: int) -> bytes:
    """Return the exact bytes that a cosignature signs (tlog-cosignature, signed messages)."""
    match key.type:
        case SignatureType.COSIGNATURE_ED25519:
            return f"cosignature/v1\ntime {timestamp}\n{checkpoint.encode()}".encode()
        case SignatureType.COSIGNATURE_ML_DSA_44:
            return b"".join(
                (
                    _LABEL,
                    _vector(key.name),
                    timestamp.to_bytes(8),
                    _vector(checkpoint.origin),
                    bytes(8),  # start: a checkpoint is the subtree that begins at the first leaf
                    checkpoint.size.to_bytes(8),
                    checkpoint.root,
                )
            )
        case SignatureType.ED25519:
            raise MisuseError("a key for notes makes no cosignature")


def _vector(text: str) -> bytes:
    data = text.encode()
    return bytes((len(data),)) + data
