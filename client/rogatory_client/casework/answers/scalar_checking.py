"""Dates, places, languages and amounts, each as one text in one spelling.

ISO 8601 and RFC 3339 for dates, times, intervals and durations; ISO 3166-1 for States; BCP 47 for languages;
ISO 4217 for currencies.
"""

import re
from datetime import date, datetime
from functools import cache
from typing import Final

from babel import Locale

from rogatory_client.casework.answers.text import AnswerError, check_line
from rogatory_client.casework.forms.shared_tables import instruments
from rogatory_directory_sync import reference_tables
from rogatory_directory_sync.languages import language_tag
from rogatory_directory_sync.record_json import RECORD_ID

_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_MOMENT: Final = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?(Z|[+-]\d{2}:\d{2})", re.ASCII)
_DURATION: Final = re.compile(
    r"P(?=.)(\d{1,4}Y)?(\d{1,4}M)?(\d{1,4}W)?(\d{1,4}D)?(T(?=.)(\d{1,4}H)?(\d{1,4}M)?(\d{1,4}S)?)?", re.ASCII
)
_AMOUNT: Final = re.compile(r"(\d{1,15}(?:\.\d{1,4})?) ([A-Z]{3})", re.ASCII)
_SHA256: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)
_SIZE: Final = re.compile(r"\d{1,15}", re.ASCII)
_ENTRY: Final = re.compile(RECORD_ID, re.ASCII)
# Groups, pseudo-codes and placeholders among the territories of CLDR.
_NO_STATES: Final = frozenset({"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ"})


def day(field: str, text: str) -> str:
    """A date, ``2026-11-30``."""
    try:
        date.fromisoformat(text)
    except ValueError as error:
        raise AnswerError(field, "is a date, such as 2026-11-30") from error
    if not _DAY.fullmatch(text):
        raise AnswerError(field, "is a date, such as 2026-11-30")
    return text


def moment(field: str, text: str) -> str:
    """A date and time with its zone, ``2026-11-30T09:00+01:00``."""
    try:
        datetime.fromisoformat(text)
    except ValueError as error:
        raise AnswerError(
            field, "is a date and time with its zone, such as 2026-11-30T09:00+01:00"
        ) from error
    if not _MOMENT.fullmatch(text):
        raise AnswerError(field, "is a date and time with its zone, such as 2026-11-30T09:00+01:00")
    return text


def day_range(field: str, text: str) -> str:
    """Two dates, ``2026-01-01/2026-03-31``."""
    first, last = _ends(field, text)
    if date.fromisoformat(day(field, first)) > date.fromisoformat(day(field, last)):
        raise AnswerError(field, "ends before it begins")
    return text


def moment_range(field: str, text: str) -> str:
    """Two dates and times, as for ``moment``."""
    first, last = _ends(field, text)
    if datetime.fromisoformat(moment(field, first)) > datetime.fromisoformat(moment(field, last)):
        raise AnswerError(field, "ends before it begins")
    return text


def _ends(field: str, text: str) -> tuple[str, str]:
    first, slash, last = text.partition("/")
    if not slash:
        raise AnswerError(field, "is two dates with a slash between them")
    return first, last


def duration(field: str, text: str) -> str:
    """A duration, ``PT2H`` or ``P3M``."""
    if not _DURATION.fullmatch(text):
        raise AnswerError(field, "is a duration, such as PT2H for two hours or P3M for three months")
    return text


def country(field: str, text: str) -> str:
    """A State, by its two-letter code."""
    if text.upper() not in _states():
        raise AnswerError(field, f"{text[:40]} is no two-letter code of a State")
    return text.upper()


@cache
def _states() -> frozenset[str]:
    names = [str(code) for code in Locale("en").territories]
    return frozenset(code for code in names if len(code) == 2 and code.isalpha()) - _NO_STATES


def language(field: str, text: str) -> str:
    """A language, by its tag or name."""
    tag = language_tag(check_line(field, text).strip(), reference_tables().languages)
    if not tag:
        raise AnswerError(field, "is a language, such as fr or pt-BR")
    return tag


def amount(field: str, text: str) -> str:
    """An amount of money, ``1250.50 EUR``."""
    found = _AMOUNT.fullmatch(text)
    if found is None or found[2] not in Locale("en").currencies:
        raise AnswerError(field, "an amount is a number and a currency, such as 1250.50 EUR")
    return text


def instrument(field: str, text: str) -> str:
    """What a request relies on, by id."""
    if text not in instruments():
        raise AnswerError(field, f"relies on one of {', '.join(instruments())}")
    return text


def authority(field: str, text: str) -> str:
    """An entry of the directory, by id."""
    if not _ENTRY.fullmatch(text):
        raise AnswerError(field, "is an entry of the directory, such as CNA-SN-01")
    return text


def sha256_hex(field: str, text: str) -> str:
    """A SHA-256, lower-case hexadecimal."""
    if not _SHA256.fullmatch(text):
        raise AnswerError(field, "sha256 is 64 hexadecimal digits")
    return text


def size(field: str, text: str) -> str:
    """A number of bytes."""
    if not _SIZE.fullmatch(text):
        raise AnswerError(field, "size is a number of bytes")
    return text
