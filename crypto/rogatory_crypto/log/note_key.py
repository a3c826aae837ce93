"""Keys of signed notes as text: ``vkey`` for whoever verifies, ``skey`` for whoever signs.

C2SP signed-note, Verifier keys: ``<name>+<key id in hex>+<base64 of signature type and public key>``. The key
id is the first four bytes of SHA-256 over name, newline, type and public key; it tells keys apart and proves
nothing. The signer's form is the one Go's ``note`` package writes, with ``PRIVATE+KEY+`` in front.
"""

from dataclasses import dataclass, field
from enum import IntEnum
from functools import cached_property
from hashlib import sha256
from typing import Final

from rogatory_crypto import signing
from rogatory_crypto.errors import Code, MisuseError, PeerError
from rogatory_crypto.log.lines import base64, has_control_characters, read_base64, utf8
from rogatory_crypto.primitives.ml_dsa import ML_DSA_44
from rogatory_crypto.primitives.signature import ED25519, SignatureScheme

KEY_ID_BYTES: Final = 4
MAX_NAME_BYTES: Final = 255
SEED_BYTES: Final = 32
_ML_DSA_44_PUBLIC_BYTES: Final = 1312
_PRIVATE: Final = "PRIVATE+KEY+"


class SignatureType(IntEnum):
    """The signature types we use, by their assigned byte (signed-note, Signature types)."""

    ED25519 = 0x01
    COSIGNATURE_ED25519 = 0x04
    COSIGNATURE_ML_DSA_44 = 0x06

    @property
    def scheme(self) -> SignatureScheme:
        """The algorithm behind the type."""
        return ML_DSA_44 if self is SignatureType.COSIGNATURE_ML_DSA_44 else ED25519


@dataclass(frozen=True)
class VerifierKey:
    """A trusted public key and the only name and type of signature it is trusted for."""

    name: str
    type: SignatureType
    public: bytes

    @cached_property
    def key_id(self) -> bytes:
        """First four bytes of SHA-256 over name, newline, type and public key (signed-note, Signatures)."""
        material = self.name.encode() + b"\n" + bytes((self.type,)) + self.public
        return sha256(material).digest()[:KEY_ID_BYTES]

    def encode(self) -> str:
        """Return the ``vkey``."""
        return f"{self.name}+{self.key_id.hex()}+{base64(bytes((self.type,)) + self.public)}"


@dataclass(frozen=True)
class SigningKey:
    """A private key: the 32-byte seed of Ed25519 (RFC 8032) or ML-DSA-44 (FIPS 204)."""

    name: str
    type: SignatureType
    seed: bytes = field(repr=False)

    @cached_property
    def verifier(self) -> VerifierKey:
        """The public half."""
        return VerifierKey(self.name, self.type, self.type.scheme.public_key(self.seed))

    def encode(self) -> str:
        """Return the ``skey``, a secret."""
        key_id = self.verifier.key_id.hex()
        return f"{_PRIVATE}{self.name}+{key_id}+{base64(bytes((self.type,)) + self.seed)}"


def read_name(name: str) -> str:
    """Return a key name if it is one: not empty, no space, no plus (signed-note, Format).

    Raises:
        PeerError: MALFORMED, or TOO_LARGE beyond the 255 bytes that a cosigned message has room for.
    """
    if not name or "+" in name or any(map(str.isspace, name)) or has_control_characters(name):
        raise PeerError(Code.MALFORMED, "a key name is not empty and has no space or plus")
    utf8(name, limit=MAX_NAME_BYTES)
    return name


def parse_verifier_key(text: str) -> VerifierKey:
    """Read a ``vkey``.

    Raises:
        PeerError: MALFORMED, UNSUPPORTED for another signature type, BAD_SIGNATURE for a key that could
            never sign.
    """
    name, key_id, signature_type, public = _parse(text)
    key = VerifierKey(name, signature_type, public)
    if signature_type is not SignatureType.COSIGNATURE_ML_DSA_44:
        signing.verify_public_key(public)
    elif len(public) != _ML_DSA_44_PUBLIC_BYTES:
        raise PeerError(Code.MALFORMED, "an ML-DSA-44 public key of the wrong length")
    if key.key_id.hex() != key_id:
        raise PeerError(Code.MALFORMED, "a key id that is not that of its key")
    return key


def parse_signing_key(text: str) -> SigningKey:
    """Read an ``skey``; errors never repeat it.

    Raises:
        MisuseError: it is not one of ours.
    """
    try:
        name, key_id, signature_type, seed = _parse(text.removeprefix(_PRIVATE))
    except PeerError as error:
        raise MisuseError(f"the signing key cannot be read: {error.detail}") from None
    if not text.startswith(_PRIVATE) or len(seed) != SEED_BYTES:
        raise MisuseError("the signing key cannot be read: no private key of 32 bytes")
    key = SigningKey(name, signature_type, seed)
    if key.verifier.key_id.hex() != key_id:
        raise MisuseError("the signing key cannot be read: a key id that is not that of its key")
    return key


def _parse(text: str) -> tuple[str, str, SignatureType, bytes]:
    parts = text.split("+", 2)  # base64 may have a plus of its own
    if len(parts) != 3:
        raise PeerError(Code.MALFORMED, "a key is a name, an id and base64 with a plus between them")
    material = read_base64(parts[2])
    if material[:1] not in {bytes((known,)) for known in SignatureType}:
        raise PeerError(Code.UNSUPPORTED, f"no signature type {material[:1].hex()}")
    return read_name(parts[0]), parts[1], SignatureType(material[0]), material[1:]
