"""Changes that build upon each other: what counts, what does not, what waits, and who has to decide."""

import pytest
from tests.crypto.casework.cases import ASKED, ASKING, Case, acknowledged, request, requested, under_review

from rogatory_crypto.casework import Record, Side, Standing, State, project
from rogatory_crypto.content import case_company
from rogatory_crypto.content.case_company import StandingProposed
from rogatory_crypto.content.case_kind import CaseKind
from rogatory_crypto.content.case_progress import MAX_PARENTS, StateSet
from rogatory_crypto.content.events import Acknowledged, CaseOpened, StatusChanged
from rogatory_crypto.content.mimi import MessageId
from rogatory_crypto.identity import Role
from rogatory_crypto.wire.identifier import EntryId

NOWHERE = MessageId(b"\x07" * 32)


def reasons(case: Case, standing: Standing = Standing.NOT_VALID) -> list[str]:
    return [each.reason for each in case.timeline().with_standing(standing)]


def test_a_case_goes_from_the_request_to_its_close() -> None:
    case = requested()
    assert case.timeline().state is State.SENT
    case.delivered[case.heads[0]] = 1
    assert case.timeline().state is State.DELIVERED
    case.say(ASKED, Acknowledged(case.heads[0], "GH/9"))
    for office, state, fields in (
        (ASKED, "under_review", {}),
        (ASKED, "info_requested", {"items": ("Which bank?",), "due": "2026-12-31"}),
        (ASKING, "under_review", {"message": case.say(ASKING)}),
        (ASKED, "conditions_proposed", {"items": ("Not as evidence.",), "confidentiality": "cannot_keep"}),
        (ASKING, "in_execution", {}),
        (ASKED, "partially_executed", {"items": ("The second bank.",), "message": case.say(ASKED)}),
        (ASKED, "executed", {"message": case.say(ASKED)}),
        (ASKING, "closed", {}),
    ):
        case.state(office, state, **fields)
        timeline = case.timeline()
        assert timeline.state == state
        assert timeline.conflict is None
    assert case.timeline().closed_by == {Side.REQUESTING}
    case.state(ASKED, "closed")
    assert case.timeline().closed_by == {Side.REQUESTING, Side.REQUESTED}
    assert case.timeline().references == {ASKING: "SN/1", ASKED: "GH/9"}
    assert not reasons(case)


def test_the_other_side_answers_although_no_receipt_is_here() -> None:
    """Who answers has received it: no change hangs on which receipts somebody holds."""
    case = requested()
    case.state(ASKED, "returned", reasons="Not ours: ask the prosecutor general.")
    assert case.timeline().state is State.RETURNED


def test_a_new_version_takes_the_case_on_where_it_was_returned() -> None:
    case = requested()
    returned = case.state(ASKED, "returned", reasons="The provisions are missing.")
    case.say(ASKING, StateSet("sent", (returned,)))
    assert reasons(case) == ["no request beside it"]
    again = case.say(ASKING, request(reference="SN/1-2"), StateSet("sent", (returned,)))
    assert case.timeline().state is State.SENT
    case.say(ASKED, Acknowledged(again, "GH/9"))
    assert case.timeline().state is State.ACKNOWLEDGED


def test_a_further_request_in_a_case_changes_nothing() -> None:
    case = under_review()
    case.say(ASKED, request(reference="GH/10"))
    assert case.timeline().state is State.UNDER_REVIEW
    assert case.timeline().requesting == ASKING


def test_a_consultation_becomes_a_request_and_ends_with_it() -> None:
    case = Case()
    opening = case.say(ASKED, CaseOpened(CaseKind.CONSULTATION, "Bank records", "GH/1", None))
    assert (case.timeline().state, case.timeline().requesting) == (State.CONSULTATION, ASKED)
    case.say(ASKED, StateSet("closed", case.heads), flaw="it is not signed, as nothing is in a consultation")
    assert case.timeline().state is State.CLOSED
    case.say(ASKING, request())
    assert (case.timeline().state, case.timeline().requesting) == (State.SENT, ASKING)
    case.state(ASKED, "closed", opening)
    assert case.timeline().state is State.SENT


