"""Takes the wrapping off CMS: PEM (RFC 7468), bare base64, or nothing."""

import base64
import binascii
import re
from typing import Final

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.esign.detection import PEM_LABELS

_PEM: Final = re.compile(rb"-----BEGIN (%s)-----(.*?)-----END \1-----" % b"|".join(PEM_LABELS), re.DOTALL)
_WHITE: Final = b" \t\r\n"


def unwrap(document: bytes) -> bytes:
    """Return the DER or BER inside.

    Raises:
        PeerError: MALFORMED where there is none, or more than one in one file.
    """
    if document[:1] == b"\x30" and document[1:2] not in {b"", b"\x0d", b"\x0a"}:
        return _without_padding(document)
    text = document.strip(b"\xef\xbb\xbf" + _WHITE)
    if text.startswith(b"-----"):
        found = _PEM.fullmatch(text)
        if found is None:
            raise PeerError(Code.MALFORMED, "PEM that is not exactly one CMS")
        text = found[2]
    try:
        return base64.b64decode(text.translate(None, _WHITE), validate=True)
    except binascii.Error as error:
        raise PeerError(Code.MALFORMED, "CMS in base64 that cannot be decoded") from error


def _without_padding(document: bytes) -> bytes:
    """Cut the zero bytes that fill a place which was kept for a signature (ISO 32000-1 section 12.8.1)."""
    first = document[1]
    if first == 0x80:
        return document
    octets = first & 0x7F if first > 0x80 else 0
    end = 2 + octets + (int.from_bytes(document[2 : 2 + octets], "big") if octets else first)
    return document if document[end:].strip(b"\x00") else document[:end]
