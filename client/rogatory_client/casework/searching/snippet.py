"""The lines around what a search has found, with what was found marked."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from rogatory_client.casework.searching.query import Term, places_of

_BEFORE: Final = 40
LENGTH: Final = 160
_CUT: Final = "…"


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of text, found or around it."""

    text: str
    is_hit: bool


def snippet(terms: Sequence[Term], text: str) -> tuple[Piece, ...]:
    """Return some 160 characters around the first place that was found; the beginning where there is none."""
    places = places_of(terms, text)
    begin = _word_begin(text, max(0, places[0][0] - _BEFORE)) if places else 0
    end = min(len(text), max(begin + LENGTH, places[0][1] if places else 0))
    pieces: list[Piece] = [Piece(_CUT, is_hit=False)] if begin else []
    at = begin
    for first, last in places:
        if first < at or last > end:
            continue
        pieces += [Piece(text[at:first], is_hit=False), Piece(text[first:last], is_hit=True)]
        at = last
    pieces.append(Piece(text[at:end] + (_CUT if end < len(text) else ""), is_hit=False))
    return tuple(piece for piece in pieces if piece.text)


def _word_begin(text: str, at: int) -> int:
    """Return where a word begins next, if that is near."""
    if at == 0:
        return 0
    space = text.find(" ", at, at + _BEFORE // 2)
    return at if space < 0 else space + 1
