"""The fixed words of a letter, as data: one table for each language, all with the same keys.

Another language is another table; nothing else changes. A letter in a language that has no table yet is
headed in English, and says so nowhere: the headings are plain enough to be read beside the text.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

Wording = Mapping[str, str]

ENGLISH: Final[Wording] = MappingProxyType(
    {
        "title": "Request for mutual legal assistance",
        "to": "To",
        "from": "From",
        "date": "Date",
        "our_reference": "Our reference",
        "your_reference": "Your reference",
        "urgency": "Urgency",
        "urgency_routine": "Routine",
        "urgency_priority": "Priority",
        "urgency_urgent": "Urgent",
        "request_type": "Kind of assistance",
        "legal_basis": "Legal basis",
        "facts": "Facts",
        "offences": "Offences",
        "assistance": "Assistance sought",
        "confidentiality": "Confidentiality",
        "deadline": "Time limit",
        "closing": "Signature",
        "page": "Page",
        "of": "of",
    }
)
WORDINGS: Final[Mapping[str, Wording]] = MappingProxyType({"en": ENGLISH})


def wording(language: str) -> Wording:
    """The words for a language tag; English where its language has no table."""
    return WORDINGS.get(language.split("-", 1)[0].lower(), ENGLISH)
