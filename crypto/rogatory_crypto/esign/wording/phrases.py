"""Phrases with blanks: how one is recognised in the English of a report, and filled in in another language.

A report carries English, so that it reads without tables; the English table is the form in which a phrase is
told again. Where a number decides how its noun is written, a phrase is a table of the forms of the Unicode
CLDR ("one", "few", "many" ...); ``other`` is always there.
"""

import re
from collections.abc import Mapping
from functools import cache
from typing import Final, TypeAlias

Phrase: TypeAlias = str | Mapping[str, str]

MAX_PHRASE: Final = 2000
_BLANK: Final = re.compile(r"\{([a-z]+)\}")
# What a blank stands for where it is no number; titles and names are texts of documents and lists.
_BLANKS: Final = {
    "time": r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d",
    "date": r"\d{4}-\d\d-\d\d",
    "title": ".{1,500}",
    "name": ".{1,500}",
    "names": ".{1,1000}",
    "how": ".{1,500}",
    "what": ".{1,200}",
    "why": ".{1,1500}",
    "detail": ".{1,500}",
    "list": r"[\d\[\], …+]{1,300}",
    "object": r"\d{1,12} \d{1,12}",
}
_NUMBER: Final = r"\d{1,12}"
_COUNTED: Final = ("count", "all")


class Recogniser:
    """Tells which phrase of the English table a text is."""

    def __init__(self, english: Mapping[str, Phrase]) -> None:
        self._forms = {code: _forms(phrase) for code, phrase in english.items()}

    def recognise(self, text: str) -> tuple[str, Mapping[str, str]] | None:
        """Return the code of a phrase and what stands in its blanks; None where it is no phrase known."""
        if len(text) > MAX_PHRASE:
            return None
        for code, forms in self._forms.items():
            for form in forms:
                if (found := form.fullmatch(text)) is not None:
                    return code, found.groupdict()
        return None


def filled(phrase: Phrase, values: Mapping[str, str], language: str) -> str:
    """Return a phrase with its blanks filled in; what stands in one is never read as another."""
    text = phrase if isinstance(phrase, str) else _for_number(phrase, values, language)
    return _BLANK.sub(lambda blank: values[blank[1]], text)


def _for_number(phrase: Mapping[str, str], values: Mapping[str, str], language: str) -> str:
    number = next(int(values[name]) for name in _COUNTED if name in values)
    return phrase.get(_plural_form(language, number), phrase["other"])


@cache
def _plural_form(language: str, number: int) -> str:
    from babel import Locale

    return str(Locale.parse(language).plural_form(number))


def _forms(phrase: Phrase) -> tuple[re.Pattern[str], ...]:
    texts = (phrase,) if isinstance(phrase, str) else phrase.values()
    return tuple(re.compile(_form(text), re.DOTALL) for text in texts)


def _form(text: str) -> str:
    parts = _BLANK.split(text)
    named = (f"(?P<{name}>{_BLANKS.get(name, _NUMBER)})" for name in parts[1::2])
    return "".join(map(str.__add__, map(re.escape, parts[::2]), (*named, "")))
