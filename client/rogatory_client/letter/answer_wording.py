"""Answers in the words of a language, as paragraphs and items of a letter."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from rogatory_client.casework.answers.value import Item, Value
from rogatory_client.casework.forms.field import Field, FieldKind
from rogatory_client.casework.forms.shared_tables import instruments
from rogatory_client.letter.request_letter import paragraphs
from rogatory_client.letter.wording import Wording

_HASH_GROUP: Final = 8
# Digits in groups, with letters or without: a telephone number, an account, a reference, a time.
_CODE: Final = re.compile(r"(?<![0-9A-Za-z])[+#]?[0-9A-Za-z]++(?:[ \-/.,:_+]{1,3}[0-9A-Za-z]++)+", re.ASCII)
# Of a date and time, what is the date (RFC 3339).
_DAY: Final = 10
_COMMA: Final = {"ar": "، ", "zh": " "}
_COUNTED: Final = re.compile(r"(\d+)([A-Z])", re.ASCII)
_CALENDAR_UNITS: Final = {"Y": "year", "M": "month", "W": "week", "D": "day"}
_CLOCK_UNITS: Final = {"H": "hour", "M": "minute", "S": "second"}
_DIGIT: Final = re.compile("[0-9]")
_FROM_RIGHT: Final = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]")


@dataclass(frozen=True, slots=True)
class Said:
    """An answer on paper."""

    paragraphs: tuple[str, ...] = ()
    items: tuple[str, ...] = ()

    @property
    def as_items(self) -> tuple[str, ...]:
        """The same as a list, of which each part is lettered."""
        return self.items or self.paragraphs


def put_into_words(field: Field, value: Value, words: Wording) -> Said:
    """An answer as a letter says it.

    Args:
        field: what was asked.
        value: the answer.
        words: of the language.
    """
    if isinstance(value, bool):
        return Said((words.words["yes" if value else "no"],))
    if isinstance(value, str):
        return Said(tuple(isolated(each, words) for each in _text(field, value, words)))
    items = tuple(
        _item(each, words) if isinstance(each, Item) else isolated(_part(field, each, words), words)
        for each in value
    )
    return Said(items) if len(items) == 1 else Said((), items)


def _text(field: Field, text: str, words: Wording) -> list[str]:
    match field.kind:
        case FieldKind.ENUM:
            return [words.value(text)]
        case FieldKind.DATE:
            return [day(text, words.code)]
        case FieldKind.DATETIME:
            return [moment(text, words.code)]
        case FieldKind.DATE_RANGE:
            return [_range(text, words.code, day)]
        case FieldKind.DATETIME_RANGE:
            return [_range(text, words.code, moment)]
        case FieldKind.DURATION:
            return [duration(text, words.code)]
        case FieldKind.LANGUAGE:
            return [_language(text, words.code)]
        case _:
            return paragraphs(text)


def _part(field: Field, text: str, words: Wording) -> str:
    match field.kind:
        case FieldKind.MULTI:
            return words.value(text)
        case FieldKind.COUNTRY_LIST:
            return state_name(text, words.code)
        case FieldKind.DATETIME_LIST:
            return moment(text, words.code)
        case _:
            return text


def _item(item: Item, words: Wording) -> str:
    (_, principal), *others = item.members
    first = instrument_name(principal, words) if item.members[0][0] == "instrument" else principal
    said = [
        f"{words.member(name)}: {isolated(_member(name, text, words), words)}"
        for name, text in others
        if name != "size"
    ]
    return "; ".join((isolated(first, words), *said))


def _member(name: str, text: str, words: Wording) -> str:
    match name:
        case "sha256":
            return " ".join(text[at : at + _HASH_GROUP] for at in range(0, len(text), _HASH_GROUP))
        case "nationality" | "country":
            return state_name(text, words.code)
        case "language":
            return _language(text, words.code)
        case "covered_by" | "instrument":
            return instrument_name(text, words)
        case "birth_date":
            return day(text, words.code)
        case "at":
            return moment(text, words.code)
        case _:
            return " ".join(text.split())


def isolated(text: str, words: Wording) -> str:
    """A text that keeps its own direction within a line from right to left (UAX 9, first strong isolate).

    Without it a reference, a time or a sentence in Latin letters would be read in another order than it has.
    Within a sentence from right to left, groups of digits would change places: a telephone number or an
    account in it is kept from left to right (UAX 9, LRI).
    """
    if not words.right_to_left:
        return text
    kept = _CODE.sub(_kept, text) if _FROM_RIGHT.search(text) else text
    return f"\u2068{kept}\u2069"


def _kept(found: re.Match[str]) -> str:
    return f"\u2066{found[0]}\u2069" if _DIGIT.search(found[0]) else found[0]


def instrument_name(id_: str, words: Wording) -> str:
    """The name of a convention."""
    known = instruments()
    return words.instruments.get(id_) or (known[id_].title if id_ in known else id_)


def day(text: str, language: str) -> str:
    """A day as it is written out."""
    from babel.dates import format_date

    return format_date(date.fromisoformat(text), "long", locale=language)


def moment(text: str, language: str) -> str:
    """A date and time with its distance from UTC, as it is written out."""
    at = datetime.fromisoformat(text)
    clock = f"{at:%H:%M:%S}" if at.second else f"{at:%H:%M}"
    zone = f"UTC{text[-len('+00:00') :]}" if at.utcoffset() else "UTC"
    return f"{day(text[:_DAY], language)}{_COMMA.get(language, ', ')}{clock} ({zone})"


def duration(text: str, language: str) -> str:
    """A duration, each of its parts in words; what is nothing stays as it was typed."""
    from babel.units import format_unit

    days, _, hours = text.removeprefix("P").partition("T")
    parts = [
        format_unit(int(count), f"duration-{units[unit]}", length="long", locale=language)
        for said, units in ((days, _CALENDAR_UNITS), (hours, _CLOCK_UNITS))
        for count, unit in _COUNTED.findall(said)
        if int(count)
    ]
    return _COMMA.get(language, ", ").join(parts) or text


def _range(text: str, language: str, put: Callable[[str, str], str]) -> str:
    first, _, last = text.partition("/")
    return f"{put(first, language)} \N{EN DASH} {put(last, language)}"


def state_name(code: str, language: str) -> str:
    """The name of a State, from its two-letter code."""
    from babel import Locale

    return str(Locale(language).territories.get(code.upper(), code))


def _language(tag: str, language: str) -> str:
    from babel import Locale

    return str(Locale(language).languages.get(tag.split("-", maxsplit=1)[0].lower(), tag))
