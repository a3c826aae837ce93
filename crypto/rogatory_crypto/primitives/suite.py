"""MLS cipher suites and their labelled operations (RFC 9420 sections 5.1, 5.2, 8, 17.1).

The table is configuration: the post-quantum code points of draft-ietf-mls-pq-ciphersuites are provisional
(S03). An unknown number is refused, never guessed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from types import MappingProxyType
from typing import Final

from rogatory_crypto.codec import opaque_bytes
from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.primitives import kem
from rogatory_crypto.primitives.aead import AES_128_GCM, AES_256_GCM, CHACHA20_POLY1305, Aead
from rogatory_crypto.primitives.hpke import Hpke, PreparedInfo
from rogatory_crypto.primitives.hybrid_kem import MLKEM768_X25519
from rogatory_crypto.primitives.kdf import HKDF_SHA256, HKDF_SHA384, HKDF_SHA512, Kdf
from rogatory_crypto.primitives.kem import Kem, Random
from rogatory_crypto.primitives.ml_dsa import ML_DSA_44
from rogatory_crypto.primitives.signature import (
    ECDSA_P256,
    ECDSA_P384,
    ECDSA_P521,
    ED448,
    ED25519,
    SignatureScheme,
)

_PREFIX: Final = b"MLS 1.0 "
# The rule that a false signature or ciphertext breaks, by the label it should have been made under.
_RULES: Final = {
    b"FramedContentTBS": "B11 C05",
    b"LeafNodeTBS": "D06",
    b"KeyPackageTBS": "E03",
    b"GroupInfoTBS": "K02 H07",
    b"UpdatePathNode": "I06 I07",
    b"Welcome": "K01",
}


@dataclass(frozen=True, slots=True)
class SignatureKeyPair:
    """A signature key in the form of the suite's scheme."""

    private: bytes = field(repr=False)
    public: bytes


@dataclass(frozen=True, eq=False)
class CipherSuite:
    """One row of the table and what MLS does with it."""

    code: int
    name: str
    kem: Kem
    kdf: Kdf
    aead: Aead
    signature: SignatureScheme

    @cached_property
    def hpke(self) -> Hpke:
        """The HPKE combination of the suite."""
        return Hpke(self.kem, self.kdf, self.aead)

    @property
    def hash_size(self) -> int:
        """``KDF.Nh``, in bytes."""
        return self.kdf.size

    def hash(self, data: bytes) -> bytes:
        """Return the suite's hash of ``data``."""
        return self.kdf.digest(data)

    def expand_with_label(self, secret: bytes, label: bytes, context: bytes, length: int) -> bytes:
        """``ExpandWithLabel`` (RFC 9420 section 8)."""
        return self.kdf.expand(secret, _kdf_label(label, length) + opaque_bytes(context), length)

    def derive_secret(self, secret: bytes, label: bytes) -> bytes:
        """``DeriveSecret`` (RFC 9420 section 8)."""
        return self.kdf.expand(secret, _kdf_label(label, self.kdf.size) + b"\x00", self.kdf.size)

    def derive_tree_secret(self, secret: bytes, label: bytes, generation: int, length: int) -> bytes:
        """``DeriveTreeSecret`` (RFC 9420 section 9.1)."""
        info = _kdf_label(label, length) + b"\x04" + generation.to_bytes(4, "big")
        return self.kdf.expand(secret, info, length)

    def ref_hash(self, label: bytes, value: bytes) -> bytes:
        """``RefHash`` (RFC 9420 section 5.2)."""
        return self.hash(opaque_bytes(label) + opaque_bytes(value))

    def sign_with_label(self, private: bytes, label: bytes, content: bytes) -> bytes:
        """``SignWithLabel`` (RFC 9420 section 5.1.2)."""
        return self.signature.sign(private, opaque_bytes(_PREFIX + label) + opaque_bytes(content))

    def verify_with_label(self, public: bytes, label: bytes, content: bytes, signature: bytes) -> None:
        """``VerifyWithLabel`` (RFC 9420 section 5.1.2).

        Raises:
            PeerError: BAD_SIGNATURE.
        """
        try:
            self.signature.verify(public, opaque_bytes(_PREFIX + label) + opaque_bytes(content), signature)
        except PeerError as error:
            raise _named(error, label) from error

    def prepare_encryption(self, label: bytes, context: bytes) -> PreparedInfo:
        """Return what every ``EncryptWithLabel`` of this label and context shares."""
        return self.hpke.prepare(opaque_bytes(_PREFIX + label) + opaque_bytes(context))

    def encrypt_with_label(
        self, public: bytes, label: bytes, context: bytes, plaintext: bytes, random: Random
    ) -> tuple[bytes, bytes]:
        """``EncryptWithLabel`` (RFC 9420 section 5.1.3): the KEM output and the ciphertext."""
        return self.hpke.seal(public, self.prepare_encryption(label, context), plaintext, random)

    def decrypt_with_label(
        self, private: bytes, label: bytes, context: bytes, kem_output: bytes, ciphertext: bytes
    ) -> bytes:
        """``DecryptWithLabel`` (RFC 9420 section 5.1.3).

        Raises:
            PeerError: DECRYPTION_FAILED.
        """
        try:
            return self.hpke.open(private, self.prepare_encryption(label, context), kem_output, ciphertext)
        except PeerError as error:
            raise _named(error, label) from error


