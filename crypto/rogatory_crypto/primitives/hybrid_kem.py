"""ML-KEM beside a curve, both secrets combined (draft-ietf-hpke-pq, "Hybrid KEMs with ECDH and ML-KEM").

0x647a is X-Wing: ML-KEM-768 with X25519. The private key is a seed of 32 bytes from which SHAKE256 gives the
seed of ML-KEM and a scalar. What ``ml_kem`` says of implicit refusal and of randomness holds here too.
"""

import hashlib
from dataclasses import dataclass
from typing import Final

from rogatory_crypto.errors import Code, MisuseError, PeerError
from rogatory_crypto.primitives import curves
from rogatory_crypto.primitives.curves import Curve
from rogatory_crypto.primitives.kem import Random
from rogatory_crypto.primitives.ml_kem import (
    LATTICE_768,
    LATTICE_1024,
    SEED_BYTES,
    Lattice,
    PrivateKey,
    labelled_derive,
)

_SEED_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class HybridKem:
    """One lattice, one curve, and the label that separates their combination from all others."""

    code: int
    lattice: Lattice
    curve: Curve
    label: bytes
    scalars: int = (
        1  # candidates in what a scalar is drawn from; more than one where not every string is a key
    )

    @property
    def public_size(self) -> int:
        """Bytes of a public key."""
        return self.lattice.public_size + self.curve.public_size

    @property
    def enc_size(self) -> int:
        """Bytes of an encapsulation."""
        return self.lattice.enc_size + self.curve.public_size

    def derive_key_pair(self, ikm: bytes) -> tuple[bytes, bytes]:
        """``DeriveKeyPair`` with SHAKE256.LabeledDerive.  # S02."""
        seed = labelled_derive(self.code, ikm, _SEED_BYTES)
        return seed, self.public_key(seed)

    def public_key(self, private: bytes) -> bytes:
        """Return the public key of a seed.

        Raises:
            PeerError: MALFORMED for bytes that are no seed.
        """
        lattice, scalar = self._expand(private)
        return lattice.public_key().public_bytes_raw() + self.curve.public_key(scalar)

    def check_public_key(self, public: bytes) -> None:
        """Refuse a key of the wrong length, with coefficients out of range or a faulty point.  # S01 D05."""
        lattice, point = self._split(public)
        self.lattice.check_public(lattice)
        try:
            self.curve.check_public_key(point)
        except ValueError as error:
            raise PeerError(Code.MALFORMED, "D05: not a point of the large group") from error

    def encap(self, public: bytes, random: Random) -> tuple[bytes, bytes]:
        """Return a shared secret and its encapsulation.

        Raises:
            PeerError: MALFORMED for a public key that is none.
        """
        lattice, point = self._split(public)
        secret, ciphertext = self.lattice.load_public(lattice).encapsulate()
        product, ephemeral = self._exchange(self._scalar(random(self._scalar_bytes)), point)
        return self._combine(secret, product, ephemeral, point), ciphertext + ephemeral

    def decap(self, enc: bytes, private: bytes) -> bytes:
        """Return the shared secret.

        Raises:
            PeerError: MALFORMED for the wrong length, a faulty point or bytes that are no seed.
        """
        if len(enc) != self.enc_size:
            raise PeerError(Code.MALFORMED, "S01: an encapsulation of the wrong length")
        ciphertext, ephemeral = enc[: self.lattice.enc_size], enc[self.lattice.enc_size :]
        lattice, scalar = self._expand(private)
        product, point = self._exchange(scalar, ephemeral)
        return self._combine(lattice.decapsulate(ciphertext), product, ephemeral, point)

    def _split(self, public: bytes) -> tuple[bytes, bytes]:
        if len(public) != self.public_size:
            raise PeerError(Code.MALFORMED, "S01: a public key of the wrong length")
        return public[: self.lattice.public_size], public[self.lattice.public_size :]

    @property
    def _scalar_bytes(self) -> int:
        return self.scalars * self.curve.scalar_size

    def _expand(self, seed: bytes) -> tuple[PrivateKey, bytes]:
        if len(seed) != _SEED_BYTES:
            raise PeerError(Code.MALFORMED, "a private key is a seed of 32 bytes")
        expanded = hashlib.shake_256(seed).digest(SEED_BYTES + self._scalar_bytes)
        return self.lattice.load_private(expanded[:SEED_BYTES]), self._scalar(expanded[SEED_BYTES:])

    def _scalar(self, candidates: bytes) -> bytes:
        size = self.curve.scalar_size
        for start in range(0, len(candidates), size):
            candidate = candidates[start : start + size]
            if self.curve.valid_scalar(candidate):
                return candidate
        raise MisuseError("no scalar among the candidates")

    def _exchange(self, scalar: bytes, point: bytes) -> tuple[bytes, bytes]:
        try:
            return self.curve.exchange(scalar, point)
        except ValueError as error:
            raise PeerError(Code.MALFORMED, "D05: a point of small order, or none") from error

    def _combine(self, lattice: bytes, product: bytes, ephemeral: bytes, point: bytes) -> bytes:
        return hashlib.sha3_256(lattice + product + ephemeral + point + self.label).digest()


MLKEM768_X25519: Final = HybridKem(0x647A, LATTICE_768, curves.X25519, bytes.fromhex("5c2e2f2f5e5c"))
MLKEM768_P256: Final = HybridKem(0x50, LATTICE_768, curves.P256, b"MLKEM768-P256", 4)
MLKEM1024_P384: Final = HybridKem(0x51, LATTICE_1024, curves.P384, b"MLKEM1024-P384")
