"""Office hours in the office's own time zone."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from rogatory_directory_sync import Opening, SyncResult, local_time
from rogatory_directory_sync.record import OfficeHours, Record

WEEK = ("mon", "tue", "wed", "thu", "fri")


@pytest.fixture(scope="module")
def office(june: Callable[..., SyncResult]) -> Callable[..., Record]:
    record = june("json").directory["CNA-KG-01"].record

    def with_hours(*hours: OfficeHours, zone: str | None = "Asia/Bishkek") -> Record:
        return replace(record, office_hours=hours, time_zone=zone)

    return with_hours


@pytest.mark.parametrize(
    ("moment", "opening"),
    [
        ("2026-11-18T02:59", Opening.CLOSED),  # Wednesday, UTC+6: 08:59
        ("2026-11-18T03:00", Opening.OPEN),
        ("2026-11-18T06:30", Opening.CLOSED),  # 12:30, in the break
        ("2026-11-18T07:00", Opening.OPEN),
        ("2026-11-18T11:59", Opening.OPEN),
        ("2026-11-18T12:00", Opening.CLOSED),  # 18:00, the end is not included
        ("2026-11-21T05:00", Opening.CLOSED),  # Saturday
        ("2026-11-15T22:00", Opening.CLOSED),  # Sunday here, Monday 04:00 there
    ],
)
def test_an_office_is_open_by_its_own_clock(
    moment: str, opening: Opening, office: Callable[..., Record]
) -> None:
    record = office(OfficeHours(WEEK, "09:00", "18:00", "12:00", "13:00"))
    assert local_time(record, datetime.fromisoformat(moment).replace(tzinfo=UTC)).opening is opening


@pytest.mark.parametrize(
    ("moment", "opening"),
    [
        ("2026-11-20T17:00", Opening.OPEN),  # Friday 23:00
        ("2026-11-20T21:00", Opening.OPEN),  # Saturday 03:00, still Friday's night
        ("2026-11-21T17:00", Opening.CLOSED),  # Saturday 23:00
        ("2026-11-15T21:00", Opening.CLOSED),  # Monday 03:00, Sunday's night is none
    ],
)
def test_a_night_belongs_to_the_day_it_begins(
    moment: str, opening: Opening, office: Callable[..., Record]
) -> None:
    record = office(OfficeHours(WEEK, "22:00", "06:00"))
    assert local_time(record, datetime.fromisoformat(moment).replace(tzinfo=UTC)).opening is opening


def test_summer_time_is_the_zones_own(june: Callable[..., SyncResult]) -> None:
    record = replace(
        june("json").directory["CNA-ES-01"].record, office_hours=(OfficeHours(WEEK, "09:00", "10:00"),)
    )
    assert local_time(record, datetime(2026, 1, 14, 8, 30, tzinfo=UTC)).opening is Opening.OPEN
    assert local_time(record, datetime(2026, 7, 15, 8, 30, tzinfo=UTC)).opening is Opening.CLOSED
    assert local_time(record, datetime(2026, 7, 15, 7, 30, tzinfo=UTC)).opening is Opening.OPEN


def test_nobody_knows_where_nothing_is_stated(office: Callable[..., Record]) -> None:
    moment = datetime(2026, 11, 18, 6, tzinfo=UTC)
    assert local_time(office(), moment).opening is Opening.UNKNOWN
    for zone in (None, "Nowhere/Land", "../etc"):
        found = local_time(office(OfficeHours(WEEK, "00:00", "23:59"), zone=zone), moment)
        assert (found.at, found.opening) == (None, Opening.UNKNOWN)
