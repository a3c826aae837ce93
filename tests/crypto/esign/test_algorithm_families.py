"""Algorithms of states that no library here verifies are named in words, and never called a failure."""

from typing import Any

import pytest
from asn1crypto import algos, cms, core, x509  # type: ignore[import-untyped]
from tests.crypto.esign.cms.material import (
    CONTENT,
    NOW,
    signatory,
    signed_attributes,
    signed_data,
    signer_info,
)
from tests.crypto.esign.xml.material import BODY, enveloped

from rogatory_crypto.esign import DocumentFormat, Indication, Report, check
from rogatory_crypto.esign.cms.algorithm_families import described
from rogatory_crypto.esign.detection import detect

BY = signatory()
# (digest, signature), as the signing software of each state writes them.
ALGORITHMS = {
    "GOST R 34.10-2012": ("1.2.643.7.1.1.2.2", "1.2.643.7.1.1.3.2"),
    "GOST R 34.10-2001": ("1.2.643.2.2.9", "1.2.643.2.2.3"),
    "Kazakhstan": ("1.2.398.3.10.1.3.3", "1.2.398.3.10.1.1.2.3.2"),
    "GOST 34.310": ("1.3.6.1.4.1.6801.1.1.1", "1.3.6.1.4.1.6801.1.2.2"),
    "SM2": ("1.2.156.10197.1.401", "1.2.156.10197.1.501"),
    "DSTU 4145": ("1.2.804.2.1.1.1.1.2.1", "1.2.804.2.1.1.1.1.3.1.1"),
    "ML-DSA": ("2.16.840.1.101.3.4.2.3", "2.16.840.1.101.3.4.3.18"),
}


def checked(document: bytes) -> Report:
    return check(document, trust=[BY.pem], contents=[CONTENT], at=NOW + 60, revocation=False)


def foreign(digest: str, signature: str, **parameters: Any) -> bytes:
    """A signature whose algorithms are called otherwise."""
    right = signed_data([signer_info(BY, signed_attributes(BY, CONTENT))], [BY.certificate])
    info = cms.ContentInfo.load(right)
    (signer,) = info["content"]["signer_infos"]
    signer["digest_algorithm"] = algos.DigestAlgorithm({"algorithm": digest, **parameters})
    signer["signature_algorithm"] = algos.SignedDigestAlgorithm({"algorithm": signature})
    info["content"]["digest_algorithms"] = [signer["digest_algorithm"]]
    return bytes(info.dump(force=True))


@pytest.mark.parametrize("family", ALGORITHMS)
def test_a_signature_of_a_family_that_is_not_known_is_open_and_names_it(family: str) -> None:
    report = checked(foreign(*ALGORITHMS[family]))
    (signature,) = report.signatures
    assert signature.indication is Indication.INDETERMINATE
    assert family in signature.reason
    assert signature.signer is not None


def test_parameters_of_an_unknown_digest_are_no_defect() -> None:
    """RFC 4357 has parameters where RFC 5754 allows none."""
    given = core.ObjectIdentifier("1.2.643.2.2.30.1")
    (signature,) = checked(foreign(*ALGORITHMS["GOST R 34.10-2001"], parameters=given)).signatures
    assert signature.indication is Indication.INDETERMINATE


def test_signed_data_of_its_own_kind_is_named() -> None:
    """GM/T 0010: China's SignedData has an identifier of its own."""
    kind = bytes.fromhex("060a2a811ccf550601040202")
    document = bytes([0x30, 0x80]) + kind + b"\xa0\x80" + bytes(4)
    assert detect(document) is DocumentFormat.CADES
    document = bytes([0x30, len(kind) + 4]) + kind + b"\xa0\x02\x30\x00"
    report = checked(document)
    assert report.indication is Indication.INDETERMINATE
    assert "SM2" in report.reason


GOST_KEY = bytes.fromhex("06082a85030701010101301306072a85030202240006082a85030701010202")
SM2_KEY = bytes.fromhex("06072a8648ce3d020106082a811ccf5501822d")


@pytest.mark.parametrize(("parameters", "family"), [(GOST_KEY, "34.10-2012"), (SM2_KEY, "SM2")])
def test_a_key_of_such_a_family_is_named(parameters: bytes, family: str) -> None:
    right = signed_data([signer_info(BY, signed_attributes(BY, CONTENT))], [BY.certificate])
    identifier = core.Sequence(contents=parameters).dump()
    key = core.Sequence(contents=identifier + core.BitString((0, 1) * 256).dump()).dump()
    names = ("serial_number", "signature", "issuer", "validity", "subject")
    own = BY.certificate["tbs_certificate"]
    parts = b"".join(own[name].dump() for name in names)
    version = bytes.fromhex("a003020102")
    outside = b"".join(BY.certificate[name].dump() for name in ("signature_algorithm", "signature_value"))
    certificate = core.Sequence(
        contents=core.Sequence(contents=version + parts + key).dump() + outside
    ).dump()
    info = cms.ContentInfo.load(right)["content"]["signer_infos"][0]
    bare = [each for each in info["signed_attrs"] if each["type"].native != "signing_certificate_v2"]
    foreign = signer_info(BY, bare)
    (signature,) = checked(signed_data([foreign], [x509.Certificate.load(certificate)])).signatures
    assert signature.indication is Indication.INDETERMINATE
    assert family in signature.reason


@pytest.mark.parametrize(
    ("uri", "family"),
    [
        ("urn:ietf:params:xml:ns:cpxmlsec:algorithms:gostr34102012-gostr34112012-256", "34.10-2012"),
        ("http://www.w3.org/2001/04/xmldsig-more#gostr34102001-gostr3411", "34.10-2001"),
        ("http://www.w3.org/2001/04/xmldsig-more#gost34310-gost34311", "Kazakhstan"),
        ("urn:ietf:params:xml:ns:pkigovkz:xmlsec:algorithms:gostr34102015-gostr34112015-512", "Kazakhstan"),
        ("http://www.w3.org/2001/04/xmldsig-more#sm2-sm3", "SM2"),
    ],
)
def test_an_xml_signature_of_such_a_family_is_open_and_names_it(uri: str, family: str) -> None:
    ecdsa = b"http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256"
    document = enveloped()
    assert document.count(ecdsa) == 1
    (signature,) = checked(document.replace(ecdsa, uri.encode())).signatures
    assert signature.indication is Indication.INDETERMINATE
    assert family in signature.reason
    changed = document.replace(ecdsa, uri.encode()).replace(BODY.encode(), b"")
    assert checked(changed).indication is Indication.TOTAL_FAILED


def test_only_whole_arcs_count() -> None:
    assert described("1.2.6431.1") == "1.2.6431.1"
    assert described("1.2.643.9") == "1.2.643.9 (GOST, of Russia)"
