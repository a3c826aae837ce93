"""What a log and a witness say to each other, as bytes (C2SP tlog-witness, add-checkpoint).

The request is the size that the log believes the witness has seen, a consistency proof from there, and the
new checkpoint; the answer is signature lines.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.log.lines import base64, read_base64, read_decimal, read_lines, read_text
from rogatory_crypto.log.merkle import HASH_BYTES, Proof
from rogatory_crypto.log.signed_checkpoint import SignedCheckpoint, parse_signed_checkpoint
from rogatory_crypto.log.signed_note import MAX_NOTE_BYTES, NoteSignature, parse_signatures

MAX_PROOF: Final = 63
_MAX_REQUEST_BYTES: Final = MAX_NOTE_BYTES + (1 << 12)


@dataclass(frozen=True, slots=True)
class AddCheckpoint:
    """A request to cosign; nothing is verified."""

    old_size: int
    proof: Proof
    signed: SignedCheckpoint

    def encode(self) -> bytes:
        """Return the body of the request."""
        lines = (f"old {self.old_size}", *map(base64, self.proof), "", "")
        return "\n".join(lines).encode() + self.signed.encode()


def parse_add_checkpoint(data: bytes) -> AddCheckpoint:
    """Read the body of a request.

    Raises:
        PeerError: MALFORMED, or TOO_LARGE for the whole or beyond 63 hashes.
    """
    head, separator, checkpoint = read_text(data, limit=_MAX_REQUEST_BYTES).partition("\n\n")
    old, *proof = read_lines(head + "\n")
    if not separator or not old.startswith("old "):
        raise PeerError(Code.MALFORMED, "not an old size, a proof, an empty line and a checkpoint")
    if len(proof) > MAX_PROOF:
        raise PeerError(Code.TOO_LARGE, f"a proof of more than {MAX_PROOF} hashes")
    hashes = tuple(read_base64(line, length=HASH_BYTES) for line in proof)
    old_size = read_decimal(old.removeprefix("old "))
    return AddCheckpoint(old_size, hashes, parse_signed_checkpoint(checkpoint.encode()))


def encode_cosignatures(cosignatures: Sequence[NoteSignature]) -> bytes:
    """Return the body of an answer."""
    return "".join(line.encode() for line in cosignatures).encode()


def parse_cosignatures(data: bytes) -> tuple[NoteSignature, ...]:
    """Read the body of an answer; what the lines are worth is for ``verify_cosignatures`` to say.

    Raises:
        PeerError: MALFORMED or TOO_LARGE.
    """
    return parse_signatures(read_text(data, limit=MAX_NOTE_BYTES))
