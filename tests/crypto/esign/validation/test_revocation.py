"""Who may say that a certificate was not revoked, and as of when: RFC 5280 section 6.3, RFC 6960."""

from typing import Any

import pytest
from asn1crypto import core, ocsp  # type: ignore[import-untyped]
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
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
    named,
    party,
    signature,
    stamped,
    terms,
    when,
)

from rogatory_crypto.esign.evidence import Evidence
from rogatory_crypto.esign.report import SignatureReport
from rogatory_crypto.esign.trust.anchor import Anchor, Purpose, SourceKind, Window
from rogatory_crypto.esign.validation.revocation import OLDER_REVOCATION_DATA, PINNED
from rogatory_crypto.esign.validation.signature import validate
from rogatory_crypto.esign.verdict import Indication, Role, SubIndication

PASSES, FAILS, UNSURE = Indication.TOTAL_PASSED, Indication.TOTAL_FAILED, Indication.INDETERMINATE
HOLD, STOLEN = x509.ReasonFlags.certificate_hold, x509.ReasonFlags.key_compromise
ROOT = party("root", ca=True)
CA = party("ca", ROOT, ca=True)
SIGNER = party("signer", CA)
TSA = party("tsa", ROOT, purposes=(TIME_STAMPING,))
RESPONDER = party("responder", CA, purposes=(OCSP_SIGNING,), extensions=(x509.OCSPNoCheck(),))
LOCAL = party("local responder", ca=False, purposes=(OCSP_SIGNING,))
ROOT_CRL = crl(ROOT)
REFUSED = SubIndication.CERTIFICATE_CHAIN_GENERAL_FAILURE


def scope(
    *,
    place: list[x509.GeneralName] | None = None,
    users: bool = False,
    authorities: bool = False,
    indirect: bool = False,
    reasons: tuple[x509.ReasonFlags, ...] = (),
) -> x509.ExtensionType:
    return x509.IssuingDistributionPoint(
        full_name=place,
        relative_name=None,
        only_contains_user_certs=users,
        only_contains_ca_certs=authorities,
        only_some_reasons=frozenset(reasons) or None,
        indirect_crl=indirect,
        only_contains_attribute_certs=False,
    )


def check(
    held: Evidence, *more: Anchor, signer: Party = SIGNER, root: Anchor | None = None
) -> SignatureReport:
    found = signature(signer, held, stamped(TSA, NOW))
    return validate(found, terms(root or anchor(ROOT), *more))


def with_answers(*ocsps: object, crls: tuple[object, ...] = ()) -> Evidence:
    return evidence(CA, RESPONDER, crls=(ROOT_CRL, *crls), ocsps=ocsps)


def test_nothing_said_is_not_good() -> None:
    report = check(evidence(CA, crls=(ROOT_CRL,)))
    assert (report.indication, report.sub_indication) == (UNSURE, REFUSED)
    assert "signer" in report.reason


def test_every_certificate_below_the_anchor_needs_its_own_answer() -> None:
    """An answer on the signer says nothing of who issued its certificate."""
    good = answer(SIGNER, CA, RESPONDER)
    report = validate(signature(SIGNER, evidence(CA, RESPONDER, ocsps=(good,))), terms(anchor(ROOT), at=NOW))
    assert (report.indication, report.sub_indication) == (UNSURE, REFUSED)
    assert " ca" in report.reason
    assert check(with_answers(good)).indication is PASSES


def test_revoked_authority_is_told_apart() -> None:
    held = evidence(CA, crls=(crl(ROOT, {CA: NOW - DAY}), crl(CA)))
    report = check(held)
    assert (report.indication, report.sub_indication) == (UNSURE, SubIndication.REVOKED_CA_NO_POE)


