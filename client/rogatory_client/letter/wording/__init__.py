"""The fixed words of a letter of request: a table for each language beside this file, all with the same keys.

Terms are those of article 18 of UNTOC in its language versions; Portuguese as in its official translations.
Another language is another table. A letter in a language that has none is headed in English.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

from rogatory_client.casework.forms.catalogue import LANGUAGES
from rogatory_client.casework.forms.field import Field

_ENGLISH: Final = "en"
_RIGHT_TO_LEFT: Final = frozenset({"ar"})


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of one language.

    Attributes:
        code: BCP 47.
        words: headings, and what stands around the text.
        instruments: names of conventions, by their ids; others are named as in the catalogue.
        fields: what stands before an answer, by the field's id.
        values: choices in words.
        members: what stands before a part of an answer, such as a person's nationality.
    """

    code: str
    words: Mapping[str, str]
    instruments: Mapping[str, str]
    fields: Mapping[str, str]
    values: Mapping[str, str]
    members: Mapping[str, str]

    @property
    def right_to_left(self) -> bool:
        """How it is written."""
        return self.code in _RIGHT_TO_LEFT

    def label(self, field: Field) -> str:
        """What stands before an answer."""
        return self.fields.get(field.id, field.label)

    def value(self, choice: str) -> str:
        """A choice in words."""
        return self.values.get(choice, _in_words(choice))

    def member(self, name: str) -> str:
        """What stands before a part of an answer."""
        return self.members.get(name, _in_words(name))


def wording(language: str) -> Wording:
    """The words for a language tag; English where its language has no table."""
    code = language.split("-", 1)[0].lower()
    return _read(code if code in LANGUAGES else _ENGLISH)


@cache
def _read(code: str) -> Wording:
    table = tomllib.loads((files(__name__) / f"{code}.toml").read_text(encoding="utf-8"))
    parts = ("words", "instruments", "fields", "values", "members")
    return Wording(code, **{part: table.get(part, {}) for part in parts})


def _in_words(name: str) -> str:
    return name.replace("_", " ").capitalize()
