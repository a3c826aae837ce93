"""One-time enrolment codes: 160 random bits on paper that become a signing key.

The directory operator publishes only the public half. Whoever relays the enrolment learns nothing that lets
it enrol in the office's place, and the office's new key is bound to the code by a signature.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import count
from typing import Final

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from rogatory_crypto import signing
from rogatory_crypto.errors import Code, PeerError

_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_READ_AS: Final = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None, "\t": None, "\n": None})
_SECRET_BYTES: Final = 20
_GROUP: Final = 4
_CHECK_CHARACTERS: Final = 4


@dataclass(frozen=True, slots=True)
class EnrolmentCode:
    """A code as printed in the letter to the office.

    Attributes:
        secret: 20 random bytes.
    """

    secret: bytes = field(repr=False)

    def printable(self) -> str:
        """Return nine groups of four characters (Crockford base 32); the last one detects typing errors."""
        characters = _encode(self.secret) + _check(self.secret)
        return "-".join(characters[at : at + _GROUP] for at in range(0, len(characters), _GROUP))

    def private_key(self) -> bytes:
        """Return the Ed25519 seed the code stands for."""
        return HKDF(SHA256(), 32, None, b"Rogatory 1.0 Enrolment Code").derive(self.secret)

    def public_key(self) -> bytes:
        """Return the key an invitation carries."""
        return signing.public_key(self.private_key())


def generate_code(random: Callable[[int], bytes]) -> EnrolmentCode:
    """Make a fresh code."""
    return EnrolmentCode(random(_SECRET_BYTES))


def nobodys_key(ended: bytes, issued_at: int) -> bytes:
    """Return a public key of which nobody has the private half, for an invitation that ends another.

    It is the first point that hashing leads to (nothing up anybody's sleeve), so whoever knows the invitation
    that it ends can tell it from a key with a code behind it.

    Args:
        ended: the code key of the invitation before.
        issued_at: of the invitation that ends it, unix seconds.
    """
    label = b"Rogatory 1.0 Ended Invitation"
    for number in count():
        hashed = sha256(label + ended + issued_at.to_bytes(8) + number.to_bytes(8)).digest()
        with suppress(PeerError):
            return signing.verify_public_key(hashed)
    raise AssertionError  # one hash in sixteen is such a point


def parse_code(text: str) -> EnrolmentCode:
    """Read a code as typed: case, spaces and dashes do not matter, O reads as 0, I and L as 1.

    Raises:
        PeerError: MALFORMED when it was mistyped.
    """
    characters = text.upper().translate(_READ_AS)
    expected = _SECRET_BYTES * 8 // 5 + _CHECK_CHARACTERS
    if len(characters) != expected or any(character not in _ALPHABET for character in characters):
        raise PeerError(Code.MALFORMED, f"an enrolment code has {expected} letters and digits")
    secret = _decode(characters[:-_CHECK_CHARACTERS])
    if _check(secret) != characters[-_CHECK_CHARACTERS:]:
        raise PeerError(
            Code.MALFORMED, "the enrolment code was mistyped: its last group does not fit the others"
        )
    return EnrolmentCode(secret)


def _encode(data: bytes) -> str:
    number, count = int.from_bytes(data), len(data) * 8 // 5
    return "".join(_ALPHABET[number >> 5 * (count - 1 - at) & 31] for at in range(count))


def _decode(characters: str) -> bytes:
    number = 0
    for character in characters:
        number = number << 5 | _ALPHABET.index(character)
    return number.to_bytes(_SECRET_BYTES)


def _check(secret: bytes) -> str:
    # 160 bits fill 32 characters exactly; 20 more bits of hash catch all but one mistyped code in a million.
    return _encode(sha256(b"Rogatory 1.0 Enrolment Code Check" + secret).digest()[:5])[:_CHECK_CHARACTERS]
