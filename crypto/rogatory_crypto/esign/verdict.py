"""The words of a verdict: main indication, sub-indication, and which of two verdicts is worse.

ETSI EN 319 102-1 V1.4.1, clause 5.1.3 and tables 5 and 6. No other word may appear in a report.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Indication(StrEnum):
    """Main status indication, EN 319 102-1 table 5."""

    TOTAL_PASSED = "TOTAL-PASSED"
    TOTAL_FAILED = "TOTAL-FAILED"
    INDETERMINATE = "INDETERMINATE"


class SubIndication(StrEnum):
    """Why a signature did not pass, EN 319 102-1 table 6."""

    FORMAT_FAILURE = "FORMAT_FAILURE"
    HASH_FAILURE = "HASH_FAILURE"
    SIG_CRYPTO_FAILURE = "SIG_CRYPTO_FAILURE"
    REVOKED = "REVOKED"
    EXPIRED = "EXPIRED"
    NOT_YET_VALID = "NOT_YET_VALID"
    SIG_CONSTRAINTS_FAILURE = "SIG_CONSTRAINTS_FAILURE"
    CHAIN_CONSTRAINTS_FAILURE = "CHAIN_CONSTRAINTS_FAILURE"
    CERTIFICATE_CHAIN_GENERAL_FAILURE = "CERTIFICATE_CHAIN_GENERAL_FAILURE"
    CRYPTO_CONSTRAINTS_FAILURE = "CRYPTO_CONSTRAINTS_FAILURE"
    POLICY_PROCESSING_ERROR = "POLICY_PROCESSING_ERROR"
    SIGNATURE_POLICY_NOT_AVAILABLE = "SIGNATURE_POLICY_NOT_AVAILABLE"
    TIMESTAMP_ORDER_FAILURE = "TIMESTAMP_ORDER_FAILURE"
    NO_SIGNING_CERTIFICATE_FOUND = "NO_SIGNING_CERTIFICATE_FOUND"
    NO_CERTIFICATE_CHAIN_FOUND = "NO_CERTIFICATE_CHAIN_FOUND"
    REVOKED_NO_POE = "REVOKED_NO_POE"
    REVOKED_CA_NO_POE = "REVOKED_CA_NO_POE"
    OUT_OF_BOUNDS_NO_POE = "OUT_OF_BOUNDS_NO_POE"
    REVOCATION_OUT_OF_BOUNDS_NO_POE = "REVOCATION_OUT_OF_BOUNDS_NO_POE"
    OUT_OF_BOUNDS_NOT_REVOKED = "OUT_OF_BOUNDS_NOT_REVOKED"
    CRYPTO_CONSTRAINTS_FAILURE_NO_POE = "CRYPTO_CONSTRAINTS_FAILURE_NO_POE"
    NO_POE = "NO_POE"
    TRY_LATER = "TRY_LATER"
    SIGNED_DATA_NOT_FOUND = "SIGNED_DATA_NOT_FOUND"
    GENERIC = "GENERIC"


_SEVERITY = {Indication.TOTAL_PASSED: 0, Indication.INDETERMINATE: 1, Indication.TOTAL_FAILED: 2}


class Role(StrEnum):
    """What a certificate does in a check."""

    SIGNER = "signer"
    TIMESTAMP = "timestamp"
    REVOCATION = "revocation"


@dataclass(frozen=True, slots=True)
class MissingTrust:
    """What would have to be trusted for a chain to end: the advice that a reader can act on.

    Attributes:
        role: whether it is the chain of the signer, of a time stamp, or of who answers for revocation.
        issuer: distinguished name of the certificate that is missing, readable.
        country: ISO 3166-1 alpha-2 in that name, so that the right state's list can be named; may be empty.
        key_identifier: hexadecimal authority key identifier, where the last certificate has one.
        trusted_for: ISO 3166-1 alpha-2 of the state that it is trusted for, where ``country`` was asked for.
    """

    role: Role
    issuer: str
    country: str = ""
    key_identifier: str = ""
    trusted_for: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """An indication, its sub-indication, and the one sentence of fact that led to it.

    Attributes:
        indication: main indication.
        sub_indication: absent exactly when the indication is TOTAL-PASSED.
        reason: technical English for the local reader; never sent to a peer.
        missing: the certificate whose trust would have changed the answer, where it is one.
    """

    indication: Indication
    sub_indication: SubIndication | None = None
    reason: str = ""
    missing: MissingTrust | None = None


PASSED = Verdict(Indication.TOTAL_PASSED)


def failed(sub_indication: SubIndication, reason: str) -> Verdict:
    """A verdict TOTAL-FAILED."""
    return Verdict(Indication.TOTAL_FAILED, sub_indication, reason)


def indeterminate(sub_indication: SubIndication, reason: str) -> Verdict:
    """A verdict INDETERMINATE."""
    return Verdict(Indication.INDETERMINATE, sub_indication, reason)


def worst(indications: Iterable[Indication]) -> Indication:
    """The overall indication: the worst one; nothing checked is INDETERMINATE, never passed."""
    return max(indications, key=_SEVERITY.__getitem__, default=Indication.INDETERMINATE)


def worse(first: Verdict, second: Verdict) -> Verdict:
    """The worse of two verdicts; the first where they are equally bad."""
    return second if _SEVERITY[second.indication] > _SEVERITY[first.indication] else first
