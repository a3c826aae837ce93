"""Distinguished names, as they are compared (RFC 5280 section 7.1, RFC 4518) and as they are read (RFC 4514).

Preparing a name costs more than verifying a signature, and the same few names come again and again: as issuer
and as subject, in the certificates of a signature, of its time stamps, and of a trusted list.
"""

import unicodedata
from functools import lru_cache
from typing import Any, Final

from asn1crypto import x509  # type: ignore[import-untyped]

from rogatory_crypto.esign.asn1_types import Name
from rogatory_crypto.esign.brief_name import brief_of

_NAMES_KEPT: Final = 4096
# Far more than RFC 5280 appendix A allows the common attributes; preparing a megabyte takes seconds.
MAX_NAME_BYTES: Final = 16 * 1024
MAX_READABLE: Final = 1024
# RFC 4514 section 3, and the names that RFC 4519 and X.520 give to others that certificates have.
_KEYWORDS: Final = {
    "common_name": "CN", "surname": "SN", "country_name": "C", "locality_name": "L",
    "state_or_province_name": "ST", "street_address": "STREET", "organization_name": "O",
    "organizational_unit_name": "OU", "given_name": "GN", "user_id": "UID", "domain_component": "DC",
}  # fmt: skip
_SPECIAL: Final = frozenset('"+,;<>\\')
# Control, format, surrogate, and the separators that may be taken for a new line: nobody sees them.
_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


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
    """Return a name as an expert sees it (RFC 4514), cut where it is longer than anybody reads.

    What nobody sees, or what turns the reading direction, is escaped. An attribute without a keyword has its
    object identifier, and its text stays text.

    Raises:
        ValueError: the name cannot be read.
    """
    written = ("+".join(map(_attribute, part)) for part in reversed(list(name.chosen)))
    return ",".join(written)[:MAX_READABLE]


def brief(name: Name) -> str:
    """Return a name as a sentence says it; see ``brief_of``.

    Raises:
        ValueError: the name cannot be read.
    """
    return brief_of(readable(name))


def _attribute(attribute: Any) -> str:  # noqa: ANN401 - untyped library
    named = str(attribute["type"].native)
    first, *rest = named.split("_")
    keyword = _KEYWORDS.get(named) or first + "".join(map(str.capitalize, rest))
    return f"{keyword}={_escaped(str(attribute['value'].native))}"


def _escaped(value: str) -> str:
    """Return a value escaped as RFC 4514 section 2.4 has it."""
    written = "".join(map(_character, value))
    if written.startswith(("#", " ")):
        written = f"\\{written}"
    return f"{written[:-1]}\\ " if written.endswith(" ") and len(written) > 1 else written


def _character(character: str) -> str:
    if character in _SPECIAL:
        return f"\\{character}"
    if unicodedata.category(character) not in _UNSEEN:
        return character
    return "".join(f"\\{byte:02X}" for byte in character.encode(errors="surrogatepass"))


@lru_cache(maxsize=_NAMES_KEPT)
def _comparable(encoded: bytes) -> str:
    return str(x509.Name.load(encoded).hashable)
