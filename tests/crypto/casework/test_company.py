"""Who is in a case: circles that nobody lets himself back into, and offices that all have agreed to."""

from dataclasses import replace
from hashlib import sha256
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.crypto.identity.enrolled_office import NOW, EnrolledOffice, new_registry

from rogatory_crypto.casework.company import (
    Word,
    circle_of,
    seats_of,
    standings_of,
    states_of_liaisons,
)
from rogatory_crypto.content.case_company import CircleSet, LiaisonAssigned, Standing, StandingProposed
from rogatory_crypto.content.mimi import MessageId
from rogatory_crypto.identity import Registry, Role
from rogatory_crypto.wire.identifier import EntryId

OFFICE, OTHER = EntryId("CNA-SN-01"), EntryId("CNA-GH-01")
X, Y, Z = "officer x", "officer y", "officer z"
LATER = NOW + 100


class Said:
    """An office with a device of each officer, and what they have said."""

    def __init__(self) -> None:
        self.registry: Registry = new_registry()
        self.office = EnrolledOffice(OFFICE)
        self.words: list[Word] = []
        self.number = 0
        invitation = self.office.invitation()
        for signed in (invitation, self.office.enrolment(invitation)):
            self.enter(signed.encoded)
        for officer in (X, Y, Z):
            self.enter(self.office.device(officer, officer=officer, role=Role.CASE_OFFICER).encoded)
        self.enter(self.office.device("head", officer="head of unit", role=Role.HEAD).encoded)

    def enter(self, encoded: bytes, at: int = NOW) -> None:
        self.registry.apply(encoded, at, index=self.number)
        self.number += 1

    def circle(
        self, officer: str, officers: tuple[str, ...], follows: MessageId | None = None, at: int = LATER
    ) -> MessageId:
        name = MessageId(sha256(b"%d" % len(self.words)).digest())
        event = CircleSet(officers, follows)
        self.words.append(Word(name, OFFICE, self.office.device_id(officer), at * 1000, event))
        return name

    def officers(self) -> tuple[str, ...]:
        return circle_of(self.words, OFFICE, self.registry).officers


def test_a_case_is_open_until_it_is_limited_and_after() -> None:
    said = Said()
    assert said.officers() == ()
    first = said.circle(X, (X, Y))
    assert said.officers() == (X, Y)
    said.circle(Y, (), first, LATER + 1)
    assert said.officers() == ()


def test_who_is_not_in_a_circle_changes_it_not() -> None:
    said = Said()
    first = said.circle(X, (X, Y))
    said.circle(Z, (X, Y, Z), first, LATER + 1)
    said.circle(Z, (), first, LATER + 1)
    assert said.officers() == (X, Y)


def test_who_limits_a_case_is_in_the_circle() -> None:
    said = Said()
    said.circle(X, (Y, Z))
    assert said.officers() == ()


def test_who_was_shut_out_does_not_let_himself_in_by_what_he_says_late() -> None:
    """It names the circle in which he was; but another change of that came first at the relay."""
    said = Said()
    first = said.circle(X, (X, Y))
    said.circle(X, (X,), first, LATER + 10)
    said.circle(Y, (Y,), first, LATER + 20)
    assert said.officers() == (X,)
    circle = circle_of(said.words, OFFICE, said.registry)
    assert circle.passed_over == (said.words[2].message_id,)


