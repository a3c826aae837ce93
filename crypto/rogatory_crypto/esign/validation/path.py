"""Judges a certificate for one use: chain, anchor, period, purpose, revocation (EN 319 102-1 clause 5.2.6).

Several chains may lead to trust: the best answer counts, and among equals the shortest chain's.
"""

from dataclasses import dataclass, replace
from typing import Final

from rogatory_crypto.esign.asn1_types import UNREADABLE, Certificate
from rogatory_crypto.esign.certificate_summary import anchor_summary, summary
from rogatory_crypto.esign.names import brief
from rogatory_crypto.esign.report import CertificateSummary, RevocationData, TrustAnchor
from rogatory_crypto.esign.trust.anchor import Anchor, Purpose, SourceKind
from rogatory_crypto.esign.validation.algorithms import judge_given
from rogatory_crypto.esign.validation.candidates import ISSUERS, THEMSELVES, Candidate, Found, find
from rogatory_crypto.esign.validation.defects import judge_form
from rogatory_crypto.esign.validation.key_purpose import judge_purpose
from rogatory_crypto.esign.validation.known import Known
from rogatory_crypto.esign.validation.missing import nowhere_trusted
from rogatory_crypto.esign.validation.pkix import judge_chain
from rogatory_crypto.esign.validation.revocation import (
    PINNED,
    Revocation,
    judge_known_revocation,
    judge_revocation,
    judge_trusted_itself,
)
from rogatory_crypto.esign.validation.use import Use
from rogatory_crypto.esign.verdict import PASSED, Role, SubIndication, Verdict, indeterminate

