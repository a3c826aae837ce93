"""Answers of an officer as values: texts, booleans, lists of texts, and lists of items with named members.

Their JSON form is the one in which drafts are kept and compared: a text, a boolean, or a list of texts or of
objects of texts.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from rogatory_client.casework.answers.text import says_something
from rogatory_crypto.errors import MisuseError

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Item:
    """One person, file, offence and so on: names and texts, in the order of the kind."""

    members: tuple[tuple[str, str], ...]

    def get(self, name: str) -> str:
        """A member, empty where it was not said."""
        return dict(self.members).get(name, "")


Value: TypeAlias = str | bool | tuple[str, ...] | tuple[Item, ...]
Answers: TypeAlias = Mapping[str, Value]


def is_empty(value: Value | None) -> bool:
    """Whether nothing was said; False is an answer."""
    if isinstance(value, str):
        return not says_something(value)
    return value is None or value == ()


def text_length(value: Value | None) -> int:
    """Characters of a text as it is read: white space counts once, and marks do not."""
    if not isinstance(value, str):
        return 0
    return len(" ".join("".join(each for each in value if each.isprintable() or each == "\n").split()))


def codes_of(value: Value | None) -> tuple[str | bool, ...]:
    """What a condition compares: the text, the boolean, each text of a list, each item's first member."""
    if value is None:
        return ()
    if isinstance(value, tuple):
        return tuple(each if isinstance(each, str) else each.members[0][1] for each in value)
    return (value,)


def days_of(value: Value | None) -> tuple[date, ...]:
    """The day of a date or time, of each in a list, or of the beginning of a range."""
    texts = [code for code in codes_of(value) if isinstance(code, str)]
    return tuple(day for text in texts if (day := _day(text)) is not None)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10]) if _DAY.match(text) else None
    except ValueError:
        return None


def value_to_json(value: Value) -> object:
    """The JSON form."""
    if isinstance(value, tuple):
        return [dict(each.members) if isinstance(each, Item) else each for each in value]
    return value


def value_from_json(form: object) -> Value:
    """A value from its JSON form, not yet checked against a field.

    Raises:
        MisuseError: it is no such form.
    """
    match form:
        case str() | bool():
            return form
        case list() if all(isinstance(each, str) for each in form):
            return tuple(form)
        case list() if all(_is_item(each) for each in form):
            return tuple(Item(tuple(each.items())) for each in form)
        case _:
            raise MisuseError(
                "an answer is a text, true or false, a list of texts, or a list of objects of texts"
            )


def _is_item(form: object) -> bool:
    return (
        isinstance(form, dict)
        and bool(form)
        and all(isinstance(part, str) for member in form.items() for part in member)
    )
