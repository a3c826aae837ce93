"""Signature algorithms by their URIs (RFC 9231), and no others."""

import pytest
from tests.crypto.esign.cms.material import signatory
from tests.crypto.esign.xml.material import checked, enveloped

from rogatory_crypto.esign.verdict import Indication, SubIndication

MORE = "http://www.w3.org/2001/04/xmldsig-more#"
MORE_07 = "http://www.w3.org/2007/05/xmldsig-more#"
MORE_21 = "http://www.w3.org/2021/04/xmldsig-more#"
SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"
PASSED, OPEN = Indication.TOTAL_PASSED, Indication.INDETERMINATE
PSS = (
    f'<pss:RSAPSSParams xmlns:pss="{MORE_07}"><ds:DigestMethod Algorithm="{SHA256}"></ds:DigestMethod>'
    f'<pss:MaskGenerationFunction Algorithm="{MORE_07}MGF1">'
    f'<ds:DigestMethod Algorithm="{SHA256}"></ds:DigestMethod></pss:MaskGenerationFunction>'
    "<pss:SaltLength>32</pss:SaltLength><pss:TrailerField>1</pss:TrailerField></pss:RSAPSSParams>"
)


@pytest.mark.parametrize(
    ("kind", "method", "parameters"),
    [
        ("ec", f"{MORE}ecdsa-sha256", ""),
        ("rsa", f"{MORE}rsa-sha256", ""),
        ("rsa", f"{MORE_07}sha256-rsa-MGF1", ""),
        ("rsa", f"{MORE_07}rsa-pss", ""),
        ("rsa", f"{MORE_07}rsa-pss", PSS),
        ("ed25519", f"{MORE_21}eddsa-ed25519", ""),
    ],
)
def test_a_signature_passes_by_each_algorithm(kind: str, method: str, parameters: str) -> None:
    by = signatory(kind)
    report = checked(enveloped(by=by, method=method, parameters=parameters), trust=[by.pem])
    assert report.indication is PASSED, report.signatures[0].reason


@pytest.mark.parametrize(
    "method",
    [
        "http://www.w3.org/2000/09/xmldsig#hmac-sha1",
        f"{MORE}hmac-sha256",
        "http://www.w3.org/2000/09/xmldsig#dsa-sha1",
        "urn:nothing",
    ],
)
def test_other_algorithms_are_named_and_leave_it_open(method: str) -> None:
    (found,) = checked(enveloped(method=method)).signatures
    assert found.indication is OPEN
    assert method in found.reason


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("<pss:SaltLength>32", "<pss:SaltLength>20"),
        ("<pss:SaltLength>32", "<pss:SaltLength>-1"),
        ("TrailerField>1<", "TrailerField>2<"),
        (f'{MORE_07}MGF1"', 'urn:mask"'),
    ],
)
def test_rsa_pss_with_other_parameters_does_not_pass(right: str, wrong: str) -> None:
    by = signatory("rsa")
    document = enveloped(by=by, method=f"{MORE_07}rsa-pss", parameters=PSS.replace(right, wrong))
    assert checked(document, trust=[by.pem]).indication is not PASSED


def test_an_algorithm_for_another_kind_of_key_does_not_pass() -> None:
    (found,) = checked(enveloped(method=f"{MORE}rsa-sha256")).signatures
    assert (found.indication, found.sub_indication) == (
        Indication.TOTAL_FAILED,
        SubIndication.SIG_CRYPTO_FAILURE,
    )
