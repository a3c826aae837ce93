"""What every kind of vector is made with: numbers and clients out of bytes that repeat for a seed."""

from typing import Any, Final, TypeAlias

from rogatory_crypto.mls import (
    BasicCredential,
    CipherSuite,
    KeyPackageSecrets,
    Lifetime,
    Random,
    generate_key_package,
    generate_signature_key,
)

Case: TypeAlias = dict[str, Any]
NOW: Final = 1_800_000_000
LIFETIME: Final = Lifetime(NOW - 86_400, NOW + 27 * 86_400)


def number(random: Random, below: int) -> int:
    """Return a number from 0 up to but not including ``below``."""
    return int.from_bytes(random(8), "big") % below


def is_large(suite: CipherSuite) -> bool:
    """Tell whether the suite's keys take kilobytes: of such, fewer members and steps keep the files small."""
    return suite.kem.public_size > 1024


def key_package(suite: CipherSuite, name: str, random: Random) -> KeyPackageSecrets:
    """Return the KeyPackage of a new client."""
    signer = generate_signature_key(suite, random)
    return generate_key_package(suite, signer, BasicCredential(name.encode()), LIFETIME, random)
