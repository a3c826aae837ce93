"""Hides the personal numbers that some states put into their certificates.

A report is shown around and kept; who signed is needed in it, the number of the person is not. What is hidden
is the identifier of EN 319 412-1 clause 5.1.3 (``PNOEE-10000000001``) wherever it stands, and any word or run
of digits in a signer's name that is long enough to be a number; and then, in every text of the report, that
number again: reasons and advice name certificates, and fields and files are named after persons. An issuer's
name is an organisation's and stays. Hashes and serial numbers of certificates are no numbers of persons.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from typing import Final, TypeVar

from rogatory_crypto.esign.report import Report

HIDDEN: Final = "•••"
_SEMANTIC: Final = re.compile(r"\b((?:PNO|IDC|PAS|TIN|[A-Z]{2}:)[A-Z]{2}?-)([^,;+\\\s]+)")
# A word with six digits or more: letters at its ends belong to the number in many states.
_WORD: Final = re.compile(r"[^\W\d_]*(?:\d[^\W\d_]*){6,}")
_SPACED: Final = re.compile(r"\d(?:[\d\s/.-]?\d){5,}")
_BETWEEN: Final = r"[\s/.-]?"
_LEAST_SHOWN: Final = 4
_EXACT: Final = frozenset({"serial_number", "sha256", "key_identifier"})
_Value = TypeVar("_Value")


def masked(report: Report) -> Report:
    """Return the same report without the personal numbers of signers."""
    numbers = sorted(set(_numbers_of(_signers(report))), key=lambda number: (-len(number), number))
    known = [re.compile(_BETWEEN.join(map(re.escape, number))) for number in numbers]
    signers = {name for name in _signers(report) if mask(name) != name}

    def hide(text: str) -> str:
        for name in signers:
            text = text.replace(name, mask(name))
        for form in known:
            text = form.sub(HIDDEN, text)
        return _SEMANTIC.sub(rf"\1{HIDDEN}", _without_end(text, numbers))

    return _each_text(report, hide)


def mask(name: str) -> str:
    """Return the distinguished name of a person without personal numbers."""
    without = _SEMANTIC.sub(rf"\1{HIDDEN}", name)
    return _WORD.sub(HIDDEN, _SPACED.sub(HIDDEN, without))


def _signers(report: Report) -> Iterator[str]:
    for signature in (*report.signatures, *report.counter_signatures):
        if signature.signer is not None:
            yield signature.signer.subject


def _numbers_of(names: Iterable[str]) -> Iterator[str]:
    """Yield every number in names of persons, without what separates its digits."""
    for name in names:
        found = [each[2] for each in _SEMANTIC.finditer(name)]
        found += [each[0] for form in (_SPACED, _WORD) for each in form.finditer(name)]
        yield from filter(None, (re.sub(_BETWEEN[:-1], "", number) for number in found))


def _without_end(text: str, numbers: Iterable[str]) -> str:
    """Return a text without the beginning of a number at its end: long reasons are cut off anywhere."""
    for number in numbers:
        for length in range(len(number) - 1, _LEAST_SHOWN - 1, -1):
            if text.endswith(number[:length]):
                return text[:-length] + HIDDEN
    return text


def _each_text(value: _Value, change: Callable[[str], str]) -> _Value:
    """Return a structure with every text changed, except those that are exact."""
    if not is_dataclass(value) or isinstance(value, type):
        return value
    changed = {
        each.name: _changed(getattr(value, each.name), change)
        for each in fields(value)
        if each.name not in _EXACT
    }
    return replace(value, **changed)


def _changed(value: object, change: Callable[[str], str]) -> object:
    match value:
        case Enum():
            return value
        case str():
            return change(value)
        case tuple():
            return tuple(_changed(each, change) for each in value)
        case _:
            return _each_text(value, change)
