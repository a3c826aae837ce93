"""Verdicts in plain language: one sentence on what was found and, where something can be done, what to do.

"Not trusted" must never read like "not intact". The catalogue is data, keyed by language (BCP 47) and by the
words of EN 319 102-1; another language is another table with the same keys.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from rogatory_crypto.esign.verdict import Indication, SubIndication, Verdict

_S = SubIndication

_PASSED_EN = (
    "The file is intact since it was signed, and the signer's certificate leads to an issuer you trust."
)
_FAILED_EN = "Do not rely on this signature: the file or the signature was changed, or is not well formed."
_INDETERMINATE_EN = "It could not be established whether this signature is valid."

_ENGLISH: Final[Mapping[SubIndication, str]] = MappingProxyType(
    {
        _S.FORMAT_FAILURE: (
            "Do not rely on this signature: the file was changed after signing in a way that a signature"
            " does not allow, or the signature is not well formed. Ask the sender for the original file."
        ),
        _S.HASH_FAILURE: (
            "Do not rely on this signature: the signed content was changed after signing."
            " Ask the sender for the original file."
        ),
        _S.SIG_CRYPTO_FAILURE: (
            "Do not rely on this signature: it was not made with the certificate it names, or was damaged."
            " Ask the sender for the original file."
        ),
        _S.NO_CERTIFICATE_CHAIN_FOUND: (
            "The file is intact since it was signed, but the issuer of the signer's certificate is not among"
            " those you trust. Add the issuer's certificate, or that state's trusted list, and check again."
        ),
        _S.CERTIFICATE_CHAIN_GENERAL_FAILURE: (
            "The file is intact since it was signed, but the signer's certificate could not be fully checked;"
            " most often the proof that it was not revoked is missing. Ask for a file signed at level LT."
        ),
        _S.REVOKED_NO_POE: (
            "The file is intact since it was signed, but the signer's certificate was revoked and nothing"
            " proves that the signature was made before that."
        ),
        _S.REVOKED_CA_NO_POE: (
            "The file is intact since it was signed, but the certificate of the signer's issuer was revoked"
            " and nothing proves that the signature was made before that."
        ),
        _S.OUT_OF_BOUNDS_NO_POE: (
            "The file is intact since it was signed, but the signer's certificate is outside its period of"
            " validity and nothing proves that the signature was made within it."
        ),
        _S.TRY_LATER: (
            "The file is intact since it was signed, but the proof that the certificate was not revoked is"
            " too old for the time of signing. Supply newer revocation data and check again."
        ),
        _S.CRYPTO_CONSTRAINTS_FAILURE: (
            "The signature uses an algorithm or key length that is too weak to be relied on."
        ),
        _S.CRYPTO_CONSTRAINTS_FAILURE_NO_POE: (
            "The signature uses an algorithm or key length that is no longer strong enough, and nothing"
            " proves that it was made while it was."
        ),
        _S.CHAIN_CONSTRAINTS_FAILURE: (
            "The file is intact since it was signed, but the certificate was not issued to sign documents."
        ),
        _S.SIG_CONSTRAINTS_FAILURE: (
            "The signature could be read, but it lacks or contradicts something that its kind requires."
        ),
        _S.SIGNED_DATA_NOT_FOUND: "No signature, or not the content that was signed, was found in this file.",
        _S.NO_SIGNING_CERTIFICATE_FOUND: "The signature does not contain the certificate of its signer.",
        _S.GENERIC: (
            "This file could not be checked. That says neither that it is forged nor that it is genuine."
        ),
    }
)


def sentence(verdict: Verdict) -> str:
    """The plain-language sentence of a verdict, in English."""
    if verdict.indication is Indication.TOTAL_PASSED:
        return _PASSED_EN
    fallback = _FAILED_EN if verdict.indication is Indication.TOTAL_FAILED else _INDETERMINATE_EN
    return _ENGLISH.get(verdict.sub_indication, fallback) if verdict.sub_indication else fallback
