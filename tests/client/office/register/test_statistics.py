"""No number that is left out can be had from those that are told."""

from itertools import product

import pytest

from rogatory_client.office.register.statistics import HIDDEN_BELOW, TOTAL, untold

ROWS = ("Benin", "Ghana", "Mali", "Togo")
View = tuple[int | None, ...]


def told(counts: tuple[int, ...]) -> View:
    column = dict(zip(ROWS, counts, strict=True))
    hidden = untold(column)
    rows = (None if name in hidden else count for name, count in column.items())
    return (*rows, None if TOTAL in hidden else sum(counts))


def test_what_is_told_fits_more_than_one_number_wherever_one_is_left_out() -> None:
    fitting: dict[View, list[tuple[int, ...]]] = {}
    for counts in product(range(9), repeat=len(ROWS)):
        fitting.setdefault(told(counts), []).append(counts)
    for view, columns in fitting.items():
        for row, number in enumerate(view[:-1]):
            if number is None and any(counts[row] < HIDDEN_BELOW for counts in columns):
                assert len({counts[row] for counts in columns}) > 1, view


@pytest.mark.parametrize(
    ("counts", "view"),
    [
        ((0, 3, 4, 9), (0, 3, 4, 9, 16)),
        ((0, 1, 4, 9), (0, None, None, 9, 14)),
        ((1, 1, 4, 9), (None, None, None, 9, 15)),
        ((1, 2, 4, 9), (None, None, 4, 9, 16)),
        ((1, 1, 0, 0), (None, None, 0, 0, None)),
    ],
)
def test_no_more_is_left_out_than_must_be(counts: tuple[int, ...], view: View) -> None:
    assert told(counts) == view
