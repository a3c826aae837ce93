"""Text from others made safe to show: it can neither move a cursor nor turn the reading direction.

Control characters (C0, C1, DEL), direction overrides and isolates, line separators, tag characters, lone
surrogates and noncharacters, which no page may hold, become U+FFFD, so that a reader sees that something
stood there. Joiners stay: Arabic, Persian and the scripts of India are misspelt without them.
"""

import unicodedata
from typing import Final

REPLACEMENT: Final = "\N{REPLACEMENT CHARACTER}"
_JOINERS: Final = frozenset("\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}")
# Control, format, surrogate, and the two separators that terminals may take for a new line.
_UNSAFE_CATEGORIES: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_NONCHARACTERS: Final = frozenset(
    {*map(chr, range(0xFDD0, 0xFDF0))}
    | {chr((plane << 16) + last) for plane in range(17) for last in (0xFFFE, 0xFFFF)}
)


def one_line(text: str) -> str:
    """Return text for a table or a heading: no line breaks, nothing a terminal would obey."""
    return "".join(_visible(character) for character in " ".join(text.splitlines()))


def paragraphs(text: str) -> str:
    """Return text of several lines: line feeds stay, everything else as in ``one_line``."""
    unified = text.replace("\r\n", "\n").replace("\t", "    ")
    return "\n".join("".join(_visible(character) for character in line) for line in unified.split("\n"))


def _visible(character: str) -> str:
    if character in _JOINERS:
        return character
    unsafe = character in _NONCHARACTERS or unicodedata.category(character) in _UNSAFE_CATEGORIES
    return REPLACEMENT if unsafe else character
