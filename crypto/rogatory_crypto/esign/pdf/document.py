"""Checks a whole PDF: document time stamps from the newest to the oldest, then each signature.

A document time stamp that passes proves that everything before it in the file existed at its time, including
older time stamps whose authority's certificate has expired since (EN 319 102-1 clause 5.6).
"""

from dataclasses import dataclass
from typing import Final

from pyhanko.pdf_utils.misc import PdfError, PdfStrictReadError

from rogatory_crypto.esign.cms.cades import find_signature_over
from rogatory_crypto.esign.cms.carried import carried_evidence
from rogatory_crypto.esign.cms.signed_data import encapsulated_content, evidence_in, signer_infos
from rogatory_crypto.esign.evidence import Evidence
from rogatory_crypto.esign.found import FoundSignature, FoundTimestamp, TimestampKind
from rogatory_crypto.esign.pdf.embedded import PADES, Broken, Embedded, find_signatures
from rogatory_crypto.esign.pdf.fields import has_usage_rights
from rogatory_crypto.esign.pdf.hidden_content import Kind, hidden_content_of
from rogatory_crypto.esign.pdf.integrity import Examiner
from rogatory_crypto.esign.pdf.placement import placed_wrongly
from rogatory_crypto.esign.pdf.reading import Reader, open_pdf
from rogatory_crypto.esign.pdf.salvage import judge_range, salvage
from rogatory_crypto.esign.pdf.security_store import read_store
from rogatory_crypto.esign.report import (
    Coverage,
    DocumentFormat,
    Report,
    Scope,
    SignatureReport,
    TimestampReport,
    overall,
)
from rogatory_crypto.esign.sentence import sentence, worst_sentence
from rogatory_crypto.esign.terms import Terms
from rogatory_crypto.esign.validation.signature import validate
from rogatory_crypto.esign.validation.timestamp import validate_timestamp
from rogatory_crypto.esign.verdict import (
    PASSED,
    Indication,
    SubIndication,
    Verdict,
    failed,
    indeterminate,
    worse,
)
from rogatory_crypto.esign.wording import ENGLISH, wording

LENIENT: Final = "the file does not keep to the PDF format exactly; it was read leniently"
CONTENTS_UNUSED: Final = "a PDF carries its own content: the other files given were not used"
USAGE_RIGHTS: Final = (
    "the file also holds a usage rights signature by a software vendor; it says nothing about the document"
)


@dataclass(frozen=True, slots=True)
class Opened:
    """A PDF opened for checking.

    Attributes:
        reader: the file.
        found: its signatures and document time stamps in the order in which they were made.
        broken: those that cannot be checked.
        examiner: says what each covers.
        evidence: everything the file brings along.
        terms: of this check.
    """

    reader: Reader
    found: tuple[Embedded, ...]
    broken: tuple[Broken, ...]
    examiner: Examiner
    evidence: Evidence
    terms: Terms


@dataclass(frozen=True, slots=True)
class Proof:
    """A document time stamp and how much of the file it covers."""

    end: int
    report: TimestampReport


def check_pdf(document: bytes, terms: Terms) -> Report:
    """Check every signature in a PDF; one that cannot be parsed is judged by its raw byte ranges."""
    notes = (CONTENTS_UNUSED,) * bool(terms.contents)
    try:
        return _read_and_check(document, terms, notes)
    except (Exception, RecursionError) as error:  # noqa: BLE001 - readers fail in many ways on hostile files
        reason = f"the file could not be read: {type(error).__name__}: {error}"[:300]
        wrecks = tuple(_bare(wreck.name, wreck.verdict) for wreck in salvage(document, reason))
        verdict = None if wrecks else indeterminate(SubIndication.GENERIC, reason)
        return _report(wrecks, verdict, terms.at, notes)


def _read_and_check(document: bytes, terms: Terms, notes: tuple[str, ...]) -> Report:
    # Widely used products write files that a strict reader refuses; rules on the tail of the file apply to
    # both ways of reading, so the second way lets no hidden content through.
    try:
        return _check(open_pdf(document, strict=True), terms, notes)
    except (PdfError, ValueError, KeyError, TypeError, AttributeError, IndexError):
        return _check(open_pdf(document, strict=False), terms, (*notes, LENIENT))


def _check(reader: Reader, terms: Terms, notes: tuple[str, ...]) -> Report:
    if reader.encrypted:
        verdict = indeterminate(SubIndication.GENERIC, "the file is encrypted: check it after decryption")
        return _report((), verdict, terms.at, notes)
    found, broken = find_signatures(reader)
    notes += (USAGE_RIGHTS,) * has_usage_rights(reader)
    if not found and not broken:
        verdict = indeterminate(SubIndication.SIGNED_DATA_NOT_FOUND, "no signature field is filled in")
        return _report((), verdict, terms.at, notes)
    first_end = min((item.end for item in found), default=0)
    evidence = read_store(reader) + _carried(found)
    opened = Opened(reader, tuple(found), tuple(broken), Examiner(reader, first_end), evidence, terms)
    return _judge(opened, notes)


def _judge(opened: Opened, notes: tuple[str, ...]) -> Report:
    proofs = _document_timestamps(opened)
    stamps = tuple(proof.report for proof in proofs)
    items = [item for item in opened.found if not item.is_timestamp]
    last_end = max((item.end for item in items), default=0)
    reports = tuple(_signature(opened, item, proofs, last_end) for item in items) + tuple(
        _bare(item.name, item.verdict) for item in opened.broken if not item.is_timestamp
    )
    nothing = indeterminate(SubIndication.SIGNED_DATA_NOT_FOUND, "there is a time stamp but no signature")
    notes += tuple(each.sentence for each in hidden_content_of(opened.reader) if each.kind is not Kind.LINK)
    return _report(reports, None if reports else nothing, opened.terms.at, notes, stamps)


