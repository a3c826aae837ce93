"""What a report shows, in which order and in which language, before anybody decides how it looks."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from rogatory_client.plain_text import one_line
from rogatory_crypto.esign import CertificateSummary, Report, SignatureReport, TimestampReport, TrustAnchor
from rogatory_crypto.esign.verdict import Indication
from rogatory_crypto.esign.wording import Wording

_TIME: Final = "%Y-%m-%d %H:%M:%S UTC"
_DAY: Final = "%Y-%m-%d"
# Longer is no name and no reason, and would hide what stands beside it; all of it is in the JSON report.
MAX_LINE: Final = 2000


@dataclass(frozen=True, slots=True)
class Row:
    """A label and one or several lines behind it."""

    label: str
    lines: tuple[str, ...]

    def __post_init__(self) -> None:
        """Take out what would not be shown as it stands."""
        object.__setattr__(self, "lines", tuple(map(_shown, self.lines)))


@dataclass(frozen=True, slots=True)
class Section:
    """What is said about one signature or time stamp.

    Attributes:
        heading: what it is about.
        indication: the word of EN 319 102-1; colours follow it.
        verdict: the same in plain language.
        sentence: what it means and what to do.
        rows: what a reader wants to know first.
        details: what an expert wants to know.
    """

    heading: str
    indication: Indication
    verdict: str
    sentence: str
    rows: tuple[Row, ...]
    details: tuple[Row, ...] = ()


@dataclass(frozen=True, slots=True)
class Outline:
    """A whole report.

    Attributes:
        language: BCP 47; ``right_to_left`` says how it is written.
        title: what stands above.
        indication, verdict, sentence: of the whole document.
        rows: about the whole document.
        sections: one for each signature, then one for each time stamp of the whole document.
        details: the heading above what an expert wants to know.
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
    signatures = (_signature(each, words) for each in report.signatures)
    return Outline(
        language=words.code,
        right_to_left=words.right_to_left,
        title=label["title"],
        indication=report.indication,
        verdict=words.indications[report.indication.value],
        sentence=_shown(_whole(report, words)),
        rows=tuple(_document(report, file_name, words)),
        sections=(*signatures, *(_timestamp(each, words) for each in report.timestamps)),
        details=label["details"],
        notes=(label["limits"], *((label["hidden_numbers"],) if numbers_hidden else ())),
        dated_at=report.validation_time,
    )


def _whole(report: Report, words: Wording) -> str:
    worst = next((each for each in report.signatures if each.indication is report.indication), None)
    if worst is None:
        return report.sentence if words.code == "en" else words.sentence(report.indication, None)
    return words.sentence(worst.indication, worst.sub_indication, worst.missing)


def _document(report: Report, file_name: str, words: Wording) -> Iterator[Row]:
    label = words.labels
    yield Row(label["file"], (file_name,))
    yield Row(label["format"], (report.format.value,))
    yield Row(label["checked_for"], (_moment(report.validation_time),))
    passed = sum(each.indication is Indication.TOTAL_PASSED for each in report.signatures)
    total = len(report.signatures)
    counted = label["count"].format(passed=passed, total=total) if total else label["no_signature"]
    yield Row(label["overall"], (counted,))
    yield from _lines(label["why"], (report.reason,))
    yield from _lines(label["warnings"], map(words.note, report.warnings))


def _signature(signature: SignatureReport, words: Wording) -> Section:
    return Section(
        heading=_shown(f"{words.labels['signature']}: {signature.identifier}"),
        indication=signature.indication,
        verdict=words.indications[signature.indication.value],
        sentence=_shown(words.sentence(signature.indication, signature.sub_indication, signature.missing)),
        rows=tuple(_facts(signature, words)),
        details=tuple(_details(signature, words)),
    )


def _facts(signature: SignatureReport, words: Wording) -> Iterator[Row]:
    label, scope = words.labels, signature.scope
    if signature.signer is not None:
        yield Row(label["signed_by"], (signature.signer.subject,))
        yield Row(label["issued_by"], (signature.signer.issuer,))
    yield from _trust(signature.trust_anchor, words)
    existed = signature.best_signature_time
    yield Row(label["best_signature_time"], (label["not_proven"] if existed is None else _moment(existed),))
    if signature.claimed_time is not None:
        yield Row(label["claimed_time"], (_moment(signature.claimed_time),))
    yield Row(label["covers"], (label[scope.coverage.value],))
    yield Row(label["changed_after"], scope.changed_after or (label["nothing"],))
    yield from _lines(label["warnings"], map(words.note, signature.warnings))


def _trust(anchor: TrustAnchor | None, words: Wording) -> Iterator[Row]:
    if anchor is None:
        return
    label, source = words.labels, anchor.source
    yield Row(label["trusted_by"], (anchor.certificate.subject,))
    said = [label[source.kind.value], source.name, source.provider, source.service]
    yield Row(label["trust_source"], tuple(each for each in said if each))
    if source.territory:
        yield Row(label["territory"], (words.country(source.territory),))


def _details(signature: SignatureReport, words: Wording) -> Iterator[Row]:
    label = words.labels
    code = signature.sub_indication.value if signature.sub_indication else ""
    yield Row(label["verdict"], tuple(each for each in (signature.indication.value, code) if each))
    yield from _lines(label["why"], (signature.reason,))
    yield from _lines(label["level"], (signature.level,))
    for each in signature.blocks:
        answer = (
            each.indication.value,
            each.sub_indication.value if each.sub_indication else "",
            each.reason,
        )
        yield Row(words.blocks[each.block.value], tuple(line for line in answer if line))
    yield from _lines(label["timestamps"], (_stamp(each) for each in signature.timestamps))
    yield from _lines(label["chain"], (_certificate(each, words) for each in signature.chain))


def _timestamp(stamp: TimestampReport, words: Wording) -> Section:
    return Section(
        heading=f"{words.labels['timestamps']}: {_moment(stamp.time)}",
        indication=stamp.indication,
        verdict=words.indications[stamp.indication.value],
        sentence=_shown(words.sentence(stamp.indication, stamp.sub_indication, stamp.missing)),
        rows=tuple(_lines(words.labels["signed_by"], (stamp.signer.subject if stamp.signer else "",))),
        details=tuple(_lines(words.labels["why"], (stamp.reason,))),
    )


def _stamp(stamp: TimestampReport) -> str:
    said = [
        _moment(stamp.time),
        stamp.kind,
        stamp.indication.value,
        stamp.signer.subject if stamp.signer else "",
    ]
    return " · ".join(each for each in said if each)


def _certificate(certificate: CertificateSummary, words: Wording) -> str:
    label = words.labels
    valid = label["valid"].format(
        not_before=_day(certificate.not_before), not_after=_day(certificate.not_after)
    )
    number = f"{label['serial_number']} {certificate.serial_number}"
    return " · ".join([certificate.subject, valid, number, f"SHA-256 {certificate.sha256}"])


def _lines(label: str, lines: Iterator[str] | tuple[str, ...]) -> Iterator[Row]:
    said = tuple(line for line in lines if line)
    if said:
        yield Row(label, said)


def _shown(text: str) -> str:
    cut = text[:MAX_LINE]
    return one_line(cut) if cut == text else f"{one_line(cut)} …"


def _moment(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime(_TIME)


def _day(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime(_DAY)
