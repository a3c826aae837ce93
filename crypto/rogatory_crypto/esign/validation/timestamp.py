"""Judges one time-stamp token: form, cryptography, certificate (RFC 3161, EN 319 102-1 clause 5.4).

A token is a signature whose existence is proven by what is newer than it: the control time. Whoever held the
key of an authority that was revoked or had expired by then may have made it afterwards and dated it back.
"""

from dataclasses import replace

from rogatory_crypto.esign.asn1_types import UNREADABLE, Certificate
from rogatory_crypto.esign.certificate_summary import summary
from rogatory_crypto.esign.cms.token import CheckedToken, check_token
from rogatory_crypto.esign.evidence import Evidence
from rogatory_crypto.esign.found import FoundTimestamp
from rogatory_crypto.esign.report import CertificateSummary, TimestampReport
from rogatory_crypto.esign.terms import Terms
from rogatory_crypto.esign.validation.algorithms import judge_algorithms
from rogatory_crypto.esign.validation.extension import holds_until
from rogatory_crypto.esign.validation.known import known
from rogatory_crypto.esign.validation.path import Judgement, judge_path
from rogatory_crypto.esign.validation.use import Use
from rogatory_crypto.esign.verdict import PASSED, Role, SubIndication, Verdict, indeterminate, worse


def validate_timestamp(
    found: FoundTimestamp, terms: Terms, evidence: Evidence, control_time: int
) -> TimestampReport:
    """Judge a token that is known to have existed at the control time.

    Args:
        found: the token and what it must cover.
        terms: whom to trust.
        evidence: what the document carries; what the token carries is added.
        control_time: the time of the newest proof that covers the token, else the instant of the check.

    Returns:
        TOTAL-PASSED where it proves its time; INDETERMINATE where it is intact but proves nothing.
    """
    checked = check_token(found.token, found.imprint, known(terms, evidence).certificates)
    verdict = worse(checked.verdict, found.integrity)
    if verdict != PASSED or checked.certificate is None or checked.time is None:
        return _report(found, checked, Judgement(verdict))
    whole = replace(checked, digests=checked.digests | found.digests)
    judged = _judge(whole, checked.certificate, checked.time, terms, evidence, control_time)
    return _report(found, checked, judged)


def _judge(
    checked: CheckedToken,
    certificate: Certificate,
    time: int,
    terms: Terms,
    evidence: Evidence,
    control_time: int,
) -> Judgement:
    existed_by = max(time, control_time)
    use = Use(Role.TIMESTAMP, at=time, existed_by=existed_by, evidence_by=existed_by)
    at_hand = known(terms, checked.evidence, evidence, beside=(certificate,))
    judged = judge_path(certificate, use, at_hand)
    if judged.verdict != PASSED:
        return judged
    verdict = worse(judge_algorithms(checked.digests, certificate, use), _order(time, control_time))
    return replace(judged, verdict=verdict)


def _order(time: int, control_time: int) -> Verdict:
    if time <= control_time:
        return PASSED
    reason = "the time stamp is from the future, or younger than what was made after it"
    return indeterminate(SubIndication.TIMESTAMP_ORDER_FAILURE, reason)


def _report(found: FoundTimestamp, checked: CheckedToken, judged: Judgement) -> TimestampReport:
    verdict = judged.verdict
    return TimestampReport(
        kind=found.kind.value,
        indication=verdict.indication,
        sub_indication=verdict.sub_indication,
        reason=verdict.reason,
        time=checked.time or 0,
        signer=_summary(checked.certificate),
        trust_anchor=judged.trust_anchor if verdict == PASSED else None,
        missing=verdict.missing,
        scope=found.scope,
        warnings=judged.warnings if verdict == PASSED else (),
        chain=judged.chain,
        revocation=judged.revocation,
        holds_until=holds_until(judged, checked.digests | found.digests, checked.certificate),
    )


def _summary(certificate: Certificate | None) -> CertificateSummary | None:
    try:
        return None if certificate is None else summary(certificate)
    except UNREADABLE:
        return None
