"""Office hours as published, to days and times."""

from typing import Any

import pytest

from rogatory_directory_sync.office_hours import read_office_hours

WEEK = ["mon", "tue", "wed", "thu", "fri"]


@pytest.mark.parametrize(
    ("text", "periods"),
    [
        ("Mon-Fri 08:00-16:30", [{"days": WEEK, "open": "08:00", "close": "16:30"}]),
        (
            "Mon-Fri 8:00 - 17:30 (break 12:30-15:00)",
            [{"days": WEEK, "open": "08:00", "close": "17:30", "break_start": "12:30", "break_end": "15:00"}],
        ),
        (
            "Mon-Thu 08:00-16:00; Fri 08:00-12:30",
            [
                {"days": WEEK[:4], "open": "08:00", "close": "16:00"},
                {"days": ["fri"], "open": "08:00", "close": "12:30"},
            ],
        ),
        ("Mon,Tue,Sat 07:45-16:30", [{"days": ["mon", "tue", "sat"], "open": "07:45", "close": "16:30"}]),
        ("Sun-Tue 08:00-12:00", [{"days": ["sun", "mon", "tue"], "open": "08:00", "close": "12:00"}]),
        ("", []),
        ("by appointment", None),
        ("Mon-Fri 08:00-25:00", None),
        ("Someday 08:00-12:00", None),
        ("Mon-Tue-Wed 08:00-12:00", None),
    ],
)
def test_hours_are_read(text: str, periods: list[Any] | None) -> None:
    assert read_office_hours(text) == periods
