"""What is found of signatures for containers and for validation: contents by name, evidence, claims."""

import pytest
from tests.crypto.esign.cms.material import authority, issued, signatory
from tests.crypto.esign.validation.pki import answer, crl, party
from tests.crypto.esign.xml.material import (
    CONTENT,
    DS,
    ENVELOPED,
    EXC,
    FILTER2,
    INC,
    b64,
    canonical,
    certificate_reference,
    checked,
    enveloped,
    letter,
    reference,
    signature,
    signed_properties,
    terms,
    transform,
    with_unsigned,
)

from rogatory_crypto.esign.found import FoundSignature
from rogatory_crypto.esign.report import Coverage
from rogatory_crypto.esign.verdict import PASSED, Indication, SubIndication
from rogatory_crypto.esign.xml.references import Resolve
from rogatory_crypto.esign.xml.signatures import find_xml_signatures

HOLDER = '<a:XAdESSignatures xmlns:a="http://uri.etsi.org/02918/v1.2.1#">{}</a:XAdESSignatures>'


def only(document: str | bytes, resolve: Resolve | None = None) -> FoundSignature:
    octets = document if isinstance(document, bytes) else document.encode()
    (found,) = find_xml_signatures(octets, resolve, terms(CONTENT))
    return found


def test_a_container_says_which_content_a_name_means() -> None:
    about = [reference("one.txt", b"one"), reference("two.txt", b"two")]
    document = HOLDER.format(signature(about))
    files = {"one.txt": b"one", "two.txt": b"two", "three.txt": b"three"}
    found = only(document, files.get)
    assert found.integrity == PASSED
    assert found.scope.coverage is Coverage.WHOLE_DOCUMENT
    assert found.scope.covered == ("one.txt", "two.txt")
    assert found.digests == {"sha256"}


def test_in_a_container_no_other_file_takes_the_place_of_the_named_one() -> None:
    document = HOLDER.format(signature([reference("letter.txt", CONTENT)]))
    missing = only(document, {"other.txt": CONTENT}.get)
    assert missing.integrity.sub_indication is SubIndication.SIGNED_DATA_NOT_FOUND
    changed = only(document, {"letter.txt": b"x", "other.txt": CONTENT}.get)
    assert changed.integrity.sub_indication is SubIndication.HASH_FAILURE


def test_what_the_signature_carries_becomes_evidence() -> None:
    root = party("root", ca=True)
    leaf = party("leaf", root)
    certificate, revoked = leaf.certificate, crl(root)
    response = answer(leaf, root, root)
    basic = response["response_bytes"]["response"].parsed
    values = (
        f"<xades:CertificateValues><xades:EncapsulatedX509Certificate>{b64(certificate.dump())}"
        "</xades:EncapsulatedX509Certificate><xades:EncapsulatedX509Certificate>AAAA"
        "</xades:EncapsulatedX509Certificate></xades:CertificateValues><xades:RevocationValues>"
        f"<xades:CRLValues><xades:EncapsulatedCRLValue>{b64(revoked.dump())}</xades:EncapsulatedCRLValue>"
        "<xades:EncapsulatedCRLValue>?</xades:EncapsulatedCRLValue></xades:CRLValues><xades:OCSPValues>"
        f"<xades:EncapsulatedOCSPValue>{b64(response.dump())}</xades:EncapsulatedOCSPValue>"
        f"<xades:EncapsulatedOCSPValue>{b64(basic.dump())}</xades:EncapsulatedOCSPValue>"
        "<xades:EncapsulatedOCSPValue>AAAA</xades:EncapsulatedOCSPValue></xades:OCSPValues>"
        "</xades:RevocationValues>"
    )
    evidence = only(with_unsigned(enveloped(), values)).evidence
    assert [each.dump() for each in evidence.certificates] == [
        signatory().certificate.dump(),
        certificate.dump(),
    ]
    assert [each.dump() for each in evidence.crls] == [revoked.dump()]
    assert [each["response_status"].native for each in evidence.ocsps] == ["successful"] * 2


