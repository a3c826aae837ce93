"""The fixed words of a bundle's index: a table for each language beside this file, all with the same keys.

Words of the life cycle, names of signed events and instants are the same in every language, as programs and
other papers name them so.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

from rogatory_client.casework.forms.catalogue import LANGUAGES
from rogatory_crypto.errors import MisuseError

_RIGHT_TO_LEFT: Final = frozenset({"ar"})
_TABLES: Final = ("words", "proven", "notes", "events", "labels")


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of one language.

    Attributes:
        code: BCP 47.
        words: headings, labels and what is said in between.
        proven: who vouches for a message, by the value of ``ProvenBy``.
        notes: what stands below.
        events: what an event is, where ``words`` does not say it.
        labels: in front of what an event says.
    """

    code: str
    words: Mapping[str, str]
    proven: Mapping[str, str]
    notes: Mapping[str, str]
    events: Mapping[str, str]
    labels: Mapping[str, str]

    @property
    def fixed(self) -> str:
        """All of them, as one text."""
        return "".join(
            said
            for each in (self.words, self.proven, self.notes, self.events, self.labels)
            for said in each.values()
        )

    @property
    def right_to_left(self) -> bool:
        """How it is written."""
        return self.code in _RIGHT_TO_LEFT


@cache
def wording(language: str) -> Wording:
    """Return the words of a language.

    Raises:
        MisuseError: it has no table.
    """
    if language not in LANGUAGES:
        raise MisuseError(f"an index is in {', '.join(LANGUAGES)}, not in {language!r}")
    table = tomllib.loads((files(__name__) / f"{language}.toml").read_text(encoding="utf-8"))
    return Wording(language, *(table[each] for each in _TABLES))
