"""Defects of certificates that libraries choke on, each named so that a reader can tell who is to blame.

Certification authorities have issued RSA keys whose modulus reads as a negative number, and keys on curves
that nobody knows. What such a key has signed cannot be judged; that is no reason to call it forged.
"""

from collections.abc import Iterable
from typing import Final

from cryptography.hazmat.primitives import serialization

from rogatory_crypto.esign.asn1_types import UNREADABLE, Certificate
from rogatory_crypto.esign.names import brief
from rogatory_crypto.esign.verdict import PASSED, SubIndication, Verdict, indeterminate

_RSA: Final = frozenset({"rsa", "rsassa_pss"})


def judge_form(certificates: Iterable[Certificate]) -> Verdict:
    """Judge whether the certificates of a chain have the form they need; the first defect is named."""
    for certificate in certificates:
        defect = _defect(certificate)
        if defect:
            reason = f"the certificate of {_name(certificate)} is defective: {defect}"[:500]
            return indeterminate(SubIndication.CERTIFICATE_CHAIN_GENERAL_FAILURE, reason)
    return PASSED


def _name(certificate: Certificate) -> str:
    try:
        return brief(certificate.subject)
    except UNREADABLE:
        return "somebody who cannot be read"


def _defect(certificate: Certificate) -> str:
    try:
        if certificate["signature_algorithm"].native != certificate["tbs_certificate"]["signature"].native:
            return "it names two algorithms for its one signature"  # RFC 5280 section 4.1.1.2
        return _key_defect(certificate)
    except UNREADABLE as error:
        return f"it cannot be read: {type(error).__name__}: {error}"


def _key_defect(certificate: Certificate) -> str:
    key = certificate.public_key
    if key.algorithm in _RSA:
        modulus = int(key["public_key"].parsed["modulus"].native)
        return "" if modulus > 0 else "the modulus of its RSA key is negative or zero"
    try:
        serialization.load_der_public_key(key.dump())
    except UNREADABLE as error:
        return f"its key cannot be used: {error}"
    return ""