def test_a_counter_signature_may_use_what_the_signature_around_it_carries() -> None:
    document = enveloped()
    value = f"<xades:EncapsulatedX509Certificate>{b64(issued().certificate.dump())}"
    carried = (
        f"<xades:CertificateValues>{value}</xades:EncapsulatedX509Certificate></xades:CertificateValues>"
    )
    inner = signature([reference("#v-sig", b"")], identifier="counter")
    unsigned = f"{carried}<xades:CounterSignature>{inner}</xades:CounterSignature>"
    outer, counter = find_xml_signatures(with_unsigned(document, unsigned), None, terms())
    assert (outer.is_counter_signature, counter.is_counter_signature) == (False, True)
    assert issued().certificate.dump() in [each.dump() for each in counter.evidence.certificates]


def test_the_signature_of_an_assertion_that_is_carried_is_a_claim() -> None:
    assertion = (
        "<xades:SignerRoleV2><xades:SignedAssertions><xades:SignedAssertion>"
        f'<s:Assertion xmlns:s="urn:oasis:names:tc:SAML:2.0:assertion"><ds:Signature xmlns:ds="{DS}">'
        "</ds:Signature></s:Assertion></xades:SignedAssertion></xades:SignedAssertions></xades:SignerRoleV2>"
    )
    properties = signed_properties(certificate_reference(signatory()), more=assertion, identifier="p-sig")
    assert only(enveloped(properties=properties)).integrity == PASSED


def test_a_part_under_another_base_is_not_canonicalized() -> None:
    about = reference("#letter", canonical(letter(), exclusive=False), [ENVELOPED, INC])
    found = only(f'<r xml:base="http://a.example/">{letter(signature([about]))}</r>')
    assert found.integrity.indication is Indication.INDETERMINATE
    assert "xml:base" in found.integrity.reason


def test_references_by_pointer_are_two_spellings_only() -> None:
    for uri in ("#xpointer(//p)", "#xpointer(id(letter))"):
        found = only(letter(signature([reference(uri, b"", [ENVELOPED, EXC])])))
        assert found.integrity.sub_indication is SubIndication.GENERIC, uri
    gone = only(letter(signature([reference("#gone", b"", [EXC])])))
    assert gone.integrity.sub_indication is SubIndication.SIGNED_DATA_NOT_FOUND


def test_signed_properties_may_be_named_by_an_intersection() -> None:
    # As the first signature-creation software in Austria wrote it.
    properties = signed_properties(certificate_reference(signatory()), identifier="p-sig")
    expression = "//*[@Id='q']/x:QualifyingProperties/x:SignedProperties"
    step = transform(
        FILTER2,
        f'<f:XPath xmlns:f="{FILTER2}" xmlns:x="http://uri.etsi.org/01903/v1.3.2#" Filter="intersect">'
        f"{expression}</f:XPath>",
    )
    mine = reference(
        "", canonical(properties), [step, EXC], kind="http://uri.etsi.org/01903#SignedProperties"
    )
    whole = reference("", canonical(letter()), [ENVELOPED, EXC])
    # The second reference to the properties is the builder's own.
    document = letter(signature([whole, mine], properties=properties))
    right = document.replace("<ds:Object><xades:Qual", '<ds:Object Id="q"><xades:Qual')
    assert only(right).integrity == PASSED
    assert only(document).integrity.indication is not Indication.TOTAL_PASSED


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("<ds:KeyInfo>", "<ds:KeyInfo/><ds:KeyInfo>"),
        ("<ds:SignatureValue", "<ds:KeyInfo/><ds:SignatureValue"),
        (' Algorithm="http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256"', ""),
        (
            "</xades:SigningTime>",
            "</xades:SigningTime><xades:SigningTime>2026-01-01T00:00:00Z</xades:SigningTime>",
        ),
    ],
)
def test_a_signature_that_is_not_well_formed_is_refused(right: str, wrong: str) -> None:
    found = only(enveloped().decode().replace(right, wrong))
    assert found.integrity.indication is Indication.TOTAL_FAILED


def test_a_certificate_that_is_issued_needs_its_root_trusted() -> None:
    document = enveloped(by=issued())
    assert checked(document).indication is Indication.INDETERMINATE
    assert checked(document, trust=[authority().root_pem]).indication is Indication.TOTAL_PASSED
