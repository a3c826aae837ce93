"""Qualifying properties: what binds the signer's certificate, and what is only claimed (EN 319 132-1)."""

import re

import pytest
from tests.crypto.esign.cms.material import NOW, signatory
from tests.crypto.esign.xml.material import (
    CONTENT,
    DS,
    ENVELOPED,
    EXC,
    SHA256,
    XADES,
    b64,
    canonical,
    certificate_reference,
    checked,
    detached,
    enveloped,
    letter,
    reference,
    sha256,
    signature,
    signed_properties,
)

from rogatory_crypto.esign.report import SignatureReport
from rogatory_crypto.esign.verdict import Indication, SubIndication
from rogatory_crypto.esign.xml.certificates import OTHER_NAME, WEAK_REFERENCE
from rogatory_crypto.esign.xml.claims import TIME_MARKS_UNSUPPORTED

PASSED, FAILED, OPEN = Indication.TOTAL_PASSED, Indication.TOTAL_FAILED, Indication.INDETERMINATE
NO_CERTIFICATE = (OPEN, SubIndication.NO_SIGNING_CERTIFICATE_FOUND)
BY = signatory()


def only(document: bytes, *contents: bytes, trust: tuple[bytes, ...] = ()) -> SignatureReport:
    (found,) = checked(document, *contents, trust=trust).signatures
    return found


def verdict(document: bytes) -> tuple[Indication, SubIndication | None]:
    found = only(document)
    return found.indication, found.sub_indication


def with_properties(certificate: str, more: str = "", **changes: str) -> bytes:
    return enveloped(properties=signed_properties(certificate, more=more, identifier="p-sig"), **changes)


def older(serial: int, issuer: str, digest: str = SHA256, value: bytes = b"") -> str:
    return (
        "<xades:SigningCertificate><xades:Cert><xades:CertDigest>"
        f'<ds:DigestMethod xmlns:ds="{DS}" Algorithm="{digest}"></ds:DigestMethod>'
        f'<ds:DigestValue xmlns:ds="{DS}">{b64(value or sha256(BY.certificate.dump()))}</ds:DigestValue>'
        "</xades:CertDigest><xades:IssuerSerial>"
        f'<ds:X509IssuerName xmlns:ds="{DS}">{issuer}</ds:X509IssuerName>'
        f'<ds:X509SerialNumber xmlns:ds="{DS}">{serial}</ds:X509SerialNumber></xades:IssuerSerial>'
        "</xades:Cert></xades:SigningCertificate>"
    )


def test_the_certificate_must_be_the_one_of_the_signed_digest() -> None:
    assert verdict(with_properties(certificate_reference(BY))) == (PASSED, None)
    assert verdict(with_properties(certificate_reference(BY, value=b"x" * 32))) == NO_CERTIFICATE


def test_the_certificate_must_have_the_signed_serial_number() -> None:
    assert verdict(with_properties(certificate_reference(BY, serial_number=7))) == NO_CERTIFICATE


def test_the_certificate_must_have_the_signed_issuer() -> None:
    other = certificate_reference(signatory("ec", "Somebody else"), value=sha256(BY.certificate.dump()))
    assert verdict(with_properties(other)) == NO_CERTIFICATE


def test_the_older_reference_is_kept_to_and_names_may_be_spelled_freely() -> None:
    serial = BY.certificate.serial_number
    name = "Head of the central authority"
    for spelled in (f"CN={name}", f"2.5.4.3 = {name.upper()}", f'cn="{name}"'):
        found = only(with_properties(older(serial, spelled)))
        assert found.indication is PASSED, found.reason
        assert OTHER_NAME not in found.warnings
    assert OTHER_NAME in only(with_properties(older(serial, "CN=Somebody else"))).warnings
    assert verdict(with_properties(older(serial + 1, f"CN={name}"))) == NO_CERTIFICATE
    assert (
        verdict(with_properties(older(serial, f"CN={name}").replace(str(serial), "many"))) == NO_CERTIFICATE
    )


def test_a_weak_digest_in_the_reference_is_told() -> None:
    sha1 = "http://www.w3.org/2000/09/xmldsig#sha1"
    value = bytes(BY.certificate.sha1)
    found = only(with_properties(older(BY.certificate.serial_number, "CN=x", sha1, value)))
    assert found.indication is PASSED
    assert WEAK_REFERENCE in found.warnings


def test_a_certificate_that_is_not_carried_is_found_among_those_trusted() -> None:
    assert verdict(enveloped(key_info="<ds:KeyName>x</ds:KeyName>")) == (PASSED, None)
    other = signatory("ec", "Somebody else")
    found = only(enveloped(by=other, key_info="<ds:KeyName>x</ds:KeyName>"))
    assert (found.indication, found.sub_indication) == NO_CERTIFICATE
    assert found.signer is None


def test_another_certificate_in_key_info_does_not_become_the_signers() -> None:
    other = signatory("ec", "Somebody else")
    swapped = (
        f"<ds:X509Data><ds:X509Certificate>{b64(other.certificate.dump())}</ds:X509Certificate></ds:X509Data>"
    )
    found = only(enveloped(key_info=swapped))
    assert found.indication is PASSED
    assert found.signer is not None
    assert "Head of the central authority" in found.signer.subject


