"""Office hours across time zones and clock changes, and whom to turn to while an urgent request waits."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from rogatory_client.casework.deadlines.due import OfficeCalendar
from rogatory_client.casework.deadlines.escalation import (
    Rung,
    Step,
    Waiting,
    is_pressing,
    ladder,
    step_rules,
)
from rogatory_client.casework.deadlines.opening_hours import OpeningHours, Shift, opening_hours
from rogatory_crypto.casework import Side
from rogatory_crypto.content.events import Urgency
from rogatory_directory_sync import Record, read_directory, sample_file

ZONES = sorted(available_timezones() - {"localtime", "Factory"})
DAY = Shift(time(9), time(17))
WEEK = ((DAY,),) * 5 + ((), ())
INSTANTS = st.integers(1_500_000_000, 2_000_000_000)


def hours(zone: str = "Africa/Accra", **fields: object) -> OpeningHours:
    return OpeningHours(OfficeCalendar(ZoneInfo(zone)), WEEK, **fields)  # type: ignore[arg-type]


def at(text: str, zone: str = "UTC") -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp())


def local(instant: int, zone: str) -> datetime:
    return datetime.fromtimestamp(instant, UTC).astimezone(ZoneInfo(zone))


def entry(entry_id: str) -> Record:
    return read_directory(sample_file("state-after-2026-06.json").content)[entry_id].record


@given(st.sampled_from(ZONES), INSTANTS)
def test_an_office_is_open_by_its_own_wall_clock(zone: str, instant: int) -> None:
    """PEP 495: an hour that is there twice is open both times, one that is not there is no time at all."""
    here, there = hours(zone), local(instant, zone)
    assume(there.utcoffset() == local(instant - 7_200, zone).utcoffset())
    assume(there.utcoffset() == local(instant + 7_200, zone).utcoffset())
    expected = there.weekday() < 5 and time(9) <= there.time() < time(17)
    assert here.is_open(instant) is expected


@given(st.sampled_from(ZONES), INSTANTS)
def test_the_next_opening_is_open_and_nothing_is_open_before_it(zone: str, instant: int) -> None:
    here = hours(zone)
    opening = here.next_opening(instant)
    assert opening is not None
    assert opening >= instant
    assert here.is_open(opening)
    assert opening == instant or not here.is_open(opening - 1)
    assert not any(here.is_open(each) for each in range(instant, opening, 1_800))


@given(st.sampled_from(ZONES), INSTANTS, st.integers(0, 200_000), st.integers(0, 200_000))
def test_open_time_is_counted_only_while_somebody_is_there(
    zone: str, instant: int, first: int, second: int
) -> None:
    here = hours(zone)
    both, one = here.after_open_time(instant, first + second), here.after_open_time(instant, first)
    assert both is not None
    assert one is not None
    assert instant <= one <= both
    assert both - instant >= first + second
    # Counting on from where the first part ended comes to the same.
    assert here.after_open_time(one, second) == both


@pytest.mark.parametrize(
    ("zone", "begun", "hours_later", "end"),
    [
        # The clock goes back on Sunday, 25 October, and forward on Sunday, 29 March.
        ("Europe/Dublin", "2026-10-23T16:00", 2, "2026-10-26T10:00"),
        ("Europe/Dublin", "2026-03-27T16:00", 2, "2026-03-30T10:00"),
        ("Asia/Kathmandu", "2026-11-20T16:45", 1, "2026-11-23T09:45"),
        ("Pacific/Kiritimati", "2026-11-20T16:30", 1, "2026-11-23T09:30"),
    ],
)
def test_a_weekend_with_a_clock_change_counts_nothing(
    zone: str, begun: str, hours_later: int, end: str
) -> None:
    assert hours(zone).after_open_time(at(begun, zone), hours_later * 3600) == at(end, zone)


def test_breaks_free_days_and_nights_are_closed() -> None:
    lunch = (Shift(time(8), time(12)), Shift(time(13), time(17)))
    night = (Shift(time(22), time(6)),)
    calendar = OfficeCalendar(holidays=frozenset({date(2026, 11, 24)}))
    here = OpeningHours(calendar, (lunch, lunch, night, lunch, lunch, (), ()))
    assert not here.is_open(at("2026-11-23T12:30"))
    assert here.is_open(at("2026-11-23T16:59:59"))
    assert not here.is_open(at("2026-11-24T10:00"))
    assert here.is_open(at("2026-11-25T23:00"))
    assert here.is_open(at("2026-11-26T05:59:59"))
    assert not here.is_open(at("2026-11-26T07:00"))
    assert here.next_opening(at("2026-11-23T17:00")) == at("2026-11-25T22:00")


def test_an_office_without_hours_is_not_known_to_be_there() -> None:
    nobody = OpeningHours(OfficeCalendar())
    assert not nobody.is_known
    assert nobody.next_opening(0) is None
    assert nobody.after_open_time(0, 60) is None
    assert not opening_hours(None, OfficeCalendar()).is_known


def test_an_entry_says_when_somebody_is_there() -> None:
    """Monday to Friday 08:00 to 17:00 with a break, and somebody around the clock."""
    record = entry("CNA-GH-01")
    here = opening_hours(record, OfficeCalendar(ZoneInfo("Africa/Accra")))
    assert here.around_the_clock
    assert here.is_open(at("2026-11-23T11:59"))
    assert not here.is_open(at("2026-11-23T12:30"))
    urgent = replace(record.urgent_procedure, available_24_7=False)
    assert not opening_hours(replace(record, urgent_procedure=urgent), here.calendar).around_the_clock
    broken = replace(record.office_hours[0], open="25:00")
    assert not any(opening_hours(replace(record, office_hours=(broken,)), here.calendar).shifts)


def steps(
    urgency: Urgency, since: str, now: str, here: OpeningHours, *, ended: str | None = None
) -> dict[Rung, Step]:
    waiting = Waiting(urgency, at(since), None if ended is None else at(ended))
    found = ladder(Side.REQUESTING, waiting, here, hours("Africa/Dakar"), at(now))
    return {step.who: step for step in found}


def test_an_emergency_waits_for_no_office_hours() -> None:
    """Saturday, three in the morning."""
    found = steps(Urgency.EMERGENCY, "2026-11-21T03:00", "2026-11-21T03:20", hours())
    assert [step.at - at("2026-11-21T03:00") for step in found.values()] == [0, 900, 1_800]
    assert [step.is_due for step in found.values()] == [True, True, False]
    assert found[Rung.DUTY_OFFICER].is_there is False
    assert found[Rung.DUTY_OFFICER].there_at == at("2026-11-23T09:00")


def test_what_is_urgent_waits_until_the_office_opens() -> None:
    found = steps(Urgency.URGENT, "2026-11-20T16:00", "2026-11-23T10:00", hours())
    assert found[Rung.DUTY_OFFICER].at == at("2026-11-20T16:00")
    assert found[Rung.DEPUTY].at == at("2026-11-23T10:00")
    assert found[Rung.SECRETARIAT].at == at("2026-11-23T12:00")
    assert [step.is_due for step in found.values()] == [True, True, False]


def test_where_somebody_is_there_around_the_clock_minutes_count_at_night() -> None:
    """The duty officer is there at night; deputies and secretariats keep their hours."""
    night = hours(around_the_clock=True)
    found = steps(Urgency.URGENT, "2026-11-20T22:00", "2026-11-21T05:00", night)
    assert found[Rung.DUTY_OFFICER].is_there is True
    assert found[Rung.DEPUTY].at == at("2026-11-23T09:00")
    assert found[Rung.SECRETARIAT].at == at("2026-11-23T09:00")
    assert not found[Rung.SECRETARIAT].is_due


def test_where_no_hours_are_known_the_clock_alone_counts() -> None:
    unknown = OpeningHours(OfficeCalendar())
    found = steps(Urgency.URGENT, "2026-11-21T03:00", "2026-11-21T05:00", unknown)
    assert found[Rung.DEPUTY].at == at("2026-11-21T05:00")
    assert (found[Rung.DEPUTY].is_there, found[Rung.DEPUTY].there_at) == (None, None)


def test_as_soon_as_anybody_has_acted_nothing_is_due() -> None:
    found = steps(
        Urgency.EMERGENCY, "2026-11-21T03:00", "2026-11-22T03:00", hours(), ended="2026-11-21T03:05"
    )
    assert not any(step.is_due for step in found.values())


def test_what_is_not_pressing_has_no_ladder() -> None:
    assert not steps(Urgency.ROUTINE, "2026-11-20T10:00", "2026-11-23T10:00", hours())
    assert not is_pressing(Urgency.PRIORITY)
    waiting = Waiting(Urgency.EMERGENCY, at("2026-11-20T10:00"))
    without = ladder(Side.REQUESTING, waiting, hours(), None, at("2026-11-21T10:00"))
    assert Rung.SECRETARIAT not in {step.who for step in without}


def test_an_emergency_is_never_told_later_than_what_is_urgent() -> None:
    for rule in step_rules():
        assert rule.minutes[Urgency.EMERGENCY] <= rule.minutes[Urgency.URGENT]
        assert (rule.who is Rung.HEAD) <= (rule.side is Side.REQUESTED)


@given(
    st.sampled_from(ZONES),
    st.sampled_from(ZONES),
    st.sampled_from([Urgency.URGENT, Urgency.EMERGENCY]),
    st.sampled_from([Side.REQUESTING, Side.REQUESTED]),
    INSTANTS,
    st.integers(0, 10 * 86_400),
    st.booleans(),
)
def test_steps_follow_each_other_and_none_becomes_undone(
    zone: str,
    other: str,
    urgency: Urgency,
    side: Side,
    since: int,
    later: int,
    night: bool,  # noqa: FBT001
) -> None:
    here, there = hours(zone, around_the_clock=night), hours(other)
    waiting = Waiting(urgency, since)
    now = since + later
    found = ladder(side, waiting, here, there, now)
    assert [step.at for step in found] == sorted(step.at for step in found)
    assert all(step.at >= since for step in found)
    assert all(step.is_due is (step.at <= now) for step in found)
    after = ladder(side, waiting, here, there, now + int(timedelta(days=3).total_seconds()))
    assert [step.at for step in after] == [step.at for step in found]
    assert all(late.is_due or not early.is_due for early, late in zip(found, after, strict=True))
