"""What a request carries over: what all agreed upon and its author signed for, whatever order it came in."""

from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st
from tests.crypto.casework.cases import ASKED, ASKING, BEGIN_MS, Case

from rogatory_crypto.casework.carrying_over import (
    Agreements,
    Carriage,
    CarryOver,
    Uttered,
    project_carry_over,
)
from rogatory_crypto.content.carry_over import CarryOverAnswered, CarryOverProposed
from rogatory_crypto.content.mimi import MessageId
from rogatory_crypto.wire.identifier import EntryId

THIRD = EntryId("CNA-NG-01")
ABSENT = MessageId(b"\x01" + bytes(31))


@dataclass
class Consultation(Case):
    """Two or three offices that talk before a request."""

    attested: dict[MessageId, frozenset[MessageId]] = field(default_factory=dict)
    seated: dict[EntryId, int] = field(default_factory=lambda: {ASKING: BEGIN_MS, ASKED: BEGIN_MS})
    named: set[MessageId] = field(default_factory=set)

    def propose(
        self, office: EntryId, *messages: MessageId, of: tuple[EntryId, ...] = (ASKING, ASKED)
    ) -> MessageId:
        return self._signing(office, self.say(office, CarryOverProposed(messages, of)), messages)

    def answer(self, office: EntryId, proposal: MessageId, *agreed: MessageId) -> MessageId:
        return self._signing(office, self.say(office, CarryOverAnswered(proposal, agreed)), agreed)

    def _signing(self, office: EntryId, name: MessageId, agreed: tuple[MessageId, ...]) -> MessageId:
        self.attested[name] = frozenset(each for each in agreed if self.said.get(each) == office)
        return name

    def held(self) -> Agreements:
        at = {name: BEGIN_MS + number * 1000 for number, name in enumerate(self.said)}
        uttered = {name: Uttered(office, at[name]) for name, office in self.said.items()}
        return Agreements(tuple(self.entries), self.attested, uttered, self.seated, frozenset(self.named))

    def projected(self) -> CarryOver:
        return project_carry_over(self.held())

    def standing(self, message: MessageId) -> tuple[Carriage, str]:
        (found,) = [each for each in self.projected().messages if each.message_id == message]
        return found.standing, found.reason


def talk() -> tuple[Consultation, MessageId, MessageId]:
    case = Consultation()
    return case, case.say(ASKING), case.say(ASKED)


def test_what_both_agree_upon_goes_with_the_request() -> None:
    case, question, answer = talk()
    proposal = case.propose(ASKING, question, answer)
    for each in (question, answer):
        assert case.standing(each) == (Carriage.PROPOSED, f"not agreed by {ASKED}")
    case.answer(ASKED, proposal, question, answer)
    assert case.projected().with_standing(Carriage.AGREED) == (question, answer)
    case.named |= {question, answer}
    assert case.projected().with_standing(Carriage.CARRIED_OVER) == (question, answer)


def test_an_office_agrees_to_some_and_refuses_others() -> None:
    case, question, answer = talk()
    proposal = case.propose(ASKING, question, answer)
    case.answer(ASKED, proposal, question)
    assert case.standing(question)[0] is Carriage.AGREED
    assert case.standing(answer) == (Carriage.REFUSED, f"refused by {ASKED}")
    # Another officer of the office may still agree; what was agreed stays.
    case.answer(ASKED, proposal, answer)
    assert case.standing(answer)[0] is Carriage.AGREED
    case.answer(ASKED, proposal)
    assert case.standing(answer)[0] is Carriage.AGREED


def test_what_a_request_names_alone_is_not_carried_over() -> None:
    case, question, answer = talk()
    case.named |= {question, ABSENT}
    assert case.standing(question) == (Carriage.NOT_CARRIED, "nobody has proposed it")
    proposal = case.propose(ASKING, question, ABSENT)
    assert case.standing(question) == (Carriage.NOT_CARRIED, f"not agreed by {ASKED}")
    case.answer(ASKED, proposal)
    assert case.standing(question) == (Carriage.NOT_CARRIED, f"refused by {ASKED}")
    assert case.standing(ABSENT) == (Carriage.NOT_CARRIED, "it is not here")
    assert answer not in {each.message_id for each in case.projected().messages}


