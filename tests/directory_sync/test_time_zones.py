"""Rule R10: time zones."""

from datetime import date

import pytest

from rogatory_directory_sync.time_zones import ZoneRead, read_time_zone

TODAY = date(2026, 6, 30)


@pytest.mark.parametrize(
    ("text", "state_zone", "zone"),
    [
        ("Africa/Dakar", "Europe/Paris", ZoneRead("Africa/Dakar")),
        ("africa/porto-novo", "", ZoneRead("Africa/Porto-Novo")),
        ("GMT+1", "Africa/Porto-Novo", ZoneRead("Africa/Porto-Novo", from_offset=True)),
        ("UTC+04:00", "Asia/Yerevan", ZoneRead("Asia/Yerevan", from_offset=True)),
        ("GMT-1", "Atlantic/Cape_Verde", ZoneRead("Atlantic/Cape_Verde", from_offset=True)),
        ("GMT", "Africa/Dakar", ZoneRead("Africa/Dakar", from_offset=True)),
        ("GMT", "Europe/London", ZoneRead("Europe/London", from_offset=True)),
        ("UTC+0530", "Asia/Kolkata", ZoneRead("Asia/Kolkata", from_offset=True)),
        ("GMT+6", "Asia/Almaty", ZoneRead("Asia/Almaty", from_offset=True, agrees=False)),
        ("GMT+1", "", None),
        ("Mars/Olympus", "Asia/Almaty", None),
        ("local time", "Asia/Almaty", None),
    ],
)
def test_zones_are_read(text: str, state_zone: str, zone: ZoneRead | None) -> None:  # A06-61 to A06-64
    assert read_time_zone(text, state_zone, TODAY) == zone
