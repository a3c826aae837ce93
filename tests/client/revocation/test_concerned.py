"""Which certificates of a document are asked about: those of allowed issuers, each once, within a limit."""

from dataclasses import replace

import pytest
from tests.client.revocation.named import self_signed

from rogatory_client.revocation import Source
from rogatory_client.revocation.concerned import MAX_CONCERNED, concerned, strangers
from rogatory_crypto.esign import DocumentFormat, Indication, Report
from rogatory_crypto.esign.report import (
    CertificateSummary,
    Coverage,
    Scope,
    SignatureReport,
    TimestampReport,
)

ISSUER = Source(self_signed("Issuer"), crl=("http://ca.example/list",))
LEAF = CertificateSummary("Signer", ISSUER.name, "1a2b", 0, 99, "00" * 32)


def stamp(signer: CertificateSummary | None) -> TimestampReport:
    return TimestampReport("signature", Indication.INDETERMINATE, None, "", 1, signer, None)


def report(*signers: CertificateSummary | None, stamps: tuple[CertificateSummary, ...] = ()) -> Report:
    signatures = tuple(
        SignatureReport(
            "1", Indication.INDETERMINATE, None, "", "", signer, tuple(filter(None, [signer])), None, "",
            None, None, Scope(Coverage.UNCLEAR), tuple(stamp(each) for each in (*stamps, None)),
        )
        for signer in signers
    )  # fmt: skip
    return Report(
        DocumentFormat.PADES, Indication.INDETERMINATE, 1, "", "", signatures,
        timestamps=tuple(stamp(each) for each in stamps),
    )  # fmt: skip


def test_each_certificate_of_an_allowed_issuer_is_asked_about_once() -> None:
    other = replace(LEAF, issuer="Somebody else", serial_number="2")
    authority = replace(LEAF, subject="Time stamps", serial_number="3")
    found = concerned([report(LEAF, LEAF, other, None, stamps=(authority,)), report(LEAF)], [ISSUER])
    assert [(each.subject, each.serial, each.source) for each in found] == [
        ("Signer", 0x1A2B, ISSUER),
        ("Time stamps", 3, ISSUER),
    ]
    assert strangers([report(LEAF, other, other)], [ISSUER]) == (other,)
    root = replace(LEAF, subject="Root", issuer="Root")
    assert strangers([report(root)], [ISSUER]) == ()


def test_two_keys_of_one_name_are_both_asked() -> None:
    again = Source(self_signed("Issuer"), ocsp=("http://ca.example/ocsp",))
    assert [each.source for each in concerned([report(LEAF)], [ISSUER, again])] == [ISSUER, again]


def test_an_issuer_is_not_asked_about_itself() -> None:
    itself = replace(LEAF, subject=ISSUER.name, sha256=ISSUER.identifier.hex())
    assert concerned([report(itself)], [ISSUER]) == ()


@pytest.mark.parametrize("number", ["", "-1", "0", "zz", "1" * 41])
def test_what_is_no_serial_number_is_not_asked_about(number: str) -> None:
    # RFC 5280 section 4.1.2.2: positive, at most 20 octets.
    assert concerned([report(replace(LEAF, serial_number=number))], [ISSUER]) == ()


def test_a_document_does_not_decide_how_many_questions_are_asked() -> None:
    flood = report(*(replace(LEAF, serial_number=f"{number:x}") for number in range(1, 3 * MAX_CONCERNED)))
    assert len(concerned([flood], [ISSUER])) == MAX_CONCERNED
