"""What is given beside a document helps as what it carries does; it is no trust, and of no proven age."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from tests.crypto.esign.validation.pki import (
    DAY,
    NOW,
    OCSP_SIGNING,
    TIME_STAMPING,
    YEAR,
    Party,
    anchor,
    answer,
    crl,
    evidence,
    key_of,
    party,
    signature,
    stamped,
    terms,
)

from rogatory_crypto.esign.evidence import NOTHING, Evidence
from rogatory_crypto.esign.found import FoundTimestamp, TimestampKind
from rogatory_crypto.esign.given_evidence import read_evidence
from rogatory_crypto.esign.report import Origin, SignatureReport
from rogatory_crypto.esign.validation.signature import validate
from rogatory_crypto.esign.verdict import Indication, Role, SubIndication

PASSES, UNSURE = Indication.TOTAL_PASSED, Indication.INDETERMINATE
UNPROVEN = SubIndication.CERTIFICATE_CHAIN_GENERAL_FAILURE
END = NOW + 9 * YEAR
LATE = NOW + 4 * YEAR
ROOT = party("root", ca=True, ends=END)
CA = party("ca", ROOT, ca=True, ends=END)
SIGNER = party("signer", CA, ends=END)
TSA = party("tsa", ROOT, purposes=(TIME_STAMPING,), ends=END)
STAMPED = stamped(TSA, NOW)
ARCHIVED = stamped(TSA, NOW + DAY, TimestampKind.ARCHIVE)


def given(*parties: Party, crls: Sequence[Any] = (), ocsps: Sequence[Any] = ()) -> Evidence:
    held = evidence(*parties, crls=crls, ocsps=ocsps)
    return read_evidence([each.dump() for each in (*held.certificates, *held.crls, *held.ocsps)])


def check(
    beside: Evidence,
    carried: Evidence = NOTHING,
    *stamps: FoundTimestamp,
    at: int = NOW + DAY,
    trusted: Party = ROOT,
    signer: Party = SIGNER,
) -> SignatureReport:
    found = signature(signer, carried, *(stamps or (STAMPED,)))
    return validate(found, replace(terms(anchor(trusted), at=at), evidence=beside))


def words(report: SignatureReport) -> tuple[Indication, SubIndication | None]:
    return report.indication, report.sub_indication


def test_what_is_given_completes_chain_and_proof_of_signer_and_time_stamp() -> None:
    report = check(given(CA, crls=(crl(ROOT), crl(CA))))
    assert report.indication is PASSES
    assert report.best_signature_time == NOW
    assert {each.origin for each in report.revocation} == {Origin.GIVEN}
    assert {each.origin for each in report.timestamps[0].revocation} == {Origin.GIVEN}
    assert check(NOTHING).sub_indication is SubIndication.NO_CERTIFICATE_CHAIN_FOUND
    unproven = check(given(CA))
    assert words(unproven) == (UNSURE, UNPROVEN)
    assert unproven.best_signature_time is None


def test_what_the_document_carries_too_is_the_documents() -> None:
    lists = (crl(ROOT), crl(CA))
    report = check(given(CA, crls=lists), evidence(CA, crls=lists))
    assert {each.origin for each in report.revocation} == {Origin.DOCUMENT}


def test_a_certificate_that_is_given_ends_no_chain() -> None:
    """Neither the root nor the signer's own, which would be trusted if they were given as trusted."""
    other = party("other root", ca=True)
    held = given(ROOT, CA, SIGNER, TSA, crls=(crl(ROOT), crl(CA)))
    report = check(held, trusted=other)
    assert words(report) == (UNSURE, SubIndication.NO_CERTIFICATE_CHAIN_FOUND)
    assert report.trust_anchor is None
    assert report.timestamps[0].indication is UNSURE


@pytest.mark.parametrize("forger", [party("forger", ca=True), SIGNER, TSA], ids=["unknown", "signer", "tsa"])
def test_a_list_in_the_issuers_name_by_another_key_proves_nothing(forger: Party) -> None:
    report = check(given(CA, crls=(crl(ROOT), crl(CA, signed_by=forger))))
    assert words(report) == (UNSURE, UNPROVEN)


