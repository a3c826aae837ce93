"""What needs an officer and why; what waits for the other side; and that no open case is in no folder."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rogatory_client.casework.mailbox.assigning import Assignment
from rogatory_client.casework.mailbox.inbox import SOON_S, Awaited, CaseFacts, Folder, folders_of, reasons_in
from rogatory_crypto.casework import Side, State

NOW = 1_795_000_000
ME = "second officer"
MINE = Assignment((ME,))
NOBODY_STANDS_IN = frozenset[str]()


def of(facts: CaseFacts, officer: str = ME, in_place_of: frozenset[str] = NOBODY_STANDS_IN) -> set[Folder]:
    return set(folders_of(facts, officer, in_place_of, NOW))


@pytest.mark.parametrize(
    ("side", "state", "why"),
    [
        (Side.REQUESTED, State.DELIVERED, "to acknowledge"),
        (Side.REQUESTING, State.INFO_REQUESTED, "questions received"),
        (Side.REQUESTING, State.EXECUTED, "confirm"),
        (Side.REQUESTING, State.DELIVERY_FAILED, "not delivered"),
        (Side.REQUESTING, State.CONDITIONS_PROPOSED, "accept or decline"),
    ],
)
def test_a_state_that_asks_something_of_this_side_needs_its_officer(
    side: Side, state: State, why: str
) -> None:
    facts = CaseFacts(side, (state,), assignment=MINE)
    assert of(facts) == {Folder.NEEDS_YOU, Folder.MINE, Folder.UNIT}
    assert any(why in line for line in reasons_in(facts, NOW))
    assert of(facts, "another") == {Folder.UNIT}
    other = Side.REQUESTED if side is Side.REQUESTING else Side.REQUESTING
    assert of(CaseFacts(other, (state,), assignment=MINE)) == {
        Folder.MINE,
        Folder.UNIT,
        Folder.WAITING_FOR_THEM,
    }


def test_a_case_of_nobody_needs_everybody() -> None:
    facts = CaseFacts(Side.REQUESTED, (State.DELIVERED,))
    assert of(facts) == of(facts, "another") == {Folder.NEEDS_YOU, Folder.UNASSIGNED, Folder.UNIT}


def test_a_deputy_has_the_cases_of_whom_he_stands_in_for() -> None:
    facts = CaseFacts(Side.REQUESTED, (State.DELIVERED,), assignment=MINE)
    assert of(facts, "deputy", frozenset({ME})) == {Folder.NEEDS_YOU, Folder.MINE, Folder.UNIT}


def test_who_has_left_works_on_nothing() -> None:
    facts = CaseFacts(Side.REQUESTED, (State.UNDER_REVIEW,), assignment=MINE, gone=frozenset({ME}))
    assert of(facts, "another") == {Folder.NEEDS_YOU, Folder.UNASSIGNED, Folder.UNIT}
    assert reasons_in(facts, NOW) == (f"{ME} has left: assign it anew",)


@pytest.mark.parametrize(
    ("at", "line"),
    [
        (NOW - 1, "overdue since 2026-11-18: acknowledge"),
        (NOW, "due 2026-11-18: acknowledge"),
        (NOW + SOON_S, "due 2026-11-25: acknowledge"),
        (NOW + SOON_S + 1, None),
    ],
)
def test_what_is_due_within_seven_days_is_told(at: int, line: str | None) -> None:
    facts = CaseFacts(
        Side.REQUESTED, (State.UNDER_REVIEW,), due=(Awaited("acknowledge", at),), assignment=MINE
    )
    assert reasons_in(facts, NOW) == (() if line is None else (line,))


def test_conflicts_enquiries_and_new_messages_are_told() -> None:
    facts = CaseFacts(
        *(Side.REQUESTED, ()),
        in_conflict=True,
        unread=2,
        enquiries=1,
    )
    assert reasons_in(facts, NOW) == (
        "two officers set what cannot both be: settle it",
        "asked how far it is: answer the enquiry",
        "2 new messages",
    )


def test_of_several_offices_asked_each_may_want_something() -> None:
    asked = CaseFacts(Side.REQUESTING, (State.EXECUTED, State.INFO_REQUESTED), assignment=MINE)
    assert reasons_in(asked, NOW) == ("result received: confirm it", "questions received: answer them")
    one_alone = CaseFacts(Side.REQUESTING, (State.CLOSED, State.INFO_REQUESTED), assignment=MINE)
    assert of(one_alone) == {Folder.NEEDS_YOU, Folder.MINE, Folder.UNIT}
    theirs = CaseFacts(Side.REQUESTING, (State.SENT, State.IN_EXECUTION), assignment=MINE)
    assert of(theirs) == {Folder.MINE, Folder.UNIT, Folder.WAITING_FOR_THEM}


def test_in_a_consultation_whoever_spoke_last_waits() -> None:
    asked = CaseFacts(Side.REQUESTING, (State.CONSULTATION,), spoke_last=True, assignment=MINE)
    assert Folder.WAITING_FOR_THEM in of(asked)
    answered = CaseFacts(Side.REQUESTING, (State.CONSULTATION,), unread=1, assignment=MINE)
    assert of(answered) == {Folder.NEEDS_YOU, Folder.MINE, Folder.UNIT}


def test_what_is_closed_is_nowhere_else_until_somebody_writes() -> None:
    closed = CaseFacts(Side.REQUESTED, (State.CLOSED,), due=(Awaited("acknowledge", NOW),), assignment=MINE)
    assert of(closed) == {Folder.CLOSED}
    assert of(CaseFacts(Side.REQUESTED, (State.CLOSED,), unread=1, assignment=MINE)) == {
        Folder.CLOSED,
        Folder.NEEDS_YOU,
    }
    assert of(CaseFacts(Side.REQUESTED, (State.DELIVERED,), is_over=True)) == {Folder.CLOSED}


@given(
    st.sampled_from([each for each in Side if each is not Side.MACHINE]),
    st.lists(st.sampled_from(State), max_size=3, unique=True).map(tuple),
    st.booleans(),
    st.integers(0, 3),
    st.sampled_from([(), (ME,), ("another",), (ME, "another")]),
)
def test_every_case_is_in_the_unit_or_closed_and_nothing_pressing_is_hidden_from_all(
    side: Side,
    states: tuple[State, ...],
    in_conflict: bool,  # noqa: FBT001  # drawn
    unread: int,
    officers: tuple[str, ...],
) -> None:
    facts = CaseFacts(side, states, in_conflict=in_conflict, unread=unread, assignment=Assignment(officers))
    seen = [of(facts, officer) for officer in (ME, "another")]
    for each in seen:
        assert (Folder.UNIT in each) is (Folder.CLOSED not in each)
        assert not {Folder.NEEDS_YOU, Folder.WAITING_FOR_THEM} <= each
    assert any(Folder.NEEDS_YOU in each for each in seen) is bool(reasons_in(facts, NOW))


@pytest.mark.parametrize(
    ("zone", "day"), [("America/Bogota", "2026-12-31"), ("UTC", "2027-01-01"), ("Asia/Almaty", "2027-01-01")]
)
def test_a_day_is_the_one_that_it_is_at_the_office(zone: str, day: str) -> None:
    at = int(datetime(2026, 12, 31, 23, 59, 59, tzinfo=ZoneInfo("America/Bogota")).timestamp())
    facts = CaseFacts(
        *(Side.REQUESTED, (State.UNDER_REVIEW,)), due=(Awaited("execute", at),), zone=ZoneInfo(zone)
    )
    assert reasons_in(facts, at - 3600) == (f"due {day}: execute",)
    assert reasons_in(facts, at + 3600) == (f"overdue since {day}: execute",)
