"""Whether a signature verifies, asked once for each signature.

The same few certificates, answers and lists are judged for a signature, for each of its time stamps and for
the other signatures of a document. The answer never changes, so it is kept by the hash of the whole question.
"""

from hashlib import sha256
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from pyhanko_certvalidator.sig_validate import DefaultSignatureValidator

from rogatory_crypto.esign.asn1_types import UNREADABLE, Certificate

_ANSWERS_KEPT: Final = 4096
_VALIDATOR: Final = DefaultSignatureValidator()
_answers: Final[dict[bytes, bool]] = {}


def signed_by(certificate: Certificate, issuer: Certificate) -> bool:
    """Tell whether a certificate's signature verifies under another's key."""
    return verifies(
        certificate["signature_value"].native,
        certificate["tbs_certificate"].dump(),
        issuer.public_key,
        certificate["signature_algorithm"],
    )


def verifies(signature: bytes, signed: bytes, public_key: Any, algorithm: Any) -> bool:  # noqa: ANN401 - untyped library
    """Tell whether a signature verifies; a key or algorithm that cannot be used verifies nothing."""
    try:
        parts = (signature, signed, public_key.dump(), algorithm.dump())
    except UNREADABLE:
        return False
    question = sha256(b"".join(sha256(part).digest() for part in parts)).digest()
    if question not in _answers:
        if len(_answers) >= _ANSWERS_KEPT:
            _answers.clear()
        _answers[question] = _verifies(signature, signed, public_key, algorithm)
    return _answers[question]


def _verifies(signature: bytes, signed: bytes, public_key: Any, algorithm: Any) -> bool:  # noqa: ANN401 - untyped library
    try:
        _VALIDATOR.validate_signature(
            signature=signature, signed_data=signed, public_key_info=public_key, signature_algorithm=algorithm
        )
    except (InvalidSignature, AssertionError, NotImplementedError, *UNREADABLE):
        return False
    return True
