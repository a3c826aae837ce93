"""What a report shows, in which order and in which language, before anybody decides how it looks."""

from collections.abc import Iterator
from dataclasses import dataclass

from rogatory_client.validation_report.facts import (
    signature_details,
    signature_facts,
    timestamp_details,
    timestamp_facts,
)
from rogatory_client.validation_report.moments import moment
from rogatory_client.validation_report.pictures import Lane, Link, chain, times
from rogatory_client.validation_report.rows import MAX_LINE, Row, row, shown
from rogatory_crypto.esign import Report, SignatureReport, TimestampReport
from rogatory_crypto.esign.sentence import whole_sentence
from rogatory_crypto.esign.verdict import Indication
from rogatory_crypto.esign.wording import Wording

__all__ = ["MAX_LINE", "Outline", "Row", "Section", "outline"]


@dataclass(frozen=True, slots=True)
class Section:
    """What is said about one signature or time stamp.

    Attributes:
        heading: what it is about.
        indication: the word of EN 319 102-1; colours follow it.
        verdict: the same in plain language.
        sentence: what it means and what to do; empty where that is said of the whole document.
        rows: what a reader wants to know first.
        details: what an expert wants to know.
        times, chain: the same in pictures; empty where there is nothing to draw.
    """

    heading: str
    indication: Indication
    verdict: str
    sentence: str
    rows: tuple[Row, ...]
    details: tuple[Row, ...] = ()
    times: tuple[Lane, ...] = ()
    chain: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class Outline:
    """A whole report.

    Attributes:
        language: BCP 47; ``right_to_left`` says how it is written.
        title: what stands above.
        indication, verdict, sentence: of the whole document.
        rows: about the whole document.
        sections: one for each signature, counter-signature and time stamp of the whole document.
        details, times, chain: the headings above what an expert wants to know, and above the pictures.
        notes: what stands below.
        dated_at: the instant the document was checked for, unix seconds.
    """

    language: str
    right_to_left: bool
    title: str
    indication: Indication
    verdict: str
    sentence: str
    rows: tuple[Row, ...]
    sections: tuple[Section, ...]
    details: str
    times: str
    chain: str
    notes: tuple[str, ...]
    dated_at: int


def outline(report: Report, file_name: str, words: Wording, *, numbers_hidden: bool) -> Outline:
    """Return what a report on a file shows.

    Args:
        report: the result of the check.
        file_name: how the reader knows the file.
        words: the language.
        numbers_hidden: whether personal numbers were taken out of the report, which is then said.
    """
    label = words.labels
    signatures = (_signature(each, report, words, "signature") for each in report.signatures)
    counter = (_signature(each, report, words, "counter_signature") for each in report.counter_signatures)
    return Outline(
        language=words.code,
        right_to_left=words.right_to_left,
        title=label["title"],
        indication=report.indication,
        verdict=words.indications[report.indication.value],
        sentence=shown(whole_sentence(report, words)),
        rows=tuple(_document(report, file_name, words)),
        sections=(*signatures, *counter, *(_timestamp(each, report, words) for each in report.timestamps)),
        details=label["details"],
        times=label["times"],
        chain=label["chain"],
        notes=(label["limits"], *((label["hidden_numbers"],) if numbers_hidden else ())),
        dated_at=report.validation_time,
    )


def _unsaid(sentence: str, report: Report, words: Wording) -> str:
    """Return the sentence on a part; nothing where it is the only part and all was said above."""
    alone = len(report.signatures or report.timestamps) == 1
    return "" if alone and sentence in whole_sentence(report, words) else sentence


def _document(report: Report, file_name: str, words: Wording) -> Iterator[Row]:
    label = words.labels
    yield Row(label["file"], (file_name,))
    yield Row(label["format"], (report.format.value,))
    yield Row(label["checked_for"], (moment(report.validation_time),))
    passed = sum(each.indication is Indication.TOTAL_PASSED for each in report.signatures)
    total = len(report.signatures)
    counted = label["count"].format(passed=passed, total=total) if total else label["no_signature"]
    yield Row(label["overall"], (counted,))
    yield from row(label["why"], (words.reason(report.reason),))
    yield from row(label["warnings"], map(words.note, report.warnings))


def _signature(signature: SignatureReport, report: Report, words: Wording, heading: str) -> Section:
    sentence = words.sentence(signature.indication, signature.sub_indication, signature.missing)
    return Section(
        heading=shown(f"{words.labels[heading]}: {signature.identifier}"),
        indication=signature.indication,
        verdict=words.indications[signature.indication.value],
        sentence=shown(_unsaid(sentence, report, words)),
        rows=tuple(signature_facts(signature, words)),
        details=tuple(signature_details(signature, words)),
        times=times(signature, report, words),
        chain=chain(signature, words),
    )


def _timestamp(stamp: TimestampReport, report: Report, words: Wording) -> Section:
    when = moment(stamp.time) if stamp.time else ""
    sentence = words.timestamp_sentence(stamp.indication, stamp.missing)
    return Section(
        heading=shown(f"{words.labels['timestamp']}: {when}"),
        indication=stamp.indication,
        verdict=words.indications[stamp.indication.value],
        sentence=shown(_unsaid(sentence, report, words)),
        rows=tuple(timestamp_facts(stamp, words)),
        details=tuple(timestamp_details(stamp, words)),
    )
