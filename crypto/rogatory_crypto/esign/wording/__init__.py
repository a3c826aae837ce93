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
from rogatory_crypto.esign.brief_name import brief_of
from rogatory_crypto.esign.verdict import Indication, MissingTrust, Role, SubIndication
from rogatory_crypto.esign.wording.phrases import Phrase, Recogniser, filled

ENGLISH: Final = "en"
# How the name of an error begins that a library raised.
_ERROR: Final = re.compile(r"\A[A-Za-z]{1,60}Error: ")
LANGUAGES: Final = (ENGLISH, "fr", "es", "ru", "zh", "ar", "pt")


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of one language.

    Attributes:
        code: BCP 47.
        language: its name in itself.
        right_to_left: how it is written.
        indications, sentences, blocks: by the words of EN 319 102-1.
        advice: what to trust, by the role of the certificate that is missing, and by ``country``; what stands
            before it for a signer who is ``untrusted``; what is said instead for an ``other_state``.
        labels: what stands before or instead of a value in a report.
        notes: warnings and changes, by their codes; in English they are what a report itself carries.
        reasons: the same for reasons of verdicts that a reader may understand.
        sources: the same for who says that a certificate is trusted.
    """

    code: str
    language: str
    right_to_left: bool
    indications: Mapping[str, str]
    sentences: Mapping[str, str]
    advice: Mapping[str, str]
    labels: Mapping[str, str]
    blocks: Mapping[str, str]
    notes: Mapping[str, Phrase]
    reasons: Mapping[str, Phrase]
    sources: Mapping[str, Phrase]

    def note(self, said: str) -> str:
        """Return a warning or a change of a report in this language; as it stands where it has no code."""
        return self._told(said, self.notes, _known_notes())

    def reason(self, said: str) -> str:
        """Return the reason of a verdict in this language; as it stands where it has no code."""
        return self._told(said, self.reasons, _known_reasons())

    def source(self, said: str) -> str:
        """Return the name of who says that a certificate is trusted; as it stands where it has no code."""
        return self._told(said, self.sources, _known_sources())

    def _told(self, said: str, phrases: Mapping[str, Phrase], known: Recogniser) -> str:
        found = known.recognise(said)
        if found is None:
            return said
        values = {name: self._blank(name, value) for name, value in found[1].items()}
        return filled(phrases[found[0]], values, self.code)

    def _blank(self, name: str, value: str) -> str:
        """Return what stands in a blank: another phrase is told in this language too, a text as it stands."""
        match name:
            case "why":
                return self.reason(value)
            case "detail":
                plain = _ERROR.sub("", value)
                told = self.reason(plain)
                return value if told == plain else told
            case "title" | "how":
                return self.source(value)
            case _:
                return value

    def sentence(
        self,
        indication: Indication,
        sub_indication: SubIndication | None,
        missing: MissingTrust | None = None,
    ) -> str:
        """Return what a verdict means and what to do about it."""
        if missing is not None and missing.trusted_for:
            states = {"other": self.country(missing.trusted_for), "country": self.country(missing.country)}
            return filled(self.advice["other_state"], states, self.code)
        known = sub_indication is not None and sub_indication.value in self.sentences
        said = self.sentences[sub_indication.value if known and sub_indication else indication.value]
        if missing is None:
            return said
        untrusted = sub_indication is SubIndication.NO_CERTIFICATE_CHAIN_FOUND
        if untrusted and missing.role is Role.SIGNER:
            said = self.advice["untrusted"]
        return " ".join([said, *self._advice(missing)])

    def timestamp_sentence(self, indication: Indication, missing: MissingTrust | None = None) -> str:
        """Return what the verdict on a time stamp of the whole document means and what to do about it."""
        match indication:
            case Indication.TOTAL_PASSED:
                return self.labels["timestamp_passed"]
            case Indication.TOTAL_FAILED:
                return self.labels["timestamp_failed"]
            case _:
                return " ".join(self._advice(missing)) if missing else self.labels["timestamp_open"]

    def told_again(self, english: str) -> str:
        """Return a sentence of the English table in this language; as it stands where it is none."""
        known = wording(ENGLISH).sentences.items()
        return next((self.sentences[word] for word, said in known if said == english), english)

    def _advice(self, missing: MissingTrust) -> list[str]:
        advice = [self.advice[missing.role.value].replace("{issuer}", brief_of(missing.issuer))]
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
        reasons=MappingProxyType(table["reason"]),
        sources=MappingProxyType(table["source"]),
    )


@cache
def _known_notes() -> Recogniser:
    return Recogniser(wording(ENGLISH).notes)


@cache
def _known_reasons() -> Recogniser:
    return Recogniser(wording(ENGLISH).reasons)


@cache
def _known_sources() -> Recogniser:
    return Recogniser(wording(ENGLISH).sources)


def code_of(text: str) -> str:
    """Return the stable code of a warning, of a change or of a reason; empty where it has none."""
    found = _known_notes().recognise(text) or _known_reasons().recognise(text)
    return found[0] if found else ""
