"""The table of the life cycle: every step by whom it is for, and by nobody else; the catalogue's own."""

from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import yaml

from rogatory_crypto.casework import (
    TRANSITIONS,
    Confidentiality,
    Course,
    Function,
    Ground,
    Need,
    Refused,
    Side,
    State,
    Statement,
    Transition,
    apply,
    may_take,
    next_steps,
)
from rogatory_crypto.casework.state import AT_HOME, SHORT_TYPES
from rogatory_crypto.casework.transitions import CLOSED_TOO, STEPS
from rogatory_crypto.content.case_progress import StateSet
from rogatory_crypto.content.mimi import MessageId
from rogatory_crypto.identity import Role

MESSAGE = MessageId(bytes(32))
EVERYTHING = StateSet(
    state="",
    builds_on=(MESSAGE,),
    reasons="Because of the trial.",
    items=("Which bank?",),
    ground=Ground.NE_BIS_IN_IDEM.value,
    consultation=MESSAGE,
    message=MESSAGE,
    confidentiality=Confidentiality.CAN_KEEP.value,
    due="2026-12-31",
)
SAID = [each for each in TRANSITIONS if each.side is not Side.MACHINE and each.target not in AT_HOME]
EMPTY: dict[Need, dict[str, Any]] = {
    Need.REASONS: {"reasons": " \n"},
    Need.ITEMS: {"items": ()},
    Need.GROUND: {"ground": None},
    Need.CONSULTATION: {"consultation": None},
    Need.DUE: {"due": None},
    Need.MESSAGE: {"message": None},
    Need.CONFIDENTIALITY: {"confidentiality": None},
}


def wanted(target: State, side: Side, role: Role = Role.HEAD, /, **fields: Any) -> Statement:
    said = replace(EVERYTHING, state=target.value, **fields)
    return Statement(said, side, role, with_request=True, own_reference=True)


def name_of(step: Transition) -> str:
    return f"{step.origin}-{step.target}-{step.side}"


@pytest.mark.parametrize("step", SAID, ids=name_of)
def test_a_step_is_taken_by_its_side_and_by_no_other(step: Transition) -> None:
    assert apply(step.origin, wanted(step.target, step.side)) is step.target
    for other in set(Side) - {step.side}:
        taken = apply(step.origin, wanted(step.target, other))
        if (step.origin, step.target, other) in STEPS[Course.FULL]:
            continue
        assert isinstance(taken, Refused)
        assert "may set" in taken.reason or "set by nobody" in taken.reason


@pytest.mark.parametrize("side", Side)
def test_what_stands_in_no_row_is_refused_to_everybody(side: Side) -> None:
    """Every pair of states, so that nothing can be skipped: not delivery, not the review."""
    allowed = {(each.origin, each.target) for each in SAID if each.side is side}
    for origin, target in product(State, State):
        taken = apply(origin, wanted(target, side))
        assert (taken is target) is ((origin, target) in allowed), (origin, target)
        assert taken is target or isinstance(taken, Refused)


@pytest.mark.parametrize("step", SAID, ids=name_of)
def test_a_step_is_refused_without_any_one_of_what_it_needs(step: Transition) -> None:
    """18(16), 18(20), 18(23), 18(25), 18(26)."""
    for need in step.needs:
        lacking = wanted(step.target, step.side, **EMPTY.get(need, {}))
        if need is Need.NEW_VERSION:
            lacking = replace(lacking, with_request=False)
        if need is Need.OWN_REFERENCE:
            lacking = replace(lacking, own_reference=False)
        assert isinstance(apply(step.origin, lacking), Refused), need
    for need in set(EMPTY) - step.needs:
        assert apply(step.origin, wanted(step.target, step.side, **EMPTY[need])) is step.target, need


@pytest.mark.parametrize("step", SAID, ids=name_of)
def test_a_step_is_refused_to_the_roles_that_may_not_take_it(step: Transition) -> None:
    for role in Role:
        taken = apply(step.origin, wanted(step.target, step.side, role))
        assert (taken is step.target) is may_take(role, step)
    holders = {role for role in Role if may_take(role, step)}
    assert holders
    assert holders <= {Role.HEAD, Role.CASE_OFFICER, Role.DUTY_OFFICER}
    if step.functions == {Function.SIGNATORY}:
        assert Role.DUTY_OFFICER not in holders


def test_words_that_nobody_knows_are_refused_by_name() -> None:
    unknown = Statement(replace(EVERYTHING, state="lost_in_the_post"), Side.REQUESTED, Role.HEAD)
    taken = apply(State.UNDER_REVIEW, unknown)
    assert isinstance(taken, Refused)
    assert "lost_in_the_post" in taken.reason
    for fields in ({"ground": "bank_secrecy"}, {"ground": "fiscal_matters"}, {"confidentiality": "perhaps"}):
        refused = apply(State.UNDER_REVIEW, wanted(State.REFUSED, Side.REQUESTED, **fields))
        assert isinstance(refused, Refused)  # 18(8), 18(22): never a ground


@pytest.mark.parametrize("origin", [State.UNDER_REVIEW, State.ASSIGNED])
def test_what_cannot_be_kept_confidential_is_not_executed_unasked(origin: State) -> None:
    """18(20): the requesting State decides whether it is executed nevertheless."""
    cannot = {"confidentiality": Confidentiality.CANNOT_KEEP.value}
    assert isinstance(apply(origin, wanted(State.IN_EXECUTION, Side.REQUESTED, **cannot)), Refused)
    proposed = wanted(State.CONDITIONS_PROPOSED, Side.REQUESTED, **cannot)
    assert apply(State.UNDER_REVIEW, proposed) is State.CONDITIONS_PROPOSED


