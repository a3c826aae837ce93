"""Judges one CMS signature or time-stamp token: its cryptography, then its certificate chain as of a time.

The chain is judged as of the time at which the signature is proven to have existed (EN 319 102-1 clause
5.5). Revocation data is sought in this order: issued after that time (clause 5.2.5.4); then, with a warning,
valid at that time though issued before it. Nothing is fetched. Every value from asn1crypto is untyped:
``Any``.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from pyhanko.sign.ades.report import AdESStatus
from pyhanko.sign.validation import ades
from pyhanko.sign.validation.policy_decl import (
    CertificateFetchingRule,
    LocalKnowledge,
    RevinfoOnlineFetchingRule,
    RevocationInfoGatheringSpec,
    SignatureValidationSpec,
)
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko_certvalidator.context import CertValidationPolicySpec
from pyhanko_certvalidator.errors import CRLValidationError, OCSPValidationError, PathError, ValidationError
from pyhanko_certvalidator.ltv.types import ValidationTimingInfo
from pyhanko_certvalidator.policy_decl import (
    NO_REVOCATION,
    REQUIRE_REVINFO,
    CertRevTrustPolicy,
    FreshnessReqType,
)
from pyhanko_certvalidator.registry import SimpleTrustManager
from pyhanko_certvalidator.revinfo.archival import CRLContainer, OCSPContainer

from rogatory_crypto.esign.certificate_summary import anchor_summary, summary
from rogatory_crypto.esign.evidence import Evidence
from rogatory_crypto.esign.report import CertificateSummary, TrustAnchor
from rogatory_crypto.esign.terms import Terms
from rogatory_crypto.esign.trust.anchor import Purpose
from rogatory_crypto.esign.validation import offline
from rogatory_crypto.esign.validation.algorithm_policy import DatedAlgorithmPolicy
from rogatory_crypto.esign.verdict import (
    PASSED,
    SubIndication,
    Verdict,
    failed,
    indeterminate,
)

OLDER_REVOCATION_DATA: Final = (
    "the proof that the certificate was not revoked was issued before the time of the signature"
)
# A path that failed for these reasons says nothing about where the chain really ends.
_UNANCHORED: Final = (
    SubIndication.NO_CERTIFICATE_CHAIN_FOUND,
    SubIndication.CERTIFICATE_CHAIN_GENERAL_FAILURE,
)
PINNED: Final = "the certificate itself was given as trusted, so revocation was not checked"
_ESCAPING: Final = (ValueError, ValidationError, PathError, CRLValidationError, OCSPValidationError)
_ISSUED_AFTER: Final = CertRevTrustPolicy(
    REQUIRE_REVINFO, freshness=timedelta(0), freshness_req_type=FreshnessReqType.TIME_AFTER_SIGNATURE
)
_VALID_AT: Final = CertRevTrustPolicy(REQUIRE_REVINFO)
_UNCHECKED: Final = CertRevTrustPolicy(NO_REVOCATION)
_CHECKED: Final = ((_ISSUED_AFTER, ""), (_VALID_AT, OLDER_REVOCATION_DATA))
# A certificate for nothing but these is a machine's, not a signatory's (RFC 5280 section 4.2.1.12).
_SERVICES: Final = frozenset({"time_stamping", "ocsp_signing", "server_auth", "code_signing"})
_SIGNING_KEY: Final = KeyUsageConstraints(key_usage={"non_repudiation", "digital_signature"})


@dataclass(frozen=True, slots=True)
class _Use:
    """What a key is said to have done, and when (unix seconds)."""

    made_at: int
    on_document: bool


@dataclass(frozen=True, slots=True)
class Judgement:
    """What became of one signature or time stamp."""

    verdict: Verdict
    signer: CertificateSummary | None = None
    chain: tuple[CertificateSummary, ...] = ()
    trust_anchor: TrustAnchor | None = None
    warnings: tuple[str, ...] = ()
    earliest_expiry: int = 0


def judge_signature(
    signed_data: Any,  # noqa: ANN401 - untyped library
    digest: bytes,
    terms: Terms,
    evidence: Evidence,
    best_signature_time: int,
) -> Judgement:
    """Judge a detached CMS signature over content with this digest, as of its best signature time."""

    def attempt(specification: SignatureValidationSpec, _policy: CertRevTrustPolicy) -> Any:  # noqa: ANN401 - untyped library
        timing = _timing(best_signature_time, best_signature_time)
        return offline.run(
            ades.ades_basic_validation(signed_data, specification, timing_info=timing, raw_digest=digest)
        )

    return _judge(attempt, terms, evidence, _Use(best_signature_time, on_document=True))


def judge_timestamp(
    signed_data: Any,  # noqa: ANN401 - untyped library
    imprint: Callable[[str], bytes],
    terms: Terms,
    evidence: Evidence,
    control_time: int,
) -> Judgement:
    """Judge a time-stamp token, known to have existed at the control time (EN 319 102-1 clause 5.4)."""
    made_at = time_of(signed_data)

    def attempt(specification: SignatureValidationSpec, policy: CertRevTrustPolicy) -> Any:  # noqa: ANN401 - untyped library
        # A key revoked before the control time could have made the token on the day after, dated back.
        timing = _timing(made_at if policy is _VALID_AT else control_time, made_at)
        return offline.run(
            ades.ades_timestamp_validation(signed_data, specification, imprint, timing_info=timing)
        )

    judged = _judge(attempt, terms, evidence, _Use(made_at, on_document=False))
    if judged.verdict == PASSED and control_time < made_at:
        late = indeterminate(SubIndication.TIMESTAMP_ORDER_FAILURE, "the time stamp is from the future")
        return Judgement(late, judged.signer, judged.chain, judged.trust_anchor)
    if judged.verdict == PASSED and judged.earliest_expiry < control_time:
        expired = indeterminate(
            SubIndication.OUT_OF_BOUNDS_NO_POE,
            "a certificate of the time-stamping authority has expired and no later time stamp covers it",
        )
        return Judgement(expired, judged.signer, judged.chain, judged.trust_anchor)
    return judged


def time_of(tst_signed_data: Any) -> int:  # noqa: ANN401 - untyped library
    """The time a token states, unix seconds (RFC 3161 section 2.4.2)."""
    return int(tst_signed_data["encap_content_info"]["content"].parsed["gen_time"].native.timestamp())


def _timing(validation_time: int, best_signature_time: int) -> ValidationTimingInfo:
    return ValidationTimingInfo(
        validation_time=datetime.fromtimestamp(validation_time, UTC),
        best_signature_time=datetime.fromtimestamp(best_signature_time, UTC),
        point_in_time_validation=True,
    )


def _judge(
    attempt: Callable[[SignatureValidationSpec, CertRevTrustPolicy], Any],
    terms: Terms,
    evidence: Evidence,
    use: _Use,
) -> Judgement:
    judged = Judgement(indeterminate(SubIndication.GENERIC, "nothing was checked"))
    policies = _CHECKED if terms.revocation else ((_UNCHECKED, ""),)
    for policy, warning in policies:
        try:
            result = attempt(_specification(terms, evidence, policy), policy)
        except _ESCAPING as error:
            # Some failures of a path escape the library, such as an OCSP answer on another certificate.
            reason = f"{type(error).__name__}: {error}"
            return Judgement(indeterminate(SubIndication.CERTIFICATE_CHAIN_GENERAL_FAILURE, reason))
        judged = _judgement(result, terms, use, (warning,) if warning else ())
        # Only want of newer data lets older data speak: what newer data says is never set aside.
        if judged.verdict.sub_indication is not SubIndication.TRY_LATER:
            return judged
    return judged


def _specification(terms: Terms, evidence: Evidence, policy: CertRevTrustPolicy) -> SignatureValidationSpec:
    algorithms = DatedAlgorithmPolicy()
    manager = SimpleTrustManager.build(trust_roots=[each.certificate for each in terms.anchors.anchors])
    certificates = CertValidationPolicySpec(
        trust_manager=manager, revinfo_policy=policy, algorithm_usage_policy=algorithms
    )
    return SignatureValidationSpec(
        cert_validation_policy=certificates,
        revinfo_gathering_policy=RevocationInfoGatheringSpec(
            online_fetching_rule=RevinfoOnlineFetchingRule.LOCAL_ONLY,
            fetcher_backend=offline.NoFetchers(),
            certificate_fetching_rule=CertificateFetchingRule.NEVER_FETCH,
        ),
        local_knowledge=LocalKnowledge(
            known_ocsps=[item for ocsp in evidence.ocsps for item in OCSPContainer.load_multi(ocsp)],
            known_crls=[CRLContainer(crl) for crl in evidence.crls],
            known_certs=list(evidence.certificates),
        ),
        key_usage_settings=_SIGNING_KEY,
        signature_algorithm_policy=algorithms,
    )


def _judgement(
    result: Any,  # noqa: ANN401 - untyped library
    terms: Terms,
    use: _Use,
    warnings: tuple[str, ...],
) -> Judgement:
    status = result.api_status
    signer = None if status is None else status.signing_cert
    path = None if status is None else status.validation_path
    verdict = _verdict(result)
    certificates = [] if path is None else list(path.iter_certs(include_root=True))
    if verdict == PASSED:
        verdict = _beyond_the_path(certificates, signer, terms, use)
    if verdict == PASSED and terms.revocation and _same(certificates[0], signer):
        warnings = (PINNED,)
    if verdict.sub_indication in _UNANCHORED:
        certificates = []
    anchor = certificates[0] if certificates else None
    below = [certificate for certificate in reversed(certificates) if certificate is not anchor]
    return Judgement(
        verdict=verdict,
        signer=None if signer is None else summary(signer),
        chain=tuple(summary(certificate) for certificate in below or ([signer] if signer else [])),
        trust_anchor=None if anchor is None else anchor_summary(next(terms.anchors.of(anchor))),
        warnings=warnings if verdict == PASSED else (),
        earliest_expiry=min((int(c.not_valid_after.timestamp()) for c in certificates), default=0),
    )


def _beyond_the_path(certificates: list[Any], signer: Any, terms: Terms, use: _Use) -> Verdict:  # noqa: ANN401 - untyped library
    """What path validation leaves open: an anchor's own place and dates, and what the key is for."""
    if not certificates or not _anchored(certificates, signer, terms):
        return indeterminate(
            SubIndication.NO_CERTIFICATE_CHAIN_FOUND,
            "the trusted certificate is not one that may issue others",
        )
    if not signer.not_valid_before.timestamp() <= use.made_at <= signer.not_valid_after.timestamp():
        return indeterminate(
            SubIndication.OUT_OF_BOUNDS_NO_POE,
            "nothing proves that the certificate was valid when used",
        )
    if use.on_document and _is_confined_to_services(signer):
        return indeterminate(
            SubIndication.CHAIN_CONSTRAINTS_FAILURE, "the certificate is not one to sign documents with"
        )
    return PASSED


def _is_confined_to_services(certificate: Any) -> bool:  # noqa: ANN401 - untyped library
    usage = certificate.extended_key_usage_value
    return usage is not None and {str(purpose) for purpose in usage.native} <= _SERVICES


def _same(anchor: Any, signer: Any) -> bool:  # noqa: ANN401 - untyped library
    return signer is not None and bool(anchor.dump() == signer.dump())


def _anchored(certificates: list[Any], signer: Any, terms: Terms) -> bool:  # noqa: ANN401 - untyped library
    anchor = certificates[0]
    issues = any(Purpose.ISSUER in each.purposes for each in terms.anchors.of(anchor))
    return issues or _same(anchor, signer)


def _verdict(result: Any) -> Verdict:  # noqa: ANN401 - untyped library
    found = result.ades_subindic
    if found.status is AdESStatus.PASSED:
        return PASSED
    sub_indication = SubIndication(found.standard_name)
    reason = str(result.failure_msg or sub_indication.value)
    return (failed if found.status is AdESStatus.FAILED else indeterminate)(sub_indication, reason)