@pytest.mark.parametrize(
    ("second", "together"),
    [("under_review", State.UNDER_REVIEW), ("assigned", State.UNDER_REVIEW)],
)
def test_what_two_officers_did_at_once_is_merged_where_it_can_be(second: str, together: State) -> None:
    case = acknowledged()
    both = case.heads
    case.state(ASKED, "under_review", *both)
    case.state(ASKED, second, *both)
    timeline = case.timeline()
    assert timeline.state is together
    assert timeline.conflict is None
    case.state(ASKED, "info_requested", items=("Which bank?",), due="2026-12-31")
    assert case.timeline().state is State.INFO_REQUESTED


def test_an_acknowledgement_made_twice_does_not_throw_the_case_back() -> None:
    case = requested()
    (sent,) = case.heads
    case.say(ASKED, Acknowledged(sent, "GH/9"))
    for state in ("under_review", "in_execution"):
        case.state(ASKED, state, confidentiality="can_keep")
    case.say(ASKED, Acknowledged(sent, "GH/9b"))
    assert case.timeline().state is State.IN_EXECUTION
    assert len(case.heads) == 1


def test_what_is_withdrawn_while_it_is_worked_on_is_withdrawn() -> None:
    case = acknowledged()
    both = case.heads
    case.state(ASKED, "under_review", *both)
    case.state(ASKING, "withdrawn", *both, reasons="The person was found here.")
    assert case.timeline().state is State.WITHDRAWN
    case.state(ASKED, "closed", reasons="Stopped.")
    assert case.timeline().state is State.CLOSED


def contested() -> tuple[Case, MessageId, MessageId]:
    """One officer executes what another refuses."""
    case = under_review()
    both = case.heads
    executing = case.state(ASKED, "in_execution", *both, confidentiality="can_keep")
    talk = case.say(ASKED)
    refused = case.state(
        ASKED, "refused", *both, ground="ne_bis_in_idem", reasons="Tried here.", consultation=talk
    )
    return case, executing, refused


def test_what_cannot_both_be_is_shown_with_both_and_lost_on_neither_side() -> None:
    case, executing, refused = contested()
    timeline = case.timeline()
    assert timeline.state is None
    assert timeline.conflict is not None
    assert {each.entry.message_id for each in timeline.conflict.between} == {executing, refused}
    assert timeline.next_steps(Side.REQUESTED) == ()


@pytest.mark.parametrize("choice", ["in_execution", "refused"])
def test_an_officer_of_a_side_that_acted_decides_for_one(choice: str) -> None:
    case, *_ = contested()
    case.state(ASKING, choice)
    assert reasons(case) == ["none of the changes that it decides between is the requesting side's"]
    case.state(ASKED, "postponed", reasons="x", due="2026-12-31", consultation=case.say(ASKED))
    assert "it decides for none of the changes that cannot both be" in reasons(case)[1]
    case.state(ASKED, choice)
    timeline = case.timeline()
    assert timeline.state == choice
    assert timeline.conflict is None
    assert [each.settles for each in timeline.changes if each.settles] == [True]


def test_a_decision_between_some_leaves_the_rest_to_be_decided() -> None:
    case, executing, _ = contested()
    case.state(ASKED, "executed", executing, message=case.say(ASKED))
    assert case.timeline().conflict is not None


FORGED = [
    (ASKING, "refused", {}, "only the requested side may set refused"),
    (ASKED, "withdrawn", {"reasons": "x"}, "only the requesting side may set withdrawn"),
    (ASKED, "executed", {}, "executed does not follow under_review"),
    (ASKED, "delivered", {}, "delivered does not follow under_review"),
    (ASKED, "draft", {}, "stays in the requesting office"),
    (ASKED, "gone", {}, "there is no state 'gone'"),
    (ASKED, "refused", {"ground": "ne_bis_in_idem", "reasons": "x"}, "no consultation before it"),
]


@pytest.mark.parametrize(("office", "state", "fields", "reason"), FORGED)
def test_what_is_forged_or_impossible_is_shown_and_changes_nothing(
    office: str, state: str, fields: dict[str, object], reason: str
) -> None:
    case = under_review()
    attempt = case.state(office, state, **fields)  # type: ignore[arg-type]  # one of the two offices
    timeline = case.timeline()
    assert timeline.state is State.UNDER_REVIEW
    (shown,) = timeline.with_standing(Standing.NOT_VALID)
    assert shown.entry.message_id == attempt
    assert reason in shown.reason
    case.state(ASKED, "postponed", attempt)
    assert "builds upon a change that is not valid" in reasons(case)[1]


