"""Of which kind the signatures on a document are, whoever made them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from rogatory_client.signing.check_process import check_signature_file
from rogatory_crypto.esign import DocumentFormat, Indication, Report

_CONTAINERS: Final = frozenset({DocumentFormat.ASIC_E, DocumentFormat.ASIC_S})


def signature_kind_of(path: Path, at: int, *, contents: Sequence[bytes] = ()) -> str:
    """The kind of a file's signatures, as the directory names it; see ``signature_kind``.

    Args:
        path: the file.
        at: the instant it is checked for, unix seconds.
        contents: what it was made over, where that is not inside.

    Raises:
        OSError: the file cannot be read.
    """
    return signature_kind(check_signature_file(path, trust=(), contents=contents, at=at, revocation=False))


def signature_kind(report: Report) -> str:
    """The kind of the signatures in a report: ``PAdES``, or empty where none holds.

    Nobody is trusted for it: who signed is for the addressee to judge, and a signature that is broken counts
    as none. What is in the file is told, and not what its name says.
    """
    if not report.signatures or report.indication is Indication.TOTAL_FAILED:
        return ""
    if report.format in _CONTAINERS:
        return report.format.value
    return report.signatures[0].level.split("-", maxsplit=1)[0]
