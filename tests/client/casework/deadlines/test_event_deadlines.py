"""What is due from calls, safe conduct and preserved data, on the calendar of the office that acts."""

from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.crypto.casework.cases import ASKED, ASKING, BEGIN_MS, Case, acknowledged, request

from rogatory_client.casework.deadlines.due import Due, OfficeCalendar
from rogatory_client.casework.deadlines.of_case import acted_at, deadlines_of
from rogatory_client.casework.deadlines.reminders import reminder_of, whom
from rogatory_client.casework.deadlines.rules import Legal
from rogatory_crypto.casework import State, Timeline
from rogatory_crypto.content.events import Acknowledged
from rogatory_crypto.content.urgent import OralRequest, PresenceEnded
from rogatory_crypto.errors import MisuseError

BEGIN = BEGIN_MS // 1000
PRESERVATION = "preservation_of_computer_data"
ZONES = sorted(available_timezones() - {"localtime", "Factory"})
DAKAR, TBILISI = OfficeCalendar(ZoneInfo("Africa/Dakar")), OfficeCalendar(ZoneInfo("Asia/Tbilisi"))


def due_in(
    timeline: Timeline,
    later: tuple[tuple[str, Timeline], ...] = (),
    calendar: OfficeCalendar = DAKAR,
    **configured: str,
) -> dict[str, Due]:
    calendars = {ASKING: calendar, ASKED: TBILISI}
    named = {name.replace("_", " "): term for name, term in configured.items()}
    return {due.what: due for due in deadlines_of(timeline, (ASKING, ASKED), calendars, named, later)}


def call(made_at: int = BEGIN - 600) -> OralRequest:
    return OralRequest(made_at, ASKING, "", ASKED, "", "Freeze the account.")


CONFIRMATION = "written confirmation of an oral request"


def test_a_call_is_confirmed_within_a_day_of_the_first_one() -> None:
    """18(14): forthwith; a day is the office's own measure."""
    case = Case()
    case.say(ASKED, call(BEGIN - 300))
    case.say(ASKING, call(BEGIN - 600))
    due = due_in(case.timeline())[CONFIRMATION]
    assert (due.at, due.acts, due.legal) == (BEGIN - 600 + 86_400, ASKING, Legal.CONFIGURABLE)
    assert due.is_overdue(due.at + 1)
    shorter = due_in(case.timeline(), written_confirmation_of_an_oral_request="4 hours")[CONFIRMATION]
    assert shorter.at == BEGIN - 600 + 4 * 3600
    case.say(ASKING, request())
    assert CONFIRMATION not in due_in(case.timeline())


def local(due: Due, calendar: OfficeCalendar) -> str:
    return f"{datetime.fromtimestamp(due.at, UTC).astimezone(calendar.zone):%Y-%m-%d %H:%M:%S}"


def told(day: date, agreed_days: int | None = None) -> Case:
    """A person under safe conduct was told on a day that the presence is no longer required."""
    case = acknowledged("voluntary_appearance")
    case.begin_ms = int(datetime(day.year, day.month, day.day, 12, tzinfo=UTC).timestamp()) * 1000
    case.say(ASKING, PresenceEnded(day.isoformat(), agreed_days, ""))
    return case


def test_safe_conduct_ends_fifteen_consecutive_days_later_on_whatever_day() -> None:
    """18(27): 27 December is a Sunday, and no State's rule moves what the convention fixes."""
    case = told(date(2026, 12, 12))
    moving = replace(DAKAR, moves=True, holidays=frozenset({date(2026, 12, 27)}))
    due = due_in(case.timeline(), calendar=moving)["safe conduct ends"]
    assert local(due, moving) == "2026-12-27 23:59:59"
    assert (due.legal, due.basis, len(due.reminders)) == (Legal.CONVENTION, "18(27)", 4)
    with pytest.raises(MisuseError, match="fixes it for everybody"):
        due_in(case.timeline(), safe_conduct_ends="10 days")


def test_states_agree_on_another_period_of_safe_conduct() -> None:
    case = told(date(2026, 12, 12), 30)
    due = due_in(case.timeline())["safe conduct ends"]
    assert (local(due, DAKAR), due.legal) == ("2027-01-11 23:59:59", Legal.TREATY)


@given(st.sampled_from(ZONES), st.dates(date(1971, 1, 1), date(2999, 12, 31)), st.integers(1, 3_650))
def test_a_period_of_consecutive_days_ends_on_its_day_in_every_zone(zone: str, day: date, days: int) -> None:
    calendar = OfficeCalendar(ZoneInfo(zone))
    due = due_in(told(day, days).timeline(), calendar=calendar)["safe conduct ends"]
    assert (calendar.day_of(due.at) - day).days == days
    assert (calendar.day_of(due.at + 1) - day).days == days + 1


def preserved(*, due: str | None = None) -> Case:
    """Data that the other side has preserved."""
    case = Case()
    case.say(ASKING, request(PRESERVATION))
    (sent,) = case.heads
    case.say(ASKED, Acknowledged(sent, "GH/9"))
    case.state(ASKED, "under_review")
    case.state(ASKED, "in_execution", confidentiality="can_keep")
    case.state(ASKED, "executed", message=case.say(ASKED), due=due)
    assert case.timeline().state is State.EXECUTED
    return case