ISSUED_OUTSIDE: Final = "the issuer was not yet, or no longer, trusted when it issued the certificate"
_UNDECIDED: Final = indeterminate(SubIndication.POLICY_PROCESSING_ERROR, "no chain was judged")
EXPIRED_PIN: Final = (
    "the certificate has expired since, and only the signer's own claim says that it signed before;"
    " it counts because this very certificate was given as trusted"
)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What became of one certificate.

    Attributes:
        verdict: PASSED where it may be relied on for its use.
        chain: from the certificate up to the last one before the anchor.
        trust_anchor: where the chain ends; absent where it ends nowhere trusted.
        warnings: what a careful reader wants to know.
        revocation: what the answer rests on that none of the chain was revoked.
    """

    verdict: Verdict
    chain: tuple[CertificateSummary, ...] = ()
    trust_anchor: TrustAnchor | None = None
    warnings: tuple[str, ...] = ()
    revocation: tuple[RevocationData, ...] = ()


def judge_path(certificate: Certificate, use: Use, known: Known) -> Judgement:
    """Judge a certificate for one use; nothing is raised because of what it holds."""
    try:
        form = judge_form((certificate,))
        if form != PASSED:
            return Judgement(form, (summary(certificate),))
        found = find(certificate, use.role, known)
        if not found.candidates:
            return Judgement(nowhere_trusted(certificate, found, use, known), (summary(certificate),))
        return _best(certificate, found, use, known)
    except UNREADABLE as error:
        reason = f"the certificate cannot be read: {type(error).__name__}: {error}"[:300]
        return Judgement(indeterminate(SubIndication.CERTIFICATE_CHAIN_GENERAL_FAILURE, reason))


def _best(certificate: Certificate, found: Found, use: Use, known: Known) -> Judgement:
    judged = [Judgement(_UNDECIDED)]
    for candidate in found.candidates:
        judged.append(_judge(certificate, candidate, use, known))
        if judged[-1].verdict == PASSED:
            return judged[-1]
    return max(judged, key=_progress)


def _progress(judged: Judgement) -> int:
    """Tell how far a chain came: what fails late says more, and a revocation more than want of data."""
    match judged.verdict.sub_indication:
        case SubIndication.POLICY_PROCESSING_ERROR:
            return 0
        case SubIndication.NO_CERTIFICATE_CHAIN_FOUND:
            return 1
        case SubIndication.REVOKED | SubIndication.REVOKED_NO_POE:
            return 5
        case SubIndication.REVOKED_CA_NO_POE:
            return 4
        case SubIndication.TRY_LATER | SubIndication.CERTIFICATE_CHAIN_GENERAL_FAILURE:
            return 3
        case _:
            return 2


def _judge(certificate: Certificate, candidate: Candidate, use: Use, known: Known) -> Judgement:
    anchor = _trusted(candidate, use)
    chain = tuple(summary(each) for each in reversed(candidate.below)) or (summary(certificate),)
    if anchor is None:
        return Judgement(_untrusted_then(candidate), chain)
    stood = _judge_anchored(certificate, candidate, anchor, use, known)
    warnings = stood.warnings if stood.verdict == PASSED else ()
    return Judgement(stood.verdict, chain, anchor_summary(anchor), warnings, stood.data)


def _judge_anchored(
    certificate: Certificate, candidate: Candidate, anchor: Anchor, use: Use, known: Known
) -> Revocation:
    listed = anchor.source.kind is SourceKind.TRUSTED_LIST
    # Who trusts a very certificate to sign has decided what it is for; so a list's operator is named
    # (TS 119 612 clause 5.3.13). The rules on tokens are of their own.
    pinned = not candidate.below and use.role is Role.SIGNER and Purpose.SIGNER in anchor.purposes
    verdict = PASSED if pinned else judge_purpose(certificate, use, listed=listed)
    if verdict == PASSED:
        verdict = judge_form(candidate.below)
    if verdict == PASSED:
        verdict = judge_chain(candidate, use)
    if verdict == PASSED:
        verdict = judge_given(candidate, use, known)
    if verdict == PASSED:
        verdict = _in_period(certificate, candidate, anchor, use)
    if verdict != PASSED:
        return Revocation(_out_of_bounds(verdict, certificate, candidate, use, known))
    if not candidate.below:
        return Revocation(judge_trusted_itself(certificate, use, known), _pinned(certificate, use, known))
    issued = int(candidate.below[0].not_valid_before.timestamp())
    early = not any(window.covers(issued) for window in anchor.windows)
    if not known.terms.revocation:
        return Revocation(judge_known_revocation(candidate, use, known), (ISSUED_OUTSIDE,) * early)
    revocation = judge_revocation(candidate, use, known)
    return replace(revocation, warnings=(*revocation.warnings, *(ISSUED_OUTSIDE,) * early))


def _pinned(certificate: Certificate, use: Use, known: Known) -> tuple[str, ...]:
    unasked = known.terms.revocation and use.role is Role.SIGNER
    late = use.existed_by > int(certificate.not_valid_after.timestamp())
    return (PINNED,) * unasked + (EXPIRED_PIN,) * late


def _trusted(candidate: Candidate, use: Use) -> Anchor | None:
    wanted = (ISSUERS if candidate.below else THEMSELVES)[use.role]
    return next(
        (
            each
            for each in candidate.anchors
            if any(each.trusted(purpose, use.at) for purpose in sorted(wanted))
        ),
        None,
    )


def _untrusted_then(candidate: Candidate) -> Verdict:
    name = brief(candidate.anchors[0].certificate.subject)
    return indeterminate(
        SubIndication.NO_CERTIFICATE_CHAIN_FOUND,
        f"{name} is trusted by {candidate.anchors[0].source.name}, but not as of the time of use",
    )


def _in_period(certificate: Certificate, candidate: Candidate, anchor: Anchor, use: Use) -> Verdict:
    """Judge the periods that path validation leaves open: those of anchors (RFC 5280 section 6.1.1)."""
    first = int(certificate.not_valid_before.timestamp())
    last = int(certificate.not_valid_after.timestamp())
    late = use.existed_by > last and not _taken_at_its_word(candidate, anchor, use, range(first, last + 1))
    if use.at < first or late:
        return indeterminate(
            SubIndication.OUT_OF_BOUNDS_NO_POE, "nothing proves that the certificate was valid when used"
        )
    listed = anchor.source.kind is SourceKind.TRUSTED_LIST
    expired = int(anchor.certificate.not_valid_after.timestamp()) < use.existed_by
    if candidate.below and use.role is Role.TIMESTAMP and expired and not listed:
        return indeterminate(
            SubIndication.OUT_OF_BOUNDS_NO_POE,
            "a certificate of the time-stamping authority has expired and no later time stamp covers it",
        )
    return PASSED


def _out_of_bounds(
    verdict: Verdict, certificate: Certificate, candidate: Candidate, use: Use, known: Known
) -> Verdict:
    """Say more of a certificate outside of its period where it is known whether it was revoked within it.

    EN 319 102-1 table 6, OUT_OF_BOUNDS_NOT_REVOKED and REVOKED_NO_POE.
    """
    first = int(certificate.not_valid_before.timestamp())
    last = int(certificate.not_valid_after.timestamp())
    within = min(max(use.existed_by, first), last)
    of_leaf = verdict.sub_indication is SubIndication.OUT_OF_BOUNDS_NO_POE and within != use.existed_by
    then = replace(use, at=within, existed_by=within)
    if not (of_leaf and candidate.below) or judge_chain(candidate, then) != PASSED:
        return verdict
    known_of = judge_revocation(candidate, then, known).verdict
    if known_of == PASSED:
        return replace(verdict, sub_indication=SubIndication.OUT_OF_BOUNDS_NOT_REVOKED)
    return known_of if known_of.sub_indication is SubIndication.REVOKED_NO_POE else verdict


def _taken_at_its_word(candidate: Candidate, anchor: Anchor, use: Use, period: range) -> bool:
    """Tell whether a key's own word on the time counts, because its very certificate is trusted.

    Whoever gives a signer's or a time-stamping unit's own certificate for a check trusts it, and a trusted
    list goes on vouching for the units it names (TS 119 612 clause 5.5.1.1). The directory says for itself
    until when; there the certificate's end stands, as it does for signers on a list.
    """
    if candidate.below:
        return False
    match use.role, anchor.source.kind:
        case Role.SIGNER, SourceKind.GIVEN:
            return use.claimed in period
        case Role.TIMESTAMP, SourceKind.GIVEN | SourceKind.TRUSTED_LIST:
            return use.at in period
        case _:
            return False