@pytest.mark.parametrize("responder", [CA, RESPONDER], ids=["the issuer", "one it certified"])
def test_issuer_and_whom_it_certified_may_answer(responder: Party) -> None:
    """RFC 6960 section 4.2.2.2, cases 2 and 3."""
    assert check(with_answers(answer(SIGNER, CA, responder))).indication is PASSES
    revoked = check(with_answers(answer(SIGNER, CA, responder, revoked=NOW - 1)))
    assert revoked.sub_indication is SubIndication.REVOKED_NO_POE


def test_responder_is_found_by_its_name_as_by_its_key() -> None:
    """RFC 6960 section 4.2.1, ResponderID."""
    for held in ((RESPONDER,), ()):
        named_one = answer(SIGNER, CA, RESPONDER, by_name=True, carried=() if held else (RESPONDER,))
        report = check(evidence(CA, *held, crls=(ROOT_CRL,), ocsps=(named_one,)))
        assert report.indication is PASSES


@pytest.mark.parametrize(
    "responder",
    [
        party("responder", CA, extensions=(x509.OCSPNoCheck(),)),
        party("responder", ROOT, purposes=(OCSP_SIGNING,), extensions=(x509.OCSPNoCheck(),)),
        party("responder", CA, purposes=(OCSP_SIGNING,), ends=NOW - DAY, extensions=(x509.OCSPNoCheck(),)),
        party("responder", CA, purposes=(OCSP_SIGNING,)),
        LOCAL,
        SIGNER,
    ],
    ids=["not for it", "another issuer's", "expired", "may be revoked", "unknown", "about itself"],
)
def test_nobody_else_may_answer(responder: Party) -> None:
    """RFC 6960 section 4.2.2.2; without ocsp-nocheck a responder has to be shown not revoked (4.2.2.2.1)."""
    root = anchor(ROOT, Purpose.ISSUER, Purpose.TIMESTAMP)
    held = evidence(
        CA, responder, crls=(ROOT_CRL,), ocsps=(answer(SIGNER, CA, responder, carried=(responder,)),)
    )
    report = check(held, root=root)
    assert (report.indication, report.sub_indication) == (UNSURE, REFUSED)


def test_responder_that_may_be_revoked_counts_when_shown_not_to_be() -> None:
    asked = party("responder", CA, purposes=(OCSP_SIGNING,))
    good = answer(SIGNER, CA, asked, carried=(asked,))
    held = evidence(CA, crls=(ROOT_CRL, crl(CA, issued=NOW + 90)), ocsps=(good,))
    assert check(held).indication is PASSES
    # Nobody vouches for himself.
    about_itself = answer(asked, CA, asked, carried=(asked,), issued=NOW + 90)
    assert check(evidence(CA, crls=(ROOT_CRL,), ocsps=(good, about_itself))).indication is UNSURE


@pytest.mark.parametrize(
    ("entry", "passes"),
    [
        (anchor(LOCAL, Purpose.OCSP), True),
        (anchor(LOCAL, Purpose.OCSP, windows=(Window(until=NOW),)), False),
        (anchor(LOCAL, Purpose.TIMESTAMP), False),
        (anchor(LOCAL, Purpose.SIGNER), False),
    ],
)
def test_locally_trusted_responder_answers_for_exactly_what_it_says(entry: Anchor, *, passes: bool) -> None:
    """RFC 6960 section 4.2.2.2, case 1; a trusted list's Certstatus/OCSP service."""
    held = evidence(CA, LOCAL, crls=(ROOT_CRL,), ocsps=(answer(SIGNER, CA, LOCAL),))
    assert (check(held, entry).indication is PASSES) is passes
    # It said nothing of the authority: that one still needs its own proof.
    alone = evidence(CA, LOCAL, ocsps=(answer(SIGNER, CA, LOCAL),))
    assert check(alone, entry).indication is UNSURE
    revoked = evidence(CA, LOCAL, crls=(ROOT_CRL,), ocsps=(answer(SIGNER, CA, LOCAL, revoked=NOW - 1),))
    assert (check(revoked, entry).sub_indication is SubIndication.REVOKED_NO_POE) is passes


