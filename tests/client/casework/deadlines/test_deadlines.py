"""When something is due: by whose clock the day ends, what is counted, and when a reminder is still one."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.crypto.casework.cases import ASKED, ASKING, BEGIN_MS, Case, acknowledged, request, under_review

from rogatory_client.casework.deadlines.calendar_file import calendar_file
from rogatory_client.casework.deadlines.due import Due, OfficeCalendar, end_of, has_passed
from rogatory_client.casework.deadlines.of_case import acted_at, deadlines_of
from rogatory_client.casework.deadlines.rules import Legal, Term, Unit, deadline_rules, read_term
from rogatory_crypto.casework import State
from rogatory_crypto.content.case_progress import (
    DeadlineSet,
    DeadlineWithdrawn,
    ProgressAnswer,
    ProgressEnquiry,
)
from rogatory_crypto.content.events import Acknowledged, Urgency
from rogatory_crypto.content.mimi import MessageId
from rogatory_crypto.errors import MisuseError

BEGIN = BEGIN_MS // 1000
OFFICES = (ASKING, ASKED)
TBILISI = OfficeCalendar(ZoneInfo("Asia/Tbilisi"))
# Friday and Sunday are free.
BRUNEI = OfficeCalendar(ZoneInfo("Asia/Brunei"), frozenset({0, 1, 2, 3, 5}))
DUBLIN = OfficeCalendar(ZoneInfo("Europe/Dublin"))


def local(at: int, calendar: OfficeCalendar) -> str:
    return f"{datetime.fromtimestamp(at, UTC).astimezone(calendar.zone):%Y-%m-%d %H:%M:%S}"


def at(text: str, calendar: OfficeCalendar) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=calendar.zone).timestamp())


def due_in(case: Case, calendar: OfficeCalendar = TBILISI, /, **configured: str) -> list[Due]:
    calendars = dict.fromkeys(OFFICES, calendar)
    names = {name.replace("_", " "): term for name, term in configured.items()}
    return list(deadlines_of(case.timeline(), OFFICES, calendars, names))


@pytest.mark.parametrize(
    ("term", "calendar", "end"),
    [
        ("5 working days", TBILISI, "2026-11-30 23:59:59"),
        ("5 working days", BRUNEI, "2026-11-30 23:59:59"),
        ("3 working days", BRUNEI, "2026-11-26 23:59:59"),
        ("4 working days", BRUNEI, "2026-11-28 23:59:59"),
        ("6 days", TBILISI, "2026-11-29 23:59:59"),
        ("6 days", replace(TBILISI, moves=True), "2026-11-30 23:59:59"),
        (
            "6 days",
            replace(TBILISI, moves=True, holidays=frozenset({date(2026, 11, 30)})),
            "2026-12-01 23:59:59",
        ),
        ("4 hours", TBILISI, "2026-11-23 14:00:00"),
    ],
)
def test_a_term_ends_where_it_has_to_be_kept(term: str, calendar: OfficeCalendar, end: str) -> None:
    """Weekends and holidays move nothing unless the office is configured so."""
    begun = at("2026-11-23 10:00:00", calendar)
    assert local(end_of(read_term(term), begun, calendar), calendar) == end


def test_the_day_begins_where_the_office_is() -> None:
    """The same instant is Monday in Dublin and Tuesday in Tbilisi."""
    begun = at("2026-11-23 22:00:00", DUBLIN)
    assert local(end_of(Term(1, Unit.DAYS), begun, DUBLIN), DUBLIN) == "2026-11-24 23:59:59"
    assert local(end_of(Term(1, Unit.DAYS), begun, TBILISI), TBILISI) == "2026-11-25 23:59:59"


def test_a_day_with_a_clock_change_ends_at_its_end() -> None:
    begun = at("2026-10-23 12:00:00", DUBLIN)
    assert local(end_of(Term(2, Unit.DAYS), begun, DUBLIN), DUBLIN) == "2026-10-25 23:59:59"


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        ("Africa/Cairo", date(2026, 10, 29)),
        ("Asia/Beirut", date(2026, 10, 24)),
        ("America/Nuuk", date(2027, 3, 27)),
        ("Asia/Kathmandu", date(2028, 2, 29)),
    ],
)
def test_a_day_ends_where_the_next_begins(zone: str, day: date) -> None:
    """The clock goes back at midnight in Cairo and Beirut, and over midnight in Nuuk (PEP 495)."""
    calendar = OfficeCalendar(ZoneInfo(zone))
    begun = at(f"{day - timedelta(days=1)} 12:00:00", calendar)
    last = end_of(Term(1, Unit.DAYS), begun, calendar)
    assert calendar.day_of(last) == day
    assert calendar.day_of(last + 1) == day + timedelta(days=1)


def test_what_is_more_urgent_never_takes_longer() -> None:
    for rule in deadline_rules():
        ends = [
            end_of(rule.term(urgency), at("2026-11-23 10:00:00", TBILISI), TBILISI)
            for urgency in (Urgency.ROUTINE, Urgency.PRIORITY, Urgency.URGENT, Urgency.EMERGENCY)
        ]
        assert ends == sorted(ends, reverse=True), rule.what


def test_an_office_that_never_works_is_no_endless_count() -> None:
    never = OfficeCalendar(working=frozenset())
    assert end_of(Term(5, Unit.WORKING_DAYS), BEGIN, never) > BEGIN


@pytest.mark.parametrize("day", ["1970-01-01", "2999-12-31"])
@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Etc/GMT+12"])
def test_the_first_and_the_last_day_that_can_be_said_can_be_shown(day: str, zone: str) -> None:
    case = under_review()
    case.say(ASKING, DeadlineSet("hearing", day, ASKED, ""))
    calendar = OfficeCalendar(ZoneInfo(zone))
    hearing = next(due for due in due_in(case, calendar) if due.set_by)
    assert local(hearing.at, calendar) == f"{day} 23:59:59"
    assert calendar_file([(b"group", None, hearing)], BEGIN)


@given(st.integers(0, 1 << 32), st.integers(0, 400), st.sampled_from(Unit))
def test_a_term_never_ends_before_it_begins(begun: int, count: int, unit: Unit) -> None:
    for calendar in (TBILISI, BRUNEI, DUBLIN, replace(DUBLIN, moves=True)):
        assert end_of(Term(count, unit), begun, calendar) >= begun


@pytest.mark.parametrize(
    ("urgency", "days"), [(Urgency.ROUTINE, 7), (Urgency.PRIORITY, 5), (Urgency.URGENT, 1)]
)
def test_an_acknowledgement_is_due_by_urgency(urgency: Urgency, days: int) -> None:
    case = Case()
    case.say(ASKING, request(urgency=urgency))
    (due,) = due_in(case)
    assert (due.what, due.acts, due.legal) == ("acknowledgement", ASKED, Legal.CONFIGURABLE)
    # From a Wednesday, so that a weekend lies between.
    assert (TBILISI.day_of(due.at) - TBILISI.day_of(BEGIN)).days == days
    assert not due.is_overdue(due.at)
    assert due.is_overdue(due.at + 1)


def test_what_was_done_is_due_no_more_and_the_next_is() -> None:
    case = acknowledged()
    assert [due.what for due in due_in(case)] == ["completeness check"]
    case.state(ASKED, "under_review")
    assert [due.what for due in due_in(case)] == ["progress note"]
    case.state(ASKED, "info_requested", items=("Which bank?",), due="2026-12-24")
    due, notice = due_in(case)
    assert (due.what, due.acts) == ("answer to the questions", ASKING)
    assert local(due.at, TBILISI) == "2026-12-24 23:59:59"
    # The day that was said is for the answer; when the case may be closed is counted from the question.
    assert (notice.what, notice.acts) == ("notice that it may be closed", ASKED)
    assert (TBILISI.day_of(notice.at) - TBILISI.day_of(BEGIN)).days == 90


def test_a_rule_of_a_type_takes_the_place_of_the_general_one() -> None:
    case = Case()
    case.say(ASKING, request("preservation_of_computer_data"))
    (due,) = due_in(case)
    assert due.at == BEGIN + 4 * 3600


def test_a_convention_is_not_configured_and_a_treaty_is() -> None:
    """BUDAPEST 29(7); Model Treaty 9(4)."""
    for request_type, what in (
        ("preservation_of_computer_data", "end of preservation"),
        ("provisional_arrest", "full request after provisional arrest"),
    ):
        case = Case()
        case.say(ASKING, request(request_type))
        (sent,) = case.heads
        for state in ("under_review", "in_execution", "executed"):
            if state == "under_review":
                case.say(ASKED, Acknowledged(sent, "GH/9"))
            case.state(ASKED, state, confidentiality="can_keep", message=case.say(ASKED))
        assert case.timeline().state is State.EXECUTED
        (due,) = due_in(case)
        assert due.what == what
        assert len(due.reminders) == 4
        assert due.reminders == tuple(sorted(due.reminders))
        if due.legal is Legal.CONVENTION:
            with pytest.raises(MisuseError, match="fixes it for everybody"):
                due_in(case, end_of_preservation="90 days")
        else:
            (longer,) = due_in(case, full_request_after_provisional_arrest="60 days")
            assert longer.at == due.at + 20 * 86_400


@pytest.mark.parametrize("configured", [{"acknowledgement": "soon"}, {"tea": "5 days"}])
def test_what_is_no_term_is_refused(configured: dict[str, str]) -> None:
    case = Case()
    case.say(ASKING, request())
    with pytest.raises(MisuseError):
        due_in(case, **configured)


def test_a_deadline_that_was_set_and_an_enquiry_are_due_until_they_are_dealt_with() -> None:
    case = under_review()
    hearing = case.say(ASKING, DeadlineSet("hearing", "2026-12-31", ASKED, "18(24)"))
    asked = case.say(ASKING, ProgressEnquiry("2026-12-01"))
    assert [(due.what, due.set_by) for due in due_in(case) if due.set_by] == [
        ("answer to the enquiry", asked),
        ("hearing", hearing),
    ]
    case.say(ASKED, ProgressAnswer(asked, "Soon.", None))
    case.say(ASKING, DeadlineWithdrawn(hearing, "Adjourned."))
    assert not [due for due in due_in(case) if due.set_by]


def test_a_reminder_ends_when_anyone_in_the_office_has_acted() -> None:
    case = under_review()
    assert acted_at(case.timeline(), ASKED) == case.timeline().changes[-1].entry.at_ms // 1000
    due = Due("answer", 1_000, ASKED, Legal.CONFIGURABLE, "", (100, 500))
    assert due.reminders_left(99, None) == ()
    assert due.reminders_left(600, None) == (100, 500)
    assert due.reminders_left(600, 300) == (500,)
    assert due.reminders_left(600, 500) == ()


def test_a_note_of_progress_is_due_anew_each_time_that_progress_was_told() -> None:
    """18(24): told in an answer or unasked, and by the requested side only."""
    case = under_review()
    (asked,) = [each.message_id for each in case.entries if each.office == ASKING]

    def due() -> str:
        (found,) = [each for each in due_in(case) if each.what == "progress note"]
        return local(found.at, TBILISI)

    first = due()
    case.begin_ms += 55 * 86_400_000
    enquiry = case.say(ASKING, ProgressEnquiry(None))
    case.say(ASKING, ProgressAnswer(asked, "Forged.", None))
    assert due() == first
    case.say(ASKED, ProgressAnswer(enquiry, "The bank was asked.", None))
    second = due()
    case.begin_ms += 10 * 86_400_000
    case.say(ASKED, ProgressAnswer(asked, "The bank has answered.", None))
    assert [text[:10] for text in (first, second, due())] == ["2027-01-17", "2027-03-13", "2027-03-23"]
    assert acted_at(case.timeline(), ASKED) == case.entries[-1].at_ms // 1000


def test_what_is_over_in_a_closed_case_is_due_no_more_after_a_month() -> None:
    month = 30 * 86_400
    assert [has_passed(0, at, is_closed=True) for at in (0, month, month + 1)] == [False, False, True]
    assert not has_passed(0, 1 << 40, is_closed=False)


def test_every_rule_runs_in_some_state_and_names_its_basis_where_one_fixes_it() -> None:
    for rule in deadline_rules():
        assert bool(rule.states) is not bool(rule.on)
        assert rule.term(Urgency.EMERGENCY).count > 0
        assert rule.basis or rule.legal is Legal.CONFIGURABLE


def events_of(written: bytes) -> list[Any]:
    events: list[Any] = icalendar.Calendar.from_ical(written).walk("VEVENT")
    return events


def test_a_calendar_file_holds_a_date_and_nothing_of_the_case() -> None:
    """RFC 5545 3.1 (folding), 3.3.11 (escaping), 3.6.1."""
    due = Due("hearing of the witness", BEGIN + 86_400, ASKED, Legal.TREATY, "UNTOC", (BEGIN, BEGIN + 60))
    secret = calendar_file([(b"group", None, due)], BEGIN)
    for word in (b"witness", b"UNTOC", b"CNA-GH-01", b"group"):
        assert word not in secret
    reference = "MLA; 2026, 17\\" + "\u10d0" * 80
    written = calendar_file([(b"group", reference, due), (b"other", None, due)], BEGIN)
    assert all(len(line) <= 75 for line in written.split(b"\r\n"))
    first, second = events_of(written)
    assert str(first["SUMMARY"]) == f"Deadline: {reference}"
    assert first["DTSTART"].dt.timestamp() == due.at
    assert [due.at + alarm["TRIGGER"].dt.total_seconds() for alarm in first.walk("VALARM")] == [
        BEGIN,
        BEGIN + 60,
    ]
    assert first["UID"] != second["UID"]
    (again,) = events_of(calendar_file([(b"group", None, due)], BEGIN + 9))
    assert again["UID"] == first["UID"]


def test_what_several_offices_owe_alike_has_a_name_each_that_stays() -> None:
    """RFC 5545 3.8.4.7: a calendar keeps one event of a name."""
    to_acknowledge = Due("acknowledgement", BEGIN + 86_400, ASKED, Legal.CONFIGURABLE, "")
    dues = (
        *(to_acknowledge, replace(to_acknowledge, acts=ASKING)),
        *(replace(to_acknowledge, at=BEGIN + 90_000), replace(to_acknowledge, set_by=MessageId(bytes(32)))),
    )
    named = [each["UID"] for each in events_of(calendar_file([(b"g", None, due) for due in dues], BEGIN))]
    assert len(set(named)) == len(dues)
    (moved,) = events_of(calendar_file([(b"g", None, replace(to_acknowledge, at=BEGIN + 7))], BEGIN))
    assert moved["UID"] == named[0]


def test_a_reference_that_looks_like_a_line_of_the_file_moves_no_date_and_no_name() -> None:
    due = Due("hearing", BEGIN + 86_400, ASKED, Legal.TREATY, "UNTOC")
    (plain,) = events_of(calendar_file([(b"group", None, due)], BEGIN))
    for line in (f"UID:{'0' * 32}@deadline.invalid", "DTSTART:19700101T000000Z"):
        (event,) = events_of(calendar_file([(b"group", f"\r\n{line}\r\n", due)], BEGIN))
        assert line in str(event["SUMMARY"])
        assert (event["UID"], event["DTSTART"].dt) == (plain["UID"], plain["DTSTART"].dt)
