"""Signing our documents and checking anybody's.

Rules of this room: a document is checked in a process of its own, with limits and without a network; a
passphrase is a value, never an argument of a program; what is signed here is checked before it is handed on.
"""

from rogatory_client.signing.check_job import CheckLimits
from rogatory_client.signing.check_process import Checker, check_signature_file
from rogatory_client.signing.long_term import LongTerm
from rogatory_client.signing.refusal import SigningRefusedError
from rogatory_client.signing.sign_file import sign_file
from rogatory_client.signing.sign_pdf import SignaturePurpose, sign_pdf
from rogatory_client.signing.signature_kind import signature_kind_of
from rogatory_client.signing.signing_key import SealKey, SigningKey, TokenKey
from rogatory_client.signing.stamp import Stamp

__all__ = [
    "CheckLimits",
    "Checker",
    "LongTerm",
    "SealKey",
    "SignaturePurpose",
    "SigningKey",
    "SigningRefusedError",
    "Stamp",
    "TokenKey",
    "check_signature_file",
    "sign_file",
    "sign_pdf",
    "signature_kind_of",
]
