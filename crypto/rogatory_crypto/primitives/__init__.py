"""The one place of MLS that names ciphers: suites, HPKE, HKDF, AEAD, signatures."""

from rogatory_crypto.primitives.aead import NONCE_BYTES
from rogatory_crypto.primitives.hpke import PreparedInfo
from rogatory_crypto.primitives.kem import Random
from rogatory_crypto.primitives.suite import (
    CIPHER_SUITES,
    CipherSuite,
    SignatureKeyPair,
    cipher_suite,
    generate_signature_key,
)

__all__ = [
    "CIPHER_SUITES",
    "NONCE_BYTES",
    "CipherSuite",
    "PreparedInfo",
    "Random",
    "SignatureKeyPair",
    "cipher_suite",
    "generate_signature_key",
]
