"""What an officer types into the search: words, "phrases", and beginnings with an asterisk; never a language.

Every term has to be there. Nothing that is typed can be malformed: what means nothing else is a word.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from rogatory_client.casework.searching.folded_text import fold, fold_with_places, words_of

MAX_CHARACTERS: Final = 1_000
MAX_TERMS: Final = 32
_TERM: Final = re.compile(r'"([^"]*)"?|(\S+)')


@dataclass(frozen=True, slots=True)
class Term:
    """Words that stand one behind the other, folded; of the last one perhaps only the beginning."""

    words: tuple[str, ...]
    is_prefix: bool = False


def read_query(typed: str) -> tuple[Term, ...]:
    """Return the terms of what was typed; at most 32, of at most 1,000 characters."""
    terms: list[Term] = []
    for match in _TERM.finditer(typed[:MAX_CHARACTERS]):
        phrase, word = match.group(1), match.group(2)
        said = phrase if phrase is not None else word
        folded = fold(said)
        words = tuple(folded[begin:end] for begin, end in words_of(folded))
        if words:
            terms.append(Term(words, is_prefix=phrase is None and said.endswith("*")))
    return tuple(terms[:MAX_TERMS])


def match_expression(terms: Sequence[Term]) -> str:
    """Return the terms as FTS5 reads them: quoted, so that no word is an operator."""
    return " AND ".join(f'"{" ".join(term.words)}"{" *" if term.is_prefix else ""}' for term in terms)


def places_of(terms: Sequence[Term], text: str) -> list[tuple[int, int]]:
    """Return begin and end of what the terms have found in a text, in its order and without overlap."""
    folded, places = fold_with_places(text)
    spans = list(words_of(folded))
    words = [folded[begin:end] for begin, end in spans]
    found: list[tuple[int, int]] = []
    for term in terms:
        for first in range(len(words) - len(term.words) + 1):
            if _fits(term, words[first : first + len(term.words)]):
                last = spans[first + len(term.words) - 1]
                found.append((places[spans[first][0]], places[last[1] - 1] + 1))
    return _apart(sorted(found))


def are_in(terms: Sequence[Term], text: str) -> bool:
    """Tell whether all terms are in a text."""
    return bool(terms) and all(places_of((term,), text) for term in terms)


def _fits(term: Term, words: Sequence[str]) -> bool:
    if term.is_prefix:
        return tuple(words[:-1]) == term.words[:-1] and words[-1].startswith(term.words[-1])
    return tuple(words) == term.words


def _apart(found: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    kept: list[tuple[int, int]] = []
    for begin, end in found:
        if kept and begin < kept[-1][1]:
            kept[-1] = (kept[-1][0], max(end, kept[-1][1]))
        else:
            kept.append((begin, end))
    return kept
