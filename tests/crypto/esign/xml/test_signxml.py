"""What another library signs passes here: XAdES by signxml, enveloped and enveloping."""

import pytest
from cryptography.hazmat.primitives import serialization
from lxml import etree  # type: ignore[import-untyped]
from signxml import algorithms
from signxml.algorithms import SignatureConstructionMethod
from signxml.xades.xades import XAdESDataObjectFormat, XAdESSigner
from tests.crypto.esign.cms.material import signatory
from tests.crypto.esign.xml.material import checked

from rogatory_crypto.esign.report import Coverage
from rogatory_crypto.esign.verdict import Indication

LETTER = (
    b'<c:letter xmlns:c="urn:case"><!--draft--><c:p xml:lang="fr">Records of the account.</c:p></c:letter>'
)


def signed(method: SignatureConstructionMethod, kind: str = "ec", c14n: str = "") -> bytes:
    by = signatory(kind)
    signer = XAdESSigner(
        method=method,
        signature_algorithm="ecdsa-sha256" if kind == "ec" else "rsa-sha256",
        c14n_algorithm=c14n or algorithms.CanonicalizationMethod.CANONICAL_XML_1_1,
        data_object_format=XAdESDataObjectFormat(Description="letter", MimeType="text/xml"),
    )
    key = by.key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    root = signer.sign(etree.fromstring(LETTER), key=key, cert=by.pem.decode())
    return bytes(etree.tostring(root))


# Its signed properties have no transform, which means the inclusive form (XMLDSig 1.1 section 4.4.3.2).
FORMS = (
    algorithms.CanonicalizationMethod.CANONICAL_XML_1_0,
    algorithms.CanonicalizationMethod.CANONICAL_XML_1_1,
)


@pytest.mark.parametrize("kind", ["ec", "rsa"])
@pytest.mark.parametrize("form", FORMS)
def test_an_enveloped_signature_passes(kind: str, form: algorithms.CanonicalizationMethod) -> None:
    document = signed(SignatureConstructionMethod.enveloped, kind, form.value)
    report = checked(document, trust=[signatory(kind).pem])
    assert report.indication is Indication.TOTAL_PASSED, report.signatures[0].reason
    assert report.signatures[0].scope.coverage is Coverage.WHOLE_DOCUMENT


def test_a_changed_document_does_not_pass() -> None:
    document = signed(SignatureConstructionMethod.enveloped)
    for right, wrong in (
        (b"account", b"payment"),
        (b'xml:lang="fr"', b'xml:lang="en"'),
        (b"<c:p ", b"<c:p a='b' "),
    ):
        assert right in document
        report = checked(document.replace(right, wrong, 1))
        assert report.indication is Indication.TOTAL_FAILED


def test_an_enveloping_signature_passes() -> None:
    report = checked(signed(SignatureConstructionMethod.enveloping), trust=[signatory("ec").pem])
    assert report.indication is Indication.TOTAL_PASSED, report.signatures[0].reason
