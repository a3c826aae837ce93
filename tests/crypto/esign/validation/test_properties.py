"""What holds of every set of evidence: order says nothing, useless things say nothing, damage never helps."""

from typing import Any

from asn1crypto import cms, crl, ocsp, x509  # type: ignore[import-untyped]
from cryptography import x509 as pyca
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.crypto.esign.validation.pki import (
    DAY,
    NOW,
    OCSP_SIGNING,
    TIME_STAMPING,
    Party,
    anchor,
    answer,
    evidence,
    party,
    signature,
    stamped,
    terms,
)
from tests.crypto.esign.validation.pki import crl as listed

from rogatory_crypto.esign.evidence import Evidence
from rogatory_crypto.esign.found import FoundTimestamp
from rogatory_crypto.esign.report import SignatureReport
from rogatory_crypto.esign.validation.signature import validate
from rogatory_crypto.esign.verdict import Indication

PASSES = Indication.TOTAL_PASSED
ROOT = party("root", ca=True)
OLD = party("old root", ca=True)
CA = party("ca", ROOT, ca=True)
CROSS = party("ca", OLD, ca=True, ends=NOW - DAY)
SIGNER = party("signer", CA)
TSA = party("tsa", ROOT, purposes=(TIME_STAMPING,))
RESPONDER = party("responder", CA, purposes=(OCSP_SIGNING,), extensions=(pyca.OCSPNoCheck(),))
STRANGER = party("stranger", ca=True)
STRANGERS_CA = party("ca", STRANGER, ca=True, key=party("another key").key)
ANCHORS = (anchor(ROOT), anchor(OLD))
TOKEN = stamped(TSA, NOW)
GOOD = answer(SIGNER, CA, RESPONDER)
HELD = answer(
    SIGNER, CA, RESPONDER, revoked=NOW - DAY, issued=NOW + 10, reason=pyca.ReasonFlags.certificate_hold
)
REVOKED = answer(SIGNER, CA, RESPONDER, revoked=NOW - DAY)
ROOT_CRL, CA_CRL, REVOKING = listed(ROOT), listed(CA, issued=NOW + 90), listed(CA, {SIGNER: NOW - DAY})
USELESS = evidence(
    STRANGER,
    STRANGERS_CA,
    party("nobody", STRANGERS_CA),
    CROSS,
    crls=(listed(STRANGER), listed(STRANGERS_CA, {SIGNER: NOW - DAY}), listed(OLD)),
    ocsps=(
        answer(party("nobody", CA), CA, RESPONDER, revoked=NOW - DAY),
        answer(SIGNER, CA, STRANGER, revoked=NOW - DAY),
        answer(SIGNER, STRANGERS_CA, STRANGERS_CA, revoked=NOW - DAY),
    ),
)
quickly = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def check(held: Evidence, *timestamps: FoundTimestamp, signer: Party = SIGNER) -> SignatureReport:
    return validate(signature(signer, held, *timestamps), terms(*ANCHORS))


def said(report: SignatureReport) -> tuple[object, ...]:
    return report.indication, report.sub_indication, report.best_signature_time, report.chain, report.warnings


@quickly
@given(
    certificates=st.permutations((CA, CROSS, RESPONDER, STRANGERS_CA)),
    crls=st.permutations((ROOT_CRL, CA_CRL, listed(OLD))),
    ocsps=st.permutations((GOOD, HELD)),
    revoked=st.booleans(),
)
def test_order_of_evidence_says_nothing(
    certificates: list[Party], crls: list[Any], ocsps: list[Any], *, revoked: bool
) -> None:
    more = [REVOKED] * revoked
    shuffled = check(evidence(*certificates, crls=crls, ocsps=ocsps + more), TOKEN)
    ordered = evidence(
        CA, CROSS, RESPONDER, STRANGERS_CA, crls=(ROOT_CRL, CA_CRL, listed(OLD)), ocsps=[GOOD, HELD, *more]
    )
    assert said(shuffled) == said(check(ordered, TOKEN))
    assert (shuffled.indication is PASSES) is not revoked


