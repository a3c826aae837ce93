"""A request to several offices: each has to act by where its own line stands, and all see that alike."""

from dataclasses import replace

from tests.crypto.casework.cases import ASKED, ASKING
from tests.crypto.casework.test_lines import BOTH, SECOND, asked_of_two, seen

from rogatory_client.casework.deadlines.of_case import deadlines_of
from rogatory_crypto.casework import Timeline
from rogatory_crypto.casework.lines import within
from rogatory_crypto.content.case_progress import ProgressAnswer, ProgressEnquiry
from rogatory_crypto.content.events import Acknowledged

OFFICES = (ASKING, ASKED, SECOND)


def due(timeline: Timeline) -> list[tuple[str, str]]:
    return [(each.what, each.acts) for each in deadlines_of(timeline, OFFICES, {})]


def test_each_office_asked_has_its_own_term_and_all_see_both() -> None:
    case, sent = asked_of_two()
    case.delivered[sent] = 1
    assert due(seen(case)) == [("acknowledgement", ASKED), ("acknowledgement", SECOND)]
    first = case.say(ASKED, Acknowledged(sent, "GH/9"))
    whole = seen(case)
    assert whole.state is None, "the lines stand at different states"
    assert set(due(whole)) == {("completeness check", ASKED), ("acknowledgement", SECOND)}
    for office in BOTH:
        assert deadlines_of(within(whole, office), OFFICES, {}) == deadlines_of(whole, OFFICES, {})
    case.state(ASKED, "returned", first, items=("The order is missing.",))
    assert ("acknowledgement", SECOND) in due(seen(case))
    assert not {what for what, office in due(seen(case)) if office == ASKED}


def test_each_office_asked_answers_an_enquiry() -> None:
    case, sent = asked_of_two()
    for office in BOTH:
        case.say(office, Acknowledged(sent, "9"))
    asked = case.say(ASKING, ProgressEnquiry("2026-12-31"))

    def waiting() -> set[str]:
        return {office for what, office in due(seen(case)) if what == "answer to the enquiry"}

    assert waiting() == set(BOTH)
    case.say(ASKED, ProgressAnswer(asked, "Soon.", None))
    assert waiting() == {SECOND}
    case.say(SECOND, ProgressAnswer(asked, "Soon.", None))
    assert waiting() == set()


def test_what_is_due_of_who_asks_in_both_lines_alike_is_due_once() -> None:
    case, sent = asked_of_two()
    for office in BOTH:
        acknowledged = case.say(office, Acknowledged(sent, "9"))
        reviewed = case.state(office, "under_review", acknowledged)
        case.state(office, "info_requested", reviewed, items=("Which bank?",), due="2026-12-24")
    when = case.entries[-1].at_ms
    case.entries[:] = [replace(each, at_ms=when) if each.office != ASKING else each for each in case.entries]
    answers = [each for each in due(seen(case)) if each == ("answer to the questions", ASKING)]
    assert len(answers) == 1
