"""The keys of the directory's operator, or of an officer who decides, in a file sealed under a passphrase.

A seed for each algorithm is inside; the public keys stand beside it in the clear.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Final

from rogatory_client.bounded_file import new_file, read_bytes
from rogatory_client.cli.sealed_secret import seal, unseal
from rogatory_client.fault import VaultError
from rogatory_crypto.errors import MisuseError, PeerError
from rogatory_crypto.signing import KEY_BYTES, PrivateKeys, PublicKeys, generate_private_keys

KIND: Final = "rogatory directory operator key, version 2"
OFFICER_KIND: Final = "rogatory directory officer key, version 2"
_MAX_FILE_BYTES: Final = 64 << 10


def create_operator_key(
    path: Path, passphrase: bytes, random: Callable[[int], bytes], *, kind: str = KIND
) -> PublicKeys:
    """Make a key file; returns the public keys.

    Raises:
        MisuseError: the file exists.
    """
    private = generate_private_keys(random)
    public = private.public
    sealed = seal(private.ed25519 + private.ml_dsa_44, passphrase, random)
    content = {"kind": kind, "public_key": public.hex(), **sealed}
    new_file(path, (json.dumps(content, indent=2) + "\n").encode(), mode=0o600)
    return public


def open_operator_key(path: Path, passphrase: bytes, *, kind: str = KIND) -> PrivateKeys:
    """Return the private keys in a key file.

    Raises:
        MisuseError: it is no key file of that kind.
        VaultError: the passphrase is wrong.
    """
    try:
        values = json.loads(read_bytes(path, _MAX_FILE_BYTES))
        if values["kind"] != kind:
            raise ValueError(values["kind"])  # noqa: TRY301 - one answer to everything that is no key file
        public, seeds = PublicKeys.from_hex(values["public_key"]), unseal(values, passphrase)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, PeerError) as error:
        whose = "directory operator's" if kind == KIND else "officer's"
        raise MisuseError(f"{path} is no {whose} key file") from error
    except VaultError as error:
        raise VaultError(f"the passphrase for {path} is wrong: try again") from error
    private = PrivateKeys(seeds[:KEY_BYTES], seeds[KEY_BYTES:])
    if private.public != public:
        raise MisuseError(f"{path} was altered: its public key belongs to another one")
    return private
