"""The keys of the directory's operator, or of an officer who decides, in a file sealed under a passphrase.

The seal is XSalsa20-Poly1305 under a key from Argon2id (RFC 9106 section 4, second recommended option: three
passes over 64 MiB; libsodium runs them in one lane). A seed for each algorithm is inside; the public keys
stand beside it in the clear.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from nacl.exceptions import CryptoError
from nacl.pwhash import argon2id
from nacl.secret import SecretBox

from rogatory_client.cli.bounded_file import new_file, read_bytes
from rogatory_client.fault import VaultError
from rogatory_crypto.errors import MisuseError, PeerError
from rogatory_crypto.signing import KEY_BYTES, PrivateKeys, PublicKeys, generate_private_keys

KIND: Final = "rogatory directory operator key, version 2"
OFFICER_KIND: Final = "rogatory directory officer key, version 2"
_PASSES: Final = 3
_MEMORY_BYTES: Final = 64 << 20
_MAX_MEMORY_BYTES: Final = 1 << 30
_MAX_PASSES: Final = 10
_MAX_FILE_BYTES: Final = 64 << 10


def create_operator_key(
    path: Path, passphrase: bytes, random: Callable[[int], bytes], *, kind: str = KIND
) -> PublicKeys:
    """Make a key file; returns the public keys.

    Raises:
        MisuseError: the file exists.
    """
    private, salt = generate_private_keys(random), random(argon2id.SALTBYTES)
    box = SecretBox(_derive(passphrase, salt, _PASSES, _MEMORY_BYTES))
    public, seeds = private.public, private.ed25519 + private.ml_dsa_44
    content = {
        "kind": kind,
        "public_key": public.hex(),
        "salt": salt.hex(),
        "passes": _PASSES,
        "memory_bytes": _MEMORY_BYTES,
        "sealed": bytes(box.encrypt(seeds, random(SecretBox.NONCE_SIZE))).hex(),
    }
    new_file(path, (json.dumps(content, indent=2) + "\n").encode(), mode=0o600)
    return public


def open_operator_key(path: Path, passphrase: bytes, *, kind: str = KIND) -> PrivateKeys:
    """Return the private keys in a key file.

    Raises:
        MisuseError: it is no key file of that kind.
        VaultError: the passphrase is wrong.
    """
    try:
        sealed = _read(json.loads(read_bytes(path, _MAX_FILE_BYTES)), kind)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, PeerError) as error:
        whose = "directory operator's" if kind == KIND else "officer's"
        raise MisuseError(f"{path} is no {whose} key file") from error
    try:
        box = SecretBox(_derive(passphrase, sealed.salt, sealed.passes, sealed.memory_bytes))
        seeds = bytes(box.decrypt(sealed.ciphertext))
    except (CryptoError, ValueError) as error:
        raise VaultError(f"the passphrase for {path} is wrong: try again") from error
    private = PrivateKeys(seeds[:KEY_BYTES], seeds[KEY_BYTES:])
    if private.public != sealed.public_keys:
        raise MisuseError(f"{path} was altered: its public key belongs to another one")
    return private


@dataclass(frozen=True, slots=True)
class _Sealed:
    public_keys: PublicKeys
    salt: bytes
    passes: int
    memory_bytes: int
    ciphertext: bytes


def _read(values: Any, kind: str) -> _Sealed:  # noqa: ANN401 - JSON of any shape
    sealed = _Sealed(
        public_keys=PublicKeys.from_hex(values["public_key"]),
        salt=bytes.fromhex(values["salt"]),
        passes=int(values["passes"]),
        memory_bytes=int(values["memory_bytes"]),
        ciphertext=bytes.fromhex(values["sealed"]),
    )
    in_bounds = 0 < sealed.passes <= _MAX_PASSES and 0 < sealed.memory_bytes <= _MAX_MEMORY_BYTES
    if values["kind"] != kind or len(sealed.salt) != argon2id.SALTBYTES or not in_bounds:
        raise ValueError(values["kind"])
    return sealed


def _derive(passphrase: bytes, salt: bytes, passes: int, memory: int) -> bytes:
    return argon2id.kdf(SecretBox.KEY_SIZE, passphrase, salt, opslimit=passes, memlimit=memory)
