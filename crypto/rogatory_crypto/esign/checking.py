"""The door: which module checks which format, and the one place where a hostile document's surprises end.

Parsers fail in many ways on hostile bytes. Whatever escapes one of them is caught here, once, and becomes
INDETERMINATE/GENERIC with the reason said; it never becomes valid.
"""

from collections.abc import Sequence
from importlib import import_module
from typing import Final

from rogatory_crypto.errors import MisuseError
from rogatory_crypto.esign.detection import detect
from rogatory_crypto.esign.report import DocumentFormat, Report
from rogatory_crypto.esign.sentence import sentence
from rogatory_crypto.esign.verdict import SubIndication, Verdict, indeterminate
from rogatory_crypto.esign.wording import ENGLISH, wording

MAX_DOCUMENT_BYTES: Final = 128 * 1024 * 1024

_UNSUPPORTED: Final = {
    DocumentFormat.JADES: "signatures in JSON (JAdES) are not supported",
    DocumentFormat.EVIDENCE_RECORD: "evidence records (RFC 4998) are not supported",
    DocumentFormat.UNKNOWN: "this is no kind of signed document that is known here",
}
# Where each format is checked: module and function, ``(document, terms) -> Report``.
_CHECKS: Final = {
    DocumentFormat.PADES: ("rogatory_crypto.esign.pdf.document", "check_pdf"),
    DocumentFormat.CADES: ("rogatory_crypto.esign.cms.document", "check_cms"),
    DocumentFormat.XADES: ("rogatory_crypto.esign.xml.document", "check_xml"),
    DocumentFormat.ASIC_S: ("rogatory_crypto.esign.container.document", "check_container"),
    DocumentFormat.ASIC_E: ("rogatory_crypto.esign.container.document", "check_container"),
    # Which kind of container an archive is, or none, is told by what is in it.
    DocumentFormat.ZIP: ("rogatory_crypto.esign.container.document", "check_container"),
}
_TRUST: Final = ("rogatory_crypto.esign.trust.given_lists", "rogatory_crypto.esign.trust.directory")
# What the libraries load by themselves, at the first document that needs it.
_LATE: Final = ("pyhanko.pdf_utils.filters", "cryptography.hazmat.backends.openssl.backend")


def load_formats() -> None:
    """Read now what else the first document of its kind would: modules, words. A check then opens no file."""
    for module in (*(module for module, _ in _CHECKS.values()), *_TRUST, *_LATE):
        import_module(module)
    # The words of a report, and the names of states, are read from files as well.
    wording(ENGLISH).country("")


def check(
    document: bytes,
    *,
    trust: Sequence[bytes],
    contents: Sequence[bytes] = (),
    at: int,
    revocation: bool = True,
) -> Report:
    """Check every signature of a document, offline.

    Args:
        document: the whole file.
        trust: certificates (PEM or DER) trusted as issuers of signers or time stamps, or as pinned signers,
            and trusted lists (TS 119 612).
        contents: the files a detached signature is about.
        at: the instant to check for, unix seconds.
        revocation: whether every certificate below its anchor needs proof that it was not revoked.

    Returns:
        The report; whatever the document holds, nothing is raised because of it.

    Raises:
        MisuseError: ``trust`` or ``at`` cannot be used.
    """
    from rogatory_crypto.esign.terms import Terms
    from rogatory_crypto.esign.trust.given import read_anchors

    terms = Terms(read_anchors(trust, at), at, revocation=revocation, contents=tuple(contents))
    if not 0 <= at < 2**32:
        raise MisuseError("the instant to check for is out of range")
    found = detect(document)
    if len(document) > MAX_DOCUMENT_BYTES:
        return unchecked(
            found, at, indeterminate(SubIndication.GENERIC, "the document is too large to check")
        )
    if found not in _CHECKS:
        missing = (
            SubIndication.SIGNED_DATA_NOT_FOUND if found is DocumentFormat.UNKNOWN else SubIndication.GENERIC
        )
        return unchecked(found, at, indeterminate(missing, _UNSUPPORTED[found]))
    module, function = _CHECKS[found]
    try:
        report: Report = getattr(import_module(module), function)(document, terms)
    except (Exception, RecursionError) as error:  # noqa: BLE001 - a parser's surprises end here
        reason = f"the document could not be read: {type(error).__name__}: {error}"[:300]
        return unchecked(found, at, indeterminate(SubIndication.GENERIC, reason))
    return report


def unchecked(found: DocumentFormat, at: int, verdict: Verdict) -> Report:
    """The report on a document whose signatures could not be looked at."""
    return Report(
        format=found,
        indication=verdict.indication,
        validation_time=at,
        reason=verdict.reason,
        sentence=sentence(verdict),
    )
