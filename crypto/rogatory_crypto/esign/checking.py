"""The door: which module checks which format, and the one place where a hostile document's surprises end.

Parsers fail in many ways on hostile bytes. Whatever escapes one of them is caught here, once, and becomes
INDETERMINATE/GENERIC with the reason said; it never becomes valid.
"""

from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Final

from rogatory_crypto.errors import MisuseError, PeerError
from rogatory_crypto.esign.detection import detect
from rogatory_crypto.esign.report import DocumentFormat, Report
from rogatory_crypto.esign.sentence import sentence
from rogatory_crypto.esign.trust.anchor import Anchors, Shortcoming
from rogatory_crypto.esign.trust.territory import alpha2_of
from rogatory_crypto.esign.verdict import SubIndication, Verdict, indeterminate
from rogatory_crypto.esign.wording import ENGLISH, wording

if TYPE_CHECKING:
    from rogatory_crypto.esign.evidence import Evidence
    from rogatory_crypto.esign.terms import Terms

MAX_DOCUMENT_BYTES: Final = 128 * 1024 * 1024

_UNSUPPORTED: Final = {
    DocumentFormat.JADES: "signatures in JSON (JAdES) are not supported",
    DocumentFormat.EVIDENCE_RECORD: "evidence records (RFC 4998) are not supported",
    DocumentFormat.EMAIL: (
        "this is a signed e-mail: its signature is about its text, not about whom it names as its sender, "
        "and is not checked here; save what is attached to it and check that"
    ),
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
_GIVEN: Final = (
    "rogatory_crypto.esign.given_evidence",
    "rogatory_crypto.esign.trust.given_lists",
    "rogatory_crypto.esign.trust.directory",
)
# What the libraries load by themselves, at the first document that needs it.
_LATE: Final = ("pyhanko.pdf_utils.filters", "cryptography.hazmat.backends.openssl.backend")


def load_formats() -> None:
    """Read now what else the first document of its kind would: modules, words. A check then opens no file."""
    for module in (*(module for module, _ in _CHECKS.values()), *_GIVEN, *_LATE):
        import_module(module)
    # The words of a report, and the names and codes of states, are read from files as well.
    wording(ENGLISH).country(alpha2_of(""))


def check(
    document: bytes,
    *,
    trust: Sequence[bytes],
    contents: Sequence[bytes] = (),
    at: int,
    revocation: bool = True,
    evidence: Sequence[bytes] = (),
    state: str | None = None,
    shortcomings: Sequence[Shortcoming] = (),
) -> Report:
    """Check every signature of a document, offline.

    Args:
        document: the whole file.
        trust: certificates (PEM or DER) trusted as issuers of signers or time stamps, or as pinned signers,
            and trusted lists (TS 119 612).
        contents: the files a detached signature is about.
        at: the instant to check for, unix seconds.
        revocation: whether every certificate below its anchor needs proof that it was not revoked.
        evidence: certificates, revocation lists and OCSP responses (PEM or DER) to check with, untrusted.
        state: ISO 3166-1 alpha-3 of the state for which signers must be trusted; absent for any.
        shortcomings: sources of trust that the caller has and cannot use, to be named where trust is missing.

    Returns:
        The report; whatever the document holds, nothing is raised because of it.

    Raises:
        MisuseError: ``trust``, ``at``, ``evidence`` or ``state`` cannot be used.
    """
    from rogatory_crypto.esign.terms import Terms
    from rogatory_crypto.esign.trust.given import read_anchors

    _refuse_out_of_range(at, state)
    anchors = read_anchors(trust, at)
    terms = Terms(
        Anchors(anchors.anchors, (*anchors.shortcomings, *shortcomings)),
        at,
        revocation=revocation,
        contents=tuple(contents),
        evidence=_read_evidence(evidence),
        state=state,
    )
    return _check(document, terms)


def _check(document: bytes, terms: "Terms") -> Report:
    found = detect(document)
    if len(document) > MAX_DOCUMENT_BYTES:
        return unchecked(
            found, terms.at, indeterminate(SubIndication.GENERIC, "the document is too large to check")
        )
    if found not in _CHECKS:
        missing = (
            SubIndication.SIGNED_DATA_NOT_FOUND if found is DocumentFormat.UNKNOWN else SubIndication.GENERIC
        )
        return unchecked(found, terms.at, indeterminate(missing, _UNSUPPORTED[found]))
    module, function = _CHECKS[found]
    try:
        report: Report = getattr(import_module(module), function)(document, terms)
    except (Exception, RecursionError) as error:  # noqa: BLE001 - a parser's surprises end here
        reason = f"the document could not be read: {type(error).__name__}: {error}"[:300]
        return unchecked(found, terms.at, indeterminate(SubIndication.GENERIC, reason))
    return report


def refuse_misuse(trust: Sequence[bytes], at: int, evidence: Sequence[bytes], state: str | None) -> None:
    """Return only if ``check`` would take these; lists are read no further than to see that they are some.

    Raises:
        MisuseError: one of them cannot be used.
    """
    from rogatory_crypto.esign.trust.given import refuse_misuse as refuse_untrustworthy

    _refuse_out_of_range(at, state)
    refuse_untrustworthy(trust)
    _read_evidence(evidence)


def _refuse_out_of_range(at: int, state: str | None) -> None:
    if not 0 <= at < 2**32:
        raise MisuseError("the instant to check for is out of range")
    if state is not None and not alpha2_of(state):
        raise MisuseError(f"{state!r} is no state: write it like FRA (ISO 3166-1 alpha-3)")


def _read_evidence(files: Sequence[bytes]) -> "Evidence":
    from rogatory_crypto.esign.given_evidence import read_evidence

    try:
        return read_evidence(files)
    except PeerError as error:
        raise MisuseError(error.detail) from error


def unchecked(found: DocumentFormat, at: int, verdict: Verdict) -> Report:
    """The report on a document whose signatures could not be looked at."""
    return Report(
        format=found,
        indication=verdict.indication,
        validation_time=at,
        reason=verdict.reason,
        sentence=sentence(verdict),
    )
