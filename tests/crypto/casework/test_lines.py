"""A request to several offices: each has its own acknowledgement and state, and moves no other's."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from tests.crypto.casework.cases import ASKED, ASKING, NOW, Case, request

from rogatory_crypto.casework import State, Timeline, project
from rogatory_crypto.casework.lines import line_of, offices_asked, project_lines
from rogatory_crypto.content.case_kind import CaseKind
from rogatory_crypto.content.case_progress import ProgressAnswer, ProgressEnquiry, StateSet
from rogatory_crypto.content.events import Acknowledged, CaseOpened
from rogatory_crypto.content.mimi import MessageId
from rogatory_crypto.wire.identifier import EntryId

SECOND = EntryId("CNA-NG-01")
BOTH = (ASKED, SECOND)


def asked_of_two() -> tuple[Case, MessageId]:
    case = Case()
    opened = CaseOpened(CaseKind.REQUEST, "Bank records", "SN/1", None)
    return case, case.say(ASKING, opened, replace(request(), addressees=BOTH))


def seen(case: Case) -> Timeline:
    record = case.record()
    return project_lines({each: line_of(record, each, BOTH) for each in BOTH}, project(record, NOW), NOW)


def states(case: Case) -> list[State | None]:
    timeline = seen(case)
    return [timeline.lines[each].state for each in BOTH]


def test_only_a_request_to_several_offices_has_lines() -> None:
    case, _ = asked_of_two()
    assert offices_asked(case.timeline()) == frozenset(BOTH)
    one = Case()
    opened = CaseOpened(CaseKind.REQUEST, "Bank records", "SN/1", None)
    one.say(ASKING, opened, replace(request(), addressees=(ASKED,)))
    assert offices_asked(one.timeline()) == frozenset()


def test_each_acknowledges_and_goes_on_by_itself() -> None:
    case, sent = asked_of_two()
    first = case.say(ASKED, Acknowledged(sent, "GH/9"))
    assert states(case) == [State.ACKNOWLEDGED, State.SENT]
    second = case.say(SECOND, Acknowledged(sent, "NG/1"))
    case.state(ASKED, "under_review", first)
    case.state(SECOND, "returned", second, items=("The order is missing.",))
    assert states(case) == [State.UNDER_REVIEW, State.RETURNED]
    timeline = seen(case)
    assert (timeline.state, timeline.conflict) == (None, None), "two lines are no conflict"
    assert {each.standing.value for each in timeline.changes} == {"valid"}


def test_the_second_office_does_not_overwrite_the_state_of_the_first() -> None:
    """Whatever it says that its change builds upon."""
    case, sent = asked_of_two()
    first = case.say(ASKED, Acknowledged(sent, "GH/9"))
    tried = case.state(SECOND, "under_review", first)
    assert states(case) == [State.ACKNOWLEDGED, State.SENT]
    (judged,) = [each for each in seen(case).changes if each.entry.message_id == tried]
    assert (judged.standing.value, judged.reason) == ("not valid", "it names no change that it builds upon")


def test_who_asks_answers_one_office_or_withdraws_from_all() -> None:
    case, sent = asked_of_two()
    first = case.say(ASKED, Acknowledged(sent, "GH/9"))
    review = case.state(ASKED, "under_review", first)
    question = case.state(ASKED, "info_requested", review, items=("Which bank?",), due="2026-12-01")
    answer = case.say(ASKING)
    answered = case.state(ASKING, "under_review", question, message=answer)
    assert states(case) == [State.UNDER_REVIEW, State.SENT]
    case.state(ASKING, "withdrawn", answered, sent, reasons="Not needed any more.")
    assert states(case) == [State.WITHDRAWN, State.WITHDRAWN]
    assert seen(case).state is State.WITHDRAWN


@given(st.permutations(range(6)))
def test_the_order_of_arrival_has_no_part_in_it(order: list[int]) -> None:
    case, sent = asked_of_two()
    first = case.say(ASKED, Acknowledged(sent, "GH/9"))
    second = case.say(SECOND, Acknowledged(sent, "NG/1"))
    for office, upon in ((ASKED, first), (SECOND, second)):
        case.say(office, StateSet("under_review", (upon,)))
    case.say(ASKING, StateSet("withdrawn", (second,), reasons="Not there."))
    shuffled = replace(case.record(), entries=tuple(case.entries[each] for each in order))
    for office in BOTH:
        assert project(line_of(shuffled, office, BOTH), NOW) == project(
            line_of(case.record(), office, BOTH), NOW
        )


def test_who_asks_decides_in_one_line_what_was_done_at_once_there_and_goes_on_with_all() -> None:
    """He has said one of it in every line."""
    case, sent = asked_of_two()
    first = case.state(ASKED, "under_review", case.say(ASKED, Acknowledged(sent, "GH/9")))
    second = case.state(SECOND, "under_review", case.say(SECOND, Acknowledged(sent, "NG/1")))
    executing = case.state(ASKED, "in_execution", first, confidentiality="not_asked")
    executed = case.state(ASKED, "executed", executing, message=case.say(ASKED))
    withdrawn = case.state(ASKING, "withdrawn", executing, second, reasons="Not needed.")
    assert states(case) == [None, State.WITHDRAWN]
    settled = case.state(ASKING, "executed", executed, withdrawn, reasons="It came in time.")
    timeline = seen(case)
    assert states(case) == [State.EXECUTED, State.WITHDRAWN]
    assert {each.standing.value for each in timeline.changes} == {"valid"}
    case.state(SECOND, "closed", withdrawn, reasons="Destroyed.")
    case.state(ASKING, "closed", settled, *timeline.lines[SECOND].heads)
    assert [seen(case).lines[each].state for each in BOTH] == [State.CLOSED, State.CLOSED]


def test_what_one_office_returned_is_sent_again_to_it_alone() -> None:
    case, sent = asked_of_two()
    returned = case.state(ASKED, "returned", sent, reasons="Not competent.")
    case.say(SECOND, Acknowledged(sent, "NG/1"))
    again = case.say(ASKING, replace(request(), addressees=BOTH), StateSet("sent", (returned,)))
    assert states(case) == [State.SENT, State.ACKNOWLEDGED]
    case.say(ASKED, Acknowledged(again, "GH/9"))
    assert states(case) == [State.ACKNOWLEDGED, State.ACKNOWLEDGED]


def test_each_office_asked_answers_an_enquiry_for_itself() -> None:
    """18(24)."""
    case, sent = asked_of_two()
    for office, reference in ((ASKED, "GH/9"), (SECOND, "NG/1")):
        case.say(office, Acknowledged(sent, reference))
    enquiry = case.say(ASKING, ProgressEnquiry("2026-12-31"))
    case.say(SECOND, ProgressAnswer(enquiry, "Soon.", None))
    timeline = seen(case)
    assert [len(timeline.enquiries_for(each)) for each in BOTH] == [1, 0]
