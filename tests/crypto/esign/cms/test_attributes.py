from datetime import UTC, datetime
from functools import cache

import pytest
from asn1crypto import cms, core, ocsp  # type: ignore[import-untyped]
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.ocsp import OCSPCertStatus, OCSPResponderEncoding, OCSPResponseBuilder
from tests.crypto.esign.cms.material import (
    CONTENT,
    NOW,
    attribute,
    authority,
    issued,
    signatory,
    signed_attributes,
    signed_data,
    signer_info,
)

from rogatory_crypto.esign.cms.attributes import signing_time
from rogatory_crypto.esign.cms.carried import carried_evidence
from rogatory_crypto.esign.cms.signed_data import evidence_in, load_crl, read_signed_data, signer_infos

BY = signatory()
CERTIFICATE_VALUES = "1.2.840.113549.1.9.16.2.23"
REVOCATION_VALUES = "1.2.840.113549.1.9.16.2.24"
OCSP_RESPONSE = "1.3.6.1.5.5.7.16.2"


class Certificates(core.SequenceOf):  # type: ignore[misc]
    _child_spec = asn1_x509.Certificate


class Anything(core.SequenceOf):  # type: ignore[misc]
    _child_spec = core.Any


class RevocationValues(core.Sequence):  # type: ignore[misc]
    _fields = [  # noqa: RUF012 - the library reads it from the class
        ("crls", Anything, {"explicit": 0, "optional": True}),
        ("ocsps", Anything, {"explicit": 1, "optional": True}),
    ]


@cache
def answer() -> ocsp.OCSPResponse:
    certificate = x509.load_der_x509_certificate(issued().certificate.dump())
    at = datetime.fromtimestamp(NOW, UTC)
    made = (
        OCSPResponseBuilder()
        .add_response(certificate, certificate, hashes.SHA256(), OCSPCertStatus.GOOD, at, None, None, None)
        .responder_id(OCSPResponderEncoding.NAME, certificate)
        .sign(issued().key, hashes.SHA256())
    )
    return ocsp.OCSPResponse.load(made.public_bytes(Encoding.DER))


def standing(*unsigned: cms.CMSAttribute) -> cms.SignerInfo:
    info = signer_info(BY, signed_attributes(BY, CONTENT), unsigned_attrs=list(unsigned))
    return signer_infos(read_signed_data(signed_data([info], [BY.certificate])))[0]


def test_values_among_the_attributes_are_evidence() -> None:
    # EN 319 122-1 clause A.1.1.2 and A.1.2.2
    revocation = RevocationValues(
        {"crls": [load_crl(authority().crl)], "ocsps": [answer().basic_ocsp_response]}
    )
    found = carried_evidence(
        standing(
            attribute(CERTIFICATE_VALUES, Certificates([issued().certificate])),
            attribute(REVOCATION_VALUES, revocation),
        )
    )
    assert [each.dump() for each in found.certificates] == [issued().certificate.dump()]
    assert [each.dump() for each in found.crls] == [authority().crl]
    assert [each.basic_ocsp_response.dump() for each in found.ocsps] == [answer().basic_ocsp_response.dump()]


@pytest.mark.parametrize("kind", [CERTIFICATE_VALUES, REVOCATION_VALUES])
def test_values_that_cannot_be_read_are_left_out(kind: str) -> None:
    found = carried_evidence(standing(attribute(kind, core.Integer(7))))
    assert (found.certificates, found.crls, found.ocsps) == ((), (), ())


def test_answers_beside_the_signature_are_evidence() -> None:
    # RFC 5940 section 2.1
    other = cms.OtherRevocationInfoFormat(
        {"other_rev_info_format": OCSP_RESPONSE, "other_rev_info": answer()}
    )
    info = signer_info(BY, signed_attributes(BY, CONTENT))
    document = signed_data([info], [BY.certificate], crls=[cms.RevocationInfoChoice("other", other)])
    assert [each.dump() for each in evidence_in(read_signed_data(document)).ocsps] == [answer().dump()]


def test_a_signing_time_is_what_was_claimed() -> None:
    assert signing_time(standing()) == NOW