def test_plain_signatures_need_their_key_info_signed() -> None:
    about = reference("", canonical(letter()), [ENVELOPED, EXC])
    assert verdict(letter(signature([about], properties="")).encode()) == (
        OPEN,
        SubIndication.SIG_CONSTRAINTS_FAILURE,
    )
    key = b64(BY.certificate.dump())
    info = (
        f'<ds:KeyInfo xmlns:ds="{DS}" Id="k"><ds:X509Data><ds:X509Certificate>{key}</ds:X509Certificate>'
        "</ds:X509Data></ds:KeyInfo>"
    )
    bound = letter(signature([about, reference("#k", canonical(info), [EXC])], properties=""))
    found = only(bound.replace("<ds:KeyInfo>", '<ds:KeyInfo Id="k">').encode())
    assert found.indication is PASSED, found.reason
    assert found.level == "XMLDSig-B"


def test_properties_that_are_not_signed_say_nothing() -> None:
    about = reference("", canonical(letter()), [ENVELOPED, EXC])
    properties = signed_properties(certificate_reference(BY), identifier="p-sig")
    alone = signature([about], properties="")
    qualifying = (
        f'<ds:Object><xades:QualifyingProperties xmlns:xades="{XADES}" Target="#sig">'
        f"{properties}</xades:QualifyingProperties></ds:Object></ds:Signature>"
    )
    found = only(letter(alone.replace("</ds:Signature>", qualifying)).encode())
    assert (found.indication, found.sub_indication) == (OPEN, SubIndication.SIG_CONSTRAINTS_FAILURE)
    assert found.claimed_time is None


@pytest.mark.parametrize(
    ("stated", "claimed"),
    [
        ("2026-09-21T14:13:20Z", NOW),
        ("2026-09-21T16:13:20.25+02:00", NOW),
        ("2026-09-21T14:13:20", NOW),
        ("2003.10.24T10:57:19Z", None),
        ("99999999-01-01T00:00:00Z", None),
    ],
)
def test_the_claimed_time_is_read_or_absent(stated: str, claimed: int | None) -> None:
    properties = signed_properties(certificate_reference(BY), identifier="p-sig")
    found = only(enveloped(properties=re.sub(r"(?<=SigningTime>)2026[^<]+", stated, properties)))
    assert (found.indication, found.claimed_time) == (PASSED, claimed)


def policy(value: bytes) -> str:
    return (
        "<xades:SignaturePolicyIdentifier><xades:SignaturePolicyId><xades:SigPolicyId>"
        "<xades:Identifier>urn:oid:1.2.3</xades:Identifier></xades:SigPolicyId><xades:SigPolicyHash>"
        f'<ds:DigestMethod xmlns:ds="{DS}" Algorithm="{SHA256}"></ds:DigestMethod>'
        f'<ds:DigestValue xmlns:ds="{DS}">{b64(sha256(value))}</ds:DigestValue>'
        "</xades:SigPolicyHash></xades:SignaturePolicyId></xades:SignaturePolicyIdentifier>"
    )


def test_a_policy_is_named_never_fetched_and_known_where_it_is_given() -> None:
    reference_ = certificate_reference(BY)
    document = with_properties(reference_, policy(b"the policy"))
    assert any("urn:oid:1.2.3" in each and "not given" in each for each in only(document).warnings)
    given = only(document, b"the policy")
    assert any("among the files given" in each for each in given.warnings)
    implied = (
        "<xades:SignaturePolicyIdentifier><xades:SignaturePolicyImplied/></xades:SignaturePolicyIdentifier>"
    )
    assert not any("policy" in each for each in only(with_properties(reference_, implied)).warnings)


def test_policy_that_asks_for_a_time_mark_leaves_the_signature_open() -> None:
    """BDOC 2.1 clause 6.1: its time is proven by an OCSP answer's nonce; no time stamp stands for that."""
    stated = policy(b"the policy").replace("1.2.3", "1.3.6.1.4.1.10015.1000.3.2.1")
    found = only(with_properties(certificate_reference(BY), stated))
    assert (found.indication, found.sub_indication) == (OPEN, SubIndication.POLICY_PROCESSING_ERROR)
    assert found.reason == TIME_MARKS_UNSUPPORTED


def test_a_claimed_role_is_a_claim() -> None:
    role = (
        "<xades:SignerRole><xades:ClaimedRoles><xades:ClaimedRole>Judge</xades:ClaimedRole>"
        "</xades:ClaimedRoles></xades:SignerRole>"
    )
    found = only(with_properties(certificate_reference(BY), role))
    assert found.indication is PASSED
    assert any("Judge" in each and "nobody vouches" in each for each in found.warnings)


def test_a_reference_without_a_name_is_met_by_what_was_given() -> None:
    assert only(signature([reference(None, CONTENT)]).encode(), CONTENT).indication is PASSED
    assert only(detached(), CONTENT).indication is PASSED
