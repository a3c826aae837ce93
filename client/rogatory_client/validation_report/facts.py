"""What a report says of one signature or time stamp: first what a reader wants to know, then an expert."""

from collections.abc import Iterator
from typing import Final

from rogatory_client.validation_report.moments import day, moment
from rogatory_client.validation_report.rows import Row, joined, row
from rogatory_crypto.esign import CertificateSummary, SignatureReport, TimestampReport, TrustAnchor
from rogatory_crypto.esign.brief_name import brief_of
from rogatory_crypto.esign.report import Block, BlockReport, Coverage, RevocationData, Scope
from rogatory_crypto.esign.trust.anchor import Source, SourceKind
from rogatory_crypto.esign.trust.territory import iso_of
from rogatory_crypto.esign.verdict import Indication
from rogatory_crypto.esign.wording import Wording

_PASSED: Final = Indication.TOTAL_PASSED
_CONTENT: Final = frozenset({Block.FORMAT_CHECKING, Block.CRYPTOGRAPHIC_VERIFICATION})


def signature_facts(signature: SignatureReport, words: Wording) -> Iterator[Row]:
    """Yield what a reader wants to know of a signature."""
    label = words.labels
    yield from row(label["countersigns"], (signature.countersigns,))
    if signature.signer is not None:
        yield Row(label["signed_by"], (brief_of(signature.signer.subject),))
        yield Row(label["issued_by"], (brief_of(signature.signer.issuer),))
    yield from _trust(signature.trust_anchor, words)
    existed = signature.best_signature_time
    yield Row(label["best_signature_time"], (label["not_proven"] if existed is None else moment(existed),))
    if signature.claimed_time is not None:
        yield Row(label["claimed_time"], (moment(signature.claimed_time),))
    broken = any(each.block in _CONTENT and each.indication is not _PASSED for each in signature.blocks)
    yield from _scope(signature.scope, words, fits=not broken)
    if signature.extend_before is not None:
        yield Row(label["extend_before"], (moment(signature.extend_before), label["extend_hint"]))
    yield from row(label["warnings"], map(words.note, signature.warnings))


def signature_details(signature: SignatureReport, words: Wording) -> Iterator[Row]:
    """Yield what an expert wants to know of a signature."""
    label = words.labels
    code = signature.sub_indication.value if signature.sub_indication else ""
    yield from row(label["verdict"], (signature.indication.value, code))
    yield from row(label["why"], (words.reason(signature.reason),))
    yield from row(label["level"], (signature.level,))
    for block in signature.blocks:
        yield from row(words.blocks[block.block.value], _answer(block, words))
    for stamp in signature.timestamps:
        yield from row(label["timestamp"], _stamp(stamp, words))
    yield from row(label["revocation"], (_data(each, words) for each in signature.revocation))
    yield from row(label["chain"], _chain(signature.chain, signature.trust_anchor, words))


def timestamp_facts(stamp: TimestampReport, words: Wording) -> Iterator[Row]:
    """Yield what a reader wants to know of a time stamp of the whole document."""
    label = words.labels
    yield from row(label["timestamp"], (_kind(stamp, words),))
    yield from row(label["signed_by"], (brief_of(stamp.signer.subject) if stamp.signer else "",))
    yield from _trust(stamp.trust_anchor, words)
    if stamp.scope is not None:
        yield from _scope(stamp.scope, words, fits=stamp.indication is not Indication.TOTAL_FAILED)
    yield from row(label["holds_until"], ("" if stamp.holds_until is None else moment(stamp.holds_until),))
    yield from row(label["warnings"], map(words.note, stamp.warnings))


def timestamp_details(stamp: TimestampReport, words: Wording) -> Iterator[Row]:
    """Yield what an expert wants to know of a time stamp of the whole document."""
    label = words.labels
    code = stamp.sub_indication.value if stamp.sub_indication else ""
    yield from row(label["verdict"], (stamp.indication.value, code))
    yield from row(label["why"], (words.reason(stamp.reason),))
    yield from row(label["revocation"], (_data(each, words) for each in stamp.revocation))
    yield from row(label["chain"], _chain(stamp.chain, stamp.trust_anchor, words))


