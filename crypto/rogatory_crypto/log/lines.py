"""How C2SP texts write numbers and bytes: each value has one spelling, so that what is read re-encodes.

Lines end in U+000A and in nothing else; other characters that Unicode calls line ends are part of a line.
"""

import re
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from typing import Final

from rogatory_crypto.errors import Code, PeerError

MAX_NUMBER: Final = (1 << 63) - 1
_DECIMAL: Final = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)
_CONTROL: Final = re.compile(r"[\x00-\x09\x0b-\x1f]")


def read_text(data: bytes, *, limit: int) -> str:
    """Return UTF-8 text without control characters other than the newline (signed-note, Format).

    Raises:
        PeerError: TOO_LARGE beyond ``limit`` bytes, MALFORMED.
    """
    if len(data) > limit:
        raise PeerError(Code.TOO_LARGE, f"{len(data)} bytes of text where at most {limit} may be")
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise PeerError(Code.MALFORMED, "text is not UTF-8") from error
    if has_control_characters(text):
        raise PeerError(Code.MALFORMED, "text with a control character other than the newline")
    return text


def utf8(text: str, *, limit: int) -> bytes:
    """Return the bytes of text.

    Raises:
        PeerError: TOO_LARGE beyond ``limit`` bytes, MALFORMED for half of a surrogate pair.
    """
    try:
        data = text.encode()
    except UnicodeEncodeError as error:
        raise PeerError(Code.MALFORMED, "text with a lone surrogate") from error
    if len(data) > limit:
        raise PeerError(Code.TOO_LARGE, f"{len(data)} bytes of text where at most {limit} may be")
    return data


def has_control_characters(text: str) -> bool:
    """Tell whether text has a character below U+0020 that is not a newline (signed-note, Format)."""
    return _CONTROL.search(text) is not None


def read_lines(text: str) -> list[str]:
    """Return lines without their ends.

    Raises:
        PeerError: MALFORMED where the last line does not end.
    """
    *lines, after = text.split("\n")
    if after:
        raise PeerError(Code.MALFORMED, "the last line does not end in a newline")
    return lines


def read_decimal(text: str, *, maximum: int = MAX_NUMBER) -> int:
    """Read an ASCII decimal without leading zeroes."""
    if not _DECIMAL.fullmatch(text) or int(text) > maximum:
        raise PeerError(Code.MALFORMED, f"not a decimal of at most {maximum}: {text[:24]!r}")
    return int(text)


def read_base64(text: str, *, length: int | None = None) -> bytes:
    """Read standard base64 (RFC 4648 section 4) in its canonical spelling, of an exact length if given."""
    try:
        data = b64decode(text, validate=True)
    except (Base64Error, ValueError) as error:
        raise PeerError(Code.MALFORMED, "not base64") from error
    if base64(data) != text:
        raise PeerError(Code.MALFORMED, "base64 that is not canonical")
    if length is not None and len(data) != length:
        raise PeerError(Code.MALFORMED, f"{len(data)} bytes of base64 where {length} must be")
    return data


def base64(data: bytes) -> str:
    """Return standard base64 with padding."""
    return b64encode(data).decode()
