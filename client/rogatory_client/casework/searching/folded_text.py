"""Text as it is searched: what a reader takes for the same letters is the same, and every script has words.

Each character is folded by itself, so a place in the folded text leads back to the one in the original. Case,
width, accents, Arabic vowel signs and the shapes of alef are one. In scripts that set no space between words
(Han, Kana, Thai, Lao, Khmer, Burmese) each character becomes a word of its own, and what is searched there is
a phrase of these: that finds a word of any length, where trigrams find none of two characters, as most are.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

VERSION: Final = 1
"""Of how text is folded: an index of another one is made anew."""

_UNSPACED: Final = (
    (0x0E00, 0x0EFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0x2E80, 0x2FDF), (0x3005, 0x3007),
    (0x3021, 0x30FF), (0x31F0, 0x31FF), (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xA9E0, 0xA9FF),
    (0xF900, 0xFAFF), (0x20000, 0x323AF),
)  # fmt: skip
# Signs above and below letters that may be there or not: Latin, Greek and Cyrillic, Hebrew, Arabic.
_SIGNS: Final = ((0x0300, 0x036F), (0x0591, 0x05C7), (0x0610, 0x061A), (0x064B, 0x065F), (0x06D6, 0x06ED))
_ALIKE: Final = {
    "\u0640": "", "\u0670": "", "\u0671": "\u0627", "\u0649": "\u064a", "\u06cc": "\u064a",
    "\u0629": "\u0647", "\u06a9": "\u0643", "\u0131": "i", "\u0142": "l", "\u00f8": "o", "\u0111": "d",
}  # fmt: skip

_WORD: Final = re.compile("[^ ]+")
_PARTS_OF_WORDS: Final = frozenset({"Mn", "Mc", "Co"})


def _within(character: str, ranges: tuple[tuple[int, int], ...]) -> bool:
    return any(first <= ord(character) <= last for first, last in ranges)


def _folded(character: str) -> str:
    parts = unicodedata.normalize("NFKD", character).casefold()
    kept = "".join(_ALIKE.get(part, part) for part in parts if not _within(part, _SIGNS))
    folded = "".join(str(unicodedata.digit(part, part)) if _is_of_a_word(part) else " " for part in kept)
    return f" {folded}" if _within(character, _UNSPACED) and _begins_a_word(character) else folded


def _is_of_a_word(character: str) -> bool:
    category = unicodedata.category(character)
    return category[0] in "LN" or category in _PARTS_OF_WORDS


def _begins_a_word(character: str) -> bool:
    return unicodedata.category(character)[0] in "LN"


class _Folds(dict[int, str]):
    """What each character becomes, found out when it is first met."""

    def __missing__(self, code: int) -> str:
        folded = _folded(chr(code))
        self[code] = folded
        return folded


_FOLDS: Final = _Folds()


def fold(text: str) -> str:
    """Return text as it is searched: words with spaces between them, whatever stood there before."""
    return text.translate(_FOLDS)


def fold_with_places(text: str) -> tuple[str, list[int]]:
    """Return folded text, and for each of its characters where the one stands that it came from."""
    pieces = [_FOLDS[ord(character)] for character in text]
    places = [index for index, piece in enumerate(pieces) for _ in piece]
    return "".join(pieces), places


def words_of(folded: str) -> Iterator[tuple[int, int]]:
    """Yield begin and end of each word of folded text."""
    return (match.span() for match in _WORD.finditer(folded))
