"""Signatures that say what they are for: Ed25519 (RFC 8032) alone, or with ML-DSA-44 (FIPS 204) beside it.

What is signed is the CBOR array ``["Rogatory 1.0 <label>", body]``, as MLS does with SignWithLabel (RFC 9420
section 5.1.2): a signature made for one purpose never verifies for another. Verification is libsodium's,
which refuses public keys and commitments of small order and non-canonical encodings; OpenSSL accepts some of
them, and a signature by such a key is valid for any message, which would make evidence worthless.

Of a pair of signatures both must hold: whoever breaks one algorithm has gained nothing.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from typing import ClassVar, Final, Self, TypeAlias

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from nacl.bindings import crypto_core_ed25519_is_valid_point
from nacl.exceptions import CryptoError
from nacl.signing import VerifyKey

from rogatory_crypto import cbor
from rogatory_crypto.errors import Code, MisuseError, PeerError
from rogatory_crypto.primitives.kem import Random
from rogatory_crypto.primitives.ml_dsa import ML_DSA_44
from rogatory_crypto.wire.structure import Structure

KEY_BYTES: Final = 32
SIGNATURE_BYTES: Final = 64
ML_DSA_44_KEY_BYTES: Final = 1312
PAIR_BYTES: Final = SIGNATURE_BYTES + 2420
_PREFIX: Final = "Rogatory 1.0 "


def sign(label: str, body: bytes, private: bytes) -> bytes:
    """Return the 64-byte signature over ``body`` for the purpose ``label``.

    Args:
        label: the purpose, such as ``Receipt``, without the common prefix.
        body: the encoded structure.
        private: the 32-byte seed of the key (RFC 8032 section 5.1.5).
    """
    return _private_key(private).sign(_labelled(label, body))


def verify(label: str, body: bytes, signature: bytes, public: bytes) -> None:
    """Return only if the signature is this key's over this body for this purpose.

    Raises:
        PeerError: BAD_SIGNATURE for every other signature or key.
    """
    if len(public) != KEY_BYTES or len(signature) != SIGNATURE_BYTES:
        raise PeerError(Code.BAD_SIGNATURE, "a key or signature of the wrong length")
    try:
        VerifyKey(public).verify(_labelled(label, body), signature)
    except CryptoError as error:
        raise PeerError(Code.BAD_SIGNATURE, f"not a signature of this key as {label}") from error


def verify_public_key(public: bytes) -> bytes:
    """Return the key if it is a canonical point of the main subgroup, to be checked where keys come in.

    Raises:
        PeerError: BAD_SIGNATURE for a key that could never sign.
    """
    if len(public) != KEY_BYTES or not crypto_core_ed25519_is_valid_point(public):
        raise PeerError(Code.BAD_SIGNATURE, "not an Ed25519 public key of full order")
    return public


def public_key(private: bytes) -> bytes:
    """Return the 32-byte public key of a 32-byte seed."""
    return _private_key(private).public_key().public_bytes_raw()


@dataclass(frozen=True, slots=True)
class PublicKeys(Structure):
    """What verifies a pair of signatures: 32 bytes of Ed25519, 1312 of ML-DSA-44."""

    ed25519: bytes
    ml_dsa_44: bytes
    READERS: ClassVar = (
        lambda value: verify_public_key(cbor.byte_string(value, length=KEY_BYTES)),
        lambda value: cbor.byte_string(value, length=ML_DSA_44_KEY_BYTES),
    )

    def hex(self) -> str:
        """Return both keys one after the other, as profiles and configurations spell them."""
        return (self.ed25519 + self.ml_dsa_44).hex()

    @property
    def fingerprint(self) -> str:
        """SHA-256 of both keys in hex, for people to compare."""
        return sha256(self.ed25519 + self.ml_dsa_44).hexdigest()

    @classmethod
    def from_hex(cls, text: str) -> Self:
        """Read what ``hex`` writes.

        Raises:
            PeerError: MALFORMED, or BAD_SIGNATURE for a key that could never sign.
        """
        try:
            raw = bytes.fromhex(text)
        except ValueError as error:
            raise PeerError(Code.MALFORMED, "public keys are hex digits") from error
        if raw.hex() != text:
            raise PeerError(Code.MALFORMED, "public keys are lower-case hex digits and nothing else")
        return cls.from_plain([raw[:KEY_BYTES], raw[KEY_BYTES:]])


@dataclass(frozen=True, slots=True)
class PrivateKeys:
    """What makes a pair of signatures: a seed of 32 bytes for each algorithm."""

    ed25519: bytes = field(repr=False)
    ml_dsa_44: bytes = field(repr=False)

    @property
    def public(self) -> PublicKeys:
        """The public halves."""
        return PublicKeys(public_key(self.ed25519), ML_DSA_44.public_key(self.ml_dsa_44))


def generate_private_keys(random: Random) -> PrivateKeys:
    """Make a fresh pair."""
    return PrivateKeys(random(KEY_BYTES), ML_DSA_44.generate(random))


def sign_both(label: str, body: bytes, private: PrivateKeys) -> bytes:
    """Return 64 bytes of Ed25519 and 2420 of ML-DSA-44 over ``body``, both for the purpose ``label``."""
    return sign(label, body, private.ed25519) + ML_DSA_44.sign(private.ml_dsa_44, _labelled(label, body))


def verify_both(label: str, body: bytes, signature: bytes, public: PublicKeys) -> None:
    """Return only if both signatures are these keys' over this body for this purpose.

    Raises:
        PeerError: BAD_SIGNATURE if either does not hold.
    """
    verify(label, body, signature[:SIGNATURE_BYTES], public.ed25519)
    ML_DSA_44.verify(public.ml_dsa_44, _labelled(label, body), signature[SIGNATURE_BYTES:])


@dataclass(frozen=True, slots=True)
class Check:
    """A signature that has to be verified: one where ``key`` is an Ed25519 key, a pair where it is both."""

    label: str
    body: bytes = field(repr=False)
    signature: bytes = field(repr=False)
    key: PublicKeys | bytes


# What becomes of a signature: verified now, collected to be verified on several processors, or known before.
Verify: TypeAlias = Callable[[Check], None]


def verify_now(check: Check) -> None:
    """Verify on the spot.

    Raises:
        PeerError: BAD_SIGNATURE.
    """
    if isinstance(check.key, PublicKeys):
        verify_both(check.label, check.body, check.signature, check.key)
    else:
        verify(check.label, check.body, check.signature, check.key)


AllHold: TypeAlias = Callable[[Iterable[Sequence[Check]]], bool]


def holds(checks: Sequence[Check]) -> bool:
    """Tell whether every signature holds; which one does not, only a second look at each says."""
    try:
        for check in checks:
            verify_now(check)
    except PeerError:
        return False
    return True


def all_hold(batches: Iterable[Sequence[Check]]) -> bool:
    """Tell whether every signature of every batch holds."""
    return all(map(holds, batches))


def verified_before(_check: Check) -> None:
    """Verify nothing: these bytes were verified when they came, and kept where nobody else writes.

    What newer trust says of old keys this does not see: judge anew where that has changed.
    """


def _labelled(label: str, body: bytes) -> bytes:
    return cbor.encode([_PREFIX + label, body])


# Loading a key costs as much as signing with it; a process signs with very few.
@lru_cache(maxsize=16)
def _private_key(private: bytes) -> Ed25519PrivateKey:
    if len(private) != KEY_BYTES:
        raise MisuseError("an Ed25519 private key is a seed of 32 bytes")
    return Ed25519PrivateKey.from_private_bytes(private)
