"""What a document carries cannot keep what was given beside it from being heard, however much it is."""

from dataclasses import replace

import pytest
from cryptography import x509
from tests.crypto.esign.validation.pki import (
    NOW,
    OCSP_SIGNING,
    Party,
    anchor,
    answer,
    crl,
    evidence,
    party,
    signature,
    terms,
)
from tests.crypto.esign.validation.test_given import given
from tests.crypto.esign.validation.test_revocation import scope

from rogatory_crypto.esign.report import SignatureReport
from rogatory_crypto.esign.trust.anchor import Purpose
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


def test_issuer_that_was_given_is_found_among_others_of_its_name() -> None:
    """Who is trusted itself is not when its issuer says so, however many more are called like that issuer."""
    named_alike = [party("root", ca=True, key=IMPOSTOR.key, begins=NOW - more) for more in range(500)]
    told = given(ROOT, crls=(REVOKING["indirect list"], crl(ROOT, {SIGNER: NOW - 1})))
    asked = replace(terms(anchor(SIGNER, Purpose.SIGNER), at=NOW + 60), evidence=told)
    for several in (0, 500):
        report = validate(signature(SIGNER, evidence(*named_alike[:several])), asked)
        assert report.sub_indication is SubIndication.REVOKED_NO_POE


def test_responder_that_was_given_is_found_among_others_of_its_name() -> None:
    """RFC 6960 section 4.2.1: the name of a responder is no proof, and anybody can use it."""
    responder = party("responder", ROOT, purposes=(OCSP_SIGNING,), extensions=(x509.OCSPNoCheck(),))
    named_alike = [party("responder", key=IMPOSTOR.key, begins=NOW - more) for more in range(64)]
    revoking = answer(SIGNER, ROOT, responder, revoked=NOW - 1, by_name=True)
    asked = replace(terms(anchor(ROOT), at=NOW + 60), evidence=given(responder, ocsps=(revoking,)))
    for several in (0, 64):
        carried = evidence(*named_alike[:several], crls=(BASE,))
        assert validate(signature(SIGNER, carried), asked).sub_indication is SubIndication.REVOKED_NO_POE
