"""Signed notes: text, an empty line, and signature lines (C2SP signed-note).

Reading a note checks its form only. Signatures of unknown keys are kept, so that a note re-encodes to the
same bytes, and ignored; one of a known key that does not hold spoils the whole note.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from rogatory_crypto.errors import Code, MisuseError, PeerError
from rogatory_crypto.log.lines import base64, has_control_characters, read_base64, read_lines, read_text
from rogatory_crypto.log.note_key import KEY_ID_BYTES, SignatureType, SigningKey, VerifierKey, read_name

MAX_NOTE_BYTES: Final = 1 << 18
MAX_SIGNATURES: Final = 64
_DASH: Final = "\u2014 "


@dataclass(frozen=True, slots=True)
class NoteSignature:
    """One signature line: whose it says it is, and the bytes after the key id."""

    name: str
    key_id: bytes
    signature: bytes

    def encode(self) -> str:
        """Return the line with its newline."""
        return f"{_DASH}{self.name} {base64(self.key_id + self.signature)}\n"


@dataclass(frozen=True, slots=True)
class SignedNote:
    """Text that ends in a newline, and one or more signatures, none of them verified."""

    text: str
    signatures: tuple[NoteSignature, ...]

    def encode(self) -> bytes:
        """Return the note."""
        return "".join([self.text, "\n", *(line.encode() for line in self.signatures)]).encode()

    def signatures_by(self, keys: Iterable[VerifierKey]) -> Iterator[tuple[VerifierKey, NoteSignature]]:
        """Return the signatures whose name and id are those of a known key, in the note's order."""
        known = {(key.name, key.key_id): key for key in keys}
        for line in self.signatures:
            key = known.get((line.name, line.key_id))
            if key is not None:
                yield key, line


def parse_note(data: bytes) -> SignedNote:
    """Read a note without judging its signatures (signed-note, Format).

    Raises:
        PeerError: MALFORMED, or TOO_LARGE beyond 256 KiB or 64 signatures.
    """
    text, separator, lines = read_text(data, limit=MAX_NOTE_BYTES).rpartition("\n\n")
    if not separator:
        raise PeerError(Code.MALFORMED, "no empty line between text and signatures")
    return SignedNote(text + "\n", parse_signatures(lines))


def parse_signatures(text: str) -> tuple[NoteSignature, ...]:
    """Read one or more signature lines.

    Raises:
        PeerError: MALFORMED, or TOO_LARGE beyond 64 of them.
    """
    lines = read_lines(text)
    if not lines:
        raise PeerError(Code.MALFORMED, "no signature line")
    if len(lines) > MAX_SIGNATURES:
        raise PeerError(Code.TOO_LARGE, f"{len(lines)} signatures where at most {MAX_SIGNATURES} may be")
    return tuple(map(_parse_signature, lines))


def _parse_signature(line: str) -> NoteSignature:
    name, separator, encoded = line.removeprefix(_DASH).partition(" ")
    if not line.startswith(_DASH) or not separator:
        raise PeerError(Code.MALFORMED, "a signature line is a dash, a name and base64")
    data = read_base64(encoded)
    if len(data) <= KEY_ID_BYTES:
        raise PeerError(Code.MALFORMED, "a signature line without a signature")
    return NoteSignature(read_name(name), data[:KEY_ID_BYTES], data[KEY_ID_BYTES:])


def sign_note(text: str, key: SigningKey) -> NoteSignature:
    """Sign text with an Ed25519 key (signed-note, Ed25519 signatures)."""
    if not text.endswith("\n") or has_control_characters(text):
        raise MisuseError("a note's text ends in a newline and has no other control character")
    if key.type is not SignatureType.ED25519:
        raise MisuseError("a cosigner's key signs checkpoints, not text")
    signature = SignatureType.ED25519.scheme.sign(key.seed, text.encode())
    return NoteSignature(key.name, key.verifier.key_id, signature)


def verify_note(note: SignedNote, keys: Iterable[VerifierKey]) -> tuple[VerifierKey, ...]:
    """Return those of the known Ed25519 keys that signed the text, each once; at least one.

    Raises:
        PeerError: BAD_SIGNATURE where none did, or where a signature of a known key does not hold.
    """
    signers: dict[VerifierKey, None] = {}
    for key, line in note.signatures_by(keys):
        verify_text(key, note.text, line.signature)
        signers[key] = None
    if not signers:
        raise PeerError(Code.BAD_SIGNATURE, "no signature of a known key")
    return tuple(signers)


def verify_text(key: VerifierKey, text: str, signature: bytes) -> None:
    """Return only if an Ed25519 key signed exactly this text.

    Raises:
        PeerError: BAD_SIGNATURE.
    """
    if key.type is not SignatureType.ED25519:
        raise MisuseError("a cosigner's key verifies checkpoints, not text")
    key.type.scheme.verify(key.public, text.encode(), signature)