END = "end of preservation"


def test_preserved_data_is_kept_for_sixty_days_though_the_case_is_closed() -> None:
    """BUDAPEST 29(7)."""
    case = preserved()
    due = due_in(case.timeline())[END]
    assert local(due, DAKAR) == "2027-01-17 23:59:59"
    assert (due.legal, len(due.reminders)) == (Legal.CONVENTION, 4)
    case.state(ASKING, "closed")
    assert case.timeline().state is State.CLOSED
    assert due_in(case.timeline())[END] == due


def test_who_keeps_the_data_says_until_when() -> None:
    """The day ends where the data is kept."""
    due = due_in(preserved(due="2027-02-16").timeline())[END]
    assert local(due, TBILISI) == "2027-02-16 23:59:59"
    assert due.acts == ASKING


def test_an_extension_moves_the_end_once_it_is_executed_itself() -> None:
    first, second = preserved().timeline(), Case()
    second.say(ASKING, request(PRESERVATION, reference="SN/2"))
    assert END in due_in(first, (("extension", second.timeline()),))
    executed = preserved().timeline()
    assert END not in due_in(first, (("extension", executed),))
    assert END in due_in(executed)


def test_data_is_kept_while_the_request_for_it_is_decided() -> None:
    """BUDAPEST 29(7): following the receipt of such a request, pending a decision on it."""
    first, other = preserved().timeline(), Case()
    sent = other.say(ASKING, request("production_of_traffic_data", reference="SN/2"))
    assert END in due_in(first, (("follow_up", other.timeline()),))
    other.delivered[sent] = BEGIN_MS + 10
    assert END not in due_in(first, (("follow_up", other.timeline()),))
    other.say(ASKED, Acknowledged(sent, "GH/10"))
    other.state(ASKED, "under_review")
    asked = other.say(ASKED)
    assert END not in due_in(first, (("follow_up", other.timeline()),))
    other.state(ASKED, "refused", ground="ne_bis_in_idem", reasons="Tried.", consultation=asked)
    assert other.timeline().state is State.REFUSED
    assert END in due_in(first, (("follow_up", other.timeline()),))


def days(count: int) -> int:
    return count * 86_400


def due_at(at: int, reminders: tuple[int, ...] = ()) -> Due:
    return Due("answer", at, ASKING, Legal.CONFIGURABLE, "", reminders)


def test_a_reminder_comes_seven_three_one_and_no_days_before_and_when_it_is_over() -> None:
    end = DAKAR.instant(date(2026, 12, 24), datetime.max.time().replace(microsecond=0))
    found = []
    for before in (8, 7, 5, 3, 1, 0, -1):
        morning = DAKAR.instant(date(2026, 12, 24), datetime.min.time().replace(hour=10)) - days(before)
        reminder = reminder_of(due_at(end), DAKAR, morning, None)
        found.append(None if reminder is None else (reminder.days_left, reminder.is_overdue))
    assert found == [None, (7, False), (5, False), (3, False), (1, False), (0, False), (-1, True)]


def test_a_reminder_is_answered_by_whatever_anybody_in_the_office_does_after_it() -> None:
    end = DAKAR.instant(date(2026, 12, 24), datetime.max.time().replace(microsecond=0))
    morning = DAKAR.instant(date(2026, 12, 21), datetime.min.time().replace(hour=9))
    assert reminder_of(due_at(end), DAKAR, morning + 60, morning - 1) is not None
    assert reminder_of(due_at(end), DAKAR, morning + 60, morning) is None
    # The next one comes all the same.
    assert reminder_of(due_at(end), DAKAR, end - 3_600, morning) is not None
    assert reminder_of(due_at(end), DAKAR, end + 1, end) is None


@given(st.sampled_from(ZONES), st.integers(1_600_000_000, 1_900_000_000), st.integers(0, days(20)))
def test_a_reminder_comes_once_and_stays_until_somebody_acts(zone: str, end: int, before: int) -> None:
    calendar, now = OfficeCalendar(ZoneInfo(zone)), end + days(3) - before
    reminder = reminder_of(due_at(end), calendar, now, None)
    if reminder is None:
        assert now < end
    else:
        assert reminder.came_at <= now
        assert reminder.is_overdue is (now > end)
        assert reminder_of(due_at(end), calendar, now, reminder.came_at) is None
        assert reminder_of(due_at(end), calendar, now + 1, None) is not None


def test_who_notes_a_call_has_acted() -> None:
    case = acknowledged()
    before = acted_at(case.timeline(), ASKING)
    case.say(ASKING, call(BEGIN))
    after = acted_at(case.timeline(), ASKING)
    assert before is not None
    assert after is not None
    assert after > before


def test_the_head_is_reminded_once_a_term_is_half_overrun() -> None:
    due = replace(due_at(1_000), begun=0)
    assert not due.is_half_overrun(1_500)
    assert due.is_half_overrun(1_501)
    assert whom(due, 1_500, {"a"}, {"head"}) == {"a"}
    assert whom(due, 1_501, {"a"}, {"head"}) == {"a", "head"}
    assert whom(due, 1_501, (), {"head"}) == frozenset()
    assert due_at(1_000).is_half_overrun(1_001)
