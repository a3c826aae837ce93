"""Wishes beside a request: which count, and what they ask of the answer (UNTOC 18(19), 18(20))."""

import random

import pytest
from tests.crypto.casework.cases import ASKED, ASKING, Case, request

from rogatory_crypto.casework import Standing, State, project
from rogatory_crypto.casework.record import Record
from rogatory_crypto.content.case_kind import CaseKind
from rogatory_crypto.content.case_progress import StateSet
from rogatory_crypto.content.events import Acknowledged, CaseOpened
from rogatory_crypto.content.request_wishes import HandlingWished, SentDespite

OPENED = CaseOpened(CaseKind.REQUEST, "Bank records", "SN/1", None)
SECRET, OPEN = HandlingWished("fact_and_substance", "Until the arrest."), HandlingWished("none_requested")


def under_review(*wishes: HandlingWished) -> Case:
    case = Case()
    case.say(ASKING, OPENED, request(), *wishes)
    case.say(ASKED, Acknowledged(case.heads[0], "GH/9"))
    case.state(ASKED, "under_review")
    return case


@pytest.mark.parametrize(
    ("wishes", "answer", "state"),
    [
        ((SECRET,), "can_keep", State.IN_EXECUTION),
        ((SECRET,), "not_asked", State.UNDER_REVIEW),
        ((SECRET,), "cannot_keep", State.UNDER_REVIEW),
        ((OPEN,), "not_asked", State.IN_EXECUTION),
        ((), "not_asked", State.IN_EXECUTION),
    ],
)
def test_the_answer_is_to_what_was_asked(
    wishes: tuple[HandlingWished, ...], answer: str, state: State
) -> None:
    case = under_review(*wishes)
    case.state(ASKED, "in_execution", confidentiality=answer)
    timeline = case.timeline()
    assert timeline.state is state
    assert timeline.wishes == next(iter(wishes), None)
    if state is State.UNDER_REVIEW:
        (refused,) = timeline.with_standing(Standing.NOT_VALID)
        assert "(18(20))" in refused.reason


def new_version(case: Case, *wishes: HandlingWished) -> None:
    """The request comes back incomplete, and is sent again."""
    case.state(ASKED, "returned", reasons="Incomplete.", items=("The account.",))
    case.say(ASKING, request(), StateSet("sent", case.heads), *wishes)
    case.say(ASKED, Acknowledged(case.heads[0], "GH/9"))
    case.state(ASKED, "under_review")


@pytest.mark.parametrize(("first", "second", "holds"), [(SECRET, OPEN, True), (OPEN, SECRET, False)])
def test_the_newest_version_says_what_is_wished(
    first: HandlingWished, second: HandlingWished, *, holds: bool
) -> None:
    case = Case()
    case.say(ASKING, OPENED, request(), first)
    case.say(ASKED, Acknowledged(case.heads[0], "GH/9"))
    new_version(case, second)
    assert case.timeline().wishes == second
    case.state(ASKED, "in_execution", confidentiality="not_asked")
    assert (case.timeline().state is State.IN_EXECUTION) is holds
    timelines = set()
    for seed in range(5):
        entries = list(case.entries) * 2
        random.Random(seed).shuffle(entries)  # noqa: S311 - an order of arrival
        read = project(Record(tuple(entries), case.said, {}), 2_000_000_000)
        timelines.add((read.state, tuple(each.standing for each in read.changes), read.wishes))
    assert len(timelines) == 1


def test_a_wish_beside_no_request_or_a_second_one_is_shown_and_means_nothing() -> None:
    case = under_review(OPEN)
    case.say(ASKING, SECRET)
    case.say(ASKED, SentDespite("In a hurry."))
    timeline = case.timeline()
    assert (timeline.wishes, timeline.despite) == (OPEN, None)
    assert [each.reason for each in timeline.attempts] == [
        "what a request wishes stands beside no request"
    ] * 2
    twice = Case()
    twice.say(ASKING, OPENED, request(), OPEN, SECRET)
    assert twice.timeline().wishes == OPEN
    assert "the first counts" in twice.timeline().attempts[0].reason


def test_a_request_whose_wish_is_forged_does_not_count() -> None:
    case = Case()
    case.say(ASKING, OPENED, request(), SECRET, flaw="it is not signed by the officer's device")
    timeline = case.timeline()
    assert (timeline.state, timeline.wishes) == (None, None)
    assert timeline.changes[0].standing is Standing.NOT_VALID


def test_why_it_was_sent_is_shown_with_it() -> None:
    case = Case()
    excused = SentDespite("The ship sails tonight.", ("G-c",))
    case.say(ASKING, OPENED, request(), excused)
    assert case.timeline().despite == excused
