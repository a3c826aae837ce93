"""Names as sentences, headings and drawings say them: who it is, for whom, and in which state.

Experts see the whole distinguished name (RFC 4514) beside it, which tells namesakes apart.
"""

import re
from collections.abc import Iterator
from typing import Final

# RFC 5280 appendix A allows 64 characters for a common name and for an organization.
MAX_PART: Final = 64
_ATTRIBUTE: Final = re.compile(r"([A-Za-z0-9.]+)=((?:[^,+\\]|\\.)*)[,+]?", re.DOTALL)
_ESCAPED: Final = re.compile(r'\\([ "#+,;<=>\\])')


def brief_of(readable_name: str) -> str:
    """Return who a readable name names, with the organization and the country: ``root-ca (Ministry, XX)``.

    What is no such name is returned as it stands.
    """
    parts = dict(reversed(list(_parts(readable_name))))
    person = " ".join(filter(None, (parts.get("GN"), parts.get("SN"))))
    who = parts.get("CN") or parts.get("pseudonym") or person or parts.get("O") or parts.get("OU")
    if not who:
        return readable_name
    beside = [parts[each] for each in ("O", "C") if parts.get(each) and parts[each] != who]
    said = [cut(each) for each in (who, *beside)]
    return f"{said[0]} ({', '.join(said[1:])})" if beside else said[0]


def _parts(readable_name: str) -> Iterator[tuple[str, str]]:
    """Yield keywords and values of a readable name, the most particular first."""
    place = 0
    while (found := _ATTRIBUTE.match(readable_name, place)) is not None:
        place = found.end()
        yield found[1], _ESCAPED.sub(r"\1", found[2]).strip()


def cut(part: str) -> str:
    """Return the beginning of a part, never with a piece of a number at its end."""
    if len(part) <= MAX_PART:
        return part
    return re.sub(r"\w*\d[\d\s/.-]*\w*$", "", part[:MAX_PART]) + "…"
