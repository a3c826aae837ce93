"""Telephones to E.164 by possible length, not by assigned ranges (rule R6).

Numbering plans change faster than any table of ranges: Côte d'Ivoire went to ten digits in 2021.
Placeholders are no number; what cannot be read is kept as text without a number.
"""

import re
from dataclasses import dataclass

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat, ValidationResult

_PLACEHOLDERS = frozenset({
    "", "-", "--", "\u2013", "\u2014", "?", "n/a", "n.a.", "n.d.", "na", "nil", "none", "tba", "tbc", "tbd",
    "no number", "not applicable", "not specified", "not stated", "not yet available", "pending",
    "not available", "no disponible", "n\u00e9ant", "to be advised", "to be announced", "to be communicated",
    "to be confirmed", "to be determined",
    "unknown", "x",
})  # fmt: skip
_LABEL = re.compile(r"^\s*(?:tel|phone|telephone|fax|ph|mob|mobile)\b\s*[.:]*\s*", re.IGNORECASE)
_SEPARATOR = re.compile(r"\s*(?:;|/|,|\n|\bor\b|\band\b)\s*", re.IGNORECASE)
# A trunk prefix that is not dialled from abroad, and a remark without digits.
_ASIDE = re.compile(r"\((?:0|[^()\d+]{1,60})\)")
_EXTENSION = re.compile(r"\b(?:ext|extension|poste|x)\b", re.IGNORECASE)
_SUFFIX_DIGITS = 5
_MAX_TEXT = 250


@dataclass(frozen=True, slots=True)
class Telephone:
    """One number; ``e164`` is empty where the text could not be read and is kept in ``raw``."""

    e164: str
    raw: str


def _international(text: str, region: str) -> str:
    """E.164, or empty. ``00`` is read as the international prefix everywhere: exports are written abroad."""
    digits = re.sub(r"^\(?\s*00", "+", text) if re.match(r"^\(?\s*00[1-9]", text) else text
    try:
        number = phonenumbers.parse(digits.replace("(+", "+(").replace("+(", "+", 1), region or None)
    except NumberParseException:
        return ""
    if phonenumbers.is_possible_number_with_reason(number) != ValidationResult.IS_POSSIBLE:
        return ""
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def _with_suffix(first: str, part: str) -> str:
    """``+234 1000000101 / 188`` names a second line by its last digits only."""
    if re.search("[a-z]", part, re.IGNORECASE):
        return ""
    digits = re.sub(r"\D", "", part)
    if first and 0 < len(digits) < _SUFFIX_DIGITS and len(digits) < len(first) - 2 and "+" not in part:
        return first[: -len(digits)] + digits
    return ""


def is_placeholder(text: str) -> bool:
    """Whether the text says that there is no number."""
    return text.strip().casefold() in _PLACEHOLDERS


def read_telephones(text: str, region: str) -> tuple[Telephone, ...]:
    """Every number in a cell, in order, each once; none for a placeholder.

    Args:
        text: the cell, cleaned.
        region: ISO code of the State, for numbers written without the country code.
    """
    found: list[Telephone] = []
    if is_placeholder(text):
        return ()
    for part in _SEPARATOR.split(text[:_MAX_TEXT]):
        bare = _ASIDE.sub(" ", _LABEL.sub("", part)) if "+" in part else _LABEL.sub("", part)
        if is_placeholder(bare):
            continue
        # After an extension, more digits are more extensions, not the end of another line.
        first = found[0].e164 if found and not _EXTENSION.search(text) else ""
        e164 = _with_suffix(first, bare) or _international(bare, region)
        number = Telephone(e164, "" if e164 else part)
        if number not in found:
            found.append(number)
    return tuple(found)
