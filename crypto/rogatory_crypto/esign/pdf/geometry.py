"""Places on a PDF page: matrices and boxes (ISO 32000-1 section 8.3.3)."""

from typing import Final

Matrix = tuple[float, float, float, float, float, float]
Box = tuple[float, float, float, float]
Point = tuple[float, float]

IDENTITY: Final[Matrix] = (1, 0, 0, 1, 0, 0)


def matrix_of(numbers: list[float]) -> Matrix | None:
    """Return the last six numbers as a matrix; None where there are fewer."""
    if len(numbers) < 6:
        return None
    a, b, c, d, e, f = numbers[-6:]
    return a, b, c, d, e, f


def times(first: Matrix, second: Matrix) -> Matrix:
    """Return what applying one matrix and then another does."""
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


def bounds(matrix: Matrix, box: Box) -> Box:
    """Return the box around a box that a matrix has moved."""
    left, low, right, high = box
    corners = [times((1, 0, 0, 1, x, y), matrix)[4:] for x in (left, right) for y in (low, high)]
    xs, ys = [x for x, _y in corners], [y for _x, y in corners]
    return min(xs), min(ys), max(xs), max(ys)


def lies_in(point: Point, box: Box) -> bool:
    """Tell whether a point lies in a box or on its border."""
    left, low, right, high = box
    return left <= point[0] <= right and low <= point[1] <= high
