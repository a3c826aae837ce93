"""What a key may be used for: RFC 5280 sections 4.2.1.3 and 4.2.1.12, RFC 3161 section 2.3, EN 319 412-2.

A key that logs its holder in signs whatever a server sends; its signature says nothing of the holder's will.
"""

from typing import Final

from rogatory_crypto.esign.asn1_types import Certificate
from rogatory_crypto.esign.validation.use import Use
from rogatory_crypto.esign.verdict import PASSED, Role, SubIndication, Verdict, indeterminate

_SIGNING: Final = frozenset({"digital_signature", "non_repudiation"})
# A certificate for nothing but these is a machine's, not a signatory's.
_SERVICES: Final = frozenset({"time_stamping", "ocsp_signing", "server_auth", "code_signing"})
_LOGGING_IN: Final = frozenset(
    {"client_auth", "server_auth", "microsoft_smart_card_logon", "pkinit_kpclientauth"}
)


def judge_purpose(certificate: Certificate, use: Use, *, listed: bool = False) -> Verdict:
    """Judge whether a certificate lets its key do what it did.

    Args:
        certificate: whose key it is.
        use: what it did.
        listed: whether its issuer stands on a trusted list, so that its kind of certificate is regulated.
    """
    usage = certificate.key_usage_value
    if usage is not None and not set(usage.native) & _SIGNING:
        return _refused("the key of the certificate is not for signing")
    uncommitted = usage is not None and "non_repudiation" not in usage.native
    match use.role:
        case Role.SIGNER if uncommitted and (listed or _is_for_logging_in(certificate)):
            # EN 319 412-2 clause 4.3.2: certificates that commit their holder have the bit.
            return _refused("the certificate is for logging in, not for signing: it lacks nonRepudiation")
        case Role.SIGNER if _is_confined_to_services(certificate):
            return _refused("the certificate is not one to sign documents with")
        case Role.TIMESTAMP if not _is_for_time_stamps_alone(certificate):
            return _refused("the certificate is not one for time stamps alone, critically so")
    return PASSED


def _refused(reason: str) -> Verdict:
    return indeterminate(SubIndication.CHAIN_CONSTRAINTS_FAILURE, reason)


def _is_for_logging_in(certificate: Certificate) -> bool:
    usage = certificate.extended_key_usage_value
    return usage is not None and {str(purpose) for purpose in usage.native} <= _LOGGING_IN


def _is_confined_to_services(certificate: Certificate) -> bool:
    usage = certificate.extended_key_usage_value
    return usage is not None and {str(purpose) for purpose in usage.native} <= _SERVICES


def _is_for_time_stamps_alone(certificate: Certificate) -> bool:
    usage = certificate.extended_key_usage_value
    critical = "extended_key_usage" in certificate.critical_extensions
    return usage is not None and critical and list(usage.native) == ["time_stamping"]