def _carried(found: list[Embedded]) -> Evidence:
    """Everything that signatures carry; what one brings may be needed by another's time stamp."""
    carried = Evidence()
    for item in found:
        carried += evidence_in(item.signed_data)
        for info in signer_infos(item.signed_data):
            carried += carried_evidence(info)
    return carried


def _signature(opened: Opened, item: Embedded, proofs: list[Proof], last_end: int) -> SignatureReport:
    try:
        found = _found(opened, item, last_end)
        covering = [proof.report for proof in proofs if proof.end > item.end]
        return validate(found, opened.terms, covering)
    except PdfStrictReadError:
        raise
    except (Exception, RecursionError) as error:  # noqa: BLE001 - one broken signature must not hide the others
        reason = f"the signature could not be checked: {type(error).__name__}: {error}"[:300]
        return _bare(item.name, judge_range(opened.reader.document, item.ranges, reason))


def _found(opened: Opened, item: Embedded, last_end: int) -> FoundSignature:
    integrity = opened.examiner.examine(item, last_end)
    infos = signer_infos(item.signed_data)
    found = find_signature_over(
        item.signed_data, infos[0], item.name, item.digest, integrity.scope, opened.terms
    )
    verdict = worse(found.integrity, integrity.verdict)
    return FoundSignature(
        identifier=item.name,
        family="PAdES-BASELINE" if item.sub_filter == PADES else "PKCS7",
        integrity=worse(verdict, _form(item)),
        signer=found.signer,
        digests=found.digests,
        claimed_time=found.claimed_time or _dictionary_time(item),
        scope=integrity.scope,
        timestamps=found.timestamps,
        evidence=opened.evidence,
        warnings=integrity.warnings + found.warnings,
    )


def _form(item: Embedded) -> Verdict:
    """What ISO 32000-1 section 12.8.3.3 asks of the CMS: one signer, and no content of its own."""
    if len(signer_infos(item.signed_data)) != 1:
        return failed(SubIndication.FORMAT_FAILURE, "a signature in a PDF has exactly one signer")
    if encapsulated_content(item.signed_data) is not None:
        return failed(SubIndication.FORMAT_FAILURE, "the signature holds content of its own beside the file")
    return PASSED


def _dictionary_time(item: Embedded) -> int | None:
    from pyhanko.pdf_utils.generic import parse_pdf_date

    try:
        return int(parse_pdf_date(item.dictionary["/M"], strict=False).timestamp())
    except (PdfError, ValueError, TypeError, KeyError, AttributeError, OverflowError):
        return None


def _document_timestamps(opened: Opened) -> list[Proof]:
    """Every document time stamp, newest first, each judged as of what the newer ones prove."""
    proofs = [
        Proof(len(opened.reader.document), _broken_timestamp(item))
        for item in opened.broken
        if item.is_timestamp
    ]
    control_time = opened.terms.at
    for item in reversed([item for item in opened.found if item.is_timestamp]):
        integrity = opened.examiner.examine(item, opened.found[-1].end)
        found = FoundTimestamp(
            TimestampKind.DOCUMENT, item.signed_data, item.digest, integrity.verdict, integrity.scope
        )
        report = validate_timestamp(found, opened.terms, opened.evidence, control_time)
        if report.indication is Indication.TOTAL_PASSED:
            control_time = min(control_time, report.time)
        proofs.append(Proof(_claimed_end(opened, item), report))
    return proofs


def _claimed_end(opened: Opened, item: Embedded) -> int:
    """Return up to where a time stamp speaks: of everything, where its range makes no sense.

    A range that somebody has shortened would otherwise take it out of sight, and what it was made over too.
    """
    document = opened.reader.document
    return len(document) if placed_wrongly(document, item) else item.end


def _broken_timestamp(item: Broken) -> TimestampReport:
    return TimestampReport(
        kind=TimestampKind.DOCUMENT.value,
        indication=item.verdict.indication,
        sub_indication=item.verdict.sub_indication,
        reason=item.verdict.reason,
        time=0,
        signer=None,
        trust_anchor=None,
    )


def _report(
    signatures: tuple[SignatureReport, ...],
    verdict: Verdict | None,
    at: int,
    warnings: tuple[str, ...],
    timestamps: tuple[TimestampReport, ...] = (),
) -> Report:
    indication = verdict.indication if verdict else overall(signatures)
    words = wording(ENGLISH)
    return Report(
        format=DocumentFormat.PADES,
        indication=indication,
        validation_time=at,
        reason=verdict.reason if verdict else "",
        sentence=sentence(verdict) if verdict else worst_sentence(signatures, indication, words),
        signatures=signatures,
        timestamps=timestamps,
        warnings=warnings,
    )


def _bare(name: str, verdict: Verdict) -> SignatureReport:
    """The report on a signature of which nothing but a verdict can be said."""
    return SignatureReport(
        identifier=name,
        indication=verdict.indication,
        sub_indication=verdict.sub_indication,
        reason=verdict.reason,
        sentence=sentence(verdict),
        signer=None,
        chain=(),
        trust_anchor=None,
        level="",
        claimed_time=None,
        best_signature_time=None,
        scope=Scope(Coverage.UNCLEAR),
    )
