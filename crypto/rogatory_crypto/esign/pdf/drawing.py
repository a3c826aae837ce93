"""Whether a PDF page holds text that nobody sees (ISO 32000-1 sections 8.2 and 9.3).

Not a renderer: it follows the current transformation matrix, takes each string's starting point for its
place, and asks whether a later image or filled rectangle lies over it. That is enough to find the text that a
prepared document hides until a later revision takes the cover away. Text can also be white on nothing, too
small, outside of the page, or drawn invisibly; over or under an image the last is how scanned pages are made
searchable. In doubt, as where a background has any other shape, nothing is said.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from math import hypot
from typing import Final

from rogatory_crypto.esign.pdf.geometry import IDENTITY, Box, Matrix, Point, bounds, lies_in, matrix_of, times

MAX_TOKENS: Final = 200_000
MAX_NESTING: Final = 8
MAX_SHAPES: Final = 64
_PLACES_PER_WORD: Final = 32
_SMALLEST_POINTS: Final = 1.0
_TOKEN: Final = re.compile(
    rb"%[^\r\n]*|\((?:[^()\\]|\\.|\((?:[^()\\]|\\.)*\))*\)|<[0-9A-Fa-f\s]*>|<<|>>|\[|\]"
    rb"|/[^\s()<>\[\]{}/%]*|[^\s()<>\[\]{}/%]+",
    re.DOTALL,
)
_SHOWS: Final = frozenset({b"Tj", b"TJ", b"'", b'"'})
_FILLS: Final = frozenset({b"f", b"F", b"f*", b"B", b"B*", b"b", b"b*"})
_ENDS: Final = frozenset({b"n", b"S", b"s"})
_INVISIBLE: Final = 3
_WHITE: Final = {b"g": (1.0,), b"rg": (1.0, 1.0, 1.0), b"k": (0.0, 0.0, 0.0, 0.0)}
_COLOURS: Final = frozenset({*_WHITE, b"cs", b"sc", b"scn"})
_OTHER_SHAPES: Final = frozenset({b"m", b"l", b"c", b"v", b"y", b"sh", b"BI"})


@dataclass(frozen=True, slots=True)
class Form:
    """A piece of content with resources of its own (section 8.10).

    Attributes:
        content: decoded.
        matrix: from its space to the one it is drawn in.
        paper: what it is drawn with.
    """

    content: bytes
    matrix: Matrix
    paper: "Paper"


@dataclass(frozen=True, slots=True)
class Paper:
    """What a page's content is drawn with; names begin with the slash.

    Attributes:
        images: the box of each opaque image.
        form: finds a form by its name; None where there is none.
        visible: what of the page is shown.
        unscaled: fonts whose size says nothing (Type 3).
    """

    images: dict[bytes, Box]
    form: Callable[[bytes], Form | None] = lambda _name: None
    visible: Box | None = None
    unscaled: frozenset[bytes] = frozenset()


@dataclass(frozen=True, slots=True)
class Seen:
    """How many pieces of text something is drawn over, how many nobody can see otherwise, and words read."""

    covered: int
    unseen: int
    words: int


@dataclass(frozen=True, slots=True)
class _State:
    """What is saved and restored (section 8.4.2)."""

    matrix: Matrix = IDENTITY
    white: bool = False
    mode: int = 0
    size: float | None = None


@dataclass(slots=True)
class _Page:
    """What was drawn so far."""

    paper: Paper
    words_left: int
    state: _State = _State()
    line: Matrix = IDENTITY
    leading: float = 0
    stack: list[_State] = field(default_factory=list)
    rectangles: list[Box] = field(default_factory=list)
    texts: list[Point] = field(default_factory=list)
    invisible: list[Point] = field(default_factory=list)
    backgrounds: list[Box] = field(default_factory=list)
    images: list[Box] = field(default_factory=list)
    any_background: bool = False
    covered: int = 0
    unseen: int = 0


def look_at(content: bytes, paper: Paper, most: int = MAX_TOKENS) -> Seen:
    """Count the strings of a page that nobody sees.

    Args:
        content: the page's decoded content streams, joined.
        paper: what it is drawn with.
        most: how many words of the content are read, those of forms included.
    """
    page = _Page(paper, most)
    _read(page, content, 0)
    scanned = page.images[:MAX_SHAPES]
    page.unseen += sum(not any(lies_in(point, box) for box in scanned) for point in page.invisible)
    return Seen(page.covered, page.unseen, most - page.words_left)


def _read(page: _Page, content: bytes, depth: int) -> None:
    operands: list[bytes] = []
    for token in _tokens(content):
        if page.words_left <= 0:
            return
        page.words_left -= 1
        if token[:1] in b"/(<[]-+.0123456789" or token == b">>":
            operands.append(token)
        elif token == b"Do" and operands and (form := page.paper.form(operands[-1])) is not None:
            _draw_form(page, form, depth + 1)
            operands = []
        else:
            _draw(page, token, operands)
            operands = []


def _draw_form(page: _Page, form: Form, depth: int) -> None:
    page.any_background = True
    if depth > MAX_NESTING:
        return
    paper, state, line, stack = page.paper, page.state, page.line, page.stack
    page.paper, page.stack = form.paper, []
    page.state = replace(state, matrix=times(form.matrix, state.matrix))
    _read(page, form.content, depth)
    page.paper, page.state, page.line, page.stack = paper, state, line, stack


def _tokens(content: bytes) -> Iterator[bytes]:
    for match in _TOKEN.finditer(content):
        if not match[0].startswith(b"%"):
            yield match[0]


def _draw(page: _Page, operator: bytes, operands: list[bytes]) -> None:
    match operator:
        case b"q":
            page.stack.append(page.state)
        case b"Q" if page.stack:
            page.state = page.stack.pop()
        case b"cm" if (matrix := matrix_of(_numbers(operands))) is not None:
            page.state = replace(page.state, matrix=times(matrix, page.state.matrix))
        case b"Do" if operands and operands[-1] in page.paper.images:
            box = bounds(page.state.matrix, page.paper.images[operands[-1]])
            page.images.append(box)
            _cover(page, box)
        case _ if operator in _FILLS:
            for box in page.rectangles:
                _cover(page, box)
            page.rectangles = []
        case _ if operator in _COLOURS:
            white = _WHITE.get(operator) == tuple(_numbers(operands))
            page.state = replace(page.state, white=white)
        case _:
            _path(page, operator, operands)
            _write(page, operator, operands)


def _path(page: _Page, operator: bytes, operands: list[bytes]) -> None:
    if operator == b"re" and len(numbers := _numbers(operands)) >= 4:
        left, low, width, height = numbers[-4:]
        page.rectangles.append(bounds(page.state.matrix, (left, low, left + width, low + height)))
    elif operator in _ENDS:
        page.rectangles = []
    elif operator in _OTHER_SHAPES:
        page.any_background = True


def _write(page: _Page, operator: bytes, operands: list[bytes]) -> None:
    numbers = _numbers(operands)
    match operator:
        case b"Tr" if numbers:
            page.state = replace(page.state, mode=int(numbers[-1]))
        case b"Tf" if numbers:
            unscaled = operands[0] in page.paper.unscaled
            page.state = replace(page.state, size=None if unscaled else numbers[-1])
        case _ if operator in _SHOWS:
            _show(page, times(page.line, page.state.matrix))
        case _:
            _move(page, operator, numbers)


def _move(page: _Page, operator: bytes, numbers: list[float]) -> None:
    match operator:
        case b"BT":
            page.line = IDENTITY
        case b"Tm" if (matrix := matrix_of(numbers)) is not None:
            page.line = matrix
        case b"Td" | b"TD" if len(numbers) >= 2:
            page.line = times((1, 0, 0, 1, numbers[-2], numbers[-1]), page.line)
            page.leading = -numbers[-1] if operator == b"TD" else page.leading
        case b"TL" if numbers:
            page.leading = numbers[-1]
        case b"T*":
            page.line = times((1, 0, 0, 1, 0, -page.leading), page.line)


def _show(page: _Page, matrix: Matrix) -> None:
    point = matrix[4], matrix[5]
    if page.state.mode == _INVISIBLE:
        page.invisible.append(point)
    elif _is_unseen(page, matrix):
        page.unseen += 1
    else:
        page.texts.append(point)


def _is_unseen(page: _Page, matrix: Matrix) -> bool:
    point, size = (matrix[4], matrix[5]), page.state.size
    if size is not None and abs(size) * hypot(matrix[2], matrix[3]) < _SMALLEST_POINTS:
        return True
    if page.paper.visible is not None and not lies_in(point, page.paper.visible):
        return True
    if not page.state.white or page.any_background:
        return False
    return not any(lies_in(point, box) for box in page.backgrounds)


def _cover(page: _Page, box: Box) -> None:
    if len(page.backgrounds) < MAX_SHAPES:
        page.backgrounds.append(box)
    else:
        page.any_background = True
    before = len(page.texts)
    page.words_left -= before // _PLACES_PER_WORD
    left, low, right, high = box
    page.texts = [(x, y) for x, y in page.texts if not (left <= x <= right and low <= y <= high)]
    page.covered += before - len(page.texts)


def _numbers(operands: list[bytes]) -> list[float]:
    found = []
    for operand in operands:
        try:
            found.append(float(operand))
        except ValueError:
            continue
    return found
