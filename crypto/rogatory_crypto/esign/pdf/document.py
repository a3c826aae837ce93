"""Checks a whole PDF: time stamps from the newest to the oldest, then each signature as of what they prove.

ETSI EN 319 102-1 clauses 5.4 to 5.6. A document time stamp that passes proves that everything before it in
the file existed at its time, including older time stamps whose authority's certificate has expired since.
"""

from dataclasses import dataclass
from typing import Any

from pyhanko.pdf_utils.misc import PdfError, PdfStrictReadError

from rogatory_crypto.esign.chain import judge_timestamp, time_of
from rogatory_crypto.esign.evidence import Evidence
from rogatory_crypto.esign.pdf.embedded import Broken, Embedded, evidence_in, find_signatures, open_pdf
from rogatory_crypto.esign.pdf.integrity import examine
from rogatory_crypto.esign.pdf.salvage import judge_range, salvage
from rogatory_crypto.esign.pdf.signature import Proof, check_signature
from rogatory_crypto.esign.report import (
    Coverage,
    DocumentFormat,
    Report,
    Scope,
    SignatureReport,
    TimestampReport,
    overall,
)
from rogatory_crypto.esign.sentence import sentence
from rogatory_crypto.esign.terms import Terms
from rogatory_crypto.esign.verdict import (
    PASSED,
    Indication,
    SubIndication,
    Verdict,
    failed,
    indeterminate,
    worse,
)

LENIENT = "the file does not keep to the PDF format exactly; it was read leniently"
CONTENTS_UNUSED = "a PDF carries its own content: the other files given were not used"


@dataclass(frozen=True, slots=True)
class Checked:
    """A PDF opened for checking."""

    document: bytes
    reader: Any
    found: tuple[Embedded, ...]
    evidence: Evidence
    terms: Terms


def check_pdf(document: bytes, terms: Terms) -> Report:
    """Check every signature in a PDF; one that cannot be parsed is judged by its raw byte ranges."""
    notes = (CONTENTS_UNUSED,) * bool(terms.contents)
    try:
        return _read_and_check(document, terms, notes)
    except (Exception, RecursionError) as error:  # noqa: BLE001 - readers fail in many ways on hostile files
        reason = f"the file could not be read: {type(error).__name__}: {error}"[:300]
        wrecks = tuple(_without_details(wreck.name, wreck.verdict) for wreck in salvage(document, reason))
        verdict = None if wrecks else indeterminate(SubIndication.GENERIC, reason)
        return _report(wrecks, verdict, terms.at, notes)


def _read_and_check(document: bytes, terms: Terms, notes: tuple[str, ...]) -> Report:
    # Widely used products write files that a strict reader refuses; rules on the tail of the file apply to
    # both ways of reading, so the second way lets no hidden content through.
    try:
        return _check(document, open_pdf(document, strict=True), terms, notes)
    except (PdfError, ValueError, KeyError, TypeError, AttributeError, IndexError):
        return _check(document, open_pdf(document, strict=False), terms, (*notes, LENIENT))


def _check(document: bytes, reader: Any, terms: Terms, warnings: tuple[str, ...]) -> Report:  # noqa: ANN401 - untyped library
    at = terms.at
    if reader.encrypted:
        verdict = indeterminate(SubIndication.GENERIC, "the file is encrypted: check it after decryption")
        return _report((), verdict, at, ())
    found, broken = find_signatures(reader)
    if not found and not broken:
        verdict = indeterminate(SubIndication.SIGNED_DATA_NOT_FOUND, "no signature field is filled in")
        return _report((), verdict, at, warnings)
    reports: list[SignatureReport] = [_broken(item) for item in broken]
    if found:
        checked = Checked(document, reader, tuple(found), evidence_in(reader, found), terms)
        reports = _signatures(checked) + reports
    if not reports:
        verdict = indeterminate(SubIndication.SIGNED_DATA_NOT_FOUND, "there is a time stamp but no signature")
        return _report((), verdict, at, warnings)
    return _report(tuple(reports), None, at, warnings)


def _report(
    signatures: tuple[SignatureReport, ...], verdict: Verdict | None, at: int, warnings: tuple[str, ...]
) -> Report:
    indication = verdict.indication if verdict else overall(signatures)
    worst = next((each for each in signatures if each.indication is indication), None)
    return Report(
        format=DocumentFormat.PADES,
        indication=indication,
        validation_time=at,
        reason=verdict.reason if verdict else "",
        sentence=sentence(verdict) if verdict else (worst.sentence if worst else ""),
        signatures=signatures,
        warnings=warnings,
    )


def _signatures(checked: Checked) -> list[SignatureReport]:
    proofs = _document_timestamps(checked)
    signatures = [item for item in checked.found if not item.is_timestamp]
    return [_guarded(checked, item, proofs, _last_end(signatures, proofs)) for item in signatures]


def _last_end(signatures: list[Embedded], proofs: list[Proof]) -> int:
    passed = (proof.end for proof in proofs if proof.report.indication is Indication.TOTAL_PASSED)
    return max((*(item.end for item in signatures), *passed), default=0)


def _guarded(checked: Checked, item: Embedded, proofs: list[Proof], last_end: int) -> SignatureReport:
    try:
        integrity = examine(checked.document, checked.reader, item, last_end)
        covering = [proof for proof in proofs if proof.end > item.end]
        return check_signature(item, integrity, covering, checked.terms, checked.evidence)
    except PdfStrictReadError:
        raise
    except (Exception, RecursionError) as error:  # noqa: BLE001 - one broken signature must not hide the others
        reason = f"the signature could not be checked: {type(error).__name__}: {error}"[:300]
        ranges = tuple(int(number) for number in item.signature.byte_range)
        return _without_details(item.name, judge_range(checked.document, ranges, reason))


def _document_timestamps(checked: Checked) -> list[Proof]:
    """Every document time stamp, newest first, each judged as of what the newer ones prove."""
    proofs: list[Proof] = []
    control_time = checked.terms.at
    for item in reversed([item for item in checked.found if item.is_timestamp]):
        proof = _document_timestamp(checked, item, control_time)
        if proof.report.indication is Indication.TOTAL_PASSED:
            control_time = proof.report.time
        proofs.append(proof)
    return proofs


def _document_timestamp(checked: Checked, item: Embedded, control_time: int) -> Proof:
    signed_data = item.signature.signed_data
    judged = judge_timestamp(
        signed_data, item.signature.compute_digest, checked.terms, checked.evidence, control_time
    )
    integrity = examine(checked.document, checked.reader, item, checked.found[-1].end)
    verdict = worse(judged.verdict, integrity.verdict)
    report = TimestampReport(
        kind="document",
        indication=verdict.indication,
        sub_indication=verdict.sub_indication,
        reason=verdict.reason,
        time=time_of(signed_data),
        signer=judged.signer,
        trust_anchor=judged.trust_anchor if verdict == PASSED else None,
    )
    return Proof(item.end, report)


def _broken(item: Broken) -> SignatureReport:
    return _without_details(item.name, failed(SubIndication.FORMAT_FAILURE, item.reason))


def _without_details(name: str, verdict: Verdict) -> SignatureReport:
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
