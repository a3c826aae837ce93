"""A letter of request made from a draft: every section of its type in order, in one language or in two."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from typing import Final

from rogatory_client.casework.answers.value import Answers, Item, value_to_json
from rogatory_client.casework.forms.catalogue import LANGUAGES
from rogatory_client.casework.forms.request_type import RequestType
from rogatory_crypto.errors import MisuseError

_FORM: Final = "rogatory letter 1"
_LATEST: Final = 2**32


@dataclass(frozen=True, slots=True)
class Office:
    """An office as a letter names it: its names by language, English first, and its State's code."""

    names: Mapping[str, str]
    state: str

    def name(self, language: str) -> str:
        """Its name in a language, else the first one."""
        return self.names.get(language) or next(iter(self.names.values()))


@dataclass(frozen=True, slots=True)
class Column:
    """One language of a letter, and the answers in it."""

    language: str
    answers: Answers


@dataclass(frozen=True, slots=True)
class DraftLetter:
    """One letter.

    Attributes:
        request_type: with its sections.
        columns: one or two; they stand side by side, and what the second does not say the first says.
        requesting: the office that asks.
        requested: the office that is asked.
        signed_by: the function that signs.
        dated_at: when the letter is written, unix seconds.
        annexes: files that go with it, each by its name and hash.
        zone: of the office that asks; the letter's date is the day that it is there.
    """

    request_type: RequestType
    columns: tuple[Column, ...]
    requesting: Office
    requested: Office
    signed_by: str
    dated_at: int
    annexes: tuple[Item, ...] = ()
    zone: tzinfo = UTC

    def __post_init__(self) -> None:
        """Refuse what is no letter.

        Raises:
            MisuseError: says what is wrong.
        """
        languages = [each.language for each in self.columns]
        if not 1 <= len(languages) <= 2 or len(set(languages)) != len(languages):
            raise MisuseError("a letter is in one language, or in two that differ")
        if unknown := [each for each in languages if each not in LANGUAGES]:
            raise MisuseError(f"letters are in {', '.join(LANGUAGES)}, not in {unknown[0]}")
        if not self.signed_by.strip():
            raise MisuseError("the letter needs the function that signs it")
        if not 0 <= self.dated_at < _LATEST:
            raise MisuseError("the letter's date is out of range")

    @property
    def dated_on(self) -> date:
        """The date of the letter."""
        return datetime.fromtimestamp(self.dated_at, self.zone).date()

    @property
    def reference(self) -> str:
        """The requesting office's."""
        return str(self.columns[0].answers.get("own_reference", ""))

    def machine_readable(self) -> str:
        """The answers as JSON, for the file inside the letter."""
        form = {
            "form": _FORM,
            "request_type": self.request_type.id,
            "dated_at": self.dated_at,
            "signed_by": self.signed_by,
            "annexes": [dict(each.members) for each in self.annexes],
            "columns": [
                {
                    "language": each.language,
                    "answers": {name: value_to_json(value) for name, value in each.answers.items()},
                }
                for each in self.columns
            ],
        }
        return json.dumps(form, ensure_ascii=False, sort_keys=True)
