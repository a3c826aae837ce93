"""Judges one signature that its format has found: time stamps first, then it as of what they prove.

EN 319 102-1 clauses 5.5 and 5.6. Time stamps are judged from the newest to the oldest, each as of what the
newer ones prove; so certificates may have expired since. One that is damaged spoils its signature; one that
is merely not trusted proves nothing and is set aside with a warning.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from rogatory_crypto.esign.asn1_types import UNREADABLE, Certificate
from rogatory_crypto.esign.certificate_summary import summary
from rogatory_crypto.esign.found import FoundSignature, FoundTimestamp, TimestampKind
from rogatory_crypto.esign.report import CertificateSummary, SignatureReport, TimestampReport
from rogatory_crypto.esign.sentence import sentence
from rogatory_crypto.esign.terms import Terms
from rogatory_crypto.esign.validation.algorithms import judge_algorithms
from rogatory_crypto.esign.validation.blocks import blocks
from rogatory_crypto.esign.validation.extension import extend_before, holds_until
from rogatory_crypto.esign.validation.known import known
from rogatory_crypto.esign.validation.level import level
from rogatory_crypto.esign.validation.path import Judgement, judge_path
from rogatory_crypto.esign.validation.timestamp import validate_timestamp
from rogatory_crypto.esign.validation.use import Use
from rogatory_crypto.esign.verdict import (
    PASSED,
    Indication,
    Role,
    SubIndication,
    Verdict,
    indeterminate,
    worse,
)

MAX_TIMESTAMPS: Final = 32
UNTRUSTED_TIMESTAMP: Final = "a time stamp is not trusted and proves nothing; add its authority to trust it"
NO_TIMESTAMP: Final = "nothing proves when this signature was made: its time is only claimed"


@dataclass(frozen=True, slots=True)
class _Times:
    """Every time stamp about one signature, judged, and what those that passed prove."""

    own: tuple[TimestampReport, ...]
    covering: tuple[TimestampReport, ...]
    use: Use

    @property
    def all(self) -> tuple[TimestampReport, ...]:
        return self.own + self.covering


def validate(
    found: FoundSignature, terms: Terms, covering: Sequence[TimestampReport] = ()
) -> SignatureReport:
    """Judge a signature.

    Args:
        found: what its format says of it.
        terms: whom to trust, as of when.
        covering: time stamps of the whole document or container made after it, judged, newest first.

    Returns:
        The report; whatever the signature holds, nothing is raised because of it.
    """
    times = _judge_times(found, terms, tuple(covering))
    judged = _judge_signer(found, terms, times.use)
    acceptance = worse(_judge_algorithms(found, times.use), _times_intact(found, times, terms.at))
    verdict = worse(worse(found.integrity, judged.verdict), acceptance)
    proven = times.use.proven
    return SignatureReport(
        identifier=found.identifier,
        indication=verdict.indication,
        sub_indication=verdict.sub_indication,
        reason=verdict.reason,
        sentence=sentence(verdict),
        signer=_summary(found.signer),
        chain=judged.chain,
        trust_anchor=judged.trust_anchor,
        level=level(found, times.all),
        claimed_time=found.claimed_time,
        best_signature_time=times.use.existed_by if proven else None,
        scope=found.scope,
        timestamps=times.all,
        warnings=(*found.warnings, *judged.warnings, *_time_warnings(times.all, proven=proven)),
        blocks=blocks(found.integrity, judged.verdict, acceptance),
        missing=verdict.missing,
        revocation=judged.revocation,
        countersigns=found.countersigns,
        extend_before=_extend_before(found, judged, times, terms.at) if verdict == PASSED else None,
    )


def _extend_before(found: FoundSignature, judged: Judgement, times: _Times, at: int) -> int | None:
    own = holds_until(judged, found.digests, found.signer)
    return extend_before(own, [each for each in times.all if each.kind != TimestampKind.CONTENT.value], at)


def _judge_times(found: FoundSignature, terms: Terms, covering: tuple[TimestampReport, ...]) -> _Times:
    """Judge the time stamps of a signature: archive, then signature, then content time stamps."""
    tokens = found.timestamps[:MAX_TIMESTAMPS]
    reports: dict[int, TimestampReport] = {}

    def judge(places: Sequence[int], control_time: int, *, sliding: bool) -> int:
        earliest = control_time
        for place in places:
            instant = earliest if sliding else control_time
            reports[place] = validate_timestamp(tokens[place], terms, found.evidence, instant)
            if reports[place].indication is Indication.TOTAL_PASSED:
                earliest = min(earliest, reports[place].time)
        return earliest

    archived = judge(_newest_first(tokens, TimestampKind.ARCHIVE), earliest(covering, terms.at), sliding=True)
    signed = judge(_newest_first(tokens, TimestampKind.SIGNATURE), archived, sliding=False)
    content = _newest_first(tokens, TimestampKind.CONTENT)
    judge(content, signed, sliding=False)
    before = [reports[place].time for place in content if _passed(reports[place])]
    own = tuple(reports[place] for place in sorted(reports))
    later = (*covering, *(reports[place] for place in reports if place not in content))
    use = Use(
        Role.SIGNER,
        at=signed,
        existed_by=signed,
        evidence_by=archived,
        proven=any(_passed(report) for report in later),
        not_before=max(before, default=None),
        claimed=found.claimed_time,
    )
    return _Times(own, covering, use)


def earliest(reports: Sequence[TimestampReport], at: int) -> int:
    """Return the earliest time that time stamps prove; the instant of the check where they prove none."""
    return min((report.time for report in reports if _passed(report)), default=at)


def _newest_first(tokens: Sequence[FoundTimestamp], kind: TimestampKind) -> list[int]:
    others = {TimestampKind.CONTENT, TimestampKind.SIGNATURE}
    wanted = {kind} if kind in others else set(TimestampKind) - others
    return [place for place in reversed(range(len(tokens))) if tokens[place].kind in wanted]


def _judge_signer(found: FoundSignature, terms: Terms, use: Use) -> Judgement:
    if found.signer is None:
        return Judgement(
            indeterminate(
                SubIndication.NO_SIGNING_CERTIFICATE_FOUND, "the certificate of the signer was not found"
            )
        )
    return judge_path(found.signer, use, known(terms, found.evidence, beside=(found.signer,)))


def _judge_algorithms(found: FoundSignature, use: Use) -> Verdict:
    return PASSED if found.signer is None else judge_algorithms(found.digests, found.signer, use)


def _times_intact(found: FoundSignature, times: _Times, at: int) -> Verdict:
    """Judge whether a time stamp is damaged, or trusted and out of order (clauses 5.5.4 and 5.6.3)."""
    if len(found.timestamps) > MAX_TIMESTAMPS:
        return indeterminate(
            SubIndication.GENERIC, f"more than {MAX_TIMESTAMPS} time stamps on one signature"
        )
    for report in times.all:
        if report.indication is Indication.TOTAL_FAILED:
            sub_indication = report.sub_indication or SubIndication.GENERIC
            return indeterminate(sub_indication, f"a time stamp is damaged: {report.reason}")
    for report in times.all:
        if report.sub_indication is SubIndication.TIMESTAMP_ORDER_FAILURE and report.time <= at:
            return indeterminate(SubIndication.TIMESTAMP_ORDER_FAILURE, report.reason)
    return PASSED


def _passed(report: TimestampReport) -> bool:
    return report.indication is Indication.TOTAL_PASSED


def _time_warnings(reports: Sequence[TimestampReport], *, proven: bool) -> tuple[str, ...]:
    untrusted = any(report.indication is Indication.INDETERMINATE for report in reports)
    return (UNTRUSTED_TIMESTAMP,) * untrusted + (NO_TIMESTAMP,) * (not proven)


def _summary(certificate: Certificate | None) -> CertificateSummary | None:
    try:
        return None if certificate is None else summary(certificate)
    except UNREADABLE:
        return None
