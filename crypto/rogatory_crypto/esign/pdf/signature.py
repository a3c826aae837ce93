"""One signature in a PDF: time stamps first, then the signature as of the earliest time they prove.

A time stamp that is damaged spoils its signature (INDETERMINATE); one that is merely not trusted proves
nothing and is set aside with a warning (EN 319 102-1 clause 5.5.4).
"""

import hashlib
from dataclasses import dataclass
from typing import Any, Final

from asn1crypto import cms  # type: ignore[import-untyped]
from pyhanko.sign.validation.generic_cms import extract_tst_data_iter

from rogatory_crypto.esign.chain import Judgement, judge_signature, judge_timestamp, time_of
from rogatory_crypto.esign.evidence import Evidence
from rogatory_crypto.esign.pdf.embedded import Embedded
from rogatory_crypto.esign.pdf.integrity import Integrity
from rogatory_crypto.esign.report import SignatureReport, TimestampReport
from rogatory_crypto.esign.sentence import sentence
from rogatory_crypto.esign.terms import Terms
from rogatory_crypto.esign.verdict import (
    PASSED,
    Indication,
    SubIndication,
    Verdict,
    failed,
    indeterminate,
    worse,
)

MAX_TIMESTAMPS: Final = 16
_PADES: Final = "/ETSI.CAdES.detached"
_SUB_FILTERS: Final = frozenset({_PADES, "/adbe.pkcs7.detached"})
# RFC 5652 section 5.1: the versions of a SignedData over plain data.
_VERSIONS: Final = frozenset({"v1", "v3", "v4", "v5"})
_SINGLE_ATTRIBUTES: Final = frozenset(
    {"content_type", "message_digest", "signing_time", "signing_certificate", "signing_certificate_v2"}
)
UNTRUSTED_TIMESTAMP: Final = "a time stamp is not trusted and proves nothing; add its authority to trust it"
NO_TIMESTAMP: Final = "nothing proves when this signature was made: its time is only claimed"


@dataclass(frozen=True, slots=True)
class Proof:
    """A document time stamp and how much of the file it covers."""

    end: int
    report: TimestampReport


def check_signature(
    item: Embedded, integrity: Integrity, covering: list[Proof], terms: Terms, evidence: Evidence
) -> SignatureReport:
    """Check one signature; ``covering`` are the document time stamps made after it, newest first."""
    later = [proof.report for proof in covering]
    timestamps = _signature_timestamps(item, terms, evidence, _earliest(later, terms.at)) + later
    best_signature_time = _earliest(timestamps, terms.at)
    judged = _judge(item, terms, evidence, best_signature_time)
    verdict = worse(judged.verdict, integrity.verdict)
    verdict = worse(verdict, _form(item))
    verdict = worse(verdict, _timestamps_intact(timestamps))
    return _report(item, integrity, judged, verdict, timestamps, best_signature_time, evidence)


def _judge(item: Embedded, terms: Terms, evidence: Evidence, best_signature_time: int) -> Judgement:
    digest = item.signature.compute_digest()
    return judge_signature(item.signature.signed_data, digest, terms, evidence, best_signature_time)


def _earliest(timestamps: list[TimestampReport], at: int) -> int:
    passed = (stamp.time for stamp in timestamps if stamp.indication is Indication.TOTAL_PASSED)
    return min(passed, default=at)


def _signature_timestamps(
    item: Embedded, terms: Terms, evidence: Evidence, control_time: int
) -> list[TimestampReport]:
    signer_info = item.signature.signer_info
    value: bytes = signer_info["signature"].native

    def imprint(algorithm: str) -> bytes:
        return hashlib.new(algorithm, value, usedforsecurity=False).digest()

    tokens = list(extract_tst_data_iter(signer_info, signed=False))
    if len(tokens) > MAX_TIMESTAMPS:
        raise ValueError(f"more than {MAX_TIMESTAMPS} time stamps on one signature")
    reports = []
    for token in tokens:
        judged = judge_timestamp(token, imprint, terms, evidence, control_time)
        reports.append(
            TimestampReport(
                kind="signature",
                indication=judged.verdict.indication,
                sub_indication=judged.verdict.sub_indication,
                reason=judged.verdict.reason,
                time=time_of(token),
                signer=judged.signer,
                trust_anchor=judged.trust_anchor if judged.verdict == PASSED else None,
            )
        )
    return reports


