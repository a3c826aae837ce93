"""A hand-over form: what a file says, beside the fields of a request that it seems to answer.

Headings are known in seven languages: those of our letters, and those of ``headings.toml`` that officers use.
What stands under one is proposed for its field, and nothing is taken over by itself: an officer reads the
form, mends it and saves it. A letter made here carries its answers, and these are proposed as they are.
"""

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Final

from rogatory_client.casework.answers.checking import check_answer, field_of
from rogatory_client.casework.answers.text import AnswerError
from rogatory_client.casework.answers.typed import typed_answer
from rogatory_client.casework.answers.value import Value, value_from_json
from rogatory_client.casework.drafts.template import OF_ONE_REQUEST, write_template
from rogatory_client.casework.forms.catalogue import LANGUAGES
from rogatory_client.casework.forms.field import Field
from rogatory_client.casework.forms.request_type import RequestType
from rogatory_client.letter.wording import wording
from rogatory_client.written.extraction import WrittenFile
from rogatory_crypto.errors import MisuseError

_MAX_HEADING: Final = 120
_MAX_REST: Final = 20_000
# "3.", "(a)", "IV.", "2.1", "§ 4" in front of a heading.
_NUMBER: Final = re.compile(
    r"^\s*(?:[§#*•\u2013-]+\s*)?(?:\(?(?:\d{1,3}(?:\.\d{1,3})*|[ivxlc]{1,6}|[a-z])[.)]\)?\s+)?", re.IGNORECASE
)
_MARKS: Final = " \t:\uff1a.。\u2013\u2014-"
_PARTED: Final = re.compile(r"[:\uff1a]\s*|\s+[\u2013\u2014]\s+")


@dataclass(frozen=True, slots=True)
class HandOver:
    """What a file offers to a draft.

    Attributes:
        answers: that fit their fields.
        unfit: what stands under a field's heading and does not fit it, with the reason.
        rest: text under no heading that is known.
    """

    answers: Mapping[str, Value] = field(repr=False)
    unfit: Mapping[str, tuple[str, str]] = field(repr=False)
    rest: str = field(repr=False)

    @property
    def form(self) -> str:
        """The form as TOML, for an officer to read, to mend and to save with ``rogatory draft fill``."""
        parts = [write_template(self.answers)]
        for name, (text, why) in self.unfit.items():
            parts.append(f"\n# {name}: {why}\n{_commented(text)}\n")
        if self.rest:
            parts.append(f"\n# Under no heading that is known:\n{_commented(self.rest[:_MAX_REST])}\n")
        if len(self.rest) > _MAX_REST:
            parts.append(f"# {len(self.rest) - _MAX_REST} more characters: read them in the file.\n")
        return "".join(parts)


def hand_over(written: WrittenFile, request_type: RequestType) -> HandOver:
    """Return what a file offers to a draft of a type."""
    fields = {name: each for name, each in request_type.fields.items() if name not in OF_ONE_REQUEST}
    if "own_reference" in request_type.fields:
        fields["own_reference"] = request_type.fields["own_reference"]
    carried = _carried(written.answers, fields)
    if carried:
        return HandOver(carried, {}, "")
    found, rest = _under_headings(written.text, fields)
    answers: dict[str, Value] = {}
    unfit: dict[str, tuple[str, str]] = {}
    for name, text in found.items():
        try:
            answers[name] = check_answer(fields[name], typed_answer(fields[name], text))
        except AnswerError as error:
            unfit[name] = (text, error.why)
    return HandOver(answers, unfit, rest)


def _carried(answers: str, fields: Mapping[str, Field]) -> dict[str, Value]:
    """The answers in a letter of ours that fit; the file may come from anybody."""
    kept: dict[str, Value] = {}
    with suppress(ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError):
        said = json.loads(answers)["columns"][0]["answers"]
        for name, form in said.items() if answers else ():
            with suppress(MisuseError):
                kept[name] = check_answer(field_of(fields, name), value_from_json(form))
    return kept


def _under_headings(text: str, fields: Mapping[str, Field]) -> tuple[dict[str, str], str]:
    known = {words: name for words, name in _headings().items() if name in fields}
    found: dict[str, list[str]] = {}
    current: list[str] = []
    rest = current
    for line in text.split("\n"):
        name, remainder = _heading_of(line, known)
        if name is not None:
            current = found.setdefault(name, [])
        if remainder:
            current.append(remainder)
        elif name is None and current and current[-1]:
            current.append("")
    said = {name: "\n".join(lines).strip() for name, lines in found.items()}
    return {name: text for name, text in said.items() if text}, "\n".join(rest).strip()


def _heading_of(line: str, known: Mapping[str, str]) -> tuple[str | None, str]:
    """The field that a line heads, and what it says besides; the whole line where it heads none."""
    stripped = line.strip()
    bare = _NUMBER.sub("", stripped, count=1)
    for candidate in (stripped, bare):
        whole = known.get(_plain(candidate)) if len(candidate) <= _MAX_HEADING else None
        if whole is not None:
            return whole, ""
        parts = _PARTED.split(candidate, maxsplit=1)
        label = known.get(_plain(parts[0])) if len(parts) == 2 and len(parts[0]) <= _MAX_HEADING else None
        if label is not None:
            return label, parts[1].strip()
    return None, stripped


def _plain(text: str) -> str:
    return " ".join(text.strip(_MARKS).casefold().split())


@cache
def _headings() -> Mapping[str, str]:
    """Every heading by its plain form; what is said of two fields stands for the first."""
    known: dict[str, str] = {}
    for words, name in (*_listed(), *_of_letters()):
        known.setdefault(_plain(words), name)
    return known


def _listed() -> Iterator[tuple[str, str]]:
    table = tomllib.loads((files(__package__) / "headings.toml").read_text(encoding="utf-8"))
    for name, headings in table.items():
        yield from ((each, name) for each in headings)


def _of_letters() -> Iterator[tuple[str, str]]:
    from rogatory_client.casework.forms.catalogue import all_fields

    for language in LANGUAGES:
        words = wording(language)
        yield from ((words.label(each), name) for name, each in all_fields().items())


def _commented(text: str) -> str:
    return "\n".join(f"#   {line}".rstrip() for line in text.split("\n"))