@given(st.lists(st.sampled_from([(X, (X, Y)), (Y, (Y, Z)), (Z, (Z,)), (X, ())]), max_size=5), st.data())
def test_all_who_hold_the_same_words_see_the_same_circle(
    changes: list[tuple[str, tuple[str, ...]]], data: st.DataObject
) -> None:
    said = Said()
    names: list[MessageId | None] = [None]
    for number, (officer, officers) in enumerate(changes):
        names.append(said.circle(officer, officers, data.draw(st.sampled_from(names)), LATER + number // 2))
    seen = {circle_of(order, OFFICE, said.registry) for order in list(permutations(said.words))[:30]}
    assert len(seen) <= 1
    assert circle_of([*said.words, *said.words], OFFICE, said.registry) in seen


def test_what_another_office_says_limits_nothing_here() -> None:
    said = Said()
    event = CircleSet((X,), None)
    said.words.append(Word(MessageId(bytes(32)), OTHER, said.office.device_id(X), LATER * 1000, event))
    assert circle_of(said.words, OFFICE, said.registry).officers == ()


def test_all_devices_of_an_officer_have_a_seat_and_where_none_is_left_the_head_steps_in() -> None:
    said = Said()
    said.enter(said.office.device("second of x", officer="Officer  X", role=Role.CASE_OFFICER).encoded)
    own = {said.office.device_id(X), said.office.device_id("second of x")}
    assert seats_of((X,), OFFICE, said.registry, LATER) == own
    for number, name in enumerate((X, "second of x")):
        said.enter(said.office.revocation(name).encoded, LATER + number)
    head = said.office.device_id("head")
    assert seats_of((X,), OFFICE, said.registry, LATER - 1) == own
    assert seats_of((X,), OFFICE, said.registry, LATER + 5) == own | {head}
    said.words.clear()
    first = said.circle(X, (X,), at=LATER - 10)
    said.circle("head", ("head of unit", Y), first, LATER + 10)
    assert said.officers() == ("head of unit", Y), "the head names a successor"


def test_who_took_over_a_device_has_its_seat() -> None:
    said = Said()
    said.enter(said.office.device("heir", officer="new officer", role=Role.CASE_OFFICER).encoded)
    said.enter(said.office.hand_over(X, "heir", "head", Y).encoded, LATER)
    assert seats_of((X, Y), OFFICE, said.registry, LATER + 1) == {
        said.office.device_id(name) for name in (X, Y, "heir")
    }


A, B, C, D = (EntryId(f"CNA-{each}-01") for each in ("AA", "BB", "CC", "DD"))


def proposals(*said: tuple[EntryId, EntryId, Standing, int | None]) -> list[Word]:
    """What offices propose, the numbers of those that are agreed to counted from 0."""
    names = [MessageId(sha256(b"%d" % number).digest()) for number in range(len(said))]
    return [
        Word(
            names[number],
            office,
            EnrolledOffice(office).device_id("first"),
            LATER * 1000 + number,
            StandingProposed(about, standing, answers=None if answers is None else names[answers]),
        )
        for number, (office, about, standing, answers) in enumerate(said)
    ]


def test_all_parties_have_to_agree() -> None:
    founders = frozenset({A, B, C})
    words = proposals((A, D, Standing.GUEST, None), (B, D, Standing.GUEST, 0), (C, D, Standing.GUEST, 0))
    assert standings_of(words[:2], founders).of(D) is None
    assert [each.missing for each in standings_of(words[:2], founders).waiting] == [{C}]
    assert standings_of(words, founders).of(D) is Standing.GUEST


@pytest.mark.parametrize("answer", [Standing.PARTY, Standing.OUT])
def test_agreeing_to_something_else_is_no_agreement(answer: Standing) -> None:
    words = proposals((A, C, Standing.GUEST, None), (B, C, answer, 0))
    assert standings_of(words, frozenset({A, B})).of(C) is None


def test_a_guest_brings_nobody_in_and_agrees_to_nothing() -> None:
    founders = frozenset({A, B})
    words = proposals(
        (A, C, Standing.GUEST, None),
        (B, C, Standing.GUEST, 0),
        (C, D, Standing.GUEST, None),
        (A, D, Standing.GUEST, None),
        (C, D, Standing.GUEST, 3),
    )
    standings = standings_of(words, founders)
    assert standings.of(D) is None
    assert [each.missing for each in standings.waiting] == [{B}]


def test_a_guest_is_dismissed_by_any_party_and_a_party_by_who_brought_it_in() -> None:
    founders = frozenset({A, B})
    agreed = proposals((A, C, Standing.GUEST, None), (B, C, Standing.GUEST, 0), (B, C, Standing.OUT, None))
    assert standings_of(agreed, founders).of(C) is Standing.OUT
    party = proposals(
        (A, C, Standing.PARTY, None),
        (B, C, Standing.PARTY, 0),
        (B, C, Standing.OUT, None),
        (A, C, Standing.OUT, None),
    )
    assert standings_of(party[:3], founders).of(C) is Standing.PARTY
    assert standings_of(party, founders).of(C) is Standing.OUT


def test_nothing_is_proposed_about_a_founder() -> None:
    words = proposals((A, B, Standing.OUT, None), (A, B, Standing.GUEST, None))
    assert not standings_of(words, frozenset({A, B})).held


def test_a_liaison_sees_the_states_that_were_named_last() -> None:
    device = EnrolledOffice(A).device_id("first")
    words = [
        Word(MessageId(bytes([number]) * 32), A, device, number, LiaisonAssigned(officer, states))
        for number, (officer, states) in enumerate([("Liaison", ("GH",)), ("liaison", ("IT", "NG"))])
    ]
    for order in permutations(words):
        assert states_of_liaisons(order) == {"liaison": {"IT", "NG"}}


def test_of_two_circles_in_one_message_the_same_counts_everywhere() -> None:
    said = Said()
    name = said.circle(X, (X, Y))
    (word,) = said.words
    both = (word, replace(word, event=CircleSet((X, Z), None)))
    found = {circle_of(words, OFFICE, said.registry) for words in permutations(both)}
    assert [each.head for each in found] == [name]
