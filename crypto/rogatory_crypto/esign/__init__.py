"""Electronic signatures on documents: bytes and trust in, one kind of report out.

Rules of this room: the format is told by content; hostile bytes end in a report, never in an exception;
no check ever reads the network, the clock or a file; a report is TOTAL-PASSED only where every signature of
the document is (ETSI EN 319 102-1). The libraries that read documents are loaded by the first check.

First version: PDF. Each other format is one more module with a function ``check_<format>`` named in
``rogatory_crypto.esign.checking``; until then it is recognised and answered INDETERMINATE.
"""

from rogatory_crypto.esign.checking import check, unchecked
from rogatory_crypto.esign.report import (
    CertificateSummary,
    Coverage,
    DocumentFormat,
    Report,
    Scope,
    SignatureReport,
    TimestampReport,
    TrustAnchor,
)
from rogatory_crypto.esign.report_json import decode_report, encode_report
from rogatory_crypto.esign.verdict import Indication, SubIndication

__all__ = [
    "CertificateSummary",
    "Coverage",
    "DocumentFormat",
    "Indication",
    "Report",
    "Scope",
    "SignatureReport",
    "SubIndication",
    "TimestampReport",
    "TrustAnchor",
    "check",
    "decode_report",
    "encode_report",
    "unchecked",
]
