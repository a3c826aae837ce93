"""Judges one chain as of one time: the path validation of RFC 5280 section 6.1, without revocation.

The library checks signatures, periods of validity, algorithms, names, policies, lengths and key usages of
every certificate below the anchor. What it raises becomes a verdict of EN 319 102-1 clause 5.2.6.
"""

from datetime import UTC, datetime
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from pyhanko_certvalidator.authority import CertTrustAnchor, TrustQualifiers, derive_quals_from_cert
from pyhanko_certvalidator.context import ValidationContext
from pyhanko_certvalidator.errors import (
    CRLValidationError,
    DisallowedAlgorithmError,
    ExpiredError,
    NotYetValidError,
    OCSPValidationError,
    PathError,
    PathValidationError,
    ValidationError,
)
from pyhanko_certvalidator.name_trees import default_excluded_subtrees, default_permitted_subtrees
from pyhanko_certvalidator.path import ValidationPath
from pyhanko_certvalidator.policy_decl import NO_REVOCATION, CertRevTrustPolicy, PKIXValidationParams
from pyhanko_certvalidator.registry import SimpleTrustManager
from pyhanko_certvalidator.validate import async_validate_path

from rogatory_crypto.esign.asn1_types import UNREADABLE, Certificate
from rogatory_crypto.esign.validation import offline
from rogatory_crypto.esign.validation.algorithm_policy import DatedAlgorithmPolicy
from rogatory_crypto.esign.validation.candidates import Candidate
from rogatory_crypto.esign.validation.use import Use
from rogatory_crypto.esign.verdict import PASSED, SubIndication, Verdict, failed, indeterminate

ESCAPING: Final = (
    ValidationError,
    PathError,
    CRLValidationError,
    OCSPValidationError,
    InvalidSignature,
    AssertionError,
    NotImplementedError,
    *UNREADABLE,
)
_WITHOUT_REVOCATION: Final = CertRevTrustPolicy(NO_REVOCATION)


def moment(seconds: int) -> datetime:
    """Return unix seconds as the library takes them."""
    return datetime.fromtimestamp(seconds, UTC)


def library_path(candidate: Candidate) -> Any:  # noqa: ANN401 - untyped library
    """Return a chain as the library takes it."""
    certificate = candidate.anchors[0].certificate
    anchor = CertTrustAnchor(certificate, _own_limits(certificate))
    leaf = candidate.below[-1] if candidate.below else None
    return ValidationPath(anchor, list(candidate.below[:-1]), leaf)


def _own_limits(certificate: Certificate) -> TrustQualifiers:
    """Return what an anchor's certificate says it may issue: length and names (RFC 5937 section 3)."""
    derived = derive_quals_from_cert(certificate)
    names = derived.standard_parameters
    parameters = None if names is None else _names_alone(names)
    length = derived.max_path_length
    return TrustQualifiers(standard_parameters=parameters, max_path_length=length, max_aa_path_length=length)


def _names_alone(derived: PKIXValidationParams) -> PKIXValidationParams:
    # Kinds of names that the certificate does not constrain stay free; the library wants each kind named.
    return PKIXValidationParams(
        initial_permitted_subtrees=default_permitted_subtrees() | (derived.initial_permitted_subtrees or {}),
        initial_excluded_subtrees=default_excluded_subtrees() | (derived.initial_excluded_subtrees or {}),
    )


def context(at: int, **more: Any) -> Any:  # noqa: ANN401 - untyped library
    """Return a context of the library that trusts nothing beyond the path it is used for."""
    manager: Any = SimpleTrustManager
    settings: dict[str, Any] = {
        "trust_manager": manager(),
        "moment": moment(at),
        "best_signature_time": moment(at),
        "allow_fetching": False,
        "revinfo_policy": _WITHOUT_REVOCATION,
        "algorithm_usage_policy": DatedAlgorithmPolicy(),
    }
    return ValidationContext(**(settings | more))


def judge_chain(candidate: Candidate, use: Use) -> Verdict:
    """Judge a chain as of the time by which the signature is proven to have existed."""
    try:
        path = library_path(candidate)
        if candidate.below:
            offline.run(async_validate_path(context(use.existed_by), path))
    except ESCAPING as error:
        return _verdict(error, candidate.below[-1], use)
    return PASSED


def _verdict(error: Exception, leaf: Certificate, use: Use) -> Verdict:
    reason = str(error) or type(error).__name__
    match error:
        case NotYetValidError() if use.proven and error.is_ee_cert:
            return failed(SubIndication.NOT_YET_VALID, reason)
        case ExpiredError() if error.is_ee_cert and _unused_while_valid(leaf, use):
            return failed(SubIndication.EXPIRED, reason)
        case ExpiredError() | NotYetValidError():
            return indeterminate(SubIndication.OUT_OF_BOUNDS_NO_POE, reason)
        case DisallowedAlgorithmError():
            return too_weak(error.banned_since, leaf, reason)
        case PathValidationError():
            return indeterminate(SubIndication.CHAIN_CONSTRAINTS_FAILURE, reason)
        case _:
            defect = f"a certificate of the chain cannot be used: {type(error).__name__}: {error}"
            return indeterminate(SubIndication.CERTIFICATE_CHAIN_GENERAL_FAILURE, defect[:300])


def too_weak(limit: datetime | None, leaf: Certificate, reason: str) -> Verdict:
    """Return the verdict on an algorithm past its limit.

    Proof of an earlier existence could not help where it was never allowed, or no longer when the signing
    certificate was issued (EN 319 102-1 clause 5.2.8).
    """
    if limit is None or limit <= leaf.not_valid_before:
        return indeterminate(SubIndication.CRYPTO_CONSTRAINTS_FAILURE, reason)
    return indeterminate(SubIndication.CRYPTO_CONSTRAINTS_FAILURE_NO_POE, reason)


def _unused_while_valid(leaf: Certificate, use: Use) -> bool:
    """Tell whether a content time stamp proves that the key was used after the certificate expired."""
    return use.not_before is not None and moment(use.not_before) > leaf.not_valid_after
