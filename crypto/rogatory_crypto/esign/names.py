"""Distinguished names in the form in which they are compared (RFC 5280 section 7.1, RFC 4518).

Preparing a name costs more than verifying a signature, and the same few names come again and again: as issuer
and as subject, in the certificates of a signature, of its time stamps, and of a trusted list.
"""

from functools import lru_cache
from typing import Final

from asn1crypto import x509  # type: ignore[import-untyped]

from rogatory_crypto.esign.asn1_types import Name

_NAMES_KEPT: Final = 4096
# Far more than RFC 5280 appendix A allows the common attributes; preparing a megabyte takes seconds.
MAX_NAME_BYTES: Final = 16 * 1024
MAX_READABLE: Final = 1024


def comparable(name: Name) -> str:
    """Return the form in which a name equals every other way to write it.

    Raises:
        ValueError: the name cannot be read, or is too long to be one.
    """
    encoded: bytes = name.dump()
    if len(encoded) > MAX_NAME_BYTES:
        raise ValueError(f"a name of {len(encoded)} bytes")
    return _comparable(encoded)


def readable(name: Name) -> str:
    """Return a name as a reader sees it, cut where it is longer than anybody reads.

    Raises:
        ValueError: the name cannot be read.
    """
    return str(name.human_friendly)[:MAX_READABLE]


@lru_cache(maxsize=_NAMES_KEPT)
def _comparable(encoded: bytes) -> str:
    return str(x509.Name.load(encoded).hashable)