def test_responder_that_is_not_trusted_is_named_as_what_is_missing() -> None:
    held = evidence(CA, LOCAL, crls=(ROOT_CRL,), ocsps=(answer(SIGNER, CA, LOCAL),))
    missing = check(held).missing
    assert missing is not None
    assert (missing.role, missing.issuer) == (Role.REVOCATION, "CN=local responder")


@pytest.mark.parametrize(("territory", "passes"), [("XA", True), ("XA_T", True), ("XB", False)])
def test_responder_on_one_state_s_list_does_not_answer_for_another_s(territory: str, *, passes: bool) -> None:
    root = anchor(ROOT, Purpose.ISSUER, Purpose.TIMESTAMP, kind=SourceKind.TRUSTED_LIST, territory="XA")
    entry = anchor(LOCAL, Purpose.OCSP, kind=SourceKind.TRUSTED_LIST, territory=territory)
    held = evidence(CA, LOCAL, crls=(ROOT_CRL,), ocsps=(answer(SIGNER, CA, LOCAL),))
    assert (check(held, entry, root=root).indication is PASSES) is passes


def test_responder_certified_by_who_is_trusted_for_answers_counts() -> None:
    """Case 1 again: the local configuration names an authority instead of the responder."""
    other = party("other root", ca=True)
    theirs = party("theirs", other, purposes=(OCSP_SIGNING,), extensions=(x509.OCSPNoCheck(),))
    held = evidence(CA, theirs, crls=(ROOT_CRL,), ocsps=(answer(SIGNER, CA, theirs),))
    assert check(held, anchor(other, Purpose.OCSP)).indication is PASSES
    assert check(held, anchor(other, Purpose.ISSUER)).indication is UNSURE


@pytest.mark.parametrize(
    ("issued", "next_update", "indication", "warned"),
    [
        (NOW, NOW + DAY, PASSES, False),
        (NOW + 9 * DAY, None, PASSES, False),
        (NOW - 60, NOW + DAY, PASSES, True),
        (NOW - 60, None, UNSURE, False),
        (NOW - 2 * DAY, NOW - DAY, UNSURE, False),
        (NOW - 2 * DAY, None, UNSURE, False),
    ],
)
def test_freshness_is_that_of_the_proven_time_never_of_now(
    issued: int, next_update: int | None, indication: Indication, *, warned: bool
) -> None:
    """EN 319 102-1 clause 5.2.5.4; an answer that names no successor speaks for its instant alone."""
    held = with_answers(answer(SIGNER, CA, RESPONDER, issued=issued, next_update=next_update))
    report = validate(signature(SIGNER, held, stamped(TSA, NOW)), terms(anchor(ROOT), at=NOW + YEAR - DAY))
    assert report.indication is indication
    assert (OLDER_REVOCATION_DATA in report.warnings) is warned
    if indication is UNSURE:
        assert report.sub_indication is SubIndication.TRY_LATER


def test_hold_can_be_taken_back_and_nothing_else_can() -> None:
    """RFC 5280 section 5.3.1: only certificateHold is reversible."""
    held = answer(SIGNER, CA, RESPONDER, revoked=NOW - DAY, reason=HOLD, issued=NOW + 10)
    stolen = answer(SIGNER, CA, RESPONDER, revoked=NOW - DAY, reason=STOLEN, issued=NOW + 10)
    good = answer(SIGNER, CA, RESPONDER, issued=NOW + 20)
    older = answer(SIGNER, CA, RESPONDER, issued=NOW + 5)
    assert check(with_answers(held, good)).indication is PASSES
    for told in ((held,), (held, older), (stolen, good), (good, stolen)):
        assert check(with_answers(*told)).sub_indication is SubIndication.REVOKED_NO_POE
    listed = crl(CA, {SIGNER: NOW - DAY}, issued=NOW + 10, reason=HOLD)
    assert check(with_answers(crls=(listed,))).sub_indication is SubIndication.REVOKED_NO_POE
    assert check(with_answers(crls=(listed, crl(CA, issued=NOW + 20)))).indication is PASSES


