"""Signing our documents and checking anybody's.

Rules of this room: a document is checked in a process of its own, with limits and without a network; a
passphrase is a value, never an argument of a program; what is signed here is checked before it is handed on.
"""

from rogatory_client.signing.check_job import CheckLimits
from rogatory_client.signing.check_process import Checker, check_signature_file
from rogatory_client.signing.sign_pdf import (
    LongTerm,
    SealKey,
    SignaturePurpose,
    SigningRefusedError,
    Stamp,
    sign_pdf,
)

__all__ = [
    "CheckLimits",
    "Checker",
    "LongTerm",
    "SealKey",
    "SignaturePurpose",
    "SigningRefusedError",
    "Stamp",
    "check_signature_file",
    "sign_pdf",
]
