"""Formal is provable, informal is not transferable: which messages of a case may leave it."""

from hypothesis import given
from hypothesis import strategies as st

from rogatory_crypto.bundle.formality import Said, formal_messages
from rogatory_crypto.content.events import CaseEvent, ReferenceSet, RequestSubmitted, Urgency
from rogatory_crypto.content.mimi import MessageId


def name(number: int) -> MessageId:
    return MessageId(bytes([number]) * 32)


def request(*carried_over: int) -> RequestSubmitted:
    carried = tuple(map(name, carried_over))
    return RequestSubmitted("bank_records", "UNTOC 18", Urgency.ROUTINE, "en", "SN/1", (), carried)


def said(number: int, *events: CaseEvent, at_ms: int | None = None, sequence: int | None = None) -> Said:
    return Said(name(number), number if at_ms is None else at_ms, sequence, events)


def test_a_consultation_holds_nothing_formal() -> None:
    assert formal_messages([said(1), said(2, ReferenceSet("SN/1"))], [name(1)]) == frozenset()


def test_a_case_is_formal_from_its_request_on() -> None:
    case = [said(1), said(2, request()), said(3)]
    assert formal_messages(case, ()) == {name(2), name(3)}


def test_of_what_was_said_before_only_what_is_carried_over_is_formal() -> None:
    case = [said(1), said(2), said(3, request(1)), said(4)]
    assert formal_messages(case, [name(1)]) == {name(1), name(3), name(4)}


def test_what_is_named_without_its_authors_word_or_signed_and_not_named_stays_informal() -> None:
    case = [said(1), said(2), said(3, request(1)), said(4)]
    assert formal_messages(case, ()) == {name(3), name(4)}
    assert formal_messages(case, [name(2)]) == {name(3), name(4)}


def test_a_later_request_takes_nothing_back() -> None:
    case = [said(1), said(2, request()), said(3), said(4, request())]
    assert formal_messages(case, ()) == {name(2), name(3), name(4)}


def test_what_came_at_the_same_time_is_told_by_its_place() -> None:
    case = [said(1, at_ms=5, sequence=1), said(2, request(), at_ms=5, sequence=2)]
    case.append(said(3, at_ms=5, sequence=3))
    assert formal_messages(case, ()) == {name(2), name(3)}


def test_what_came_at_the_same_time_and_has_no_place_is_not_shown() -> None:
    # Deny first: it may have been said before.
    case = [said(1, at_ms=5), said(2, request(), at_ms=5, sequence=2)]
    assert formal_messages(case, ()) == {name(2)}


@given(st.lists(st.booleans(), min_size=1, max_size=12), st.randoms(use_true_random=False))
def test_the_order_in_which_messages_are_held_decides_nothing(requests: list[bool], random: object) -> None:
    case = [said(number, *([request()] if asks else [])) for number, asks in enumerate(requests)]
    first = requests.index(True) if True in requests else len(requests)
    expected = {name(number) for number in range(first, len(requests))}
    random.shuffle(case)  # type: ignore[attr-defined]  # Hypothesis gives a random.Random
    assert formal_messages(case, ()) == expected
