"""What a check of a bundle has found: each fact in words, with the word of EN 319 102-1 it leads to."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from rogatory_crypto.esign.verdict import Indication


class About(StrEnum):
    """What a finding is about; the value is for programs and never changes."""

    CONTAINER = "container"
    TRUST = "trust"
    LOG = "log"
    SEAL = "seal"
    MESSAGE = "message"
    DOCUMENT = "document"
    STATEMENT = "statement"
    RECEIPT = "receipt"
    POSTMARK = "postmark"
    VERDICT = "verdict"
    LEFT_OUT = "left-out"
    UNSIGNED = "unsigned"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Finding:
    """One fact.

    Attributes:
        indication: the best that a bundle with it can be.
        place: the file or the message that it is about; empty for the bundle as a whole.
        text: in words.
    """

    about: About
    indication: Indication
    place: str
    text: str


_SEVERITY: Final = (Indication.TOTAL_PASSED, Indication.INDETERMINATE, Indication.TOTAL_FAILED)


def worst(indications: Iterable[Indication]) -> Indication:
    """Return the worst of some; nothing that was checked is INDETERMINATE, never a pass."""
    return max(indications, key=_SEVERITY.index, default=Indication.INDETERMINATE)


def passed(about: About, place: str, text: str) -> Finding:
    """Return a fact that holds."""
    return Finding(about, Indication.TOTAL_PASSED, place, text)


def unclear(about: About, place: str, text: str) -> Finding:
    """Return a fact that nobody can establish from what is here."""
    return Finding(about, Indication.INDETERMINATE, place, text)


def wrong(about: About, place: str, text: str) -> Finding:
    """Return what must not be so."""
    return Finding(about, Indication.TOTAL_FAILED, place, text)
