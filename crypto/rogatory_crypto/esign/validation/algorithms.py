"""The algorithms a signature rests on beside those of its certificates (EN 319 102-1 clause 5.2.8)."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from rogatory_crypto.esign.asn1_types import UNREADABLE, Certificate
from rogatory_crypto.esign.names import brief
from rogatory_crypto.esign.validation.algorithm_policy import (
    ALWAYS,
    NEVER,
    DatedAlgorithmPolicy,
    digest_limit,
    key_bits,
    key_limit,
)
from rogatory_crypto.esign.validation.candidates import Candidate
from rogatory_crypto.esign.validation.known import Known
from rogatory_crypto.esign.validation.pkix import moment, too_weak
from rogatory_crypto.esign.validation.use import Use
from rogatory_crypto.esign.verdict import PASSED, SubIndication, Verdict, indeterminate

_ALGORITHMS: Final = DatedAlgorithmPolicy()


def judge_algorithms(digests: Iterable[str], certificate: Certificate, use: Use) -> Verdict:
    """Judge every digest and the signing key as of when the signature is proven to have existed."""
    try:
        for what, limit in limits(digests, certificate).items():
            if limit != ALWAYS and (limit == NEVER or moment(use.existed_by) >= limit):
                return _refused(what, limit, certificate)
    except UNREADABLE as error:
        reason = f"the key of the certificate cannot be read: {type(error).__name__}: {error}"[:300]
        return indeterminate(SubIndication.CERTIFICATE_CHAIN_GENERAL_FAILURE, reason)
    return PASSED


def judge_given(candidate: Candidate, use: Use, known: Known) -> Verdict:
    """Judge how the issuers' certificates that were given beside the document are signed, as of the check.

    Nothing proves that they existed before it, whatever is proven of the signature (clause 5.2.6).
    """
    if known.terms.at <= use.existed_by:
        return PASSED
    above = candidate.anchors[0].certificate
    for certificate in candidate.below[:-1]:
        allowed = _ALGORITHMS.signature_algorithm_allowed(
            certificate["signature_algorithm"], moment(known.terms.at), above.public_key
        )
        if not allowed and known.is_given(certificate):
            reason = f"{brief(certificate.subject)} was given with the check: {allowed.failure_reason}"
            return too_weak(allowed.not_allowed_after, candidate.below[-1], reason)
        above = certificate
    return PASSED


def limits(digests: Iterable[str], certificate: Certificate) -> dict[str, datetime]:
    """Return until when each digest and the signing key may be relied on, by how a reader knows them.

    Raises:
        ValueError: the key cannot be read, or another of ``asn1_types.UNREADABLE``.
    """
    return {name.upper(): digest_limit(name) for name in sorted(digests)} | _of_key(certificate)


def _of_key(certificate: Certificate) -> dict[str, datetime]:
    key = certificate.public_key
    name, bits = str(key.algorithm), key_bits(key)
    return {f"a key of {name.upper()} with {bits} bits": key_limit(name, bits)}


def _refused(what: str, limit: datetime, certificate: Certificate) -> Verdict:
    if limit == NEVER:
        return too_weak(None, certificate, f"{what} may not be relied on")
    return too_weak(limit, certificate, f"{what} may not be relied on after {limit:%Y-%m-%d}")
