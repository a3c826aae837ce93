"""Answers in the words of a language, as paragraphs and items of a letter."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from rogatory_client.casework.answer_value import Item, Value
from rogatory_client.casework.field import Field, FieldKind
from rogatory_client.casework.shared_tables import instruments
from rogatory_client.letter.request_letter import paragraphs
from rogatory_client.letter.wording import Wording

_HASH_GROUP: Final = 8


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
        case _:
            return " ".join(text.split())


def isolated(text: str, words: Wording) -> str:
    """A text that keeps its own direction within a line from right to left (UAX 9, first strong isolate).

    Without it a reference, a time or a sentence in Latin letters would be read in another order than it has.
    """
    return f"\u2068{text}\u2069" if words.right_to_left else text


def instrument_name(id_: str, words: Wording) -> str:
    """The name of a convention."""
    known = instruments()
    return words.instruments.get(id_) or (known[id_].title if id_ in known else id_)


def day(text: str, language: str) -> str:
    """A day as it is written out."""
    from babel.dates import format_date

    return format_date(date.fromisoformat(text), "long", locale=language)


def state_name(code: str, language: str) -> str:
    """The name of a State, from its two-letter code."""
    from babel import Locale

    return str(Locale(language).territories.get(code.upper(), code))


def _language(tag: str, language: str) -> str:
    from babel import Locale

    return str(Locale(language).languages.get(tag.split("-", maxsplit=1)[0].lower(), tag))
