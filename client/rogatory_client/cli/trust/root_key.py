"""An operator's key for the root of trust: the private half sealed in a file, the public half beside it.

An operator has one key, Ed25519 or ML-DSA-44: thresholds count keys, and nobody may count twice.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PublicKey

from rogatory_client.bounded_file import new_file, read_bytes
from rogatory_client.cli.sealed_secret import seal, unseal
from rogatory_client.fault import VaultError
from rogatory_crypto import signing
from rogatory_crypto.errors import MisuseError, PeerError
from rogatory_crypto.log.ceremony import key_id
from rogatory_crypto.log.root_signing import PrivateKey, operator_key
from rogatory_crypto.log.tuf_metadata import PublicKey

_KIND: Final = "rogatory root of trust key, version 1"
_ALGORITHMS: Final = {False: "ed25519", True: "ml-dsa-44"}
_ML_DSA_44_BYTES: Final = 1312
_MAX_FILE_BYTES: Final = 64 << 10


@dataclass(frozen=True, slots=True)
class PublicHalf:
    """What the others get: a file with the key in hex, and the key's name in metadata."""

    file: Path
    public_key: bytes
    key_id: str


def create_root_key(
    path: Path, passphrase: bytes, random: Callable[[int], bytes], *, post_quantum: bool
) -> PublicHalf:
    """Make a key file, and ``<name>.pub`` beside it.

    Raises:
        MisuseError: one of the files exists.
    """
    seed = random(32)
    private = operator_key(seed, post_quantum=post_quantum)
    public = private.public_key().public_bytes_raw()
    content = {
        "kind": _KIND,
        "algorithm": _ALGORITHMS[post_quantum],
        "public_key": public.hex(),
        **seal(seed, passphrase, random),
    }
    beside = path.with_name(f"{path.name}.pub")
    new_file(path, (json.dumps(content, indent=2) + "\n").encode(), mode=0o600)
    new_file(beside, f"{public.hex()}\n".encode())
    return PublicHalf(beside, public, key_id(private))


def open_root_key(path: Path, passphrase: bytes) -> PrivateKey:
    """Return the private key in a file.

    Raises:
        MisuseError: it is no such file.
        VaultError: the passphrase is wrong.
    """
    try:
        values = json.loads(read_bytes(path, _MAX_FILE_BYTES))
        kinds = {(_KIND, name): flag for flag, name in _ALGORITHMS.items()}
        post_quantum = kinds[values["kind"], values["algorithm"]]
        public = bytes.fromhex(values["public_key"])
        seed = unseal(values, passphrase)
        private = operator_key(seed, post_quantum=post_quantum)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise MisuseError(f"{path} is no key file of a root operator") from error
    except VaultError as error:
        raise VaultError(f"the passphrase for {path} is wrong: try again") from error
    if private.public_key().public_bytes_raw() != public:
        raise MisuseError(f"{path} was altered: its public key belongs to another one")
    return private


def read_public_key(text: str) -> PublicKey:
    """Read a public key in hex: Ed25519 with 64 digits, ML-DSA-44 with 2624.

    Raises:
        MisuseError: it is none.
    """
    try:
        key = bytes.fromhex(text)
        if len(key) == _ML_DSA_44_BYTES:
            return MLDSA44PublicKey.from_public_bytes(key)
        return Ed25519PublicKey.from_public_bytes(signing.verify_public_key(key))
    except (ValueError, PeerError) as error:
        raise MisuseError(f"{text[:70]} is no public key: give its hex digits or its .pub file") from error
