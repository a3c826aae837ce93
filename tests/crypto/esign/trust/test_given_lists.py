from dataclasses import replace
from pathlib import Path

import pytest
from cryptography import x509
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
)

from rogatory_crypto.errors import MisuseError
from rogatory_crypto.esign.trust.anchor import Anchors, Purpose
from rogatory_crypto.esign.trust.given import read_anchors

OPERATOR = Party("Operator of the list of XA")
STRANGER = Party("Stranger")
CA = Party("Issuer")
SERVICE = [Entry("granted", ISSUED_AT - DAY, [CA.der])]
LIST = ListDraft([SERVICE])
AT = ISSUED_AT + DAY


def reasons(anchors: Anchors) -> str:
    return "; ".join(f"{each.territory}: {each.reason}" for each in anchors.shortcomings)


def list_of_lists(*signers: bytes, territory: str = "XA") -> bytes:
    pointers = [Pointer("EU", [OPERATOR.der]), Pointer(territory, signers)]
    return ListDraft(pointers=pointers, territory="EU", list_type=LIST_OF_LISTS).signed(OPERATOR)


def test_a_list_and_a_certificate_can_be_given_together() -> None:
    pem = STRANGER.certificate.public_bytes(Encoding.PEM)
    found = read_anchors([pem, LIST.signed(OPERATOR)], AT)
    assert [anchor.certificate.dump() for anchor in found.anchors] == [STRANGER.der, CA.der]
    assert not found.shortcomings
    assert found.anchors[1].source.name.endswith("given for this check")


def test_a_list_that_nobody_signed_says_so_with_every_verdict() -> None:
    (anchor,) = read_anchors([LIST.xml()], AT).anchors
    assert anchor.source.name.endswith("signed by nobody")


def test_a_broken_signature_is_not_the_same_as_none() -> None:
    changed = LIST.signed(OPERATOR).replace(b"<TSLSequenceNumber>7<", b"<TSLSequenceNumber>8<")
    found = read_anchors([changed], AT)
    assert not found.anchors
    assert "XA: " in reasons(found)
    assert "does not hold" in reasons(found)


@pytest.mark.parametrize(
    ("at", "used"), [(NEXT_UPDATE, True), (NEXT_UPDATE + 1, False), (0, True), (None, True)]
)
def test_a_list_that_was_to_be_replaced_before_the_instant_ends_nothing(at: int | None, used: bool) -> None:  # noqa: FBT001
    # A list newer than the instant is right: its history answers.
    found = read_anchors([LIST.signed(OPERATOR)], at)
    assert bool(found.anchors) is used
    assert used or "XA: the trusted list of XA, number 7 was to be replaced by 2025-12-12" in reasons(found)


def test_a_closed_list_never_grows_stale() -> None:
    # TS 119 612 clause 5.3.15: no next update means that the list is closed.
    closed = ListDraft([SERVICE], next_update=None).signed(OPERATOR)
    assert read_anchors([closed], NEXT_UPDATE * 2).anchors


def test_a_list_of_lists_names_who_signs_each_list_and_ends_no_chain() -> None:
    found = read_anchors([list_of_lists(OPERATOR.der)], AT)
    assert {anchor.source.territory for anchor in found.anchors} == {"EU", "XA"}
    assert all(anchor.purposes == {Purpose.LIST_OPERATOR} for anchor in found.anchors)


def test_beside_a_list_of_lists_only_whom_it_names_may_sign() -> None:
    above = list_of_lists(OPERATOR.der)
    right = read_anchors([above, LIST.signed(OPERATOR)], AT)
    (issuer,) = right.for_purpose(Purpose.ISSUER)
    assert "signed as the list of trusted lists of EU, number 7 demands" in issuer.source.name
    wrong = read_anchors([LIST.signed(STRANGER), above], AT)
    assert not list(wrong.for_purpose(Purpose.ISSUER))
    assert "not signed by anybody whom the list of trusted lists of EU" in reasons(wrong)


def test_a_state_that_the_list_of_lists_does_not_name_is_taken_as_given() -> None:
    above = list_of_lists(OPERATOR.der, territory="XB")
    found = read_anchors([above, LIST.signed(STRANGER)], AT)
    (issuer,) = found.for_purpose(Purpose.ISSUER)
    assert issuer.source.name.endswith("given for this check")


def test_a_certificate_that_is_none_costs_its_own_service_only() -> None:
    damaged = [Entry("granted", ISSUED_AT, [CA.der[:-20]])]
    found = read_anchors([ListDraft([SERVICE, damaged]).signed(OPERATOR)], AT)
    assert [anchor.certificate.dump() for anchor in found.anchors] == [CA.der]
    assert "cannot be read: Provider, Service" in reasons(found)


def test_a_certificate_whose_name_cannot_be_compared_is_not_left_to_fail_in_a_check() -> None:
    # A telephone number in a name is a PrintableString (X.520); some issuers write UTF8String.
    name = x509.Name([x509.NameAttribute(x509.ObjectIdentifier("2.5.4.20"), "+1")])
    odd = replace(CA, distinguished_name=name)
    found = read_anchors(
        [ListDraft([SERVICE, [Entry("granted", ISSUED_AT, [odd.der])]]).signed(OPERATOR)], AT
    )
    assert [anchor.certificate.dump() for anchor in found.anchors] == [CA.der]
    assert "cannot be read" in reasons(found)
    assert not found.named("nobody")


def test_other_xml_is_misuse_and_a_damaged_list_a_shortcoming() -> None:
    with pytest.raises(MisuseError):
        read_anchors([b"<letter/>"], AT)
    found = read_anchors([LIST.xml()[:-30]], AT)
    assert not found.anchors
    assert "could not be used" in reasons(found)


@pytest.mark.parametrize("name", ["EE.xml", "EE_T.xml"])
def test_lists_of_a_state_are_read_whole(shared: Path, name: str) -> None:
    document = (shared / "esign" / "anchors" / name).read_bytes()
    found = read_anchors([document], 1_745_582_400)
    assert not found.shortcomings
    purposes = {purpose for anchor in found.anchors for purpose in anchor.purposes}
    assert purposes == {Purpose.ISSUER, Purpose.TIMESTAMP, Purpose.OCSP}
    assert len(found.anchors) >= 30


def test_the_list_of_lists_of_the_union_names_its_states(shared: Path) -> None:
    document = (shared / "esign" / "anchors" / "EU-lotl.xml").read_bytes()
    found = read_anchors([document], 1_566_648_000)
    assert {"EU", "CZ", "EE", "GR", "GB"} <= {anchor.source.territory for anchor in found.anchors}
    late = read_anchors([document], 1_600_000_000)
    assert not late.anchors
    assert "2020-03-04" in reasons(late)


@pytest.mark.parametrize(
    ("name", "word"), [("tl-CZ_broken-sig.xml", "was changed"), ("tl-CZ_two-sigs.xml", "this one 2")]
)
def test_a_damaged_list_of_a_state_is_named_and_not_used(shared: Path, name: str, word: str) -> None:
    found = read_anchors([(shared / "esign" / "files" / name).read_bytes()], 1_566_648_000)
    assert not found.anchors
    assert found.shortcomings[0].territory == "CZ"
    assert word in found.shortcomings[0].reason
