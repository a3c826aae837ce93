"""States by their codes: ISO 3166-1 as offices write it, and as trusted lists write it.

Three letters become two by the table of the Unicode CLDR (territoryAlias), which follows ISO 3166-1.
"""

from functools import cache
from typing import Final

from babel.core import get_global

# States that were (ISO 3166-3), which the table has beside those that are; a union; and nobody.
_NO_STATES: Final = frozenset({"BUR", "DDR", "FXX", "TMP", "YMD", "ZAR", "QUU", "ZZZ"})
_BESIDE: Final = {"XKX": "XK"}  # Kosovo, as offices write it; the table has XKK.
_ISO_OF: Final = {"EL": "GR", "UK": "GB"}  # TS 119 612 clause 5.3.10


def alpha2_of(alpha3: str) -> str:
    """Return a state's two letters; empty where there is no such state, or no longer one."""
    return _alpha2().get(alpha3, "")


def alpha3_of(alpha2: str) -> str:
    """Return a state's three letters; empty where there is no such state."""
    return next((long for long, short in _alpha2().items() if short == alpha2), "")


def iso_of(territory: str) -> str:
    """Return a list's territory as ISO 3166-1: lists say EL and UK, and those for tests have a suffix."""
    said = territory.partition("_")[0]
    return _ISO_OF.get(said, said)


@cache
def _alpha2() -> dict[str, str]:
    found = get_global("territory_aliases")
    return _BESIDE | {
        long: short[0]
        for long, short in found.items()
        if len(long) == 3 and long.isalpha() and len(short) == 1 and long not in _NO_STATES
    }