@pytest.mark.parametrize("state", sorted(AT_HOME))
def test_drafts_stay_in_the_office(state: State) -> None:
    for origin, side in product(State, Side):
        taken = apply(origin, wanted(state, side))
        assert isinstance(taken, Refused)
    assert all(each.target not in AT_HOME for each in next_steps(State.CONSULTATION, Side.REQUESTING))


def test_where_nothing_is_executed_the_course_is_short() -> None:
    for origin, target, side in product(State, State, Side):
        if isinstance(apply(origin, wanted(target, side), Course.SHORT), Refused):
            continue
        assert target in {State.SENT, State.CONSULTATION, State.ACKNOWLEDGED, State.CLOSED}
    assert apply(State.ACKNOWLEDGED, wanted(State.CLOSED, Side.REQUESTED), Course.SHORT) is State.CLOSED
    assert isinstance(apply(State.ACKNOWLEDGED, wanted(State.CLOSED, Side.REQUESTED)), Refused)


def test_next_steps_are_those_that_apply_allows() -> None:
    for course, state, side in product(Course, State, Side):
        if side is Side.MACHINE:
            continue
        found = {each.target for each in next_steps(state, side, course)}
        allowed = {each for each in State if apply(state, wanted(each, side), course) is each}
        assert found == allowed


# --- the catalogue ---

_NEEDS: dict[str, Need | None] = {
    "no blocking deficiency": None,
    "comment": Need.REASONS,
    "consultation_question": None,
    "signature": None,
    "accepted language or to-follow": None,
    "addressee active and onboarded": None,
    "signed technical receipt": None,
    "no receipt after retries (default 24 h; 15 min for urgent)": None,
    "own reference": Need.OWN_REFERENCE,
    "reason": Need.REASONS,
    "reasons": Need.REASONS,
    "competent authority if known": None,
    "deficiency list": Need.ITEMS,
    "new version, signature": Need.NEW_VERSION,
    "new version answering the reasons": Need.NEW_VERSION,
    "caseworker or executing authority": None,
    "numbered questions": Need.ITEMS,
    "date wished": Need.DUE,
    "review date": Need.DUE,
    "answer of the requesting side": Need.MESSAGE,
    "conditions": Need.ITEMS,
    "acceptance is binding (18(26))": None,
    "answer to confidentiality request": Need.CONFIDENTIALITY,
    "executing authority": None,
    "result message": Need.MESSAGE,
    "result message, signature": Need.MESSAGE,
    "what is still open": Need.ITEMS,
    "what is missing": Need.ITEMS,
    "consultation logged": Need.CONSULTATION,
    "ground code": Need.GROUND,
    "confirmation of receipt": None,
    "execution stopped or results destroyed, as agreed": Need.REASONS,
}


@pytest.fixture(scope="module")
def catalogue(shared: Path) -> dict[str, Any]:
    with (shared / "requests" / "request-types.yaml").open(encoding="utf-8") as file:
        loaded: dict[str, Any] = yaml.safe_load(file)
    return loaded


def test_the_states_are_the_catalogues(catalogue: dict[str, Any]) -> None:
    rows = catalogue["lifecycle"]["states"]
    assert [row["id"] for row in rows] == [state.value for state in State]
    assert {row["id"] for row in rows if not row["visible_to_other_side"]} == AT_HOME
    assert [row["id"] for row in rows if row["terminal"]] == ["closed"]


def test_the_steps_are_the_catalogues(catalogue: dict[str, Any]) -> None:
    rows = catalogue["lifecycle"]["transitions"]
    named = {(row["from"], row["to"]): row for row in rows if row["from"] != "any open state after sent"}
    steps = [each for each in TRANSITIONS if each not in CLOSED_TOO]
    assert {(each.origin, each.target) for each in steps if each.target is not State.WITHDRAWN} == set(named)
    for step in steps:
        if step.target is State.WITHDRAWN:
            assert step.side is Side.REQUESTING
            assert step.needs == {Need.REASONS}
            continue
        row = named[step.origin.value, step.target.value]
        needs = {_NEEDS[need] for need in row["needs"]} - {None}
        # Nobody sends a first version without one.
        assert step.needs - ({Need.NEW_VERSION} if step.target is State.SENT else set()) == needs - {
            Need.NEW_VERSION
        }
        side, _, functions = row["by"].partition(".")
        if step.side is Side.MACHINE or functions:
            assert side == {"machine": "system"}.get(step.side.value, step.side.value)
        else:
            assert "answer" in str(row["needs"])
        for function in step.functions:
            assert not functions or function.value in functions


def test_the_grounds_and_the_short_course_are_the_catalogues(catalogue: dict[str, Any]) -> None:
    assert [row["id"] for row in catalogue["refusal_grounds"]] == [ground.value for ground in Ground]
    assert {row["id"] for row in catalogue["types"]} >= SHORT_TYPES
    (rule,) = [text for text in catalogue["lifecycle"]["principles"] if "closed only" in text]
    assert "spontaneous_information, consultation and prevention_enquiry" in rule
