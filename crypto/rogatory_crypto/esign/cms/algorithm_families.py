"""Says in words which family of algorithms an object identifier or a URI belongs to.

Many states sign with algorithms of their own that no library here verifies. A reader then needs to know which
they are, so as to find somebody who can: a number alone helps nobody.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

# By the arcs under which each was registered; the longest that fits counts.
_ARCS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "1.2.643.2.2": "GOST R 34.10-2001 and GOST R 34.11-94, of Russia",  # RFC 4357, RFC 4491
        "1.2.643.2.9": "GOST R 34.10-2001 and GOST R 34.11-94, of Russia",
        "1.2.643.7.1": "GOST R 34.10-2012 and GOST R 34.11-2012, of Russia",  # RFC 9215
        "1.2.643": "GOST, of Russia",
        "1.2.398.3.10.1": "GOST 34.310 and GOST 34.10-2015, of Kazakhstan",
        "1.2.398": "GOST, of Kazakhstan",
        "1.3.6.1.4.1.6801": "GOST 34.310 and GOST 34.311, of Kazakhstan",
        "1.2.860": "O'z DSt 1092 and O'z DSt 1106, of Uzbekistan",
        "1.2.804": "DSTU 4145 and GOST 34.311, of Ukraine",
        "1.2.112.0.2.0.34.101": "STB 34.101, of Belarus",
        "1.2.156.10197": "SM2 and SM3, of China",  # GM/T 0006, GM/T 0010
        "1.2.410.200004": "KCDSA and SEED, of the Republic of Korea",
        "2.16.840.1.101.3.4.3.17": "ML-DSA (FIPS 204)",
        "2.16.840.1.101.3.4.3.18": "ML-DSA (FIPS 204)",
        "2.16.840.1.101.3.4.3.19": "ML-DSA (FIPS 204)",
        **{f"2.16.840.1.101.3.4.3.{number}": "SLH-DSA (FIPS 205)" for number in range(20, 32)},
    }
)
# Words in the URIs of XML signatures (RFC 9231 section 2.3, RFC 9215, national profiles).
_WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "gostr34102012": "GOST R 34.10-2012 and GOST R 34.11-2012, of Russia",
        "gostr34112012": "GOST R 34.10-2012 and GOST R 34.11-2012, of Russia",
        "pkigovkz": "GOST 34.10-2015, of Kazakhstan",
        "gost34310": "GOST 34.310 and GOST 34.311, of Kazakhstan",
        "gost34311": "GOST 34.310 and GOST 34.311, of Kazakhstan",
        "gostr3410": "GOST R 34.10-2001 and GOST R 34.11-94, of Russia",
        "gostr3411": "GOST R 34.10-2001 and GOST R 34.11-94, of Russia",
        "gost": "GOST",
        "dstu": "DSTU 4145, of Ukraine",
        "sm2": "SM2 and SM3, of China",
        "sm3": "SM2 and SM3, of China",
    }
)


def described(identifier: str) -> str:
    """Return a dotted identifier or a URI, shortened, with its family in words where that is known."""
    shown = identifier[:80]
    family = _by_arc(identifier) or _by_word(identifier)
    return f"{shown} ({family})" if family else shown


def _by_arc(identifier: str) -> str:
    fitting = [arc for arc in _ARCS if f"{identifier}.".startswith(f"{arc}.")]
    return _ARCS[max(fitting, key=len)] if fitting else ""


def _by_word(identifier: str) -> str:
    if ":" not in identifier:
        return ""
    lowered = identifier.casefold()
    return next((family for word, family in _WORDS.items() if word in lowered), "")
