"""Verdicts in plain language: what was found and, where something can be done, what to do.

"Not trusted" never reads like "not intact". Every language is one table beside this file with the same keys,
which are the words of EN 319 102-1; another language is another table.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Final

from rogatory_crypto.errors import MisuseError
from rogatory_crypto.esign.verdict import Indication, MissingTrust, SubIndication

ENGLISH: Final = "en"
_BLANK: Final = re.compile(r"\{([a-z]+)\}")
# What a blank of a note stands for; a title or a name is a text of the document's or its list's.
_BLANKS: Final = {"date": r"\d{4}-\d\d-\d\d", "title": ".{1,500}", "names": ".{1,500}", "what": ".{1,200}"}
_NUMBER: Final = r"\d{1,12}"
_MAX_NOTE: Final = 1000
LANGUAGES: Final = (ENGLISH, "fr", "es", "ru", "zh", "ar", "pt")


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of one language.

    Attributes:
        code: BCP 47.
        language: its name in itself.
        right_to_left: how it is written.
        indications, sentences, blocks: by the words of EN 319 102-1.
        advice: what to trust, by the role of the certificate that is missing, and by ``country``; and what is
            said instead where it is trusted, but for an ``other_state``.
        labels: what stands before or instead of a value in a report.
        notes: warnings, by their codes; in English they are what a report itself carries.
    """

    code: str
    language: str
    right_to_left: bool
    indications: Mapping[str, str]
    sentences: Mapping[str, str]
    advice: Mapping[str, str]
    labels: Mapping[str, str]
    blocks: Mapping[str, str]
    notes: Mapping[str, str]

    def note(self, warning: str) -> str:
        """Return a warning of a report in this language; as it stands where no code is known for it."""
        if self.code == ENGLISH or len(warning) > _MAX_NOTE:
            return warning
        for code, form in _forms().items():
            if (found := form.fullmatch(warning)) is not None:
                return _filled(self.notes[code], found.groupdict())
        return warning

    def sentence(
        self,
        indication: Indication,
        sub_indication: SubIndication | None,
        missing: MissingTrust | None = None,
    ) -> str:
        """Return what a verdict means and what to do about it."""
        if missing is not None and missing.trusted_for:
            states = {"other": self.country(missing.trusted_for), "country": self.country(missing.country)}
            return _filled(self.advice["other_state"], states)
        known = sub_indication is not None and sub_indication.value in self.sentences
        said = self.sentences[sub_indication.value if known and sub_indication else indication.value]
        return said if missing is None else " ".join([said, *self._advice(missing)])

    def _advice(self, missing: MissingTrust) -> list[str]:
        advice = [self.advice[missing.role.value].replace("{issuer}", missing.issuer)]
        if missing.country:
            advice.append(self.advice["country"].replace("{country}", self.country(missing.country)))
        return advice

    def country(self, code: str) -> str:
        """Return a state's name in this language; the code itself where it is no state's."""
        from babel import Locale

        return str(Locale.parse(self.code).territories.get(code.upper(), code))


@cache
def wording(language: str) -> Wording:
    """Return the words of a language.

    Raises:
        MisuseError: there is no table for it.
    """
    if language not in LANGUAGES:
        raise MisuseError(f"reports are written in {', '.join(LANGUAGES)}, not in {language!r}")
    table = tomllib.loads(files(__name__).joinpath(f"{language}.toml").read_text(encoding="utf-8"))
    return Wording(
        code=language,
        language=table["language"],
        right_to_left=table["right_to_left"],
        indications=MappingProxyType(table["indication"]),
        sentences=MappingProxyType(table["sentence"]),
        advice=MappingProxyType(table["missing"]),
        labels=MappingProxyType(table["label"]),
        blocks=MappingProxyType(table["block"]),
        notes=MappingProxyType(table["note"]),
    )


def _filled(text: str, values: Mapping[str, str]) -> str:
    return _BLANK.sub(lambda blank: values[blank[1]], text)


@cache
def _forms() -> Mapping[str, re.Pattern[str]]:
    """How each warning is written in English, by its code."""
    return {code: re.compile(_form(text)) for code, text in wording(ENGLISH).notes.items()}


def _form(text: str) -> str:
    parts = _BLANK.split(text)
    named = (f"(?P<{name}>{_BLANKS.get(name, _NUMBER)})" for name in parts[1::2])
    return "".join(map(str.__add__, map(re.escape, parts[::2]), (*named, "")))
