"""What a reader sees at a glance: the times of a signature on one line, and the chain up to who is trusted.

A picture says nothing that does not stand in words beside it: paper and screen set the same labels and
values, only the places along the line are added.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from rogatory_client.plain_text import one_line
from rogatory_client.validation_report.facts import vouching
from rogatory_client.validation_report.moments import day, moment
from rogatory_client.validation_report.rows import joined
from rogatory_crypto.esign import CertificateSummary, Report, SignatureReport
from rogatory_crypto.esign.brief_name import brief_of
from rogatory_crypto.esign.verdict import Indication
from rogatory_crypto.esign.wording import Wording

MAX_STAMPS: Final = 6
MAX_LINKS: Final = 8
MAX_NAME: Final = 56


class Weight(StrEnum):
    """What a place on the line is worth."""

    PROVEN = "proven"
    CLAIMED = "claimed"
    UNTRUSTED = "untrusted"


@dataclass(frozen=True, slots=True)
class Lane:
    """One line of the picture of times.

    Attributes:
        label: what it is.
        value: when, in words.
        first, last: where, from 0 to 1 of the whole; the same for an instant.
        weight: what it is worth.
    """

    label: str
    value: str
    first: float
    last: float
    weight: Weight


@dataclass(frozen=True, slots=True)
class Link:
    """One certificate in the picture of the chain; ``trusted`` is where it ends well."""

    label: str
    name: str
    value: str
    trusted: bool = False


@dataclass(frozen=True, slots=True)
class _When:
    label: str
    first: int
    last: int
    weight: Weight


def times(signature: SignatureReport, report: Report, words: Wording) -> tuple[Lane, ...]:
    """Return the times of a signature in order; none where there is only the instant of the check."""
    found = sorted(_whens(signature, report, words), key=lambda each: (each.first, each.last))
    start, end = min(each.first for each in found), max(each.last for each in found)
    if start == end:
        return ()
    whole = end - start
    return tuple(
        Lane(
            each.label,
            moment(each.first) if each.first == each.last else f"{day(each.first)} / {day(each.last)}",
            (each.first - start) / whole,
            (each.last - start) / whole,
            each.weight,
        )
        for each in found
    )


def _whens(signature: SignatureReport, report: Report, words: Wording) -> Iterator[_When]:
    label = words.labels
    yield _instant(label["checked_for"], report.validation_time, Weight.PROVEN)
    if signature.signer is not None and signature.signer.not_before <= signature.signer.not_after:
        signer = signature.signer
        yield _When(label["validity"], signer.not_before, signer.not_after, Weight.PROVEN)
    if signature.claimed_time is not None:
        yield _instant(label["claimed_time"], signature.claimed_time, Weight.CLAIMED)
    if signature.best_signature_time is not None:
        yield _instant(label["best_signature_time"], signature.best_signature_time, Weight.PROVEN)
    for stamp in [each for each in signature.timestamps if each.time][:MAX_STAMPS]:
        passed = stamp.indication is Indication.TOTAL_PASSED
        yield _instant(label["timestamp"], stamp.time, Weight.PROVEN if passed else Weight.UNTRUSTED)
    if signature.extend_before is not None:
        yield _instant(label["extend_before"], signature.extend_before, Weight.PROVEN)


def _instant(label: str, at: int, weight: Weight) -> _When:
    return _When(label, at, at, weight)


def chain(signature: SignatureReport, words: Wording) -> tuple[Link, ...]:
    """Return the certificates from the signer up to who is trusted; none where no signer was found."""
    if signature.signer is None:
        return ()
    label, anchor = words.labels, signature.trust_anchor
    below = [each for each in signature.chain if anchor is None or each != anchor.certificate]
    links = [
        _link(label["issuing_certificate" if place else "signing_certificate"], each, words)
        for place, each in enumerate(below[:MAX_LINKS])
    ]
    if anchor is None:
        return (*links, Link("", label["nothing_trusted"], ""))
    source = joined(vouching(anchor.source, words))
    top = _link(label["trusted_certificate"], anchor.certificate, words)
    return (*links, Link(top.label, top.name, _bounded(one_line(source)), trusted=True))


def _link(label: str, certificate: CertificateSummary, words: Wording) -> Link:
    valid = words.labels["valid"].format(
        not_before=day(certificate.not_before), not_after=day(certificate.not_after)
    )
    return Link(label, _drawn(certificate.subject), valid)


def _drawn(subject: str) -> str:
    return _bounded(one_line(brief_of(subject)))


def _bounded(text: str) -> str:
    return text if len(text) <= MAX_NAME else f"{text[:MAX_NAME]}…"
