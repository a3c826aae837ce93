"""Who asks, who is asked, and who is in a case without a side (needs D8, D21)."""

from dataclasses import replace

import pytest
from tests.crypto.casework.cases import ASKED, ASKING, Case, request

from rogatory_crypto.casework import Side, Standing, State
from rogatory_crypto.content import case_company
from rogatory_crypto.content.case_company import StandingProposed
from rogatory_crypto.content.case_kind import CaseKind
from rogatory_crypto.content.case_progress import DeadlineSet
from rogatory_crypto.content.events import Acknowledged, CaseOpened
from rogatory_crypto.wire.identifier import EntryId

THIRD, FOURTH = EntryId("CNA-NG-01"), EntryId("CNA-ML-01")
GUEST, PARTY, OUT = case_company.Standing.GUEST, case_company.Standing.PARTY, case_company.Standing.OUT


def addressed(*offices: EntryId) -> Case:
    """A request to these offices."""
    case = Case()
    opened = CaseOpened(CaseKind.REQUEST, "Bank records", "SN/1", None)
    case.say(ASKING, opened, replace(request(), addressees=offices))
    return case


def brought_in(case: Case, office: EntryId, standing: case_company.Standing) -> None:
    """The one side proposes, the other agrees."""
    proposed = case.say(ASKING, StandingProposed(office, standing))
    case.say(ASKED, StandingProposed(office, standing, answers=proposed))


def test_who_is_not_addressed_has_no_side() -> None:
    """However he came in: nobody need have said a word of it."""
    case = addressed(ASKED)
    assert [case.timeline().side_of(each) for each in (ASKING, ASKED, THIRD)] == [
        *(Side.REQUESTING, Side.REQUESTED, Side.GUEST),
    ]
    case.say(THIRD, Acknowledged(case.heads[0], "NG/1"))
    (_, tried) = case.timeline().changes
    assert (tried.standing, tried.reason) == (
        Standing.NOT_VALID,
        "a guest of the case decides nothing in it",
    )
    assert case.timeline().state is State.SENT


def test_a_guest_sets_neither_state_nor_date() -> None:
    case = addressed(ASKED)
    brought_in(case, THIRD, GUEST)
    case.say(ASKED, Acknowledged(case.heads[0], "GH/9"))
    case.state(THIRD, "under_review")
    case.say(THIRD, DeadlineSet("hearing", "2026-12-31", ASKED, ""))
    timeline = case.timeline()
    assert timeline.state is State.ACKNOWLEDGED
    assert [each.reason for each in timeline.attempts] == ["a guest of the case sets no dates"]
    assert not timeline.deadlines


@pytest.mark.parametrize("named", [True, False])
def test_a_guest_of_a_consultation_submits_nothing(*, named: bool) -> None:
    case = Case()
    case.say(ASKING, CaseOpened(CaseKind.CONSULTATION, "Bank records", "SN/1", None))
    brought_in(case, THIRD, GUEST)
    case.say(THIRD, replace(request(reference="NG/1"), addressees=(ASKED,) if named else ()))
    assert case.timeline().request is None
    assert case.timeline().state is State.CONSULTATION
    case.say(ASKING, replace(request(), addressees=(ASKED,) if named else ()))
    timeline = case.timeline()
    assert (timeline.requesting, timeline.state) == (ASKING, State.SENT)
    assert timeline.side_of(THIRD) is Side.GUEST


def test_a_party_that_all_have_agreed_to_acts_on_the_requested_side() -> None:
    case = addressed(ASKED)
    proposed = case.say(ASKING, StandingProposed(THIRD, PARTY))
    assert case.timeline().side_of(THIRD) is Side.GUEST
    case.say(THIRD, StandingProposed(THIRD, PARTY, answers=proposed))
    case.say(FOURTH, StandingProposed(THIRD, PARTY, answers=proposed))
    assert case.timeline().side_of(THIRD) is Side.GUEST, "nobody agrees in the place of a party"
    case.say(ASKED, StandingProposed(THIRD, PARTY, answers=proposed))
    assert case.timeline().side_of(THIRD) is Side.REQUESTED


@pytest.mark.parametrize("standing", [GUEST, OUT])
def test_nobody_takes_its_side_from_a_party(standing: case_company.Standing) -> None:
    case = addressed(ASKED)
    for speaker, office in ((ASKED, ASKING), (ASKING, ASKED), (THIRD, ASKED)):
        case.say(speaker, StandingProposed(office, standing))
    timeline = case.timeline()
    assert (timeline.side_of(ASKING), timeline.side_of(ASKED)) == (Side.REQUESTING, Side.REQUESTED)
