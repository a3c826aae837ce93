"""Time-stamp tokens on files of a container and on earlier tokens (EN 319 162-1, EN 319 162-2).

An ASiCArchiveManifest names signatures, older tokens and files; its token stands for them all. Tokens are
judged from the newest to the oldest, each as of what the newer ones that cover it prove.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.esign.asn1_types import SignedData
from rogatory_crypto.esign.cms.signed_data import evidence_in, read_signed_data
from rogatory_crypto.esign.cms.signer import DigestOfContent, as_verdict
from rogatory_crypto.esign.cms.token import time_of
from rogatory_crypto.esign.container.layout import Container
from rogatory_crypto.esign.container.manifest import Manifest, check_references
from rogatory_crypto.esign.container.signatures import check_form, uncovered
from rogatory_crypto.esign.evidence import Evidence
from rogatory_crypto.esign.found import FoundTimestamp, TimestampKind
from rogatory_crypto.esign.report import Coverage, DocumentFormat, Scope, TimestampReport
from rogatory_crypto.esign.terms import Terms
from rogatory_crypto.esign.validation.timestamp import validate_timestamp
from rogatory_crypto.esign.verdict import PASSED, Indication, SubIndication, Verdict, failed, worse


@dataclass(frozen=True, slots=True)
class JudgedToken:
    """A token of a container: the names of the files it covers, and the report on it."""

    covered: frozenset[str]
    report: TimestampReport


def judge_tokens(
    container: Container, manifests: Sequence[Manifest], terms: Terms, evidence: Evidence, *, alone: bool
) -> tuple[JudgedToken, ...]:
    """Judge every token of a container, newest first.

    Args:
        container: the files.
        manifests: those that could be read.
        terms: of the check.
        evidence: what the signatures carry.
        alone: whether there is no signature, so that the tokens have to cover every file.
    """
    readable: list[tuple[int, str, SignedData]] = []
    judged: list[JudgedToken] = []
    for name in container.tokens:
        try:
            token = read_signed_data(container.files[name].octets)
            readable.append((time_of(token), name, token))
            evidence += evidence_in(token)
        except PeerError as error:
            covered = frozenset(_covered(name, container, manifests))
            judged.append(JudgedToken(covered, _unreadable(as_verdict(error))))
    covered_by_any = {name for _, token, _ in readable for name in _covered(token, container, manifests)}
    whole = uncovered(container, covered_by_any, "time stamp") if alone else PASSED
    for _, name, token in sorted(readable, key=lambda each: each[:2], reverse=True):
        proven = [each.report.time for each in judged if name in each.covered and _passed(each.report)]
        found = _found(name, token, container, manifests, whole)
        report = validate_timestamp(found, terms, evidence, min(proven, default=terms.at))
        judged.append(JudgedToken(frozenset(found.scope.covered if found.scope else ()), report))
    return tuple(judged)


def _passed(report: TimestampReport) -> bool:
    return report.indication is Indication.TOTAL_PASSED


def _covered(name: str, container: Container, manifests: Sequence[Manifest]) -> tuple[str, ...]:
    binding = [manifest for manifest in manifests if manifest.signature == name]
    if len(binding) == 1:
        return tuple(reference.name for reference in binding[0].references)
    return container.data if not binding and container.form is DocumentFormat.ASIC_S else ()


def _found(
    name: str, token: SignedData, container: Container, manifests: Sequence[Manifest], whole: Verdict
) -> FoundTimestamp:
    binding = [manifest for manifest in manifests if manifest.signature == name]
    covered = _covered(name, container, manifests)
    integrity = worse(check_form(container), whole)
    imprint: DigestOfContent = _nothing
    if len(binding) == 1:
        imprint = container.files[binding[0].name].digest
        integrity = worse(integrity, check_references(binding[0], container.files))
    elif covered:
        imprint = container.files[covered[0]].digest
    else:
        reason = "exactly one manifest must name the time stamp"
        integrity = worse(integrity, failed(SubIndication.FORMAT_FAILURE, reason))
    is_whole = set(container.data) <= set(covered)
    scope = Scope(Coverage.WHOLE_DOCUMENT if is_whole else Coverage.PARTIAL, covered=covered)
    digests = binding[0].digests if len(binding) == 1 else frozenset[str]()
    return FoundTimestamp(TimestampKind.CONTAINER, token, imprint, integrity, scope, digests)


def _nothing(_name: str) -> bytes:
    raise PeerError(Code.NOT_FOUND, "what the time stamp is about is not there")


def _unreadable(verdict: Verdict) -> TimestampReport:
    return TimestampReport(
        kind=TimestampKind.CONTAINER.value,
        indication=verdict.indication,
        sub_indication=verdict.sub_indication,
        reason=verdict.reason,
        time=0,
        signer=None,
        trust_anchor=None,
    )
