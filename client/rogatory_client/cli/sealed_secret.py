"""A short secret sealed under a passphrase, as the values of a JSON file.

The seal is XSalsa20-Poly1305 under a key from Argon2id (RFC 9106 section 4, second recommended option: three
passes over 64 MiB; libsodium runs them in one lane).
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from nacl.exceptions import CryptoError
from nacl.pwhash import argon2id
from nacl.secret import SecretBox

from rogatory_client.fault import VaultError

_PASSES: Final = 3
_MEMORY_BYTES: Final = 64 << 20
_MAX_MEMORY_BYTES: Final = 1 << 30
_MAX_PASSES: Final = 10


def seal(secret: bytes, passphrase: bytes, random: Callable[[int], bytes]) -> dict[str, str | int]:
    """Return the values that ``unseal`` takes."""
    salt = random(argon2id.SALTBYTES)
    box = SecretBox(_derive(passphrase, salt, _PASSES, _MEMORY_BYTES))
    return {
        "salt": salt.hex(),
        "passes": _PASSES,
        "memory_bytes": _MEMORY_BYTES,
        "sealed": bytes(box.encrypt(secret, random(SecretBox.NONCE_SIZE))).hex(),
    }


def unseal(values: Mapping[str, Any], passphrase: bytes) -> bytes:
    """Return the secret; what a file may cost is bounded before it costs anything.

    Raises:
        ValueError, KeyError, TypeError: these are no values of a seal.
        VaultError: the passphrase is wrong.
    """
    salt, sealed = bytes.fromhex(values["salt"]), bytes.fromhex(values["sealed"])
    passes, memory = int(values["passes"]), int(values["memory_bytes"])
    in_bounds = 0 < passes <= _MAX_PASSES and 0 < memory <= _MAX_MEMORY_BYTES
    if len(salt) != argon2id.SALTBYTES or not in_bounds:
        raise ValueError("a seal out of bounds")
    try:
        return bytes(SecretBox(_derive(passphrase, salt, passes, memory)).decrypt(sealed))
    except (CryptoError, ValueError) as error:
        raise VaultError("the passphrase is wrong: try again") from error


def _derive(passphrase: bytes, salt: bytes, passes: int, memory: int) -> bytes:
    return argon2id.kdf(SecretBox.KEY_SIZE, passphrase, salt, opslimit=passes, memlimit=memory)