def test_a_list_of_another_issuer_proves_nothing() -> None:
    another = party("another root", ca=True)
    twin = party("ca", another, ca=True, key=key_of("twin"))
    for other in (twin, another, ROOT):
        held = given(CA, twin, another, crls=(crl(ROOT), crl(other), crl(another)))
        assert words(check(held)) == (UNSURE, UNPROVEN)


def test_an_answer_by_a_responder_whom_nobody_trusts_proves_nothing() -> None:
    for responder in (party("responder", purposes=(OCSP_SIGNING,)), party("responder", ROOT)):
        said = answer(SIGNER, CA, responder, carried=(responder,))
        report = check(given(CA, responder, crls=(crl(ROOT),), ocsps=(said,)))
        assert words(report) == (UNSURE, UNPROVEN)
        assert report.missing is not None
        assert report.missing.role is Role.REVOCATION


def test_a_revocation_that_is_given_counts_whatever_the_document_carries() -> None:
    good = evidence(CA, crls=(crl(ROOT), crl(CA)))
    revoked = given(crls=(crl(CA, {SIGNER: NOW - DAY}, issued=NOW + 2 * DAY),))
    assert check(NOTHING, good).indication is PASSES
    assert words(check(revoked, good)) == (UNSURE, SubIndication.REVOKED_NO_POE)


def test_a_document_cannot_crowd_out_what_was_given() -> None:
    junk = [crl(CA, issued=NOW + number, signed_by=SIGNER) for number in range(300)]
    answers = [answer(SIGNER, CA, SIGNER, issued=NOW + number) for number in range(300)]
    names = [party("ca", begins=NOW - YEAR + number, key=key_of("forger")) for number in range(100)]
    carried = evidence(*names, CA, crls=(*junk, crl(ROOT)), ocsps=answers)
    revoked = given(CA, crls=(crl(ROOT), crl(CA, {SIGNER: NOW - DAY})))
    assert check(revoked, carried).indication is UNSURE
    by_answer = answer(SIGNER, CA, CA, revoked=NOW - DAY)
    assert words(check(given(CA, crls=(crl(ROOT),), ocsps=(by_answer,)), carried)) == (
        UNSURE,
        SubIndication.REVOKED_NO_POE,
    )


@pytest.mark.parametrize("by_name", [True, False])
def test_a_document_cannot_crowd_out_the_responder_that_was_given(*, by_name: bool) -> None:
    responder = party("responder", CA, purposes=(OCSP_SIGNING,), ends=END)
    key = None if by_name else responder.key
    forger = party("forger", ca=True)
    others = [party("responder", forger, begins=NOW - YEAR + each, key=key) for each in range(100)]
    carried = evidence(*others, CA, crls=(crl(ROOT), crl(CA)))
    said = answer(SIGNER, CA, responder, revoked=NOW - DAY, by_name=by_name)
    report = check(given(responder, ocsps=(said,)), carried)
    assert words(report) == (UNSURE, SubIndication.REVOKED_NO_POE)


def test_a_document_cannot_crowd_out_the_issuer_that_was_given() -> None:
    """Whoever is trusted itself may still be known to be revoked, by an issuer that nobody has to trust."""
    others = [party("ca", begins=NOW - YEAR + each, key=key_of("forger")) for each in range(500)]
    revoked = given(CA, crls=(crl(CA, {SIGNER: NOW - DAY}),))
    assert check(NOTHING, evidence(*others), trusted=SIGNER).indication is PASSES
    report = check(revoked, evidence(*others), trusted=SIGNER)
    assert words(report) == (UNSURE, SubIndication.REVOKED_NO_POE)


def test_an_answer_about_many_certificates_is_heard_to_its_end() -> None:
    others = [answer(party(f"other {each}", CA, key=key_of("many")), CA, CA) for each in range(40)]

    def about_all(said: Any) -> None:
        beside = [each["response_bytes"]["response"].parsed["tbs_response_data"] for each in others]
        said["responses"] = [*(each["responses"][0] for each in beside), said["responses"][0]]

    revoked = answer(SIGNER, CA, CA, revoked=NOW - DAY, change=about_all)
    report = check(given(ocsps=(revoked,)), evidence(CA, crls=(crl(ROOT), crl(CA))))
    assert words(report) == (UNSURE, SubIndication.REVOKED_NO_POE)