def vouching(source: Source, words: Wording) -> tuple[str, ...]:
    """Return who says that a certificate is trusted: the kind, and its name where that says more."""
    kind = words.labels[source.kind.value]
    return (kind,) if source.kind is SourceKind.GIVEN else (kind, words.source(source.name))


def _trust(anchor: TrustAnchor | None, words: Wording) -> Iterator[Row]:
    if anchor is None:
        return
    label, source = words.labels, anchor.source
    yield Row(label["trusted_by"], (brief_of(anchor.certificate.subject),))
    said = (*vouching(source, words), source.provider, source.service, _issue(source, words))
    yield from row(label["trust_source"], said)
    if source.territory:
        yield Row(label["territory"], (_state(source.territory, words),))


def _state(territory: str, words: Wording) -> str:
    """Return the state of a list; the list's code beside it where that is another (EL, UK, EE_T)."""
    code = iso_of(territory)
    name = words.country(code)
    return name if territory in {code, name} else f"{name} ({territory})"


def _issue(source: Source, words: Wording) -> str:
    issued, following = source.issued_at, source.next_update
    return joined(
        (
            "" if issued is None else words.labels["issue"].format(issued_at=day(issued)),
            "" if following is None else words.labels["next_issue"].format(next_update=day(following)),
        )
    )


def _scope(scope: Scope, words: Wording, *, fits: bool) -> Iterator[Row]:
    label = words.labels
    yield Row(label["covers"], (label[scope.coverage.value],))
    yield from row(label["covered_files"], scope.covered)
    # Where it is not clear what is covered, or that does not fit, nobody knows that nothing changed.
    known = fits and scope.coverage in {Coverage.WHOLE_DOCUMENT, Coverage.REVISION}
    unchanged = label["nothing"] if known else ""
    yield from row(label["changed_after"], map(words.note, scope.changed_after or (unchanged,)))


def _answer(block: BlockReport, words: Wording) -> tuple[str, ...]:
    sub_indication = block.sub_indication.value if block.sub_indication else ""
    return block.indication.value, sub_indication, words.reason(block.reason)


def _stamp(stamp: TimestampReport, words: Wording) -> Iterator[str]:
    label = words.labels
    code = stamp.sub_indication.value if stamp.sub_indication else ""
    yield joined((moment(stamp.time) if stamp.time else "", _kind(stamp, words)))
    yield joined((words.indications[stamp.indication.value], stamp.indication.value, code))
    yield brief_of(stamp.signer.subject) if stamp.signer else ""
    if stamp.trust_anchor is not None:
        source = stamp.trust_anchor.source
        trusted_by = f"{label['trusted_by']}: {brief_of(stamp.trust_anchor.certificate.subject)}"
        yield joined((trusted_by, words.source(source.name)))
    if stamp.holds_until is not None:
        yield f"{label['holds_until']}: {moment(stamp.holds_until)}"
    yield words.reason(stamp.reason)
    yield from map(words.note, stamp.warnings)
    yield from (_data(each, words) for each in stamp.revocation)


def _kind(stamp: TimestampReport, words: Wording) -> str:
    return words.labels.get("signature_kind" if stamp.kind == "signature" else stamp.kind, stamp.kind)


def _data(data: RevocationData, words: Wording) -> str:
    label = words.labels
    following = data.next_update
    return joined(
        (
            label[data.kind.value],
            brief_of(data.about),
            f"{label['issued_by']}: {brief_of(data.speaker)}" if data.speaker else "",
            moment(data.issued_at),
            "" if following is None else label["next_issue"].format(next_update=moment(following)),
            label[f"from_{data.origin.value}"],
        )
    )


def _chain(
    below: tuple[CertificateSummary, ...], anchor: TrustAnchor | None, words: Wording
) -> Iterator[str]:
    """Yield the whole names and all that tells certificates apart, from the signer to who is trusted."""
    top = () if anchor is None or anchor.certificate in below else (anchor.certificate,)
    yield from (_certificate(each, words) for each in (*below, *top))


def _certificate(certificate: CertificateSummary, words: Wording) -> str:
    label = words.labels
    valid = label["valid"].format(
        not_before=day(certificate.not_before), not_after=day(certificate.not_after)
    )
    number = f"{label['serial_number']} {certificate.serial_number}"
    return joined((certificate.subject, valid, number, f"SHA-256 {certificate.sha256}"))
