"""What officers carry from one device to another: one line of ASCII, and a code that both screens show.

The line can be a file, a QR code or typed off; the code is read aloud, so that whoever carries the line
cannot put another in its place.
"""

import base64
import binascii
import hmac
from hashlib import sha256
from typing import Final

from rogatory_crypto.errors import Code, MisuseError, PeerError

# Eighty bits: who swaps the line can search for one with the same code, and shall not find any.
_CODE_BYTES: Final = 10


def to_line(prefix: str, encoded: bytes) -> str:
    """Return bytes as one line that says by its beginning what it is."""
    return prefix + base64.urlsafe_b64encode(encoded).decode()


def from_line(prefix: str, text: str, *, maximum: int) -> bytes:
    """Return the bytes of a line; blanks and line breaks do not matter.

    Args:
        prefix: how such a line begins.
        text: as it came.
        maximum: of the bytes.

    Raises:
        PeerError: TOO_LARGE, or MALFORMED for another kind of line and for a damaged one.
    """
    compact = "".join(text.split())
    if len(compact) > len(prefix) + 4 * (maximum // 3 + 1):
        raise PeerError(Code.TOO_LARGE, "far longer than what was asked for")
    if not compact.startswith(prefix):
        raise PeerError(Code.MALFORMED, f"this does not begin with {prefix}: take the whole file again")
    written = compact.removeprefix(prefix)
    try:
        encoded = base64.b64decode(written, altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise PeerError(Code.MALFORMED, "the text is damaged: take the file again") from error
    # The last character has bits that stand for nothing.
    if base64.urlsafe_b64encode(encoded).decode() != written:
        raise PeerError(Code.MALFORMED, "the text is damaged: take the file again")
    return encoded


def confirmation_code(encoded: bytes) -> str:
    """Return the short code both screens show, four groups of four."""
    digits = base64.b32encode(sha256(b"Rogatory 1.0 Link Code" + encoded).digest()[:_CODE_BYTES]).decode()
    return "-".join(digits[at : at + 4] for at in range(0, len(digits), 4))


def require_confirmed(encoded: bytes, code: str) -> None:
    """Return only if this is the code of these bytes; raise MisuseError."""
    if not hmac.compare_digest(_normal(confirmation_code(encoded)), _normal(code)):
        raise MisuseError("the confirmation code is not the one of this request: compare both screens")


def _normal(code: str) -> bytes:
    return code.upper().replace("-", "").replace(" ", "").encode()
