"""Names of persons: after a title, in several scripts, and those that the office knows from its drafts.

A title alone is no name, and whoever is addressed by a function is named by it: ``Mr President``.
"""

import re
from collections.abc import Collection, Iterator
from typing import Final

from rogatory_client.casework.personal_data.words import any_of, personal_words

_MAX_WORDS: Final = 4
_MIN_LETTERS: Final = 4
_APOSTROPHES: Final = "'\u2019"
# A line may end behind a title, if that is no single letter without a stop.
_TITLE: Final = re.compile(any_of("titles") + r"(?:\.?[ \u00a0\t]{1,2}|(?:\.|(?<=\w\w))\n)(?=\w)")
_WORD: Final = re.compile(rf"[^\W\d_][\w{_APOSTROPHES}-]{{0,40}}\.?")
_GAP: Final = re.compile(r"[ \u00a0]{1,2}")
_HAN_TITLE: Final = re.compile(rf"[\u4e00-\u9fff]{{1,3}}(?={any_of('titles_after')})")
_WORDS: Final = re.compile(r"[^\W\d_]+")
_UNCASED: Final = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_PARTICLES: Final = frozenset(personal_words()["particles"])
_FUNCTIONS: Final = frozenset(personal_words()["functions"])


def titled_names(text: str) -> Iterator[tuple[int, int]]:
    """Yield the words that are a name because a title stands before them, without the title."""
    for title in _TITLE.finditer(text):
        end = _end_of_name(text, title.end())
        if end is not None:
            yield title.end(), end
    for found in _HAN_TITLE.finditer(text):
        yield found.span()


def known_names(text: str, names: Collection[str]) -> Iterator[tuple[int, int]]:
    """Yield where persons are named whom the office knows: by the whole name, or a part that tells something.

    A part of fewer than four letters, and one that is written small, could be any word.
    """
    whole, parts = _by_first_word(names)
    words = list(_WORDS.finditer(text))
    folded = [each[0].casefold() for each in words]
    for at, word in enumerate(words):
        lengths = [
            len(name) for name in whole.get(folded[at], ()) if tuple(folded[at : at + len(name)]) == name
        ]
        if lengths:
            yield word.start(), words[at + max(lengths) - 1].end()
        elif folded[at] in parts and not word[0][0].islower():
            yield word.span()
    for name in names:
        if _UNCASED.search(name):
            yield from _occurrences(text, name.strip())


def _end_of_name(text: str, start: int) -> int | None:
    """Return where the name ends that begins here; None where none does."""
    end, at = None, start
    for number in range(_MAX_WORDS):
        word = _WORD.match(text, at)
        if word is None or (end is None and word[0].rstrip(".").casefold() in _FUNCTIONS):
            break
        if not word[0][0].islower():
            end = word.end() - word[0].endswith(".") * (len(word[0]) > 2)  # but an initial's stop stays
        elif word[0] not in _PARTICLES:
            break
        gap = _GAP.match(text, word.end())
        if gap is None or (number > 0 and not _has_capitals(word[0])):
            break
        at = gap.end()
    return end


def _has_capitals(word: str) -> bool:
    """Where nothing tells a name from the words after it, two words are taken for the name."""
    return word.upper() != word.lower()


def _by_first_word(
    names: Collection[str],
) -> tuple[dict[str, list[tuple[str, ...]]], frozenset[str]]:
    whole: dict[str, list[tuple[str, ...]]] = {}
    parts: set[str] = set()
    for name in names:
        words = tuple(each[0].casefold() for each in _WORDS.finditer(name))
        if words and not _UNCASED.search(name):
            whole.setdefault(words[0], []).append(words)
            parts |= {each for each in words if len(each) >= _MIN_LETTERS}
    return whole, frozenset(parts)


def _occurrences(text: str, name: str) -> Iterator[tuple[int, int]]:
    at = text.find(name) if len(name) > 1 else -1
    while at >= 0:
        yield at, at + len(name)
        at = text.find(name, at + len(name))
