"""Whether something on a PDF page is drawn over text that is there (ISO 32000-1 section 8.2).

Not a renderer: it follows the current transformation matrix, takes each string's starting point for its
place, and asks whether a later image or filled rectangle lies over it. That is enough to find the text that a
prepared document hides until a later revision takes the cover away.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final

Matrix = tuple[float, float, float, float, float, float]
Box = tuple[float, float, float, float]

MAX_TOKENS: Final = 200_000
_IDENTITY: Final[Matrix] = (1, 0, 0, 1, 0, 0)
_TOKEN: Final = re.compile(
    rb"%[^\r\n]*|\((?:[^()\\]|\\.|\((?:[^()\\]|\\.)*\))*\)|<[0-9A-Fa-f\s]*>|<<|>>|\[|\]"
    rb"|/[^\s()<>\[\]{}/%]*|[^\s()<>\[\]{}/%]+",
    re.DOTALL,
)
_SHOWS: Final = frozenset({b"Tj", b"TJ", b"'", b'"'})
_FILLS: Final = frozenset({b"f", b"F", b"f*", b"B", b"B*", b"b", b"b*"})
_ENDS: Final = frozenset({b"n", b"S", b"s"})
_INVISIBLE: Final = 3


@dataclass(slots=True)
class _Page:
    """What was drawn so far."""

    covers: dict[bytes, Any]
    matrix: Matrix = _IDENTITY
    line: Matrix = _IDENTITY
    leading: float = 0
    mode: int = 0
    stack: list[Matrix] = field(default_factory=list)
    rectangles: list[Box] = field(default_factory=list)
    texts: list[tuple[float, float]] = field(default_factory=list)
    covered: int = 0


def covered_texts(content: bytes, boxes: dict[bytes, Box], most: int = MAX_TOKENS) -> tuple[int, int]:
    """Count the strings of a page over which something is drawn later.

    Args:
        content: the page's decoded content streams, joined.
        boxes: the box of each external object of the page, by its name with the slash.
        most: how many words of the content are read.

    Returns:
        The number of strings, and of words read; as many as ``most`` where there were more.
    """
    page = _Page(covers=dict(boxes))
    operands: list[bytes] = []
    words = list(islice(_tokens(content), most))
    for token in words:
        if token[:1] in b"/(<[]-+.0123456789" or token == b">>":
            operands.append(token)
            continue
        _draw(page, token, operands)
        operands = []
    return page.covered, len(words)


def _tokens(content: bytes) -> Iterator[bytes]:
    for match in _TOKEN.finditer(content):
        if not match[0].startswith(b"%"):
            yield match[0]


def _draw(page: _Page, operator: bytes, operands: list[bytes]) -> None:
    match operator:
        case b"q":
            page.stack.append(page.matrix)
        case b"Q" if page.stack:
            page.matrix = page.stack.pop()
        case b"cm" if (matrix := _matrix(operands)) is not None:
            page.matrix = _times(matrix, page.matrix)
        case b"Do" if operands and operands[-1] in page.covers:
            _cover(page, _bounds(page.matrix, page.covers[operands[-1]]))
        case _ if operator in _FILLS:
            for box in page.rectangles:
                _cover(page, box)
            page.rectangles = []
        case _:
            _path(page, operator, operands)
            _write(page, operator, operands)


def _path(page: _Page, operator: bytes, operands: list[bytes]) -> None:
    if operator == b"re" and len(numbers := _numbers(operands)) >= 4:
        left, low, width, height = numbers[-4:]
        page.rectangles.append(_bounds(page.matrix, (left, low, left + width, low + height)))
    elif operator in _ENDS:
        page.rectangles = []


def _write(page: _Page, operator: bytes, operands: list[bytes]) -> None:
    numbers = _numbers(operands)
    match operator:
        case b"BT":
            page.line = _IDENTITY
        case b"Tm" if (matrix := _matrix(operands)) is not None:
            page.line = matrix
        case b"Td" | b"TD" if len(numbers) >= 2:
            page.line = _times((1, 0, 0, 1, numbers[-2], numbers[-1]), page.line)
            page.leading = -numbers[-1] if operator == b"TD" else page.leading
        case b"TL" if numbers:
            page.leading = numbers[-1]
        case b"Tr" if numbers:
            page.mode = int(numbers[-1])
        case b"T*":
            page.line = _times((1, 0, 0, 1, 0, -page.leading), page.line)
        case _ if operator in _SHOWS and page.mode != _INVISIBLE:
            matrix = _times(page.line, page.matrix)
            page.texts.append((matrix[4], matrix[5]))


def _cover(page: _Page, box: Box) -> None:
    left, low, right, high = box
    before = len(page.texts)
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


def _matrix(operands: list[bytes]) -> Matrix | None:
    numbers = _numbers(operands)
    if len(numbers) < 6:
        return None
    a, b, c, d, e, f = numbers[-6:]
    return a, b, c, d, e, f


def _times(first: Matrix, second: Matrix) -> Matrix:
    a, b, c, d, e, f = first
    g, h, i, j, k, m = second
    return (
        a * g + b * i,
        a * h + b * j,
        c * g + d * i,
        c * h + d * j,
        e * g + f * i + k,
        e * h + f * j + m,
    )


def _bounds(matrix: Matrix, box: Box) -> Box:
    left, low, right, high = box
    corners = [_times((1, 0, 0, 1, x, y), matrix)[4:] for x in (left, right) for y in (low, high)]
    xs, ys = [x for x, _y in corners], [y for _x, y in corners]
    return min(xs), min(ys), max(xs), max(ys)
