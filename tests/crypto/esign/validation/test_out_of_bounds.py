"""What is said of a certificate outside of its period: EN 319 102-1 clauses 5.2.6 and 5.5.4, table 6."""

from dataclasses import replace

import pytest
from cryptography import x509
from tests.crypto.esign.validation.pki import (
    DAY,
    NOW,
    OCSP_SIGNING,
    TIME_STAMPING,
    Party,
    anchor,
    answer,
    crl,
    evidence,
    party,
    signature,
    stamped,
    terms,
)

from rogatory_crypto.esign.evidence import Evidence
from rogatory_crypto.esign.found import FoundTimestamp
from rogatory_crypto.esign.report import Origin, SignatureReport
from rogatory_crypto.esign.trust.anchor import Purpose
from rogatory_crypto.esign.validation.signature import validate
from rogatory_crypto.esign.verdict import Indication, SubIndication

PASSES, FAILS, UNSURE = Indication.TOTAL_PASSED, Indication.TOTAL_FAILED, Indication.INDETERMINATE
UNKNOWN, KNOWN = SubIndication.OUT_OF_BOUNDS_NO_POE, SubIndication.OUT_OF_BOUNDS_NOT_REVOKED
END = NOW + 10 * DAY
AFTER = END + 30 * DAY
ROOT = party("root", ca=True)
CA = party("ca", ROOT, ca=True)
BRIEF = party("signer", CA, ends=END)
TSA = party("tsa", ROOT, purposes=(TIME_STAMPING,))
ABOVE = crl(ROOT, issued=NOW, next_update=AFTER + 30 * DAY)


def check(
    held: Evidence,
    *stamps: FoundTimestamp,
    signer: Party = BRIEF,
    at: int = AFTER,
    pinned: bool = False,
    revocation: bool = True,
) -> SignatureReport:
    trusted = (anchor(ROOT), *((anchor(signer, Purpose.SIGNER),) if pinned else ()))
    asked = terms(*trusted, at=at, revocation=revocation)
    return validate(signature(signer, held, *stamps, claimed=None), asked)


def words(report: SignatureReport) -> tuple[Indication, SubIndication | None]:
    return report.indication, report.sub_indication


def test_known_until_its_end_not_to_be_revoked() -> None:
    current = crl(CA, issued=NOW, next_update=END + DAY)
    report = check(evidence(CA, crls=(ABOVE, current)))
    assert words(report) == (UNSURE, KNOWN)
    assert "was not revoked" in report.sentence
    assert words(check(evidence(CA, crls=(ABOVE, current)), revocation=False)) == (UNSURE, KNOWN)


@pytest.mark.parametrize(
    "held",
    [
        evidence(CA),
        evidence(CA, crls=(ABOVE,)),
        evidence(CA, crls=(ABOVE, crl(CA, issued=NOW, next_update=END - DAY))),
        evidence(CA, crls=(ABOVE, crl(CA, issued=END + DAY))),
    ],
    ids=["nothing", "of the issuer alone", "until before its end", "from after its end, which forgets"],
)
def test_what_does_not_reach_its_end_proves_nothing_of_it(held: Evidence) -> None:
    assert words(check(held)) == (UNSURE, UNKNOWN)


def test_data_of_after_its_end_that_keep_what_expired_speak_of_it() -> None:
    """RFC 6960 section 4.4.4 and X.509 expiredCertsOnCRL."""
    kept = x509.UnrecognizedExtension(x509.ObjectIdentifier("2.5.29.60"), b"\x18\x0f20200101000000Z")
    keeping = crl(CA, issued=END + DAY, extensions=((kept, False),))
    assert words(check(evidence(CA, crls=(ABOVE, keeping)))) == (UNSURE, KNOWN)


def test_revoked_within_its_period_is_said_first() -> None:
    gone = crl(CA, {BRIEF: NOW + DAY}, issued=NOW + 2 * DAY, next_update=END + DAY)
    report = check(evidence(CA, crls=(ABOVE, gone)))
    assert words(report) == (UNSURE, SubIndication.REVOKED_NO_POE)


def test_an_authority_that_ended_before_is_not_known() -> None:
    brief_ca = party("brief ca", ROOT, ca=True, ends=END - DAY)
    signer = party("below", brief_ca, ends=END)
    held = evidence(brief_ca, crls=(ABOVE, crl(brief_ca, issued=NOW, next_update=END + DAY)))
    assert words(check(held, signer=signer)) == (UNSURE, UNKNOWN)


def test_not_yet_valid_is_out_of_bounds_too_and_fails_where_it_is_proven() -> None:
    """Clause 5.5.4, NOT_YET_VALID."""
    late = party("signer", CA, begins=NOW + DAY)
    held = evidence(CA, crls=(ABOVE, crl(CA, issued=NOW + 2 * DAY)))
    assert words(check(held, signer=late, at=NOW)) == (UNSURE, KNOWN)
    assert words(check(evidence(CA, crls=(ABOVE,)), signer=late, at=NOW)) == (UNSURE, UNKNOWN)
    assert words(check(held, stamped(TSA, NOW), signer=late)) == (FAILS, SubIndication.NOT_YET_VALID)


def test_a_time_stamp_within_the_period_proves_that_it_was_valid() -> None:
    held = evidence(CA, crls=(ABOVE, crl(CA, issued=NOW + 60)))
    assert check(held, stamped(TSA, NOW)).indication is PASSES


def test_a_time_stamp_after_the_period_proves_nothing_of_it() -> None:
    held = evidence(CA, crls=(ABOVE, crl(CA, issued=NOW, next_update=END + DAY)))
    report = check(held, stamped(TSA, END + DAY))
    assert words(report) == (UNSURE, KNOWN)
    assert report.best_signature_time == END + DAY


def test_a_pinned_signer_has_nobody_to_say_that_it_was_not_revoked() -> None:
    alone = party("alone", ends=END)
    assert words(check(evidence(), signer=alone, pinned=True)) == (UNSURE, UNKNOWN)


def test_an_answer_by_a_responder_that_has_expired_since_needs_proof_of_its_age() -> None:
    """Table 6, REVOCATION_OUT_OF_BOUNDS_NO_POE; what the document carries was kept when it was signed."""
    responder = party(
        "responder", CA, purposes=(OCSP_SIGNING,), ends=NOW + DAY, extensions=(x509.OCSPNoCheck(),)
    )
    signer = party("signer", CA)
    good, bad = answer(signer, CA, responder), answer(signer, CA, responder, revoked=NOW - DAY)

    def asked(held: Evidence, said: object, at: int, origin: Origin) -> SignatureReport:
        own = replace(evidence(ocsps=(said,)), origin=origin)
        given = own if origin is Origin.GIVEN else evidence()
        carried = held + own if origin is Origin.DOCUMENT else held
        found = signature(signer, carried, stamped(TSA, NOW))
        return validate(found, replace(terms(anchor(ROOT), at=at), evidence=given))

    held = evidence(CA, responder, crls=(ABOVE,))
    assert asked(held, good, AFTER, Origin.DOCUMENT).indication is PASSES
    assert asked(held, good, NOW + DAY, Origin.GIVEN).indication is PASSES
    report = asked(held, good, AFTER, Origin.GIVEN)
    assert words(report) == (UNSURE, SubIndication.REVOCATION_OUT_OF_BOUNDS_NO_POE)
    # Who says that it was revoked is heard all the same.
    assert words(asked(held, bad, AFTER, Origin.GIVEN)) == (UNSURE, SubIndication.REVOKED_NO_POE)
