"""What a document carries cannot keep what was given beside it from being heard, however much it is."""

from dataclasses import replace

import pytest
from cryptography import x509
from tests.crypto.esign.validation.pki import NOW, Party, anchor, crl, evidence, party, signature, terms
from tests.crypto.esign.validation.test_given import given
from tests.crypto.esign.validation.test_revocation import scope

from rogatory_crypto.esign.report import SignatureReport
from rogatory_crypto.esign.validation.crl_library import MAX_LISTS
from rogatory_crypto.esign.validation.signature import validate
from rogatory_crypto.esign.verdict import Indication, SubIndication

ROOT = party("root", ca=True)
SIGNER = party("signer", ROOT)
IMPOSTOR = party("root", ca=True, key=party("impostor").key)
DELTA = ((x509.DeltaCRLIndicator(1), True), (x509.CRLNumber(2), False))
INDIRECT = ((scope(indirect=True), True),)
PLACE = x509.UniformResourceIdentifier("http://lists.example/delta.crl")
FRESHEST = x509.FreshestCRL([x509.DistributionPoint([PLACE], None, None, None)])
BASE = crl(ROOT, issued=NOW + 10, extensions=((FRESHEST, False), (x509.CRLNumber(1), False)))
FORGED = {
    "deltas": tuple(crl(IMPOSTOR, issued=NOW + 20 + more, extensions=DELTA) for more in range(3 * MAX_LISTS)),
    "indirect lists": tuple(
        crl(IMPOSTOR, issued=NOW + 20 + more, extensions=INDIRECT) for more in range(3 * MAX_LISTS)
    ),
}
REVOKING = {
    "delta": crl(ROOT, {SIGNER: NOW - 1}, issued=NOW + 20, extensions=DELTA),
    "indirect list": crl(ROOT, {SIGNER: NOW - 1}, issued=NOW + 20, extensions=INDIRECT),
}


def check(*carried: object, beside: tuple[object, ...] = (), signer: Party = SIGNER) -> SignatureReport:
    asked = replace(terms(anchor(ROOT), at=NOW + 60), evidence=given(crls=beside))
    return validate(signature(signer, evidence(crls=carried)), asked)


@pytest.mark.parametrize("forged", FORGED)
@pytest.mark.parametrize("revoking", REVOKING)
@pytest.mark.parametrize("repeated", [False, True])
def test_list_that_was_given_counts_beside_forged_ones(revoking: str, forged: str, *, repeated: bool) -> None:
    """RFC 5280 section 6.3.3: a list that is nobody's neither replaces nor outnumbers another."""
    told = REVOKING[revoking]
    assert check(BASE).indication is Indication.TOTAL_PASSED
    assert check(BASE, *FORGED[forged]).indication is Indication.TOTAL_PASSED
    carried = (told,) * repeated
    for several in ((), FORGED[forged][:1], FORGED[forged]):
        report = check(BASE, *several, *carried, beside=(told,))
        assert report.sub_indication is SubIndication.REVOKED_NO_POE


def test_every_delta_that_was_given_counts() -> None:
    """RFC 5280 section 5.2.4: an older one does not stand for a newer one."""
    older = tuple(crl(ROOT, issued=NOW + 15 + more, extensions=DELTA) for more in range(4))
    report = check(BASE, beside=(*older, REVOKING["delta"]))
    assert report.sub_indication is SubIndication.REVOKED_NO_POE
