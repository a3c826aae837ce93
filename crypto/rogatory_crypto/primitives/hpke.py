"""HPKE, base mode, single shot (RFC 9180 sections 5.1, 5.3, 6).

``prepare`` hashes the info once; sealing the same info to a thousand recipients then costs a thousand
encapsulations and not a thousand hashes of the whole group.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import NewType

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.primitives.aead import NONCE_BYTES, Aead
from rogatory_crypto.primitives.kdf import Kdf
from rogatory_crypto.primitives.kem import Kem, Random

PreparedInfo = NewType("PreparedInfo", bytes)


@dataclass(frozen=True)
class Hpke:
    """One combination of KEM, KDF and AEAD."""

    kem: Kem
    kdf: Kdf
    aead: Aead

    @cached_property
    def _suite(self) -> bytes:
        return b"HPKE" + b"".join(part.to_bytes(2, "big") for part in self._codes)

    @property
    def _codes(self) -> tuple[int, int, int]:
        return self.kem.code, self.kdf.code, self.aead.code

    @cached_property
    def _context_prefix(self) -> bytes:
        return b"\x00" + self._extract(b"", b"psk_id_hash", b"")

    def _extract(self, salt: bytes, label: bytes, ikm: bytes) -> bytes:
        return self.kdf.extract(salt, b"HPKE-v1" + self._suite + label + ikm)

    def _expand(self, secret: bytes, label: bytes, info: bytes, length: int) -> bytes:
        labelled = length.to_bytes(2, "big") + b"HPKE-v1" + self._suite + label + info
        return self.kdf.expand(secret, labelled, length)

    def prepare(self, info: bytes) -> PreparedInfo:
        """Return the key schedule context that belongs to ``info``."""
        return PreparedInfo(self._context_prefix + self._extract(b"", b"info_hash", info))

    def key_and_nonce(self, shared: bytes, info: PreparedInfo) -> tuple[bytes, bytes]:
        """Return the key and the base nonce of ``KeySchedule``."""
        secret = self._extract(shared, b"secret", b"")
        key = self._expand(secret, b"key", info, self.aead.key_size)
        return key, self._expand(secret, b"base_nonce", info, NONCE_BYTES)

    def exporter_secret(self, shared: bytes, info: PreparedInfo) -> bytes:
        """Return the exporter secret of ``KeySchedule``."""
        return self._expand(self._extract(shared, b"secret", b""), b"exp", info, self.kdf.size)

    def export(self, exporter_secret: bytes, context: bytes, length: int) -> bytes:
        """``Context.Export`` (RFC 9180 section 5.3)."""
        return self._expand(exporter_secret, b"sec", context, length)

    def seal(
        self, public: bytes, info: PreparedInfo, plaintext: bytes, random: Random
    ) -> tuple[bytes, bytes]:
        """Return the encapsulation and the ciphertext, with empty additional data.

        Raises:
            PeerError: MALFORMED for a public key that is none.
        """
        shared, enc = self.kem.encap(public, random)
        key, nonce = self.key_and_nonce(shared, info)
        return enc, self.aead.seal(key, nonce, b"", plaintext)

    def open(self, private: bytes, info: PreparedInfo, enc: bytes, ciphertext: bytes) -> bytes:
        """Return the plaintext.

        Raises:
            PeerError: DECRYPTION_FAILED, whichever step it was (S04).
        """
        key, nonce = self.key_and_nonce(self._decap(enc, private), info)
        return self.aead.open(key, nonce, b"", ciphertext)

    def send_export(
        self, public: bytes, info: PreparedInfo, exporter_context: bytes, length: int, random: Random
    ) -> tuple[bytes, bytes]:
        """``SendExport`` (RFC 9180 section 6.2): the encapsulation and a secret of ``length`` bytes.

        Raises:
            PeerError: MALFORMED for a public key that is none.
        """
        shared, enc = self.kem.encap(public, random)
        return enc, self.export(self.exporter_secret(shared, info), exporter_context, length)

    def receive_export(
        self, private: bytes, info: PreparedInfo, enc: bytes, exporter_context: bytes, length: int
    ) -> bytes:
        """``ReceiveExport`` (RFC 9180 section 6.2): the secret that the sender of ``enc`` has too.

        A wrong encapsulation may also give a wrong secret without any error (S04); what the secret protects
        has to be checked.

        Raises:
            PeerError: DECRYPTION_FAILED.
        """
        shared = self._decap(enc, private)
        return self.export(self.exporter_secret(shared, info), exporter_context, length)

    def _decap(self, enc: bytes, private: bytes) -> bytes:
        try:
            return self.kem.decap(enc, private)
        except PeerError as error:
            raise PeerError(Code.DECRYPTION_FAILED, error.detail) from error
