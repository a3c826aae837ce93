"""ML-KEM (FIPS 203), plain, as a KEM of HPKE (draft-ietf-hpke-pq, section "ML-KEM").

The private key is the seed of 64 bytes. ML-KEM refuses implicitly: a wrong ciphertext of the right length
gives another secret and shows only where the AEAD fails (S04). The library draws the randomness of an
encapsulation itself; there is no function that takes it, so that does not come from ``random``.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, TypeAlias

from cryptography.hazmat.primitives.asymmetric import mlkem

from rogatory_crypto.errors import Code, MisuseError, PeerError
from rogatory_crypto.primitives.kem import Random

SEED_BYTES: Final = 64
_LEAST_IKM_BYTES: Final = 32
PrivateKey: TypeAlias = mlkem.MLKEM768PrivateKey | mlkem.MLKEM1024PrivateKey
PublicKey: TypeAlias = mlkem.MLKEM768PublicKey | mlkem.MLKEM1024PublicKey

_MODULUS: Final = 3329
_MATRIX_SEED_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class Lattice:
    """One parameter set: lengths in bytes and the library's loaders."""

    public_size: int
    enc_size: int
    load_private: Callable[[bytes], PrivateKey]
    _load_public: Callable[[bytes], PublicKey]

    def load_public(self, public: bytes) -> PublicKey:
        """Return the key object.

        Raises:
            PeerError: MALFORMED for the wrong length or coefficients out of range.  # S01
        """
        if len(public) != self.public_size:
            raise PeerError(Code.MALFORMED, "S01: a public key of the wrong length")
        try:
            return self._load_public(public)
        except ValueError as error:
            raise PeerError(Code.MALFORMED, "S01: not a public key of ML-KEM") from error

    def check_public(self, public: bytes) -> None:
        """Return only if ``load_public`` would, at a fifth of its cost (FIPS 203 section 7.2).  # S01.

        Raises:
            PeerError: MALFORMED.
        """
        if len(public) != self.public_size:
            raise PeerError(Code.MALFORMED, "S01: a public key of the wrong length")
        if not _reduced(public[:-_MATRIX_SEED_BYTES]):
            raise PeerError(Code.MALFORMED, "S01: not a public key of ML-KEM")


@lru_cache(maxsize=2)
def _lanes(count: int) -> tuple[int, int, int]:
    """Return, for ``count`` lanes of 24 bits: coefficients, what takes the modulus to 4096, and its carry."""
    ones = ((1 << 24 * count) - 1) // 0xFFFFFF
    return ones * 0xFFF, ones * (0x1000 - _MODULUS), ones * 0x1000


def _reduced(encoded: bytes) -> bool:
    """Tell whether all coefficients of 12 bits are below the modulus, all at once in two large integers."""
    coefficients, gap, carries = _lanes(len(encoded) // 3)
    packed = int.from_bytes(encoded, "little")
    even, odd = packed & coefficients, packed >> 12 & coefficients
    return not ((even + gap) | (odd + gap)) & carries


def labelled_derive(code: int, ikm: bytes, length: int) -> bytes:
    """``SHAKE256.LabeledDerive(ikm, "DeriveKeyPair", "", length)`` of the KEM with this number.  # S02.

    Raises:
        MisuseError: for less than 32 bytes of keying material.
    """
    if len(ikm) < _LEAST_IKM_BYTES:
        raise MisuseError("S02: a key is derived from 32 bytes at least")
    label = b"DeriveKeyPair"
    labelled = b"HPKE-v1KEM" + code.to_bytes(2, "big") + len(label).to_bytes(2, "big") + label
    return hashlib.shake_256(ikm + labelled + length.to_bytes(2, "big")).digest(length)


@dataclass(frozen=True, slots=True)
class MlKem:
    """ML-KEM alone, without a curve beside it."""

    code: int
    lattice: Lattice

    @property
    def public_size(self) -> int:
        """Bytes of a public key."""
        return self.lattice.public_size

    @property
    def enc_size(self) -> int:
        """Bytes of an encapsulation."""
        return self.lattice.enc_size

    def derive_key_pair(self, ikm: bytes) -> tuple[bytes, bytes]:
        """``DeriveKeyPair``: a seed of 64 bytes and its public key."""
        seed = labelled_derive(self.code, ikm, SEED_BYTES)
        return seed, self.public_key(seed)

    def _private(self, seed: bytes) -> PrivateKey:
        if len(seed) != SEED_BYTES:
            raise PeerError(Code.MALFORMED, "a private key is a seed of 64 bytes")
        return self.lattice.load_private(seed)

    def public_key(self, private: bytes) -> bytes:
        """Return the public key of a seed.

        Raises:
            PeerError: MALFORMED for bytes that are no seed.
        """
        return self._private(private).public_key().public_bytes_raw()

    def check_public_key(self, public: bytes) -> None:
        """Refuse a key of the wrong length or with coefficients out of range.  # S01."""
        self.lattice.check_public(public)

    def encap(self, public: bytes, random: Random) -> tuple[bytes, bytes]:  # noqa: ARG002 - the library draws its own
        """Return a shared secret and its encapsulation."""
        return self.lattice.load_public(public).encapsulate()

    def decap(self, enc: bytes, private: bytes) -> bytes:
        """Return the shared secret."""
        if len(enc) != self.enc_size:
            raise PeerError(Code.MALFORMED, "S01: an encapsulation of the wrong length")
        return self._private(private).decapsulate(enc)


LATTICE_768: Final = Lattice(
    1184, 1088, mlkem.MLKEM768PrivateKey.from_seed_bytes, mlkem.MLKEM768PublicKey.from_public_bytes
)
LATTICE_1024: Final = Lattice(
    1568, 1568, mlkem.MLKEM1024PrivateKey.from_seed_bytes, mlkem.MLKEM1024PublicKey.from_public_bytes
)
ML_KEM_768: Final = MlKem(0x41, LATTICE_768)
ML_KEM_1024: Final = MlKem(0x42, LATTICE_1024)
