"""MLKEM768-X25519, KEM 0x647a of draft-ietf-hpke-pq: ML-KEM-768 beside X25519, combined as X-Wing.

The private key is a seed of 32 bytes. ML-KEM refuses implicitly: a wrong ciphertext shows only where the AEAD
fails (S04). The library draws the randomness of the ML-KEM half of an encapsulation itself; there is no
function that takes it, so of all of this package only that half does not come from the ``random`` argument.
"""

import hashlib
from dataclasses import dataclass
from typing import Final

from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.primitives.kem import Random

_SEED_BYTES: Final = 32
_MLKEM_SEED_BYTES: Final = 64
_MLKEM_KEY_BYTES: Final = 1184
_MLKEM_CIPHERTEXT_BYTES: Final = 1088
_X25519_BYTES: Final = 32
_LABEL: Final = bytes.fromhex("5c2e2f2f5e5c")  # draft-connolly-cfrg-xwing-kem section 5.3


@dataclass(frozen=True, slots=True)
class HybridKem:
    """The hybrid of ML-KEM-768 and X25519."""

    code: int = 0x647A
    enc_size: int = _MLKEM_CIPHERTEXT_BYTES + _X25519_BYTES
    public_size: int = _MLKEM_KEY_BYTES + _X25519_BYTES

    def derive_key_pair(self, ikm: bytes) -> tuple[bytes, bytes]:
        """``DeriveKeyPair`` with SHAKE256.LabeledDerive.  # S02."""
        labelled = (
            ikm
            + b"HPKE-v1KEM"
            + self.code.to_bytes(2, "big")
            + len(b"DeriveKeyPair").to_bytes(2, "big")
            + b"DeriveKeyPair"
            + _SEED_BYTES.to_bytes(2, "big")
        )
        seed = hashlib.shake_256(labelled).digest(_SEED_BYTES)
        return seed, self.public_key(seed)

    def public_key(self, private: bytes) -> bytes:
        """Return the public key of a seed.

        Raises:
            PeerError: MALFORMED for bytes that are no seed.
        """
        lattice, curve = _expand(private)
        return lattice.public_key().public_bytes_raw() + curve.public_key().public_bytes_raw()

    def check_public_key(self, public: bytes) -> None:
        """Refuse a key of the wrong length or with coefficients out of range.  # S01."""
        self._halves(public)

    def _halves(self, public: bytes) -> tuple[MLKEM768PublicKey, X25519PublicKey]:
        if len(public) != self.public_size:
            raise PeerError(Code.MALFORMED, "S01: a public key of the wrong length")
        try:
            return (
                MLKEM768PublicKey.from_public_bytes(public[:_MLKEM_KEY_BYTES]),
                X25519PublicKey.from_public_bytes(public[_MLKEM_KEY_BYTES:]),
            )
        except ValueError as error:
            raise PeerError(Code.MALFORMED, "S01: not a public key of ML-KEM-768") from error

    def encap(self, public: bytes, random: Random) -> tuple[bytes, bytes]:
        """Return a shared secret and its encapsulation."""
        lattice, curve = self._halves(public)
        secret, ciphertext = lattice.encapsulate()
        ephemeral = X25519PrivateKey.from_private_bytes(random(_X25519_BYTES))
        point = ephemeral.public_key().public_bytes_raw()
        product = _exchange(ephemeral, curve)
        return _combine(secret, product, point, public[_MLKEM_KEY_BYTES:]), ciphertext + point

    def decap(self, enc: bytes, private: bytes) -> bytes:
        """Return the shared secret."""
        if len(enc) != self.enc_size:
            raise PeerError(Code.MALFORMED, "S01: an encapsulation of the wrong length")
        lattice, curve = _expand(private)
        secret = lattice.decapsulate(enc[:_MLKEM_CIPHERTEXT_BYTES])
        point = enc[_MLKEM_CIPHERTEXT_BYTES:]
        product = _exchange(curve, X25519PublicKey.from_public_bytes(point))
        return _combine(secret, product, point, curve.public_key().public_bytes_raw())


def _expand(seed: bytes) -> tuple[MLKEM768PrivateKey, X25519PrivateKey]:
    if len(seed) != _SEED_BYTES:
        raise PeerError(Code.MALFORMED, "a private key is a seed of 32 bytes")
    expanded = hashlib.shake_256(seed).digest(_MLKEM_SEED_BYTES + _X25519_BYTES)
    return (
        MLKEM768PrivateKey.from_seed_bytes(expanded[:_MLKEM_SEED_BYTES]),
        X25519PrivateKey.from_private_bytes(expanded[_MLKEM_SEED_BYTES:]),
    )


def _exchange(private: X25519PrivateKey, public: X25519PublicKey) -> bytes:
    try:
        return private.exchange(public)
    except ValueError as error:
        raise PeerError(Code.MALFORMED, "a public key of small order") from error


def _combine(lattice: bytes, product: bytes, point: bytes, public: bytes) -> bytes:
    return hashlib.sha3_256(lattice + product + point + public + _LABEL).digest()


MLKEM768_X25519: Final = HybridKem()
