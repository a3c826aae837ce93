"""What a verdict means and what to do about it: in English inside a report, in any language beside it."""

from collections.abc import Sequence

from rogatory_crypto.esign.report import Report, SignatureReport, TimestampReport
from rogatory_crypto.esign.verdict import Indication, Verdict
from rogatory_crypto.esign.wording import ENGLISH, Wording, wording


def sentence(verdict: Verdict) -> str:
    """The plain-language sentence of a verdict, in English."""
    return wording(ENGLISH).sentence(verdict.indication, verdict.sub_indication, verdict.missing)


def whole_sentence(report: Report, words: Wording) -> str:
    """Return what the verdict on a whole file means and what to do about it."""
    return " ".join([_decided(report, words), *beside(report.signatures, report.timestamps, words)])


def _decided(report: Report, words: Wording) -> str:
    if report.reason:
        return words.told_again(report.sentence)
    parts: Sequence[SignatureReport | TimestampReport] = report.signatures or report.timestamps
    worst = next((each for each in parts if each.indication is report.indication), None)
    match worst:
        case SignatureReport():
            return words.sentence(worst.indication, worst.sub_indication, worst.missing)
        case TimestampReport():
            return words.timestamp_sentence(worst.indication, worst.missing)
        case None:
            return words.told_again(report.sentence)


def beside(
    signatures: Sequence[SignatureReport], timestamps: Sequence[TimestampReport], words: Wording
) -> tuple[str, ...]:
    """Return what has to be said beside the sentence on signatures: that a time stamp over all is broken.

    A signature may be intact in a file whose later time stamp is not: both are true, and one hides the other.
    """
    broken = any(each.indication is Indication.TOTAL_FAILED for each in timestamps)
    return (words.labels["timestamp_failed"],) if signatures and broken else ()
