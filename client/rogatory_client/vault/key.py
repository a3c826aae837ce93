"""The database key: Argon2id (RFC 9106) over the passphrase, with its parameters in a header file beside it.

The header holds no secret. Memory stays at 64 MiB, the second recommended option of RFC 9106 section 4, and
passes are added until one derivation takes about a quarter of a second on the machine that made the vault.
"""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Final

from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from rogatory_client.fault import VaultError

SALT_BYTES: Final = 16
KEY_BYTES: Final = 32
MAX_HEADER_BYTES: Final = 4096
TARGET_S: Final = 0.25
MIN_PASSES: Final = 3
MAX_PASSES: Final = 64
MAX_MEMORY_KIB: Final = 4 << 20


@dataclass(frozen=True, slots=True)
class Cost:
    """What one guess costs: memory in KiB, passes, lanes."""

    memory_kib: int = 64 << 10
    passes: int = MIN_PASSES
    lanes: int = 4


@dataclass(frozen=True, slots=True)
class Header:
    """The vault's header file."""

    version: int
    salt: bytes
    cost: Cost

    def to_json(self) -> str:
        """Return the file's text."""
        values = {"version": self.version, "kdf": "argon2id", "salt": self.salt.hex(), **asdict(self.cost)}
        return json.dumps(values, indent=2) + "\n"


def parse_header(text: str) -> Header:
    """Read a header file.

    Raises:
        VaultError: it is damaged.
    """
    try:
        values = json.loads(text[:MAX_HEADER_BYTES])
        cost = Cost(int(values["memory_kib"]), int(values["passes"]), int(values["lanes"]))
        header = Header(int(values["version"]), bytes.fromhex(values["salt"]), cost)
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
        raise VaultError("the vault's header is damaged: restore vault.json from a copy") from error
    known = header.version == 1 and len(header.salt) == SALT_BYTES and values.get("kdf") == "argon2id"
    sane = 8 * cost.lanes <= cost.memory_kib <= MAX_MEMORY_KIB and 1 <= cost.passes <= MAX_PASSES
    if not (known and sane and 1 <= cost.lanes <= 64):
        raise VaultError(
            "the vault's header is not of this version: update the program or restore vault.json"
        )
    return header


def derive_key(passphrase: bytes, header: Header) -> bytes:
    """Return the 32-byte database key."""
    cost = header.cost
    kdf = Argon2id(
        salt=header.salt,
        length=KEY_BYTES,
        iterations=cost.passes,
        lanes=cost.lanes,
        memory_cost=cost.memory_kib,
    )
    return kdf.derive(passphrase)


def calibrate(seconds: Callable[[], float]) -> Cost:
    """Return a cost that takes about a quarter of a second here.

    Args:
        seconds: a clock that only goes forward.
    """
    began = seconds()
    derive_key(b"calibration", Header(1, bytes(SALT_BYTES), Cost(passes=1)))
    once = max(seconds() - began, 1e-3)
    return Cost(passes=min(MAX_PASSES, max(MIN_PASSES, round(TARGET_S / once))))