def _form(item: Embedded) -> Verdict:
    """What the encoding itself must satisfy: a known SubFilter, a true frame, each attribute once."""
    if item.sub_filter not in _SUB_FILTERS:
        return indeterminate(
            SubIndication.GENERIC, f"signatures of the kind {item.sub_filter or 'unnamed'} are not supported"
        )
    signed_data = item.signature.signed_data
    algorithms = {algorithm["algorithm"].native for algorithm in signed_data["digest_algorithms"]}
    if signed_data["version"].native not in _VERSIONS or item.signature.md_algorithm not in algorithms:
        return failed(SubIndication.FORMAT_FAILURE, "the signature's frame contradicts its inside")
    attributes = item.signature.signer_info["signed_attrs"]
    if not isinstance(attributes, cms.CMSAttributes) or len(attributes) == 0:
        return indeterminate(SubIndication.SIG_CONSTRAINTS_FAILURE, "the signature has no signed attributes")
    kinds = [attribute["type"].native for attribute in attributes]
    twice = sorted(kind for kind in _SINGLE_ATTRIBUTES if kinds.count(kind) > 1)
    if twice:
        return failed(SubIndication.FORMAT_FAILURE, f"the signed attribute {twice[0]} is there twice")
    return PASSED


def _timestamps_intact(timestamps: list[TimestampReport]) -> Verdict:
    if any(stamp.indication is Indication.TOTAL_FAILED for stamp in timestamps):
        return indeterminate(SubIndication.SIG_CONSTRAINTS_FAILURE, "a time stamp on it is damaged")
    return PASSED


def _report(
    item: Embedded,
    integrity: Integrity,
    judged: Judgement,
    verdict: Verdict,
    timestamps: list[TimestampReport],
    best_signature_time: int,
    evidence: Evidence,
) -> SignatureReport:
    proven = any(stamp.indication is Indication.TOTAL_PASSED for stamp in timestamps)
    return SignatureReport(
        identifier=item.name,
        indication=verdict.indication,
        sub_indication=verdict.sub_indication,
        reason=verdict.reason,
        sentence=sentence(verdict),
        signer=judged.signer,
        chain=judged.chain,
        trust_anchor=judged.trust_anchor,
        level=_level(item, timestamps, evidence),
        claimed_time=_claimed_time(item.signature),
        best_signature_time=best_signature_time if proven else None,
        scope=integrity.scope,
        timestamps=tuple(timestamps),
        warnings=judged.warnings + _time_warnings(timestamps, proven=proven),
    )


def _time_warnings(timestamps: list[TimestampReport], *, proven: bool) -> tuple[str, ...]:
    untrusted = any(stamp.indication is Indication.INDETERMINATE for stamp in timestamps)
    return (UNTRUSTED_TIMESTAMP,) * untrusted + (NO_TIMESTAMP,) * (not proven)


def _claimed_time(signature: Any) -> int | None:  # noqa: ANN401 - untyped library
    try:
        claimed = signature.self_reported_timestamp
        return None if claimed is None else int(claimed.timestamp())
    except (ValueError, TypeError, KeyError, OverflowError):
        return None


def _level(item: Embedded, timestamps: list[TimestampReport], evidence: Evidence) -> str:
    """The baseline level by structure (EN 319 142-1 section 6.3): B, T, LT, LTA."""
    prefix = "PAdES-BASELINE" if item.sub_filter == _PADES else "PKCS7"
    if not timestamps:
        return f"{prefix}-B"
    if not evidence.crls and not evidence.ocsps:
        return f"{prefix}-T"
    archived = any(stamp.kind == "document" for stamp in timestamps)
    return f"{prefix}-LTA" if archived else f"{prefix}-LT"
