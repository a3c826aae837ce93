"""Numbers by which states know a person: travel documents, national numbers, dates of birth."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Final

from rogatory_client.casework.personal_data.words import any_of

_DATE: Final = (
    r"(?:\d{4}[-./]\d{1,2}[-./]\d{1,2}|\d{1,2}[-./]\d{1,2}[-./]\d{2,4}"
    r"|\d{1,2}(?:er|st|nd|rd|th)?\.?(?: de| of)? [^\W\d_]{3,12}\.?,?(?: de)? \d{4}"
    r"|[^\W\d_]{3,12} \d{1,2}, \d{4}|\d{4} ?\u5e74 ?\d{1,2} ?\u6708 ?\d{1,2} ?\u65e5)"
)
_BORN: Final = re.compile(any_of("birth") + r"[^\d\n]{0,24}?(" + _DATE + r")(?!\d)", re.IGNORECASE)
_BORN_AFTER: Final = re.compile(r"(?<!\d)(" + _DATE + r") ?" + any_of("birth_after"), re.IGNORECASE)
_PASSPORT: Final = re.compile(
    any_of("passport") + r"[^\d\n]{0,24}?(?<![^\W_])([A-Za-z]{0,3}[ -]?\d(?:[ -]?\d){4,11})(?!\w)",
    re.IGNORECASE,
)
# Letters between digits: 12AB34567, C01X00T47.
_PASSPORT_MIXED: Final = re.compile(
    any_of("passport") + r"[^\d\n]{0,24}?(?<![^\W_])(?=(?:[A-Z]{0,4}\d){4})((?-i:[A-Z0-9]{8,10}))(?!\w)",
    re.IGNORECASE,
)
_NATIONAL: Final = re.compile(
    any_of("national_number") + r"[^\d\n]{0,20}?(\d(?:[ .-]?\d){6,17}(?:-?[A-Za-z](?!\w))?)", re.IGNORECASE
)
_CPF: Final = re.compile(r"(?<![\w.])\d{3}\.\d{3}\.\d{3}-\d{2}(?!\w)", re.ASCII)
_SSN: Final = re.compile(r"(?<![\w-])(?!000|666|9\d\d)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?![\w-])", re.ASCII)
_RESIDENT: Final = re.compile(r"(?<!\w)[1-9]\d{5}(?:19|20)\d{9}[\dXx](?!\w)", re.ASCII)
_DNI: Final = re.compile(r"(?<!\w)(\d{8})[ -]?([A-HJ-NP-TV-Z])(?!\w)", re.ASCII)
_LINE_OF_ZONE: Final = re.compile(r"^[ \t]*([A-Z0-9<]{30}|[A-Z0-9<]{36}|[A-Z0-9<]{44})[ \t]*$", re.MULTILINE)
_FIRST_LINE: Final = re.compile(r"[PVIAC][A-Z<][A-Z<]{3}[A-Z0-9<]{25,39}")
_DNI_LETTERS: Final = "TRWAGMYFPDXBNJZSQVHLCKE"
_RESIDENT_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_RESIDENT_CHECKS: Final = "10X98765432"
_ZONE_WEIGHTS: Final = (7, 3, 1)


def birth_dates(text: str) -> Iterator[tuple[int, int]]:
    """Yield dates that a word beside them makes dates of birth."""
    for form in (_BORN, _BORN_AFTER):
        for found in form.finditer(text):
            yield found.span(1)


def travel_documents(text: str) -> Iterator[tuple[int, int]]:
    """Yield numbers beside a word for a travel document, and lines of a machine-readable zone (ICAO 9303)."""
    for form in (_PASSPORT, _PASSPORT_MIXED):
        for found in form.finditer(text):
            yield found.span(1)
    for found in _LINE_OF_ZONE.finditer(text):
        if _is_of_zone(found[1]):
            yield found.span(1)


def national_numbers(text: str) -> Iterator[tuple[int, int]]:
    """Yield numbers whose form or check digits are a state's own, and those that a word names."""
    yield from (found.span() for found in _CPF.finditer(text) if _is_cpf(found[0]))
    yield from (found.span() for found in _RESIDENT.finditer(text) if _is_resident(found[0].upper()))
    yield from (found.span() for found in _DNI.finditer(text) if _DNI_LETTERS[int(found[1]) % 23] == found[2])
    yield from (found.span() for found in _SSN.finditer(text))
    yield from (found.span(1) for found in _NATIONAL.finditer(text))


def _is_of_zone(line: str) -> bool:
    """Tell whether a line is one of a document: its first one by its filler, others by their check digits."""
    if _FIRST_LINE.fullmatch(line) and "<<" in line:
        return True
    number, birth = (line[0:10], line[13:20]) if len(line) > 30 else (line[5:15], line[0:7])  # TD1
    return _holds(birth) and (len(line) == 30 or _holds(number)) and birth[:6].isdigit()  # TD1


def _holds(field: str) -> bool:
    """Tell whether the last character is the check digit of the others (ICAO 9303-3, 4.9)."""
    if not field[-1].isdigit():
        return False
    total = sum(
        (0 if each == "<" else int(each, 36)) * _ZONE_WEIGHTS[at % 3] for at, each in enumerate(field[:-1])
    )
    return total % 10 == int(field[-1])


def _is_cpf(written: str) -> bool:
    digits = [int(each) for each in written if each.isdigit()]
    if len(set(digits)) == 1:
        return False
    for length in (9, 10):
        total = sum(each * (length + 1 - at) for at, each in enumerate(digits[:length]))
        if total * 10 % 11 % 10 != digits[length]:
            return False
    return True


def _is_resident(number: str) -> bool:
    """Check a resident identity number (GB 11643, ISO 7064 mod 11-2)."""
    if not _is_day(number[6:14]):
        return False
    total = sum(int(each) * weight for each, weight in zip(number[:17], _RESIDENT_WEIGHTS, strict=True))
    return _RESIDENT_CHECKS[total % 11] == number[17]


def _is_day(text: str) -> bool:
    try:
        date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return False
    return True
