from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from tests.crypto.esign.trust.list_builder import (
    DAY,
    ISSUED_AT,
    LIST_OF_LISTS,
    NEXT_UPDATE,
    Entry,
    ListDraft,
    Party,
    Pointer,
    sign,
)

from rogatory_crypto.esign import Report, SubIndication, check
from rogatory_crypto.esign.verdict import Indication

OPERATOR = Party("Operator of XA")
OTHER_OPERATOR = Party("Operator of XB")
CA = Party("Issuer")
LIST = ListDraft([[Entry("granted", ISSUED_AT, [CA.der])]])
ABOVE = ListDraft(
    pointers=[Pointer("XA", [OPERATOR.der]), Pointer("XB", [OTHER_OPERATOR.der])],
    territory="EU",
    list_type=LIST_OF_LISTS,
).signed(Party("Signer of the list of lists"))
AT = ISSUED_AT + DAY


def pem(party: Party) -> bytes:
    return party.certificate.public_bytes(Encoding.PEM)


def checked(document: bytes, *trust: bytes, at: int = AT) -> Report:
    return check(document, trust=trust, at=at)


def words(report: Report) -> list[tuple[Indication, SubIndication | None]]:
    return [(each.indication, each.sub_indication) for each in report.signatures]


def test_whom_a_list_of_lists_names_may_sign_the_list_of_that_state() -> None:
    report = checked(LIST.signed(OPERATOR), ABOVE)
    assert words(report) == [(Indication.TOTAL_PASSED, None)]
    anchor = report.signatures[0].trust_anchor
    assert anchor is not None
    assert anchor.source.name.startswith("list of trusted lists of EU, number 7")
    assert anchor.source.territory == "XA"


@pytest.mark.parametrize("signer", [OTHER_OPERATOR, CA, Party("Stranger")])
def test_nobody_else_may(signer: Party) -> None:
    report = checked(LIST.signed(signer), ABOVE, LIST.xml())
    assert words(report) == [(Indication.INDETERMINATE, SubIndication.NO_CERTIFICATE_CHAIN_FOUND)]


def test_a_signer_that_the_caller_pinned_may() -> None:
    report = checked(LIST.signed(OPERATOR), pem(OPERATOR))
    assert report.indication is Indication.TOTAL_PASSED
    assert checked(LIST.signed(OPERATOR), pem(CA)).indication is Indication.INDETERMINATE


def test_an_operator_of_lists_signs_nothing_else() -> None:
    letter = sign(b'<letter Id="L1">text</letter>', OPERATOR)
    assert checked(letter, ABOVE).indication is Indication.INDETERMINATE
    assert checked(letter, pem(OPERATOR)).indication is Indication.TOTAL_PASSED


def test_an_operator_counts_by_its_certificate_and_not_by_what_that_is_for() -> None:
    # TS 119 612 clause 5.3.13: the list of lists names certificates; some are for logging in.
    operator = Party("Operator with a card", for_logging_in=True)
    above = ListDraft(
        pointers=[Pointer("XA", [operator.der]), Pointer("XB", [OTHER_OPERATOR.der])],
        territory="EU",
        list_type=LIST_OF_LISTS,
    ).signed(OTHER_OPERATOR)
    assert checked(LIST.signed(operator), above).indication is Indication.TOTAL_PASSED


def test_two_signatures_are_a_failure_of_format_on_both() -> None:
    report = checked(sign(LIST.signed(OPERATOR), OTHER_OPERATOR), ABOVE)
    assert [each.indication for each in report.signatures] == [Indication.TOTAL_FAILED] * 2
    assert SubIndication.FORMAT_FAILURE in {each.sub_indication for each in report.signatures}


def test_a_list_that_was_changed_fails() -> None:
    changed = LIST.signed(OPERATOR).replace(b"<TSLSequenceNumber>7<", b"<TSLSequenceNumber>8<")
    assert words(checked(changed, ABOVE)) == [(Indication.TOTAL_FAILED, SubIndication.HASH_FAILURE)]


def test_what_is_signed_and_no_whole_list_fails_by_its_form() -> None:
    document = sign(LIST.xml().replace(b"<SchemeTerritory>XA</SchemeTerritory>", b""), OPERATOR)
    report = checked(document, pem(OPERATOR))
    assert words(report) == [(Indication.TOTAL_FAILED, SubIndication.FORMAT_FAILURE)]


def test_an_unsigned_list_is_no_signed_document() -> None:
    report = checked(
        LIST.xml().replace(b"<TSLType>", b"<!-- http://www.w3.org/2000/09/xmldsig# --><TSLType>"), ABOVE
    )
    assert report.indication is Indication.INDETERMINATE
    assert not report.signatures


def test_a_list_past_its_time_is_intact_and_says_so() -> None:
    report = checked(LIST.signed(OPERATOR), pem(OPERATOR), at=NEXT_UPDATE + DAY)
    assert report.indication is Indication.TOTAL_PASSED
    assert "was to be replaced by" in report.warnings[0]


def test_lists_of_states_under_the_list_of_lists_of_the_union(shared: Path) -> None:
    above = (shared / "esign" / "anchors" / "EU-lotl.xml").read_bytes()
    assert checked(above, above, at=1_566_648_000).indication is Indication.TOTAL_PASSED
    broken = (shared / "esign" / "files" / "tl-CZ_broken-sig.xml").read_bytes()
    report = checked(broken, above, at=1_566_648_000)
    assert words(report) == [(Indication.TOTAL_FAILED, SubIndication.HASH_FAILURE)]