def test_answer_from_after_the_certificate_expired_proves_nothing_unless_it_remembers() -> None:
    """RFC 6960 section 4.4.4 (archive cutoff) and X.509 expiredCertsOnCRL."""
    brief = party("signer", CA, ends=NOW + 30)
    assert (
        check(with_answers(answer(brief, CA, RESPONDER, issued=NOW + 60)), signer=brief).indication is UNSURE
    )
    assert check(with_answers(crls=(crl(CA, issued=NOW + 60),)), signer=brief).indication is UNSURE
    since = core.GeneralizedTime("20200101000000Z").dump()
    keeps = x509.UnrecognizedExtension(x509.ObjectIdentifier("2.5.29.60"), since)
    remembers = crl(CA, issued=NOW + 60, extensions=((keeps, False),))
    assert check(with_answers(crls=(remembers,)), signer=brief).indication is PASSES


@pytest.mark.parametrize(
    ("name", "value", "critical", "passes"),
    [
        ("archive_cutoff", core.GeneralizedTime(when(NOW - YEAR)), False, True),
        ("archive_cutoff", core.GeneralizedTime(when(NOW + 45)), False, False),
        ("1.2.3.4", core.Null(), True, False),
    ],
)
def test_extensions_of_an_answer_are_heeded(name: str, value: Any, *, critical: bool, passes: bool) -> None:
    """RFC 6960 sections 4.4 and 4.4.4."""
    brief = party("signer", CA, ends=NOW + 30)
    encoded = core.ParsableOctetString(value.dump())

    def extend(signed: Any) -> None:
        extension = {"extn_id": name, "critical": critical, "extn_value": encoded}
        signed["responses"][0]["single_extensions"] = [ocsp.SingleResponseExtension(extension)]

    told = answer(brief, CA, RESPONDER, issued=NOW + 60, change=extend)
    assert (check(with_answers(told), signer=brief).indication is PASSES) is passes


def test_answer_from_before_the_certificate_was_issued_is_about_another() -> None:
    fresh = party("signer", CA, begins=NOW - 30)
    told = answer(fresh, CA, RESPONDER, issued=NOW - 60, next_update=NOW + DAY)
    assert check(with_answers(told), signer=fresh).indication is UNSURE
    assert check(with_answers(crls=(crl(CA, issued=NOW - 60),)), signer=fresh).indication is UNSURE


@pytest.mark.parametrize(
    ("mine", "theirs", "passes"),
    [("a", "a", True), ("a", "b", False), (None, "a", False), ("a", None, True)],
)
def test_list_for_a_distribution_point_is_about_certificates_that_name_it(
    mine: str | None, theirs: str | None, *, passes: bool
) -> None:
    """RFC 5280 section 6.3.3 (b)(2)(i)."""

    def place(name: str) -> list[x509.GeneralName]:
        return [x509.UniformResourceIdentifier(f"http://{name}.example/list.crl")]

    points = x509.CRLDistributionPoints([x509.DistributionPoint(place(mine or ""), None, None, None)])
    signer = party("signer", CA, extensions=(points,) if mine else ())
    partition = (scope(place=place(theirs)),) if theirs else ()
    told = crl(CA, extensions=[(each, True) for each in partition])
    assert (check(with_answers(crls=(told,)), signer=signer).indication is PASSES) is passes


@pytest.mark.parametrize(("users", "authorities", "passes"), [(True, False, True), (False, True, False)])
def test_list_for_a_kind_of_certificates_is_about_no_other(
    *, users: bool, authorities: bool, passes: bool
) -> None:
    """RFC 5280 section 6.3.3 (b)(2)(ii) and (iii)."""
    told = crl(CA, extensions=((scope(users=users, authorities=authorities), True),))
    assert (check(with_answers(crls=(told,))).indication is PASSES) is passes
    above = crl(ROOT, extensions=((scope(users=users, authorities=authorities), True),))
    held = evidence(CA, crls=(above, crl(CA)))
    report = validate(signature(SIGNER, held), terms(anchor(ROOT), at=NOW + 60))
    assert (report.indication is PASSES) is not passes


