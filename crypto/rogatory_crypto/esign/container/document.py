"""Checks a container: its time stamps, then every signature as of what they prove, and what each covers."""

from rogatory_crypto.errors import PeerError
from rogatory_crypto.esign.cms.signer import as_verdict
from rogatory_crypto.esign.container.archive import read_archive
from rogatory_crypto.esign.container.layout import Container, lay_out
from rogatory_crypto.esign.container.signatures import Placed, find_container_signatures, read_manifests
from rogatory_crypto.esign.container.timestamps import JudgedToken, judge_tokens
from rogatory_crypto.esign.detection import detect
from rogatory_crypto.esign.document_report import document_report
from rogatory_crypto.esign.evidence import NOTHING
from rogatory_crypto.esign.report import DocumentFormat, Report, SignatureReport
from rogatory_crypto.esign.terms import Terms
from rogatory_crypto.esign.validation.signature import validate
from rogatory_crypto.esign.verdict import PASSED, SubIndication, Verdict, indeterminate

UNSUPPORTED_RECORDS = (
    "the container has evidence records (RFC 4998), which are not supported and prove nothing"
)

NO_CONTAINER = indeterminate(
    SubIndication.SIGNED_DATA_NOT_FOUND, "this archive is not a signed container that is known here"
)


def check_container(document: bytes, terms: Terms) -> Report:
    """Check every signature and time stamp of a container (EN 319 162-1)."""
    try:
        container = lay_out(read_archive(document))
    except PeerError as error:
        return document_report(detect(document), terms.at, (), verdict=as_verdict(error))
    if container.form is DocumentFormat.ZIP:
        return document_report(DocumentFormat.ZIP, terms.at, (), verdict=NO_CONTAINER)
    manifests, unreadable = read_manifests(container)
    placed = find_container_signatures(container, manifests, terms)
    evidence = sum((each.found.evidence for each in placed), NOTHING)
    tokens = judge_tokens(container, manifests, terms, evidence, alone=not placed)
    return document_report(
        container.form,
        terms.at,
        _reports(placed, tokens, terms, counter_signatures=False),
        timestamps=[token.report for token in tokens],
        counter_signatures=_reports(placed, tokens, terms, counter_signatures=True),
        verdict=_whole(container, placed, tokens),
        warnings=(*container.warnings, *unreadable, *(UNSUPPORTED_RECORDS,) * bool(container.records)),
    )


def _reports(
    placed: tuple[Placed, ...], tokens: tuple[JudgedToken, ...], terms: Terms, *, counter_signatures: bool
) -> list[SignatureReport]:
    return [
        validate(each.found, terms, [token.report for token in tokens if each.file in token.covered])
        for each in placed
        if each.found.is_counter_signature is counter_signatures
    ]


def _whole(container: Container, placed: tuple[Placed, ...], tokens: tuple[JudgedToken, ...]) -> Verdict:
    if container.records and not placed and not tokens:
        return indeterminate(SubIndication.GENERIC, UNSUPPORTED_RECORDS)
    return PASSED
