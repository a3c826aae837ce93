"""Rules R9 and R13: dates and age."""

from datetime import date

import pytest

from rogatory_directory_sync.dates import DateUnknown, is_stale, months_before, read_date

TODAY = date(2026, 6, 30)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2025-03-14", date(2025, 3, 14)),
        ("2025-03-14T10:00:00Z", date(2025, 3, 14)),
        ("14/03/2025", date(2025, 3, 14)),
        ("03/14/2025", date(2025, 3, 14)),
        ("04/04/2025", date(2025, 4, 4)),
        ("17.11.2024", date(2024, 11, 17)),
        ("03/04/2025", DateUnknown("date_ambiguous")),
        ("2568-02-03", DateUnknown("date_future")),
        ("2027-01-15", DateUnknown("date_future")),
        ("1403-01-12", DateUnknown("date_unreadable")),
        ("01.01.0001", DateUnknown("date_unreadable")),
        ("2026-06-30", TODAY),
        ("2026-07-01", DateUnknown("date_future")),
        ("31.02.2024", DateUnknown("date_unreadable")),
        ("13/13/2024", DateUnknown("date_unreadable")),
        ("spring 2024", DateUnknown("date_unreadable")),
    ],
)
def test_dates_are_read_or_unknown(text: str, found: date | DateUnknown) -> None:  # A06-56 to A06-60
    assert read_date(text, TODAY) == found


@pytest.mark.parametrize(
    ("today", "months", "found"),
    [
        (date(2026, 6, 30), 24, date(2024, 6, 30)),
        (date(2024, 2, 29), 12, date(2023, 2, 28)),
        (date(2026, 3, 31), 1, date(2026, 2, 28)),
        (date(2026, 1, 15), 1, date(2025, 12, 15)),
    ],
)
def test_months_are_counted_on_the_calendar(today: date, months: int, found: date) -> None:
    assert months_before(today, months) == found


def test_stale_is_more_than_24_months() -> None:
    assert is_stale(date(2024, 6, 29), TODAY)
    assert not is_stale(date(2024, 6, 30), TODAY)
