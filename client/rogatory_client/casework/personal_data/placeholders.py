"""Persons, companies, numbers and references of a text, each in one placeholder wherever it stands."""

import re
from collections.abc import Collection, Iterable
from typing import Final

from rogatory_client.casework.personal_data.recognising import (
    PersonalKind,
    composed,
    find_personal_data,
)

PERSON: Final = "Person"
_LABELS: Final = {
    PersonalKind.NAME: PERSON,
    PersonalKind.TRAVEL_DOCUMENT: "Document",
    PersonalKind.NATIONAL_NUMBER: "Document",
    PersonalKind.BANK_ACCOUNT: "Account",
    PersonalKind.CARD: "Account",
    PersonalKind.ACCOUNT: "Account",
    PersonalKind.BIRTH_DATE: "Date of birth",
    PersonalKind.EMAIL: "Address",
    PersonalKind.IP_ADDRESS: "Address",
    PersonalKind.PHONE: "Address",
}
_WORDS: Final = re.compile(r"\w+")
_MIN_CHARACTERS: Final = 3


class Placeholders:
    """Numbers what it is shown in the order it sees it; one thing has one placeholder throughout."""

    def __init__(self) -> None:
        self._given: dict[tuple[str, str], str] = {}
        self._counts: dict[str, int] = {}
        self._persons: list[tuple[frozenset[str], str]] = []
        self._literals: dict[str, str] = {}

    def give(self, label: str, value: str, *others: str) -> str:
        """Return the placeholder of a thing, which from now on stands for all of its forms in every text.

        Args:
            label: what it is.
            value: how it is written.
            others: how else it is written, such as a person's aliases.
        """
        given = self._of(label, composed(value))
        for form in map(composed, (value, *others)):
            if len(form.strip()) >= _MIN_CHARACTERS:
                self._literals.setdefault(form.strip(), given)
            if label == PERSON:
                self._persons.append((_words(form), given))
        return given

    def learn(self, text: str) -> None:
        """Take note of the persons in a text, so that they are known wherever they stand without a title."""
        for found in find_personal_data(self._with_literals(composed(text)), self._names()):
            if found.kind is PersonalKind.NAME:
                self._of(PERSON, found.value)

    def in_text(self, text: str) -> str:
        """Return a text with placeholders for what was shown before, and for what looks personal."""
        self.learn(text)
        said = self._with_literals(composed(text))
        parts: list[str] = []
        at = 0
        for found in find_personal_data(said, self._names()):
            parts += (said[at : found.start], self._of(_LABELS[found.kind], found.value))
            at = found.end
        return "".join((*parts, said[at:]))

    def _names(self) -> Collection[str]:
        return [" ".join(sorted(words)) for words, _ in self._persons if words]

    def _with_literals(self, text: str) -> str:
        if not self._literals:
            return text
        forms = sorted(self._literals, key=len, reverse=True)
        either = "|".join(map(_whole, forms))
        folded = {form.casefold(): given for form, given in self._literals.items()}
        return re.sub(either, lambda found: folded[found[0].casefold()], text, flags=re.IGNORECASE)

    def _of(self, label: str, value: str) -> str:
        if label == PERSON:
            known = _known_person(_words(value), self._persons)
            if known is not None:
                return known
        key = label, "".join(each for each in value.casefold() if each.isalnum())
        if key not in self._given:
            self._counts[label] = self._counts.get(label, 0) + 1
            self._given[key] = f"{label} {self._counts[label]}"
            if label == PERSON:
                self._persons.append((_words(value), self._given[key]))
        return self._given[key]


def _known_person(words: frozenset[str], persons: Iterable[tuple[frozenset[str], str]]) -> str | None:
    """Return whom a name means: the first whose name holds all of its words."""
    return next((given for known, given in persons if words and words <= known), None)


def _words(text: str) -> frozenset[str]:
    return frozenset(each.casefold() for each in _WORDS.findall(text))


def _whole(form: str) -> str:
    before = r"(?<!\w)" if form[0].isalnum() and form[0].upper() != form[0].lower() else ""
    after = r"(?!\w)" if form[-1].isalnum() and form[-1].upper() != form[-1].lower() else ""
    return f"{before}{re.escape(form)}{after}"