def test_revoked_answer_counts_whenever_it_was_given() -> None:
    brief = party("signer", CA, ends=NOW + 30)
    revoked = answer(brief, CA, RESPONDER, revoked=NOW - 5, issued=NOW + 60)
    assert check(with_answers(revoked), signer=brief).sub_indication is SubIndication.REVOKED_NO_POE


@pytest.mark.parametrize(
    "about", [party("other", CA), party("signer", ROOT)], ids=["another", "another issuer's"]
)
def test_answer_on_another_certificate_says_nothing(about: Party) -> None:
    issuer = CA if about.encoded.issuer == CA.encoded.subject else ROOT
    report = check(with_answers(answer(about, issuer, issuer)))
    assert (report.indication, report.sub_indication) == (UNSURE, REFUSED)


def test_unknown_is_not_good() -> None:
    report = check(with_answers(answer(SIGNER, CA, RESPONDER, unknown=True)))
    assert (report.indication, report.sub_indication) == (UNSURE, REFUSED)


def test_list_signed_by_another_or_about_others_says_nothing() -> None:
    point = scope(authorities=True)
    for useless in (crl(CA, signed_by=ROOT), crl(ROOT), crl(CA, extensions=((point, True),))):
        report = check(with_answers(crls=(useless,)))
        assert (report.indication, report.sub_indication) == (UNSURE, REFUSED)
    odd = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\x05\x00")
    assert check(with_answers(crls=(crl(CA, extensions=((odd, True),)),))).indication is UNSURE
    assert check(with_answers(crls=(crl(CA, extensions=((odd, False),)),))).indication is PASSES


def test_delta_outweighs_the_list_it_is_to() -> None:
    """RFC 5280 section 5.2.4: what is on the delta counts although the complete list does not know it."""
    place = x509.UniformResourceIdentifier("http://lists.example/delta.crl")
    freshest = x509.FreshestCRL([x509.DistributionPoint([place], None, None, None)])
    base = crl(CA, issued=NOW + 10, extensions=((freshest, False), (x509.CRLNumber(1), False)))
    numbers = ((x509.DeltaCRLIndicator(1), True), (x509.CRLNumber(2), False))
    delta = crl(CA, {SIGNER: NOW - 1}, issued=NOW + 20, extensions=numbers)
    assert check(with_answers(crls=(base,))).indication is PASSES
    report = check(with_answers(crls=(base, delta)))
    assert report.sub_indication is SubIndication.REVOKED_NO_POE
    assert check(with_answers(crls=(delta,))).indication is UNSURE


def test_lists_for_some_reasons_count_when_together_they_cover_all() -> None:
    """RFC 5280 section 6.3.3 (d) and (l)."""
    every = [each for each in x509.ReasonFlags if each.value not in {"unspecified", "removeFromCRL"}]
    first = crl(CA, extensions=((scope(reasons=tuple(every[:4])), True),))
    second = crl(CA, extensions=((scope(reasons=tuple(every[4:])), True),))
    assert check(with_answers(crls=(first, second))).indication is PASSES
    assert check(with_answers(crls=(first,))).indication is UNSURE