def test_an_agreement_after_the_request_counts_like_one_before() -> None:
    case, question, _ = talk()
    proposal = case.propose(ASKING, question)
    case.named.add(question)
    assert case.standing(question)[0] is Carriage.NOT_CARRIED
    case.answer(ASKED, proposal, question)
    assert case.standing(question)[0] is Carriage.CARRIED_OVER


def test_without_its_authors_signature_a_message_stays_informal() -> None:
    case, _, answer = talk()
    proposal = case.propose(ASKING, answer)
    agreed = case.answer(ASKED, proposal, answer)
    case.attested[agreed] = frozenset()
    case.named.add(answer)
    reason = f"{ASKED} has said it and has not signed for it"
    assert case.standing(answer) == (Carriage.NOT_CARRIED, reason)


def test_no_office_that_was_there_is_passed_over() -> None:
    case, question, answer = talk()
    case.seated[THIRD] = BEGIN_MS
    proposal = case.propose(ASKING, question, answer)
    case.answer(ASKED, proposal, question, answer)
    assert case.standing(question) == (Carriage.PROPOSED, f"not agreed by {THIRD}")
    case.answer(THIRD, proposal, question)
    assert case.standing(question)[0] is Carriage.AGREED
    assert case.standing(answer) == (Carriage.REFUSED, f"refused by {THIRD}")


def test_the_author_is_asked_even_if_the_proposal_does_not_name_it() -> None:
    case, _, answer = talk()
    case.seated.clear()
    case.propose(ASKING, answer, of=(ASKING,))
    assert case.standing(answer) == (Carriage.PROPOSED, f"not agreed by {ASKED}")


def test_who_came_later_is_not_asked_about_what_was_said_before() -> None:
    case, question, answer = talk()
    case.seated[THIRD] = BEGIN_MS + 1_500
    proposal = case.propose(ASKING, question, answer)
    case.answer(ASKED, proposal, question, answer)
    assert case.standing(question)[0] is Carriage.AGREED


def test_an_answer_to_no_proposal_is_shown_as_what_it_is() -> None:
    case, question, _ = talk()
    lost = case.answer(ASKED, ABSENT, question)
    (attempt,) = case.projected().attempts
    assert (attempt.entry.message_id, attempt.reason) == (lost, "it answers no proposal that is here")
    # An agreement counts for the proposal that it names, and for no other.
    case.propose(ASKING, question)
    assert case.standing(question)[0] is Carriage.PROPOSED


@given(st.data())
def test_all_who_hold_the_same_messages_see_the_same(data: st.DataObject) -> None:
    case = Consultation()
    spoken = [case.say(data.draw(st.sampled_from([ASKING, ASKED]))) for _ in range(4)]
    proposals: list[MessageId] = []
    for _ in range(data.draw(st.integers(1, 6))):
        office = data.draw(st.sampled_from([ASKING, ASKED, THIRD]))
        some = tuple(data.draw(st.lists(st.sampled_from(spoken), min_size=1, unique=True)))
        if not proposals or data.draw(st.booleans()):
            proposals.append(case.propose(office, *some))
        else:
            case.answer(office, data.draw(st.sampled_from(proposals)), *some)
    case.named = set(data.draw(st.lists(st.sampled_from(spoken))))
    expected = case.projected()
    shuffled = data.draw(st.permutations([*case.entries, *case.entries]))
    case.entries = list(shuffled)
    assert case.projected() == expected
    # Nothing is carried over that its author has not signed, or that no request names.
    signed = {name for each in case.attested.values() for name in each}
    assert set(expected.with_standing(Carriage.CARRIED_OVER)) <= signed & case.named


@given(st.data())
def test_whatever_is_said_besides_takes_no_agreement_back(data: st.DataObject) -> None:
    case, question, answer = talk()
    proposal = case.propose(ASKING, question, answer)
    case.answer(ASKED, proposal, question, answer)
    before = set(case.projected().with_standing(Carriage.AGREED))
    office = data.draw(st.sampled_from([ASKING, ASKED, THIRD]))
    if data.draw(st.booleans()):
        case.answer(office, proposal)
    else:
        case.propose(office, question, of=(ASKING, ASKED, THIRD))
    assert before <= set(case.projected().with_standing(Carriage.AGREED))
