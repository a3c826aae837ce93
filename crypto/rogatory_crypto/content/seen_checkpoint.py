"""The log as a sender has seen it, in the small form that travels inside of messages: its newest checkpoint.

Origin, size, root and the log's own Ed25519 signature: enough to be evidence beside another one, small enough
for every message. Inside the encryption the relay can neither read nor change it, so that it cannot show one
history to one office and another one to the next for long.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar, Final

from rogatory_crypto import cbor, signing
from rogatory_crypto.content.mimi import ExtensionKey
from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.log.checkpoint import MAX_ORIGIN_BYTES, Checkpoint
from rogatory_crypto.log.lines import has_control_characters, utf8
from rogatory_crypto.log.note_key import KEY_ID_BYTES, SignatureType
from rogatory_crypto.log.signed_checkpoint import LogCheckpoint, SignedCheckpoint
from rogatory_crypto.log.signed_note import NoteSignature, SignedNote
from rogatory_crypto.wire import identifier
from rogatory_crypto.wire.structure import Structure

EXTENSION: Final = "vnd.rogatory.log-checkpoint"
_PLAIN: Final = (str, bytes, int)


def _read_origin(value: object) -> str:
    origin = cbor.text(value, minimum=1, maximum=MAX_ORIGIN_BYTES)
    if has_control_characters(origin) or "\n" in origin:
        raise PeerError(Code.MALFORMED, "an origin with a control character")
    utf8(origin, limit=MAX_ORIGIN_BYTES)
    return origin


@dataclass(frozen=True, slots=True)
class SeenCheckpoint(Structure):
    """A checkpoint with one signature, which is not verified; ``size`` counts entries."""

    origin: str
    size: int
    root: bytes
    key_id: bytes
    signature: bytes
    LIMIT: ClassVar = 1 << 10
    READERS: ClassVar = (
        _read_origin,
        identifier.read_sequence,
        identifier.read_hash,
        lambda value: cbor.byte_string(value, length=KEY_ID_BYTES),
        lambda value: cbor.byte_string(value, length=signing.SIGNATURE_BYTES),
    )

    def signed(self) -> SignedCheckpoint:
        """Return the note it was taken from, with this signature alone."""
        checkpoint = Checkpoint(self.origin, self.size, self.root)
        line = NoteSignature(self.origin, self.key_id, self.signature)
        return SignedCheckpoint(checkpoint, SignedNote(checkpoint.encode(), (line,)))


def seen(checkpoint: LogCheckpoint) -> SeenCheckpoint | None:
    """Return the small form; None where the log has not signed with Ed25519, or has signed more lines."""
    head = checkpoint.checkpoint
    keys = [key for key in checkpoint.log_keys if key.type is SignatureType.ED25519]
    line = next((line for _, line in checkpoint.signed.note.signatures_by(keys)), None)
    if line is None or head.extensions:
        return None
    return SeenCheckpoint(head.origin, head.size, head.root, line.key_id, line.signature)


def read_seen(extensions: Mapping[ExtensionKey, object]) -> SeenCheckpoint | None:
    """Return the checkpoint among a message's extensions, if there is one.

    Raises:
        PeerError: MALFORMED or TOO_LARGE.
    """
    value = extensions.get(EXTENSION)
    if value is None:
        return None
    if isinstance(value, list) and all(isinstance(item, _PLAIN) for item in value):
        return _read_plain(*value)
    return SeenCheckpoint.from_plain(value)


@lru_cache(maxsize=64, typed=True)
def _read_plain(*value: object) -> SeenCheckpoint:
    """Read one; all that a device says between two checkpoints carries the same."""
    return SeenCheckpoint.from_plain(list(value))