def test_a_receipt_of_the_machine_is_nobodys_word() -> None:
    case = requested()
    case.state(ASKING, "delivered")
    assert reasons(case) == ["delivered is computed from evidence, and set by nobody"]


def test_a_device_whose_role_may_not_is_named_and_changes_nothing() -> None:
    case = under_review()
    said = StateSet("refused", case.heads, "Tried.", ground="ne_bis_in_idem", consultation=case.say(ASKED))
    case.say(ASKED, said, role=Role.DUTY_OFFICER)
    assert reasons(case) == ["a device of the role duty-officer may not set refused"]


@pytest.mark.parametrize("flaw", ["it is not signed", "a device that was revoked", "signed in the future"])
def test_what_is_not_signed_as_it_must_be_changes_nothing(flaw: str) -> None:
    case = acknowledged()
    case.say(ASKED, StateSet("under_review", case.heads), flaw=flaw)
    assert case.timeline().state is State.ACKNOWLEDGED
    assert reasons(case) == [flaw]


def test_what_builds_upon_nothing_or_upon_talk_changes_nothing() -> None:
    case = acknowledged()
    talk = case.say(ASKING)
    case.say(ASKED, StateSet("under_review", ()))
    case.say(ASKED, StateSet("under_review", (talk,)))
    case.say(ASKED, StateSet("under_review", case.heads), StateSet("assigned", case.heads))
    case.say(ASKED, StatusChanged("executed"))
    assert case.timeline().state is State.ACKNOWLEDGED
    assert reasons(case) == [
        "it names no change that it builds upon",
        "it builds upon a message that changes no state",
        "it sets several states at once",
    ]


def test_what_names_a_message_that_is_not_here_waits_for_it() -> None:
    case = under_review()
    case.state(ASKED, "in_execution", NOWHERE, confidentiality="can_keep")
    first = case.state(ASKED, "refused", ground="ne_bis_in_idem", reasons="Tried.", consultation=NOWHERE)
    case.state(ASKING, "closed", first)
    assert case.timeline().state is State.UNDER_REVIEW
    waiting = reasons(case, Standing.WAITING)
    assert waiting == [
        "it builds upon a message that is not here",
        "the consultation that it names is not here",
        "it builds upon a change that waits",
    ]
    case.said[NOWHERE] = ASKED
    assert case.timeline().state is State.CLOSED


def test_a_result_is_the_own_sides_and_the_request_is_no_consultation() -> None:
    case = under_review()
    begun = next(iter(case.said))
    fields = {"ground": "ne_bis_in_idem", "reasons": "Tried."}
    case.state(ASKED, "refused", consultation=begun, **fields)
    case.state(ASKED, "in_execution", confidentiality="not_asked")
    case.state(ASKED, "executed", message=case.say(ASKING))
    assert reasons(case) == [
        "the request itself is no consultation",
        "the result or answer that it names is the other side's",
    ]


def test_neither_a_later_version_nor_an_acknowledgement_is_a_consultation() -> None:
    """18(26): it takes two to consult."""
    case = acknowledged()
    first = case.heads
    case.state(ASKED, "returned", items=("No facts.",))
    again = case.say(ASKING, request(), StateSet("sent", case.heads))
    case.say(ASKED, Acknowledged(again, "GH/9"))
    case.state(ASKED, "under_review")
    for named in (again, *first):
        case.state(ASKED, "refused", consultation=named, ground="ne_bis_in_idem", reasons="Tried.")
    assert sorted(reasons(case)) == [
        "an acknowledgement is no consultation",
        "the request itself is no consultation",
    ]
    assert case.timeline().state is State.UNDER_REVIEW


def test_nobody_consults_himself_by_setting_a_state() -> None:
    """18(26): what asks the other side may be one, what only says how far it is may not."""
    case = acknowledged()
    case.state(ASKED, "under_review")
    fields = {"ground": "ne_bis_in_idem", "reasons": "Tried."}
    case.state(ASKED, "refused", consultation=case.heads[0], **fields)
    assert reasons(case) == ["a message that sets under_review is no consultation"]
    asked = case.state(ASKED, "info_requested", items=("Was he tried?",), due="2026-12-01")
    case.state(ASKING, "under_review", message=case.say(ASKING))
    case.state(ASKED, "refused", consultation=asked, **fields)
    assert case.timeline().state is State.REFUSED


