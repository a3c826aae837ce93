"""Ed25519 signatures (RFC 8032) that say what they are for.

What is signed is the CBOR array ``["Rogatory 1.0 <label>", body]``, as MLS does with SignWithLabel (RFC 9420
section 5.1.2): a signature made for one purpose never verifies for another. Verification is libsodium's,
which refuses public keys and commitments of small order and non-canonical encodings; OpenSSL accepts some of
them, and a signature by such a key is valid for any message, which would make evidence worthless.
"""

from functools import lru_cache
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from nacl.bindings import crypto_core_ed25519_is_valid_point
from nacl.exceptions import CryptoError
from nacl.signing import VerifyKey

from rogatory_crypto import cbor
from rogatory_crypto.errors import Code, MisuseError, PeerError

KEY_BYTES: Final = 32
SIGNATURE_BYTES: Final = 64
_PREFIX: Final = "Rogatory 1.0 "


def sign(label: str, body: bytes, private: bytes) -> bytes:
    """Return the 64-byte signature over ``body`` for the purpose ``label``.

    Args:
        label: the purpose, such as ``Receipt``, without the common prefix.
        body: the encoded structure.
        private: the 32-byte seed of the key (RFC 8032 section 5.1.5).
    """
    return _private_key(private).sign(_labelled(label, body))


def verify(label: str, body: bytes, signature: bytes, public: bytes) -> None:
    """Return only if the signature is this key's over this body for this purpose.

    Raises:
        PeerError: BAD_SIGNATURE for every other signature or key.
    """
    if len(public) != KEY_BYTES or len(signature) != SIGNATURE_BYTES:
        raise PeerError(Code.BAD_SIGNATURE, "a key or signature of the wrong length")
    try:
        VerifyKey(public).verify(_labelled(label, body), signature)
    except CryptoError as error:
        raise PeerError(Code.BAD_SIGNATURE, f"not a signature of this key as {label}") from error


def verify_public_key(public: bytes) -> bytes:
    """Return the key if it is a canonical point of the main subgroup, to be checked where keys come in.

    Raises:
        PeerError: BAD_SIGNATURE for a key that could never sign.
    """
    if len(public) != KEY_BYTES or not crypto_core_ed25519_is_valid_point(public):
        raise PeerError(Code.BAD_SIGNATURE, "not an Ed25519 public key of full order")
    return public


def public_key(private: bytes) -> bytes:
    """Return the 32-byte public key of a 32-byte seed."""
    return _private_key(private).public_key().public_bytes_raw()


def _labelled(label: str, body: bytes) -> bytes:
    return cbor.encode([_PREFIX + label, body])


# Loading a key costs as much as signing with it; a process signs with very few.
@lru_cache(maxsize=16)
def _private_key(private: bytes) -> Ed25519PrivateKey:
    if len(private) != KEY_BYTES:
        raise MisuseError("an Ed25519 private key is a seed of 32 bytes")
    return Ed25519PrivateKey.from_private_bytes(private)
