"""Which certificates of a checked document an allowed issuer can be asked about.

All that is known of the document is the report on it, which another process made without a network. Names in
it lead to issuers that are allowed, and to nothing else.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from rogatory_client.revocation.answers import MAX_SERIAL_BYTES
from rogatory_client.revocation.sources import Source
from rogatory_crypto.esign import Report
from rogatory_crypto.esign.report import CertificateSummary

# A document decides how many certificates it names, but not how many questions are asked.
MAX_CONCERNED: Final = 64
MAX_STRANGERS: Final = 8


@dataclass(frozen=True, slots=True)
class Concerned:
    """A certificate and who issued it.

    Attributes:
        source: the issuer.
        serial: the certificate's number.
        subject: whose it is, readable.
        expires_at: unix seconds.
    """

    source: Source
    serial: int
    subject: str
    expires_at: int


def concerned(reports: Iterable[Report], sources: Sequence[Source]) -> tuple[Concerned, ...]:
    """Return the certificates that allowed issuers have issued, each once, at most 64."""
    by_name: dict[str, list[Source]] = {}
    for source in sources:
        by_name.setdefault(source.name, []).append(source)
    found: dict[tuple[bytes, int], Concerned] = {}
    for summary in (each for report in reports for each in _summaries(report)):
        serial = _serial(summary)
        for source in by_name.get(summary.issuer, []) if serial is not None else []:
            if serial is not None and summary.sha256 != source.identifier.hex():
                one = Concerned(source, serial, summary.subject, summary.not_after)
                found.setdefault((source.identifier, serial), one)
    return tuple(found.values())[:MAX_CONCERNED]


def strangers(reports: Iterable[Report], sources: Sequence[Source]) -> tuple[CertificateSummary, ...]:
    """Return the certificates that no allowed issuer has issued, each once, at most 8."""
    names = {source.name for source in sources}
    found = {
        each.sha256: each
        for report in reports
        for each in _summaries(report)
        if each.issuer not in names and each.issuer != each.subject
    }
    return tuple(found.values())[:MAX_STRANGERS]


def _summaries(report: Report) -> Iterator[CertificateSummary]:
    for signature in (*report.signatures, *report.counter_signatures):
        yield from filter(None, (signature.signer, *signature.chain))
        for timestamp in signature.timestamps:
            yield from filter(None, (timestamp.signer,))
    for timestamp in report.timestamps:
        yield from filter(None, (timestamp.signer,))


def _serial(summary: CertificateSummary) -> int | None:
    try:
        serial = int(summary.serial_number, 16)
    except ValueError:
        return None
    return serial if 0 < serial < 1 << (8 * MAX_SERIAL_BYTES) else None