def test_what_a_guest_says_is_no_consultation() -> None:
    """18(26): the requested State consults with the requesting one."""
    case = under_review()
    guest = EntryId("CNA-ML-01")
    proposed = case.say(ASKING, StandingProposed(guest, case_company.Standing.GUEST))
    case.say(ASKED, StandingProposed(guest, case_company.Standing.GUEST, answers=proposed))
    fields = {"ground": "ne_bis_in_idem", "reasons": "Tried."}
    case.state(ASKED, "refused", consultation=case.say(guest), **fields)
    assert reasons(case) == ["what a guest of the case says is no consultation"]
    case.state(ASKED, "refused", consultation=case.say(ASKING), **fields)
    assert case.timeline().state is State.REFUSED


@pytest.mark.parametrize(
    ("due", "state"), [("2027-05-18", State.POSTPONED), ("2027-06-18", State.UNDER_REVIEW)]
)
def test_a_case_is_put_off_for_six_months_at_most(due: str, state: State) -> None:
    """18(25)."""
    case = under_review()
    asked = case.say(ASKED)
    case.state(ASKED, "postponed", reasons="A trial.", due=due, consultation=asked)
    assert case.timeline().state is state


def test_both_sides_close_a_consultation_and_neither_signs() -> None:
    case = Case()
    case.say(ASKING, CaseOpened(CaseKind.CONSULTATION, "Records", "SN/1", None))
    for office in (ASKING, ASKED):
        case.say(office, StateSet("closed", case.heads), flaw="it is not signed")
    assert case.timeline().closed_by == {Side.REQUESTING, Side.REQUESTED}
    assert not reasons(case)
    # What is said unsigned of a consultation counts for nothing once there is a request.
    asked = case.say(ASKING, request())
    case.say(
        ASKED, StateSet("closed", case.timeline().changes[0].parents or (asked,)), flaw="it is not signed"
    )
    assert case.timeline().state is State.SENT
    assert not case.timeline().closed_by


def test_a_relay_that_turns_the_times_round_turns_no_sides_round() -> None:
    """Whose request has opened the room asks, whatever time another one is given."""
    case = Case()
    case.say(ASKED, request(reference="GH/1"))
    case.say(ASKING, CaseOpened(CaseKind.REQUEST, "Records", "SN/1", None), request())
    assert case.timeline().requesting == ASKING


def test_more_changes_at_once_than_one_can_name_are_gone_on_from() -> None:
    """A device that floods a case with what cannot both be costs decisions, and does not stop it."""
    case = under_review()
    chain = [*case.heads]
    for number in range(100):
        chain.append(case.state(ASKED, ("assigned", "under_review")[number % 2], chain[-1]))
    for name in chain:
        case.state(ASKED, "info_requested", name, items=("Which bank?",), due="2026-12-24")
        case.state(ASKED, "in_execution", name, confidentiality="can_keep")
    rounds = 0
    while (conflict := case.timeline().conflict) is not None:
        named = case.timeline().to_build_upon()
        assert len(named) <= MAX_PARENTS < len(conflict.between) or set(named) == set(case.heads)
        assert StateSet("in_execution", named).encode()
        case.say(ASKED, StateSet("in_execution", named))
        rounds += 1
        assert rounds < 10
    assert case.timeline().state is State.IN_EXECUTION
    assert rounds > 1


def test_the_order_of_arrival_and_repetition_change_nothing() -> None:
    case, *_ = contested()
    case.state(ASKED, "refused")
    record = case.record()
    turned = Record((*reversed(record.entries), *record.entries), record.said, record.delivered_at_ms)
    assert project(turned, 0) == project(record, 0)


def test_a_thousand_changes_at_once_are_judged_at_once() -> None:
    """Who floods a case with changes makes one conflict that names them, and no receiver stops."""
    case = acknowledged()
    heads = case.heads
    for number in range(1_000):
        state = "under_review" if number % 2 else "returned"
        case.say(ASKED, StateSet(state, heads, items=("x",)))
    conflict = case.timeline().conflict
    assert conflict is not None
    assert len(conflict.between) == 1_000


def test_a_long_chain_is_no_deep_recursion() -> None:
    case = acknowledged()
    heads = case.heads
    for number in range(3_000):
        heads = (case.say(ASKED, StateSet("assigned" if number % 2 else "under_review", heads)),)
    assert case.timeline().state is State.ASSIGNED
