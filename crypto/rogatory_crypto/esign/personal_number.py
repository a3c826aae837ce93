"""Hides the personal numbers that some states put into their certificates.

A report is shown around and kept; who signed is needed in it, the number of the person is not. What is
hidden is the identifier of EN 319 412-1 clause 5.1.3 (``PNOEE-10000000001``) and any run of digits long
enough to be one, in the names of signing certificates. An issuer's name is an organisation's and stays.
"""

import re
from dataclasses import replace
from typing import Final

from rogatory_crypto.esign.report import CertificateSummary, Report, SignatureReport

HIDDEN: Final = "•••"
_SEMANTIC: Final = re.compile(r"\b((?:PNO|IDC|PAS|TIN|[A-Z]{2}:)[A-Z]{2}?-)[^,;\s]+")
_DIGITS: Final = re.compile(r"\d(?:[\d\s/-]?\d){5,}")


def masked(report: Report) -> Report:
    """Return the same report without the personal numbers of signers."""
    return replace(report, signatures=tuple(_without_numbers(each) for each in report.signatures))


def mask(name: str) -> str:
    """Return a distinguished name without personal numbers."""
    return _DIGITS.sub(HIDDEN, _SEMANTIC.sub(rf"\1{HIDDEN}", name))


def _without_numbers(signature: SignatureReport) -> SignatureReport:
    return replace(
        signature,
        signer=None if signature.signer is None else _nameless(signature.signer),
        chain=tuple(_nameless(each) if each == signature.signer else each for each in signature.chain),
    )


def _nameless(certificate: CertificateSummary) -> CertificateSummary:
    return replace(certificate, subject=mask(certificate.subject))
