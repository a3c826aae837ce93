"""Signature schemes of MLS suites.

Ed25519 is libsodium's: it refuses keys of small order and encodings that are not canonical (D17), of which
OpenSSL accepts some, and such a key signs any message; it is the faster one, too. Ed448, which only OpenSSL
has, needs a list of them.

Private keys are loaded once: loading costs as much as signing, and a process signs with few, long-lived ones.
The caches hold secrets; they are bounded and never shown.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed448 import Ed448PrivateKey, Ed448PublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from nacl.exceptions import CryptoError
from nacl.signing import SigningKey, VerifyKey

from rogatory_crypto.errors import Code, MisuseError, PeerError
from rogatory_crypto.primitives.curves import P256_ORDER, P384_ORDER, P521_ORDER
from rogatory_crypto.primitives.kem import Random

_SIGNATURE_BYTES: Final = 64
_ED448_SMALL_ORDER: Final = frozenset(
    {0, 1, (1 << 448) - (1 << 224) - 2}
)  # y of the four points of order 1, 2, 4


class SignatureScheme(Protocol):
    """Signing with keys in the form that MLS gives them (RFC 9420 section 5.1.2)."""

    def generate(self, random: Random) -> bytes:
        """Return a fresh private key."""
        ...

    def public_key(self, private: bytes) -> bytes:
        """Return the public key of a private key."""
        ...

    def sign(self, private: bytes, message: bytes) -> bytes:
        """Return the signature."""
        ...

    def verify(self, public: bytes, message: bytes, signature: bytes) -> None:
        """Return only if the signature is this key's; raise BAD_SIGNATURE if not."""
        ...

    def from_certified(self, key: CertificatePublicKeyTypes) -> bytes | None:
        """Return a certificate's key in this form, or nothing if it is of another scheme."""
        ...


@lru_cache(maxsize=16)
def _ed25519(private: bytes) -> SigningKey:
    if len(private) != 32:
        raise MisuseError("an Ed25519 private key is a seed of 32 bytes")
    return SigningKey(private)


@lru_cache(maxsize=16)
def _ed448(private: bytes) -> Ed448PrivateKey:
    if len(private) != 57:
        raise MisuseError("an Ed448 private key is a seed of 57 bytes")
    return Ed448PrivateKey.from_private_bytes(private)


@lru_cache(maxsize=16)
def _ecdsa(scheme: "_Ecdsa", private: bytes) -> ec.EllipticCurvePrivateKey:
    if not 0 < int.from_bytes(private, "big") < scheme.order:
        raise MisuseError("an ECDSA private key is a scalar below the order of its curve")
    return ec.derive_private_key(int.from_bytes(private, "big"), scheme.curve)


class _Ed25519:
    def generate(self, random: Random) -> bytes:
        return random(32)

    def public_key(self, private: bytes) -> bytes:
        return bytes(_ed25519(private).verify_key)

    def sign(self, private: bytes, message: bytes) -> bytes:
        return _ed25519(private).sign(message).signature

    def verify(self, public: bytes, message: bytes, signature: bytes) -> None:
        if len(public) != 32 or len(signature) != _SIGNATURE_BYTES:
            raise PeerError(Code.BAD_SIGNATURE, "D05: a key or signature of the wrong length")
        try:
            VerifyKey(public).verify(message, signature)  # D17
        except CryptoError as error:
            raise PeerError(Code.BAD_SIGNATURE, "not a signature of this key") from error

    def from_certified(self, key: CertificatePublicKeyTypes) -> bytes | None:
        return key.public_bytes_raw() if isinstance(key, Ed25519PublicKey) else None


class _Ed448:
    def generate(self, random: Random) -> bytes:
        return random(57)

    def public_key(self, private: bytes) -> bytes:
        return _ed448(private).public_key().public_bytes_raw()

    def sign(self, private: bytes, message: bytes) -> bytes:
        return _ed448(private).sign(message)

    def verify(self, public: bytes, message: bytes, signature: bytes) -> None:
        if int.from_bytes(public[:56], "little") in _ED448_SMALL_ORDER:  # D17
            raise PeerError(Code.BAD_SIGNATURE, "D17: a key of small order")
        try:
            Ed448PublicKey.from_public_bytes(public).verify(signature, message)
        except (InvalidSignature, ValueError) as error:
            raise PeerError(Code.BAD_SIGNATURE, "not a signature of this key") from error

    def from_certified(self, key: CertificatePublicKeyTypes) -> bytes | None:
        return key.public_bytes_raw() if isinstance(key, Ed448PublicKey) else None


@dataclass(frozen=True, slots=True, eq=False)
class _Ecdsa:
    curve: ec.EllipticCurve
    hash: hashes.HashAlgorithm
    order: int

    def generate(self, random: Random) -> bytes:
        size = (self.curve.key_size + 7) // 8
        wide = int.from_bytes(random(size + 16), "big")  # FIPS 186-5 appendix A.2.1: extra random bits
        return (wide % (self.order - 1) + 1).to_bytes(size, "big")

    def public_key(self, private: bytes) -> bytes:
        return _ecdsa(self, private).public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    def sign(self, private: bytes, message: bytes) -> bytes:
        return _ecdsa(self, private).sign(message, ec.ECDSA(self.hash))

    def verify(self, public: bytes, message: bytes, signature: bytes) -> None:
        if (
            public[:1] != b"\x04"
        ):  # RFC 9420 section 5.1.2: a key has one form, so that it is unique (D05, D09)
            raise PeerError(Code.BAD_SIGNATURE, "D05: not an uncompressed point")
        try:
            key = ec.EllipticCurvePublicKey.from_encoded_point(self.curve, public)
            key.verify(signature, message, ec.ECDSA(self.hash))
        except (InvalidSignature, ValueError) as error:
            raise PeerError(Code.BAD_SIGNATURE, "not a signature of this key") from error

    def from_certified(self, key: CertificatePublicKeyTypes) -> bytes | None:
        if not isinstance(key, ec.EllipticCurvePublicKey) or key.curve.name != self.curve.name:
            return None
        return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


ED25519: Final[SignatureScheme] = _Ed25519()
ED448: Final[SignatureScheme] = _Ed448()
ECDSA_P256: Final[SignatureScheme] = _Ecdsa(ec.SECP256R1(), hashes.SHA256(), P256_ORDER)
ECDSA_P384: Final[SignatureScheme] = _Ecdsa(ec.SECP384R1(), hashes.SHA384(), P384_ORDER)
ECDSA_P521: Final[SignatureScheme] = _Ecdsa(ec.SECP521R1(), hashes.SHA512(), P521_ORDER)
