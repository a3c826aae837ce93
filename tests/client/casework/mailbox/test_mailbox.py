"""Who works on what: the same from any order, nothing lost, and what does not count with its reason."""

from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from rogatory_client.casework.mailbox.assigning import (
    Said,
    assignment_of,
    deputies_of,
    in_force,
    in_place_of,
    two_persons_wanted,
)
from rogatory_crypto.content.mimi import MessageId
from rogatory_crypto.content.office_work import CaseAssigned, DeputySet
from rogatory_crypto.content.outgoing_release import ReleasePolicySet
from rogatory_crypto.identity import Role
from rogatory_crypto.wire.identifier import GroupId

CASE = GroupId(b"c" * 32)


def name(number: int) -> MessageId:
    return MessageId(number.to_bytes(32, "big"))


def assigned(number: int, officer: str | None, *upon: int, at_ms: int = 0) -> Said[CaseAssigned]:
    event = CaseAssigned(CASE, officer, tuple(map(name, upon)))
    return Said(name(number), "head", Role.HEAD, at_ms or number, event)


def test_the_newest_word_counts_whatever_the_clock_says() -> None:
    said = (assigned(1, "clerk", at_ms=900), assigned(2, "prosecutor", 1, at_ms=1))
    for each in permutations(said):
        assert assignment_of(each).officers == ("prosecutor",)


def test_what_is_said_at_once_stands_side_by_side_until_one_decides() -> None:
    at_once = (assigned(1, "clerk"), assigned(2, "prosecutor", 1), assigned(3, "duty", 1))
    both = assignment_of(at_once)
    assert (both.officers, both.in_conflict) == (("duty", "prosecutor"), True)
    assert set(both.heads) == {name(2), name(3)}
    decided = assignment_of((*at_once, assigned(4, None, *range(2, 4))))
    assert (decided.officers, decided.in_conflict) == ((), False)


def test_the_same_officer_twice_is_no_conflict() -> None:
    assert not assignment_of((assigned(1, "clerk"), assigned(2, "clerk"))).in_conflict
    assert assignment_of((assigned(1, "clerk"), assigned(2, None))).in_conflict


def test_an_officer_who_may_not_leaves_the_case_with_whom_it_was() -> None:
    said = (assigned(1, "clerk"), assigned(2, "stranger", 1))
    found = assignment_of(said, lambda officer: "no officer" if officer == "stranger" else None)
    assert found.officers == ("clerk",)
    assert [(each.said.message_id, each.reason) for each in found.refused] == [(name(2), "no officer")]


@given(st.data())
def test_all_devices_come_to_the_same(data: st.DataObject) -> None:
    said = [
        assigned(
            number,
            data.draw(st.sampled_from([None, "clerk", "duty"])),
            *data.draw(st.sets(st.integers(0, number - 1))),
        )
        for number in range(1, data.draw(st.integers(1, 7)))
    ]
    shuffled = data.draw(st.permutations([*said, *said]))
    assert assignment_of(shuffled) == assignment_of(said)
    assert bool(in_force(said)) == bool(said)


def deputy(number: int, by: str, role: Role, event: DeputySet) -> Said[DeputySet]:
    return Said(name(number), by, role, number, event)


def test_the_officer_and_the_head_say_who_stands_in() -> None:
    away = DeputySet("clerk", "duty", "2026-12-01", "2026-12-31", ())
    for by, role, days in (("clerk", Role.CLERK, ("duty",)), ("head", Role.HEAD, ("duty",))):
        assert deputies_of((deputy(1, by, role, away),)).on("2026-12-31") == days
    found = deputies_of((deputy(1, "duty", Role.DUTY_OFFICER, away),))
    assert found.on("2026-12-31") == ()
    assert "only the officer and the head" in found.refused[0].reason


def test_a_deputy_counts_on_both_days_named_and_on_no_other() -> None:
    found = deputies_of((deputy(1, "h", Role.HEAD, DeputySet("a", "b", "2026-12-01", "2026-12-02", ())),))
    days = ("2026-11-30", "2026-12-01", "2026-12-02", "2026-12-03")
    assert [found.on(day) for day in days] == [(), ("b",), ("b",), ()]
    assert in_place_of({"a": ("b",), "c": ("d", "b")}, "b") == {"a", "c"}


def policy(number: int, *upon: int, wanted: bool) -> Said[ReleasePolicySet]:
    return Said(name(number), "head", Role.HEAD, number, ReleasePolicySet(wanted, tuple(map(name, upon))))


def test_two_persons_are_wanted_where_heads_said_both_at_once() -> None:
    assert not two_persons_wanted(())
    assert two_persons_wanted((policy(1, wanted=False), policy(2, wanted=True)))
    assert not two_persons_wanted((policy(1, wanted=True), policy(2, 1, wanted=False)))
