"""Authenticated encryption, by its HPKE number (RFC 9180 section 7.3)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, ChaCha20Poly1305

from rogatory_crypto.errors import Code, PeerError

NONCE_BYTES: Final = 12
_Cipher: TypeAlias = AESGCM | ChaCha20Poly1305


@dataclass(frozen=True, slots=True)
class Aead:
    """A cipher with 12-byte nonces and 16-byte tags."""

    code: int
    key_size: int
    cipher: Callable[[bytes], _Cipher]

    def seal(self, key: bytes, nonce: bytes, aad: bytes, plaintext: bytes) -> bytes:
        """Return ciphertext and tag."""
        return self.cipher(key).encrypt(nonce, plaintext, aad)

    def open(
        self, key: bytes, nonce: bytes, aad: bytes, ciphertext: bytes, *, rule: str = "the tag does not fit"
    ) -> bytes:
        """Return the plaintext; ``rule`` says what is broken if it cannot be had.

        Raises:
            PeerError: DECRYPTION_FAILED.
        """
        try:
            return self.cipher(key).decrypt(nonce, ciphertext, aad)
        except (InvalidTag, ValueError) as error:
            raise PeerError(Code.DECRYPTION_FAILED, rule) from error


AES_128_GCM: Final = Aead(1, 16, AESGCM)
AES_256_GCM: Final = Aead(2, 32, AESGCM)
CHACHA20_POLY1305: Final = Aead(3, 32, ChaCha20Poly1305)
