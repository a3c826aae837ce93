"""Addresses of revocation data, as an officer gives them."""

import re
from typing import Final
from urllib.parse import urlsplit

from rogatory_crypto.errors import MisuseError

MAX_ADDRESS: Final = 1024
_PLAIN: Final = re.compile(r"[!#-&(-;=?-\[\]_a-z~]+")
_HOST: Final = re.compile(r"[a-z0-9.-]+|[0-9a-f:.]+")


def parse_address(text: str) -> str:
    """Return an address that may be asked.

    Plain http is right for lists and answers: who issues them signs them (RFC 5280 section 8).

    Raises:
        MisuseError: it is no http or https address, or has a name and password, a fragment, or a character
            that has to be escaped.
    """
    parts = urlsplit(text) if len(text) <= MAX_ADDRESS and _PLAIN.fullmatch(text) else None
    try:
        fits = (
            parts is not None
            and parts.scheme in {"http", "https"}
            and _HOST.fullmatch(parts.hostname or "") is not None
            and parts.port != 0
            and "@" not in parts.netloc
            and "#" not in text
        )
    except ValueError:
        fits = False
    if not fits:
        raise MisuseError(f"{text[:200]}: write an address like http://ca.example/issuer.crl")
    return text
