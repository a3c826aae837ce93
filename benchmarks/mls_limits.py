"""What the primitives alone cost, measured in the same run: no implementation is faster than these."""

import os
from dataclasses import dataclass
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from nacl.signing import VerifyKey

from rogatory_crypto import mls

KIBIBYTE: Final = bytes(1024)
_NONCE: Final = bytes(12)


@dataclass(frozen=True, slots=True)
class BareMessage:
    """A kibibyte signed and sealed without any protocol, with loaded keys."""

    signer: Ed25519PrivateKey
    verifier: VerifyKey
    suite: mls.CipherSuite
    key: bytes

    @classmethod
    def of(cls, suite: mls.CipherSuite) -> "BareMessage":
        """Draw keys."""
        signer = Ed25519PrivateKey.generate()
        verifier = VerifyKey(signer.public_key().public_bytes_raw())
        return cls(signer, verifier, suite, os.urandom(suite.aead.key_size))

    def protect(self) -> tuple[bytes, bytes]:
        """Sign, seal."""
        return self.signer.sign(KIBIBYTE), self.suite.aead.cipher(self.key).encrypt(_NONCE, KIBIBYTE, b"")

    def unprotect(self, signature: bytes, sealed: bytes) -> None:
        """Open, verify."""
        self.suite.aead.cipher(self.key).decrypt(_NONCE, sealed, b"")
        self.verifier.verify(KIBIBYTE, signature)


def bare_path(suite: mls.CipherSuite, nodes: int, public: bytes) -> None:
    """Do what a path of ``nodes`` parents asks of the KEM: their key pairs and the leaf's, a seal each."""
    for _ in range(nodes + 1):
        suite.kem.derive_key_pair(os.urandom(suite.hash_size))
    for _ in range(nodes):
        suite.encrypt_with_label(public, b"UpdatePathNode", b"", bytes(suite.hash_size), os.urandom)
