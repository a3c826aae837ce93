"""Oral requests and what confirms them, safe conduct, links; what is forged counts for nothing."""

import random

import pytest
from tests.crypto.casework.cases import ASKED, ASKING, BEGIN_MS, Case, acknowledged, request, requested

from rogatory_crypto.casework import project
from rogatory_crypto.casework.urgent_work import TOLERANCE_S
from rogatory_crypto.content import case_company
from rogatory_crypto.content.case_company import StandingProposed
from rogatory_crypto.content.case_kind import CaseKind
from rogatory_crypto.content.case_progress import StateSet
from rogatory_crypto.content.events import CaseOpened
from rogatory_crypto.content.urgent import CaseLinked, OralRequest, PresenceEnded
from rogatory_crypto.wire.identifier import EntryId, GroupId

BEGIN = BEGIN_MS // 1000
OTHER = EntryId("CNA-ML-01")


def call(made_at: int = BEGIN - 600, caller: EntryId = ASKING, called: EntryId = ASKED) -> OralRequest:
    return OralRequest(made_at, caller, "head", called, "duty officer", "Freeze the account.")


def noted() -> Case:
    """A case that begins with a call."""
    case = Case()
    case.say(ASKING, CaseOpened(CaseKind.REQUEST, "An account", "SN/1", None), call())
    return case


def test_a_call_is_no_request_in_writing_and_says_who_asks() -> None:
    """18(14)."""
    timeline = noted().timeline()
    assert (timeline.state, timeline.request, timeline.requesting) == (None, None, ASKING)
    (note,) = timeline.oral
    assert note.confirmed is None
    assert not timeline.attempts


def test_a_request_in_writing_confirms_the_notes_of_both_sides() -> None:
    case = noted()
    case.say(ASKED, call())
    written = case.say(ASKING, request())
    assert [note.confirmed and note.confirmed.message_id for note in case.timeline().oral] == [written] * 2
    assert case.timeline().state == "sent"


def test_what_the_other_side_writes_confirms_nothing() -> None:
    case = noted()
    case.say(ASKED, request(reference="GH/1"))
    (note,) = case.timeline().oral
    assert note.confirmed is None


def test_a_call_after_the_request_waits_for_its_next_version() -> None:
    case = requested()
    case.state(ASKED, "returned", items=("No facts.",), reasons="Incomplete.")
    made_at = BEGIN + 1
    case.say(ASKING, call(made_at))
    assert case.timeline().oral[0].confirmed is None
    again = case.say(ASKING, request(), StateSet("sent", case.heads))
    (note,) = case.timeline().oral
    assert note.confirmed is not None
    assert note.confirmed.message_id == again


def test_a_request_that_is_not_valid_confirms_nothing() -> None:
    case = acknowledged()
    case.say(ASKING, call(BEGIN + 1))
    case.say(ASKING, request(), StateSet("sent", case.heads))
    timeline = case.timeline()
    assert timeline.oral[0].confirmed is None
    assert timeline.state == "acknowledged"


@pytest.mark.parametrize(
    ("office", "said", "flaw", "reason"),
    [
        (ASKED, call(caller=OTHER, called=ASKING), None, "only who called and who was called"),
        (ASKING, call(called=ASKING), None, "only who called and who was called"),
        (OTHER, call(), None, "only who called and who was called"),
        (ASKING, call(BEGIN + TOLERANCE_S + 10), None, "still to come"),
        (ASKING, call(1 << 52), None, "still to come"),
        (ASKING, call(), "it is not signed", "it is not signed"),
    ],
    ids=["of others", "of oneself", "by a third", "from the future", "far ahead", "unsigned"],
)
def test_a_note_that_cannot_be_is_shown_and_counts_for_nothing(
    office: EntryId, said: OralRequest, flaw: str | None, reason: str
) -> None:
    case = Case()
    case.say(office, said, flaw=flaw)
    timeline = case.timeline()
    assert (timeline.oral, timeline.requesting) == ((), None)
    (attempt,) = timeline.attempts
    assert reason in attempt.reason


def test_only_who_asked_the_person_to_come_ends_the_presence() -> None:
    """18(27)."""
    case = acknowledged("voluntary_appearance")
    case.say(ASKED, PresenceEnded("2026-11-18", None, ""))
    case.say(ASKING, PresenceEnded("2026-11-18", None, ""), flaw="it is not signed")
    named = case.say(ASKING, PresenceEnded("2026-11-18", None, "the witness"))
    timeline = case.timeline()
    assert [each.entry.message_id for each in timeline.presences] == [named]
    assert {each.reason for each in timeline.attempts} == {
        "only who asked the person to come says when the presence has ended",
        "it is not signed",
    }


def test_nobody_tells_of_a_presence_that_is_still_to_end() -> None:
    """The convention's days would run from it; the day may have begun where the person is."""
    case = acknowledged("voluntary_appearance")
    for told_on in ("2026-11-19", "2026-11-20", "2999-12-31"):
        case.say(ASKING, PresenceEnded(told_on, None, ""))
    timeline = case.timeline()
    assert [each.said.told_on for each in timeline.presences] == ["2026-11-19"]
    assert [each.reason for each in timeline.attempts] == ["it tells of a day that was still to come"] * 2


@pytest.mark.parametrize("said", [call(caller=OTHER), call(caller=ASKED, called=OTHER)], ids=["by", "to"])
def test_a_guest_of_the_case_makes_nobody_confirm_a_call(said: OralRequest) -> None:
    case = acknowledged()
    proposed = case.say(ASKING, StandingProposed(OTHER, case_company.Standing.GUEST))
    case.say(ASKED, StandingProposed(OTHER, case_company.Standing.GUEST, answers=proposed))
    case.say(said.caller, said)
    timeline = case.timeline()
    assert not timeline.oral
    (attempt,) = timeline.attempts
    assert "a guest of the case calls nobody" in attempt.reason


def test_nobody_is_under_safe_conduct_where_nothing_was_asked() -> None:
    case = noted()
    case.say(ASKING, PresenceEnded("2026-11-18", None, ""))
    assert case.timeline().presences == ()


def test_a_link_is_shown_and_an_unsigned_one_is_not_valid() -> None:
    case = requested()
    case.say(ASKING, CaseLinked("extension", GroupId(bytes(32))), flaw="it is not signed")
    case.say(ASKING, CaseLinked("follow_up", GroupId(bytes(32))))
    timeline = case.timeline()
    assert [link.said.relation for link in timeline.links] == ["follow_up"]
    assert [each.reason for each in timeline.attempts] == ["it is not signed"]


def test_neither_order_nor_repetition_changes_anything() -> None:
    case = noted()
    case.say(ASKED, call())
    case.say(OTHER, call())
    case.say(ASKING, request(), CaseLinked("follow_up", GroupId(bytes(16))))
    case.say(ASKING, PresenceEnded("2026-11-18", 20, ""))
    expected, chance = case.timeline(), random.Random(7)  # noqa: S311  # a test is repeatable
    for _ in range(50):
        mixed = Case(case.entries * 2, case.said, case.delivered)
        chance.shuffle(mixed.entries)
        assert project(mixed.record(), BEGIN + 3_600) == expected