def test_indirect_list_of_an_issuer_named_in_the_certificate_counts() -> None:
    """RFC 5280 section 6.3.3 (b) and (f): the library's part."""
    lister = party("lister", CA, usage="ca")
    point = x509.CRLDistributionPoints(
        [
            x509.DistributionPoint(
                full_name=None,
                relative_name=None,
                reasons=None,
                crl_issuer=[x509.DirectoryName(lister.encoded.subject)],
            )
        ]
    )
    signer = party("signer", CA, extensions=(point,))
    listed = crl(lister, extensions=((scope(indirect=True), True),))
    held = evidence(CA, lister, crls=(ROOT_CRL, listed, crl(CA)))
    by_answer = evidence(CA, lister, crls=(ROOT_CRL, listed), ocsps=(answer(lister, CA, CA),))
    assert check(held, signer=signer).indication is PASSES
    assert check(by_answer, signer=signer).indication is PASSES
    # The lister must have stood itself, and the issuer's own list is not the one the certificate names.
    assert check(evidence(CA, lister, crls=(ROOT_CRL, listed)), signer=signer).indication is UNSURE
    assert check(evidence(CA, crls=(ROOT_CRL, crl(CA))), signer=signer).indication is UNSURE


def test_answers_are_judged_by_algorithm_as_well() -> None:
    short = ec.generate_private_key(ec.SECP224R1())
    weak = party("responder", CA, purposes=(OCSP_SIGNING,), key=short, extensions=(x509.OCSPNoCheck(),))
    report = check(with_answers(answer(SIGNER, CA, weak, carried=(weak,))))
    assert (report.indication, report.sub_indication) == (UNSURE, REFUSED)
    assert "EC with 224 bits" in report.reason


def test_pinned_signer_is_not_asked_about_and_the_reader_is_told() -> None:
    """RFC 5280 section 6.1: what is trusted itself has no issuer who could revoke it."""
    report = validate(
        signature(SIGNER, evidence(), stamped(TSA, NOW)), terms(anchor(SIGNER, Purpose.SIGNER), at=NOW)
    )
    assert report.indication is PASSES
    assert PINNED in report.warnings


@pytest.mark.parametrize("pinned", [True, False])
def test_revocation_at_hand_counts_although_nobody_asked_for_proof(*, pinned: bool) -> None:
    """What is trusted itself, or not asked about, needs no proof; proof of the contrary still counts."""
    entry = anchor(SIGNER, Purpose.SIGNER) if pinned else anchor(ROOT)
    asked = terms(entry, at=NOW, revocation=pinned)
    revoking, forged = crl(CA, {SIGNER: NOW - 1}), crl(CA, {SIGNER: NOW - 1}, signed_by=ROOT)
    answering = answer(SIGNER, CA, CA, revoked=NOW - 1)
    for held in (evidence(CA, crls=(revoking,)), evidence(CA, ocsps=(answering,))):
        report = validate(signature(SIGNER, held), asked)
        assert (report.indication, report.sub_indication) == (UNSURE, SubIndication.REVOKED_NO_POE)
    for held in (evidence(CA), evidence(CA, crls=(crl(CA),)), evidence(CA, crls=(forged,))):
        assert validate(signature(SIGNER, held), asked).indication is PASSES


def test_time_stamping_unit_as_anchor_needs_no_answer() -> None:
    other = party("tsa", purposes=(TIME_STAMPING,))
    held = evidence(CA, crls=(ROOT_CRL, crl(CA)))
    found = signature(SIGNER, held, stamped(other, NOW))
    report = validate(found, terms(anchor(ROOT), anchor(other, Purpose.TIMESTAMP)))
    assert (report.indication, report.best_signature_time) == (PASSES, NOW)


def test_time_stamp_of_a_unit_revoked_before_newer_proof_proves_nothing() -> None:
    """EN 319 102-1 clause 5.4: a stolen key makes tokens of any date."""
    held = evidence(CA, crls=(crl(ROOT, {TSA: NOW + 30}), crl(CA)))
    report = check(held)
    assert report.timestamps[0].sub_indication is SubIndication.REVOKED_NO_POE
    assert report.best_signature_time is None


def test_names_do_not_stand_for_keys() -> None:
    """A list in the issuer's name under another key is nobody's."""
    impostor = party("ca", ca=True, key=party("impostor").key)
    report = check(with_answers(crls=(crl(impostor),)))
    assert (report.indication, report.sub_indication) == (UNSURE, REFUSED)
    assert named("ca") == impostor.encoded.subject
