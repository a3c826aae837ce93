"""Distinguished names in the form in which they are compared (RFC 5280 section 7.1, RFC 4518).

Preparing a name costs more than verifying a signature, and the same few names come again and again: as issuer
and as subject, in the certificates of a signature, of its time stamps, and of a trusted list.
"""

from functools import lru_cache

from asn1crypto import x509  # type: ignore[import-untyped]

from rogatory_crypto.esign.asn1_types import Name

_NAMES_KEPT = 4096


def comparable(name: Name) -> str:
    """Return the form in which a name equals every other way to write it.

    Raises:
        ValueError: the name cannot be read.
    """
    return _comparable(name.dump())


@lru_cache(maxsize=_NAMES_KEPT)
def _comparable(encoded: bytes) -> str:
    return str(x509.Name.load(encoded).hashable)