def test_the_same_evidence_twice_says_what_it_says_once() -> None:
    lists = (crl(ROOT), crl(CA))
    once, twice = given(CA, crls=lists), given(CA, CA, crls=lists * 2)
    assert check(twice) == check(once)
    assert (len(twice.certificates), len(twice.crls)) == (1, 2)


def test_a_long_list_is_read() -> None:
    others = {party(f"number {each}", CA, key=key_of("many")): NOW - DAY for each in range(2000)}
    assert check(given(CA, crls=(crl(ROOT), crl(CA, others)))).indication is PASSES
    revoked = check(given(CA, crls=(crl(ROOT), crl(CA, others | {SIGNER: NOW - DAY}))))
    assert words(revoked) == (UNSURE, SubIndication.REVOKED_NO_POE)


def test_nothing_proves_that_what_is_given_is_old() -> None:
    """EN 319 102-1 clause 5.6.2: a time stamp over the document proves the age of what it carries alone."""
    weak = crl(CA, digest=hashes.SHA224())
    strong = crl(ROOT)
    carried = evidence(CA, crls=(strong, weak))
    assert check(NOTHING, carried, STAMPED, ARCHIVED, at=LATE).indication is PASSES
    report = check(given(crls=(weak,)), evidence(CA, crls=(strong,)), STAMPED, ARCHIVED, at=LATE)
    assert words(report) == (UNSURE, UNPROVEN)
    assert "too weak" in report.reason
    assert check(given(crls=(weak,)), carried, STAMPED, ARCHIVED, at=LATE).indication is PASSES


def test_what_is_given_of_an_issuer_that_has_expired_since_was_not_proven_to_be_older() -> None:
    """EN 319 102-1 clause 5.6.2: an expired key is guarded by nobody, and may date back whatever it signs."""
    old = party("old ca", ROOT, ca=True, ends=NOW + YEAR)
    signer = party("signer of old", old, ends=NOW + YEAR)
    by_list = (crl(ROOT), crl(old)), ()
    stamps = (STAMPED, ARCHIVED)
    by_answer = (crl(ROOT),), (answer(signer, old, old),)
    for crls, ocsps in (by_list, by_answer):
        carried, beside = evidence(old, crls=crls, ocsps=ocsps), given(old, crls=crls, ocsps=ocsps)
        assert check(NOTHING, carried, *stamps, at=LATE, signer=signer).indication is PASSES
        assert check(beside, NOTHING, *stamps, at=NOW + DAY, signer=signer).indication is PASSES
        report = check(beside, evidence(), *stamps, at=LATE, signer=signer)
        assert words(report) == (UNSURE, SubIndication.REVOCATION_OUT_OF_BOUNDS_NO_POE)
        assert "has expired since" in report.reason
    revoked = given(crls=(crl(old, {signer: NOW - DAY}),))
    report = check(revoked, evidence(old, crls=by_list[0]), *stamps, at=LATE, signer=signer)
    assert words(report) == (UNSURE, SubIndication.REVOKED_NO_POE)


def test_an_issuer_that_is_given_was_not_proven_to_exist_while_its_signature_was_strong() -> None:
    """EN 319 102-1 clause 5.2.8: else whoever breaks a digest makes issuers for old signatures."""
    weak = party("weak ca", ROOT, ca=True, ends=END, digest=hashes.SHA224())
    signer = party("signer below", weak, ends=END)
    lists = (crl(ROOT), crl(weak))
    held = check(NOTHING, evidence(weak, crls=lists), STAMPED, ARCHIVED, at=LATE, signer=signer)
    assert held.indication is PASSES
    report = check(given(weak, crls=lists), NOTHING, STAMPED, ARCHIVED, at=LATE, signer=signer)
    assert words(report) == (UNSURE, SubIndication.CRYPTO_CONSTRAINTS_FAILURE_NO_POE)
    assert "given with the check" in report.reason
    assert check(given(weak, crls=lists), at=NOW + DAY, signer=signer).indication is PASSES
