"""What a verdict means and what to do about it: in English inside a report, in any language beside it."""

from collections.abc import Sequence
from typing import Final, TypeAlias

from rogatory_crypto.esign.brief_name import cut
from rogatory_crypto.esign.report import Report, SignatureReport, TimestampReport
from rogatory_crypto.esign.verdict import Indication, Verdict
from rogatory_crypto.esign.wording import ENGLISH, Wording, wording

MAX_NAMED: Final = 3

Part: TypeAlias = SignatureReport | TimestampReport


def sentence(verdict: Verdict) -> str:
    """The plain-language sentence of a verdict, in English."""
    return wording(ENGLISH).sentence(verdict.indication, verdict.sub_indication, verdict.missing)


def whole_sentence(report: Report, words: Wording) -> str:
    """Return what the verdict on a whole file means and what to do about it."""
    return " ".join([_decided(report, words), *beside(report.signatures, report.timestamps, words)])


def _decided(report: Report, words: Wording) -> str:
    if report.reason:
        return words.told_again(report.sentence)
    parts = report.signatures or report.timestamps
    return worst_sentence(parts, report.indication, words) or words.told_again(report.sentence)


def worst_sentence(parts: Sequence[Part], worst: Indication, words: Wording) -> str:
    """Return the sentence on the part that decided, and which that is where it is not said of all.

    Args:
        parts: signatures, or time stamps of the whole document where there is no signature.
        worst: the indication that decided.
        words: the language.

    Returns:
        The sentence; empty where no part has that indication.
    """
    said = [_of_part(each, words) for each in parts]
    decided = next((place for place, each in enumerate(parts) if each.indication is worst), None)
    if decided is None:
        return ""
    alike = [each for each, told in zip(parts, said, strict=True) if told == said[decided]]
    names = [cut(each.identifier) for each in alike if isinstance(each, SignatureReport)]
    if len(alike) == len(parts) or not names:
        return said[decided]
    more = " …" if len(names) > MAX_NAMED else ""
    return f"{words.labels['signature']} {', '.join(names[:MAX_NAMED])}{more}: {said[decided]}"


def _of_part(part: Part, words: Wording) -> str:
    match part:
        case SignatureReport():
            return words.sentence(part.indication, part.sub_indication, part.missing)
        case TimestampReport():
            return words.timestamp_sentence(part.indication, part.missing)


def beside(
    signatures: Sequence[SignatureReport], timestamps: Sequence[TimestampReport], words: Wording
) -> tuple[str, ...]:
    """Return what has to be said beside the sentence on signatures: that a time stamp over all is broken.

    A signature may be intact in a file whose later time stamp is not: both are true, and one hides the other.
    """
    broken = any(each.indication is Indication.TOTAL_FAILED for each in timestamps)
    return (words.labels["timestamp_failed"],) if signatures and broken else ()
