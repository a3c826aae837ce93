"""ML-DSA-44 (FIPS 204) as MLS suites use it: pure mode, empty context string (S05).

The private key is its seed of 32 bytes. Signing is hedged: the library adds randomness of its own and has no
function that takes it, so two signatures of one message differ and both are right.
"""

from functools import lru_cache
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey, MLDSA44PublicKey
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes

from rogatory_crypto.errors import Code, MisuseError, PeerError
from rogatory_crypto.primitives.kem import Random

_SEED_BYTES: Final = 32
_PUBLIC_BYTES: Final = 1312
_SIGNATURE_BYTES: Final = 2420


# Expanding a seed costs a quarter of a signature, and a process signs with very few, long-lived keys.
@lru_cache(maxsize=16)
def _load(seed: bytes) -> MLDSA44PrivateKey:
    if len(seed) != _SEED_BYTES:
        raise MisuseError("an ML-DSA-44 private key is a seed of 32 bytes")
    return MLDSA44PrivateKey.from_seed_bytes(seed)


class MlDsa44:
    """The signature scheme; keys and signatures are the bytes that FIPS 204 gives them."""

    def generate(self, random: Random) -> bytes:
        """Return a fresh seed."""
        return random(_SEED_BYTES)

    def public_key(self, private: bytes) -> bytes:
        """Return the public key of a seed."""
        return _load(private).public_key().public_bytes_raw()

    def sign(self, private: bytes, message: bytes) -> bytes:
        """Return a signature of 2420 bytes."""
        return _load(private).sign(message)

    def verify(self, public: bytes, message: bytes, signature: bytes) -> None:
        """Return only if the signature is this key's; raise BAD_SIGNATURE if not."""
        if len(public) != _PUBLIC_BYTES or len(signature) != _SIGNATURE_BYTES:  # D05 S05
            raise PeerError(Code.BAD_SIGNATURE, "a key or signature of the wrong length")
        try:
            MLDSA44PublicKey.from_public_bytes(public).verify(signature, message)
        except (InvalidSignature, ValueError) as error:
            raise PeerError(Code.BAD_SIGNATURE, "not a signature of this key") from error

    def from_certified(self, key: CertificatePublicKeyTypes) -> bytes | None:
        """Return a certificate's key in this form, or nothing if it is of another scheme."""
        return key.public_bytes_raw() if isinstance(key, MLDSA44PublicKey) else None


ML_DSA_44: Final = MlDsa44()
