"""A checkpoint as it travels: the note that the log, and perhaps witnesses, have signed.

``parse`` reads, ``verify_log`` makes the stronger type. A log may sign with Ed25519 as a note (0x01) and with
ML-DSA-44 as a cosigner of its own tree (0x06); one known key is enough, none may be wrong.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from rogatory_crypto.errors import Code, MisuseError, PeerError
from rogatory_crypto.log.checkpoint import Checkpoint, parse_checkpoint
from rogatory_crypto.log.cosignature import Cosignature, cosign, verify_cosignature
from rogatory_crypto.log.note_key import SignatureType, SigningKey, VerifierKey
from rogatory_crypto.log.signed_note import NoteSignature, SignedNote, parse_note, sign_note, verify_text


@dataclass(frozen=True, slots=True)
class SignedCheckpoint:
    """A note whose text is a checkpoint; no signature is verified."""

    checkpoint: Checkpoint
    note: SignedNote

    def encode(self) -> bytes:
        """Return the note."""
        return self.note.encode()

    def with_signatures(self, signatures: Iterable[NoteSignature]) -> "SignedCheckpoint":
        """Return it with more signature lines, those it has left out."""
        lines = dict.fromkeys((*self.note.signatures, *signatures))
        return SignedCheckpoint(self.checkpoint, SignedNote(self.note.text, tuple(lines)))


@dataclass(frozen=True, slots=True)
class LogCheckpoint:
    """A checkpoint that its log has signed; only ``verify_log`` makes one.

    Attributes:
        signed: the note it came in.
        log_keys: which of the trusted keys signed.
    """

    signed: SignedCheckpoint
    log_keys: tuple[VerifierKey, ...]

    @property
    def checkpoint(self) -> Checkpoint:
        """What was signed."""
        return self.signed.checkpoint


def parse_signed_checkpoint(data: bytes) -> SignedCheckpoint:
    """Read a signed checkpoint without judging its signatures.

    Raises:
        PeerError: MALFORMED or TOO_LARGE.
    """
    note = parse_note(data)
    return SignedCheckpoint(parse_checkpoint(note.text), note)


def sign_checkpoint(checkpoint: Checkpoint, keys: Iterable[SigningKey], timestamp: int) -> SignedCheckpoint:
    """Sign with every key of the log, at least one; ``timestamp`` is unix seconds."""
    text = checkpoint.encode()
    lines = tuple(
        sign_note(text, key) if key.type is SignatureType.ED25519 else cosign(checkpoint, key, timestamp)
        for key in keys
    )
    if not lines:
        raise MisuseError("a checkpoint is signed by one key at least")
    return SignedCheckpoint(checkpoint, SignedNote(text, lines))


def verify_log(signed: SignedCheckpoint, log_keys: Iterable[VerifierKey]) -> LogCheckpoint:
    """Check that the log signed (tlog-checkpoint, Signatures).

    Args:
        signed: what came in.
        log_keys: those trusted for the origin that it names.

    Raises:
        PeerError: BAD_SIGNATURE where none of the keys signed, one did wrongly, or nobody signed the
            extension lines.
    """
    signers: dict[VerifierKey, None] = {}
    for key, line in signed.note.signatures_by(log_keys):
        _verify_line(signed, key, line)
        signers[key] = None
    if not signers:
        raise PeerError(Code.BAD_SIGNATURE, f"no signature of the log {signed.checkpoint.origin}")
    by_name_only = all(key.type is SignatureType.COSIGNATURE_ML_DSA_44 for key in signers)
    if signed.checkpoint.extensions and by_name_only:
        raise PeerError(Code.BAD_SIGNATURE, "extension lines that an ML-DSA-44 signature does not cover")
    return LogCheckpoint(signed, tuple(signers))


def verify_cosignatures(
    signed: SignedCheckpoint, witness_keys: Iterable[VerifierKey]
) -> tuple[Cosignature, ...]:
    """Check every cosignature of a known witness; those of others are ignored (tlog-cosignature, Format).

    Raises:
        PeerError: BAD_SIGNATURE or MALFORMED where one of a known witness does not hold.
    """
    return tuple(
        verify_cosignature(signed.checkpoint, key, line.signature)
        for key, line in signed.note.signatures_by(witness_keys)
    )


def _verify_line(signed: SignedCheckpoint, key: VerifierKey, line: NoteSignature) -> None:
    if key.type is SignatureType.ED25519:
        verify_text(key, signed.note.text, line.signature)
    else:
        verify_cosignature(signed.checkpoint, key, line.signature)
