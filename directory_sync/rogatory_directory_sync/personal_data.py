"""Persons are not in the directory (rule R12): a courtesy title in a contact field keeps the field out."""

import re

_TITLE = re.compile(
    r"(?<!\w)(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Mme|Mlle|Sr|Sra|Srta|Dott|Hon|H\.\s?E|Sir|Madam|Herr|Frau|Monsieur|Madame|"
    r"Mademoiselle|Señor|Señora|Senhor|Senhora|Signor|Signora|Maître|\u0433-\u043d|\u0433-\u0436\u0430|\u0433\u043e\u0441\u043f\u043e\u0434\u0438\u043d|\u0433\u043e\u0441\u043f\u043e\u0436\u0430|السيد|السيدة)(?!\w)",
    re.IGNORECASE,
)
_INITIALS = re.compile(r"(?<![\w.])[^\W\d_]\.\s?[^\W\d_]\.(?!\w)")
_MONSIEUR = re.compile(r"(?<!\w)M\.\s+\w")


def names_a_person(text: str) -> bool:
    """Whether a contact field names a person rather than a function."""
    # ``a.i.`` and ``e.g.`` are no initials: those are capitals.
    initials = any(found[0] == found[0].upper() for found in _INITIALS.finditer(text))
    return bool(_TITLE.search(text) or _MONSIEUR.search(text) or initials)