def _named(error: PeerError, label: bytes) -> PeerError:
    """Return an error with the rule that belongs to a label, or with the label itself."""
    rule = _RULES.get(label) or label.decode(errors="replace")
    return PeerError(error.code, f"{rule}: {error.detail}")


@lru_cache(maxsize=256)
def _kdf_label(label: bytes, length: int) -> bytes:
    return length.to_bytes(2, "big") + opaque_bytes(_PREFIX + label)


def _hybrid_128(code: int) -> CipherSuite:
    name = "MLS_128_MLKEM768X25519_AES128GCM_SHA256_Ed25519"
    return CipherSuite(code, name, MLKEM768_X25519, HKDF_SHA256, AES_128_GCM, ED25519)


def _hybrid_256(code: int) -> CipherSuite:
    name = "MLS_128_MLKEM768X25519_AES256GCM_SHA384_Ed25519"
    return CipherSuite(code, name, MLKEM768_X25519, HKDF_SHA384, AES_256_GCM, ED25519)


def _hybrid_ml_dsa(code: int) -> CipherSuite:
    name = "MLS_128_MLKEM768X25519_CHACHA20POLY1305_SHA384_MLDSA44"
    return CipherSuite(code, name, MLKEM768_X25519, HKDF_SHA384, CHACHA20_POLY1305, ML_DSA_44)


_ROWS: Final = (
    CipherSuite(
        1,
        "MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519",
        kem.DHKEM_X25519,
        HKDF_SHA256,
        AES_128_GCM,
        ED25519,
    ),
    CipherSuite(
        2, "MLS_128_DHKEMP256_AES128GCM_SHA256_P256", kem.DHKEM_P256, HKDF_SHA256, AES_128_GCM, ECDSA_P256
    ),
    CipherSuite(
        3,
        "MLS_128_DHKEMX25519_CHACHA20POLY1305_SHA256_Ed25519",
        kem.DHKEM_X25519,
        HKDF_SHA256,
        CHACHA20_POLY1305,
        ED25519,
    ),
    CipherSuite(
        4, "MLS_256_DHKEMX448_AES256GCM_SHA512_Ed448", kem.DHKEM_X448, HKDF_SHA512, AES_256_GCM, ED448
    ),
    CipherSuite(
        5, "MLS_256_DHKEMP521_AES256GCM_SHA512_P521", kem.DHKEM_P521, HKDF_SHA512, AES_256_GCM, ECDSA_P521
    ),
    CipherSuite(
        6,
        "MLS_256_DHKEMX448_CHACHA20POLY1305_SHA512_Ed448",
        kem.DHKEM_X448,
        HKDF_SHA512,
        CHACHA20_POLY1305,
        ED448,
    ),
    CipherSuite(
        7, "MLS_256_DHKEMP384_AES256GCM_SHA384_P384", kem.DHKEM_P384, HKDF_SHA384, AES_256_GCM, ECDSA_P384
    ),
    _hybrid_256(0x004E),
    _hybrid_128(0x004F),
    _hybrid_ml_dsa(0x0052),
    _hybrid_256(0xF04E),
    _hybrid_128(0xF04F),
    _hybrid_ml_dsa(0xF052),
)
CIPHER_SUITES: Final[Mapping[int, CipherSuite]] = MappingProxyType({suite.code: suite for suite in _ROWS})


def cipher_suite(code: int) -> CipherSuite:
    """Return the suite with this number.

    Raises:
        PeerError: UNSUPPORTED.
    """
    suite = CIPHER_SUITES.get(code)
    if suite is None:
        raise PeerError(Code.UNSUPPORTED, f"S03: cipher suite {code:#06x}")
    return suite


def generate_signature_key(suite: CipherSuite, random: Random) -> SignatureKeyPair:
    """Return a fresh key pair of the suite's signature scheme."""
    private = suite.signature.generate(random)
    return SignatureKeyPair(private, suite.signature.public_key(private))
