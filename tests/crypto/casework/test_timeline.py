"""What is read beside the states: delivery by the clock, enquiries and answers, deadlines, references."""

import pytest
from tests.crypto.casework.cases import (
    ASKED,
    ASKING,
    BEGIN_MS,
    Case,
    acknowledged,
    request,
    requested,
)

from rogatory_crypto.casework import Course, Side, State
from rogatory_crypto.content.case_kind import CaseKind
from rogatory_crypto.content.case_progress import (
    DeadlineSet,
    DeadlineWithdrawn,
    ProgressAnswer,
    ProgressEnquiry,
    StateSet,
)
from rogatory_crypto.content.events import CaseOpened, ReferenceSet, Urgency
from rogatory_crypto.content.mimi import MessageId

BEGIN = BEGIN_MS // 1000


@pytest.mark.parametrize(
    ("urgency", "seconds"),
    [(Urgency.ROUTINE, 86_400), (Urgency.PRIORITY, 86_400), (Urgency.URGENT, 900), (Urgency.EMERGENCY, 300)],
)
def test_a_sending_without_a_receipt_has_failed_by_the_clock_alone(urgency: Urgency, seconds: int) -> None:
    case = Case()
    sent = case.say(ASKING, request(urgency=urgency))
    assert case.timeline(BEGIN + seconds).state is State.SENT
    assert case.timeline(BEGIN + seconds + 1).state is State.DELIVERY_FAILED
    case.delivered[sent] = BEGIN_MS + 10 * seconds * 1000
    assert case.timeline(BEGIN + seconds + 1).state is State.DELIVERED


def test_what_has_not_left_has_not_failed() -> None:
    case = Case()
    case.say(ASKING, request(), is_queued=True)
    assert case.timeline(BEGIN + 10**6).state is State.SENT


def test_what_has_failed_is_sent_again() -> None:
    case = requested()
    (sent,) = case.heads
    assert State.SENT in {step.target for step in case.timeline(BEGIN + 86_401).next_steps(Side.REQUESTING)}
    case.say(ASKING, request(), StateSet("sent", (sent,)))
    assert case.timeline(BEGIN + 60).state is State.SENT
    assert len(case.heads) == 1


def test_where_nothing_was_said_nothing_stands() -> None:
    timeline = Case().timeline()
    assert (timeline.state, timeline.requesting, timeline.heads) == (None, None, ())
    assert timeline.conflict is None


def test_an_enquiry_is_asked_by_one_side_and_answered_by_the_other() -> None:
    """18(24)."""
    case = acknowledged()
    first = case.say(ASKING, ProgressEnquiry("2026-12-31"))
    case.say(ASKED, ProgressEnquiry(None))
    case.say(ASKED, ProgressAnswer(first, "The bank was asked.", None))
    case.say(ASKED, ProgressAnswer(first, "The bank has answered.", "2026-12-24"))
    case.say(ASKING, ProgressAnswer(first, "Done.", None))
    case.say(ASKED, ProgressAnswer(MessageId(bytes(32)), "Done.", None))
    second = case.say(ASKING, ProgressEnquiry(None))
    case.say(ASKING, ProgressEnquiry(None), flaw="it is not signed")
    timeline = case.timeline()
    assert [each.entry.message_id for each in timeline.enquiries] == [first, second]
    assert [answer.progress for _, answer in timeline.enquiries[0].answers] == [
        "The bank was asked.",
        "The bank has answered.",
    ]
    assert timeline.enquiries[1].answers == ()
    assert sorted(each.reason for each in timeline.attempts) == [
        "it answers no enquiry of the other side",
        "it answers no enquiry of the other side",
        "it is not signed",
        "only who has made a request asks how far it is",
    ]
    assert timeline.state is State.ACKNOWLEDGED


def test_progress_is_told_unasked_by_naming_the_request() -> None:
    """18(24): a note of progress every so often waits for no enquiry."""
    case = acknowledged()
    (request,) = [each.message_id for each in case.entries if each.office == ASKING]
    told = case.say(ASKED, ProgressAnswer(request, "The bank was asked.", "2026-12-24"))
    case.say(ASKING, ProgressAnswer(request, "Forged.", None))
    case.say(ASKED, ProgressAnswer(request, "Unsigned.", None), flaw="it is not signed")
    case.say(ASKED, ProgressAnswer(told, "It names no request.", None))
    timeline = case.timeline()
    assert [(each.entry.message_id, each.said.expected) for each in timeline.notes] == [(told, "2026-12-24")]
    assert sorted(each.reason for each in timeline.attempts) == [
        "it answers no enquiry of the other side",
        "it answers no enquiry of the other side",
        "it is not signed",
    ]


def test_nobody_enquires_about_a_consultation() -> None:
    case = Case()
    case.say(ASKING, CaseOpened(CaseKind.CONSULTATION, "Bank records", None, None))
    case.say(ASKING, ProgressEnquiry(None))
    assert not case.timeline().enquiries
    assert len(case.timeline().attempts) == 1


def test_a_deadline_stands_until_who_set_it_takes_it_back() -> None:
    case = acknowledged()
    hearing = case.say(ASKING, DeadlineSet("hearing", "2026-12-31", ASKED, "18(24)"))
    case.say(ASKED, DeadlineWithdrawn(hearing, "Not ours to end, and tried."))
    case.say(ASKED, DeadlineSet("forged", "2026-12-01", ASKED, ""), flaw="it is not signed")
    (deadline,) = case.timeline().deadlines
    assert deadline.withdrawn is None
    case.say(ASKING, DeadlineWithdrawn(hearing, "Adjourned."))
    case.say(ASKING, DeadlineWithdrawn(hearing, "Adjourned, once more."))
    (deadline,) = case.timeline().deadlines
    assert deadline.withdrawn is not None
    assert [each.reason for each in case.timeline().attempts] == [
        "it is not signed",
        "only the office that has set a deadline takes it back",
    ]


def test_each_side_files_a_case_under_its_own_reference() -> None:
    case = acknowledged()
    assert case.timeline().references == {ASKING: "SN/1", ASKED: "GH/9"}
    case.say(ASKED, ReferenceSet("GH/10"))
    assert case.timeline().references[ASKED] == "GH/10"


@pytest.mark.parametrize("request_type", ["spontaneous_information", "prevention_enquiry"])
def test_information_that_is_given_is_taken_note_of_and_closed(request_type: str) -> None:
    case = acknowledged(request_type)
    assert case.timeline().course is Course.SHORT
    case.state(ASKED, "under_review")
    assert case.timeline().state is State.ACKNOWLEDGED
    case.state(ASKED, "closed")
    assert case.timeline().state is State.CLOSED
