from dataclasses import replace

import pytest
from tests.crypto.esign.trust.list_builder import (
    DAY,
    ISSUED_AT,
    LIST_OF_LISTS,
    OTHER_STATE,
    Entry,
    ListDraft,
    Party,
    Pointer,
)

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.esign.trust.given_lists import read_signed_list
from rogatory_crypto.esign.trust.list_snapshot import HeldList, accept

OPERATOR = Party("Operator of XA")
NEXT_OPERATOR = Party("Next operator of XA")
COMMISSION = Party("Signer of the list of lists")
NEXT_COMMISSION = Party("Next signer of the list of lists")
STRANGER = Party("Stranger")
DRAFT = ListDraft([[Entry("granted", ISSUED_AT, [Party("Issuer").der])]])
NOW = ISSUED_AT + DAY


def above(signers: list[bytes], *, sequence: int = 1, next_signer: Party = COMMISSION) -> ListDraft:
    pointers = [Pointer("EU", [next_signer.der]), Pointer("XA", signers)]
    return ListDraft(
        pointers=pointers,
        territory="EU",
        list_type=LIST_OF_LISTS,
        sequence=sequence,
        issued_at=ISSUED_AT + sequence,
    )


def first() -> HeldList:
    return accept(DRAFT.signed(OPERATOR), None, (), pins=[OPERATOR.der], now=NOW)


def refused(draft: ListDraft, signer: Party, held: HeldList | None) -> Code:
    with pytest.raises(PeerError) as caught:
        accept(draft.signed(signer), held, (), now=NOW)
    return caught.value.code


def test_the_first_list_needs_somebody_who_vouches_for_its_signer() -> None:
    assert refused(DRAFT, OPERATOR, None) is Code.INVALID_CREDENTIAL
    held = first()
    assert (held.territory, held.sequence) == ("XA", 7)
    with pytest.raises(PeerError):
        accept(DRAFT.signed(OPERATOR), None, (), pins=[STRANGER.der], now=NOW)


def test_the_next_issue_is_signed_by_the_same() -> None:
    later = replace(DRAFT, sequence=8, issued_at=ISSUED_AT + 60)
    assert accept(later.signed(OPERATOR), first(), (), now=NOW).sequence == 8
    assert refused(later, STRANGER, first()) is Code.INVALID_CREDENTIAL


def test_a_list_never_goes_back() -> None:
    held = accept(replace(DRAFT, sequence=8, issued_at=ISSUED_AT + 60).signed(OPERATOR), first(), (), now=NOW)
    assert refused(DRAFT, OPERATOR, held) is Code.REPLAYED
    assert refused(replace(DRAFT, sequence=9), OPERATOR, held) is Code.REPLAYED
    assert refused(replace(DRAFT, sequence=7, issued_at=ISSUED_AT + 90), OPERATOR, held) is Code.REPLAYED


def test_one_number_is_one_file() -> None:
    document = DRAFT.signed(OPERATOR)
    held = accept(document, None, (), pins=[OPERATOR.der], now=NOW)
    assert accept(document, held, (), now=NOW) == held
    assert refused(replace(DRAFT, services=()), OPERATOR, held) is Code.CONFLICT


def test_another_scheme_does_not_take_its_place() -> None:
    later = replace(DRAFT, sequence=8, issued_at=ISSUED_AT + 60)
    assert refused(replace(later, territory="XB"), OPERATOR, first()) is Code.CONFLICT
    assert refused(replace(later, list_type=OTHER_STATE), OPERATOR, first()) is Code.CONFLICT


def test_a_list_must_be_signed_within_its_signers_validity_and_not_in_the_future() -> None:
    expired = Party("Expired", ISSUED_AT - 100 * DAY, days=50)
    with pytest.raises(PeerError, match="outside"):
        accept(DRAFT.signed(expired), None, (), pins=[expired.der], now=NOW)
    with pytest.raises(PeerError, match="future"):
        accept(DRAFT.signed(OPERATOR), None, (), pins=[OPERATOR.der], now=ISSUED_AT - 2 * DAY)


def test_an_unsigned_list_is_not_held_whoever_vouches() -> None:
    with pytest.raises(PeerError) as caught:
        accept(DRAFT.xml(), None, (), pins=[OPERATOR.der], now=NOW)
    assert caught.value.code is Code.BAD_SIGNATURE


def test_a_list_of_lists_decides_who_signs_below_it() -> None:
    named = read_signed_list(above([NEXT_OPERATOR.der]).signed(COMMISSION)).content
    later = replace(DRAFT, sequence=8, issued_at=ISSUED_AT + 60)
    assert accept(later.signed(NEXT_OPERATOR), first(), (named,), now=NOW).sequence == 8
    # It also takes the right from one who was pinned by hand.
    with pytest.raises(PeerError) as caught:
        accept(later.signed(OPERATOR), first(), (named,), now=NOW)
    assert caught.value.code is Code.INVALID_CREDENTIAL


def test_a_pivot_hands_the_list_of_lists_to_its_next_signer() -> None:
    held = accept(above([], sequence=1).signed(COMMISSION), None, (), pins=[COMMISSION.der], now=NOW)
    final = above([], sequence=3, next_signer=NEXT_COMMISSION)
    assert refused(final, NEXT_COMMISSION, held) is Code.INVALID_CREDENTIAL
    pivot = accept(above([], sequence=2, next_signer=NEXT_COMMISSION).signed(COMMISSION), held, (), now=NOW)
    assert accept(final.signed(NEXT_COMMISSION), pivot, (), now=NOW).sequence == 3
    # Who was handed over from signs no more.
    assert refused(final, COMMISSION, pivot) is Code.INVALID_CREDENTIAL


def test_a_list_of_lists_cannot_be_made_by_one_whom_it_names() -> None:
    named = read_signed_list(above([OPERATOR.der]).signed(COMMISSION)).content
    held = accept(above([]).signed(COMMISSION), None, (), pins=[COMMISSION.der], now=NOW)
    with pytest.raises(PeerError):
        accept(above([OPERATOR.der], sequence=2).signed(OPERATOR), held, (named,), now=NOW)
