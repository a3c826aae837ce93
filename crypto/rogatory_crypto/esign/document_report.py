"""Puts the reports on the signatures and time stamps of a document together (EN 319 102-1 clause 5.1.3)."""

from collections.abc import Sequence

from rogatory_crypto.esign.report import DocumentFormat, Report, SignatureReport, TimestampReport
from rogatory_crypto.esign.sentence import Part, beside, sentence, worst_sentence
from rogatory_crypto.esign.verdict import (
    PASSED,
    SubIndication,
    Verdict,
    indeterminate,
    worse,
    worst,
)
from rogatory_crypto.esign.wording import ENGLISH, wording

NOTHING_SIGNED = indeterminate(SubIndication.SIGNED_DATA_NOT_FOUND, "there is no signature")
ONLY_TIME = "there are time stamps but no signature: they say when it existed, not who is behind it"


def document_report(
    found: DocumentFormat,
    at: int,
    signatures: Sequence[SignatureReport],
    *,
    timestamps: Sequence[TimestampReport] = (),
    counter_signatures: Sequence[SignatureReport] = (),
    verdict: Verdict = PASSED,
    warnings: Sequence[str] = (),
) -> Report:
    """Return the report on a whole document: the worst of all that is in it.

    Args:
        found: format of the document.
        at: the instant it was checked for, unix seconds.
        signatures: on what the document is about; where there are none, the time stamps decide.
        timestamps: of the whole document, newest first.
        counter_signatures: on signatures; they decide nothing here.
        verdict: on the document as a whole.
        warnings: about the document as a whole.
    """
    words = wording(ENGLISH)
    parts: Sequence[Part] = signatures or timestamps
    verdict = worse(verdict, NOTHING_SIGNED) if not parts else verdict
    indication = worst([verdict.indication, *(part.indication for part in parts)])
    is_whole = verdict.indication is indication and verdict != PASSED
    decided = sentence(verdict) if is_whole else worst_sentence(parts, indication, words)
    only_time = (ONLY_TIME,) * (bool(timestamps) and not signatures)
    return Report(
        format=found,
        indication=indication,
        validation_time=at,
        reason=verdict.reason if is_whole else "",
        sentence=" ".join([decided, *beside(signatures, timestamps, words)]),
        signatures=tuple(signatures),
        timestamps=tuple(timestamps),
        warnings=(*warnings, *only_time),
        counter_signatures=tuple(counter_signatures),
    )
