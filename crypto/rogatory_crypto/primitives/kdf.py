"""HKDF by RFC 5869 on one-shot HMAC, which is several times faster here than objects of a library."""

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from rogatory_crypto.errors import MisuseError


@dataclass(frozen=True, slots=True)
class Kdf:
    """HKDF over one hash; ``code`` is its HPKE number (RFC 9180 section 7.2)."""

    code: int
    hash_name: str
    size: int
    digest: Callable[[bytes], bytes]

    def mac(self, key: bytes, data: bytes) -> bytes:
        """Return the HMAC of ``data``."""
        return hmac.digest(key, data, self.hash_name)

    def extract(self, salt: bytes, ikm: bytes) -> bytes:
        """Return the pseudorandom key of ``ikm``."""
        return hmac.digest(salt, ikm, self.hash_name)

    def expand(self, secret: bytes, info: bytes, length: int) -> bytes:
        """Return ``length`` bytes of output."""
        if length <= self.size:
            return hmac.digest(secret, info + b"\x01", self.hash_name)[:length]
        if length > 255 * self.size:
            raise MisuseError("HKDF gives at most 255 blocks")
        out = block = b""
        for counter in range(1, -(-length // self.size) + 1):
            block = hmac.digest(secret, block + info + bytes([counter]), self.hash_name)
            out += block
        return out[:length]


HKDF_SHA256: Final = Kdf(1, "sha256", 32, lambda data: hashlib.sha256(data).digest())
HKDF_SHA384: Final = Kdf(2, "sha384", 48, lambda data: hashlib.sha384(data).digest())
HKDF_SHA512: Final = Kdf(3, "sha512", 64, lambda data: hashlib.sha512(data).digest())
