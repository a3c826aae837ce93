"""Certificates with defects end in a verdict that names the defect, never in an exception."""

from dataclasses import replace
from typing import Any

import pytest
from asn1crypto import algos, core, keys  # type: ignore[import-untyped]
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from tests.crypto.esign.validation.pki import (
    DER,
    NOW,
    TIME_STAMPING,
    Party,
    anchor,
    crl,
    evidence,
    party,
    signature,
    stamped,
    terms,
)

from rogatory_crypto.esign.evidence import Evidence
from rogatory_crypto.esign.found import FoundTimestamp
from rogatory_crypto.esign.report import SignatureReport
from rogatory_crypto.esign.validation.signature import validate
from rogatory_crypto.esign.verdict import Indication, SubIndication

ROOT = party("root", ca=True)
CA = party("ca", ROOT, ca=True)
SIGNER = party("signer", CA)
TSA = party("tsa", ROOT, purposes=(TIME_STAMPING,))
LISTS = (crl(ROOT), crl(CA))


def resigned(certificate: Any, issuer: Party) -> Any:
    """Return a certificate with what was changed in it signed by its issuer."""
    body = certificate["tbs_certificate"]
    encoded = body.dump(force=True)
    assert isinstance(issuer.key, ec.EllipticCurvePrivateKey)
    signed = asn1_x509.Certificate(
        {
            "tbs_certificate": asn1_x509.TbsCertificate.load(encoded),
            "signature_algorithm": certificate["signature_algorithm"],
            "signature_value": issuer.key.sign(encoded, ec.ECDSA(hashes.SHA256())),
        }
    )
    return asn1_x509.Certificate.load(signed.dump())


def with_key(key: Any) -> Any:
    certificate = SIGNER.certificate
    certificate["tbs_certificate"]["subject_public_key_info"] = key
    return resigned(certificate, CA)


def rsa_key(modulus: int, exponent: int = 65537) -> Any:
    return keys.PublicKeyInfo(
        {
            "algorithm": keys.PublicKeyAlgorithm({"algorithm": "rsa", "parameters": core.Null()}),
            "public_key": keys.RSAPublicKey({"modulus": modulus, "public_exponent": exponent}),
        }
    )


def strange_curve() -> Any:
    encoded = (
        ec.generate_private_key(ec.SECP256K1())
        .public_key()
        .public_bytes(DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    return keys.PublicKeyInfo.load(encoded.replace(b"\x2b\x81\x04\x00\x0a", b"\x2b\x81\x04\x00\x7f"))


DEFECTIVE = {
    "negative modulus": rsa_key(-(2**2047 + 1)),
    "no modulus": rsa_key(0),
    "unknown curve": strange_curve(),
}


def check(signer: Any, held: Evidence, *timestamps: FoundTimestamp) -> SignatureReport:
    found = replace(signature(SIGNER, held, *timestamps), signer=signer)
    return validate(found, terms(anchor(ROOT), at=NOW))


@pytest.mark.parametrize("defect", DEFECTIVE)
def test_key_that_cannot_be_used_is_named(defect: str) -> None:
    """Estonian certificates of 2014 carried RSA moduli encoded as negative numbers."""
    report = check(with_key(DEFECTIVE[defect]), evidence(CA, crls=LISTS), stamped(TSA, NOW))
    assert report.indication is Indication.INDETERMINATE
    assert report.sub_indication is SubIndication.CERTIFICATE_CHAIN_GENERAL_FAILURE
    assert "key" in report.reason
    assert "signer" in report.reason
    if defect == "negative modulus":
        assert "negative" in report.reason


def test_authority_with_a_key_that_cannot_be_used_leads_nowhere() -> None:
    certificate = CA.certificate
    certificate["tbs_certificate"]["subject_public_key_info"] = DEFECTIVE["negative modulus"]
    held = Evidence((resigned(certificate, ROOT),), LISTS, ())
    report = check(SIGNER.certificate, held, stamped(TSA, NOW))
    assert report.indication is Indication.INDETERMINATE
    assert report.sub_indication is SubIndication.NO_CERTIFICATE_CHAIN_FOUND


def test_two_algorithms_for_one_signature_do_not_agree() -> None:
    """RFC 5280 section 4.1.1.2: the algorithm is said twice and must be the same."""
    certificate = SIGNER.certificate
    certificate["tbs_certificate"]["signature"] = algos.SignedDigestAlgorithm({"algorithm": "sha1_ecdsa"})
    report = check(resigned(certificate, CA), evidence(CA, crls=LISTS), stamped(TSA, NOW))
    assert report.indication is Indication.INDETERMINATE


def test_period_that_ends_before_it_begins_is_never_current() -> None:
    certificate = SIGNER.certificate
    validity = certificate["tbs_certificate"]["validity"]
    begins, ends = validity["not_before"], validity["not_after"]
    certificate["tbs_certificate"]["validity"] = asn1_x509.Validity({"not_before": ends, "not_after": begins})
    report = check(resigned(certificate, CA), evidence(CA, crls=LISTS))
    assert report.indication is Indication.INDETERMINATE
    assert report.sub_indication is SubIndication.OUT_OF_BOUNDS_NO_POE


@pytest.mark.parametrize("length", [0, 1, 2, 40])
def test_what_is_no_certificate_never_raises(length: int) -> None:
    cut = asn1_x509.Certificate.load(b"\x30" + bytes([length]) + b"\x30" * length)
    report = check(cut, evidence(CA, crls=LISTS), stamped(TSA, NOW))
    assert report.indication is Indication.INDETERMINATE
    assert report.signer is None