@quickly
@given(
    which=st.lists(st.integers(0, 9), max_size=6),
    world=st.sampled_from(((GOOD,), (REVOKED,), ())),
    first=st.booleans(),
)
def test_useless_evidence_says_nothing(which: list[int], world: tuple[Any, ...], *, first: bool) -> None:
    held = evidence(CA, RESPONDER, crls=(ROOT_CRL,), ocsps=world)
    useless = Evidence(
        USELESS.certificates[: len(which)],
        tuple(each for place, each in enumerate(USELESS.crls) if place in which),
        tuple(each for place, each in enumerate(USELESS.ocsps) if place + 3 in which),
    )
    with_useless = check(useless + held if first else held + useless, TOKEN)
    assert said(with_useless) == said(check(held, TOKEN))


def damaged(encoded: bytes, place: int, mask: int) -> bytes:
    place %= len(encoded)
    return encoded[:place] + bytes([encoded[place] ^ mask]) + encoded[place + 1 :]


def loaded(kind: Any, encoded: bytes) -> tuple[Any, ...]:
    """Return what a format would hand over: nothing where it cannot even be loaded."""
    try:
        return (kind.load(encoded),)
    except (ValueError, TypeError):
        return ()


@quickly
@given(place=st.integers(0, 4000), mask=st.integers(1, 255))
def test_no_damaged_byte_makes_a_revoked_certificate_good(place: int, mask: int) -> None:
    answers = loaded(ocsp.OCSPResponse, damaged(REVOKED.dump(), place, mask))
    report = check(evidence(CA, RESPONDER, crls=(ROOT_CRL,), ocsps=answers), TOKEN)
    assert report.indication is not PASSES
    lists = loaded(crl.CertificateList, damaged(REVOKING.dump(), place, mask))
    report = check(evidence(CA, crls=(ROOT_CRL, *lists)), TOKEN)
    assert report.indication is not PASSES


@quickly
@given(place=st.integers(0, 8000), mask=st.integers(1, 255))
def test_no_damaged_byte_makes_a_token_prove_another_time_or_content(place: int, mask: int) -> None:
    held = evidence(CA, RESPONDER, crls=(ROOT_CRL,), ocsps=(GOOD,))
    wrong = stamped(TSA, NOW, covered=b"something else")
    for found in (wrong, TOKEN):
        for token in loaded(cms.SignedData, damaged(found.token.dump(), place, mask)):
            report = check(held, FoundTimestamp(found.kind, token, found.imprint))
            assert report.best_signature_time in ({NOW, None} if found is TOKEN else {None})


@quickly
@given(place=st.integers(0, 4000), mask=st.integers(1, 255))
def test_no_damaged_byte_makes_an_issuer(place: int, mask: int) -> None:
    """A certificate that chains to nobody trusted still does, whatever is done to those around it."""
    foreign = party("signer", STRANGERS_CA)
    for certificate in loaded(x509.Certificate, damaged(STRANGERS_CA.certificate.dump(), place, mask)):
        held = Evidence((certificate,), (ROOT_CRL, listed(STRANGERS_CA)), ())
        assert check(held, TOKEN, signer=foreign).indication is not PASSES


@quickly
@given(place=st.integers(0, 4000), mask=st.integers(1, 255))
def test_damaged_certificate_of_the_signer_never_raises(place: int, mask: int) -> None:
    held = evidence(CA, RESPONDER, crls=(ROOT_CRL,), ocsps=(GOOD,))
    for certificate in loaded(x509.Certificate, damaged(SIGNER.certificate.dump(), place, mask)):
        found = signature(SIGNER, held, TOKEN)
        changed = type(found)(
            **{name: getattr(found, name) for name in found.__slots__} | {"signer": certificate}
        )
        assert validate(changed, terms(*ANCHORS)).indication in Indication
