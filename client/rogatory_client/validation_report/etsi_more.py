"""What the schema of the ETSI report has no place for, as typed data beside the rest (clause 4.3.12)."""

from collections.abc import Iterator
from typing import Final

from pyhanko.generated.etsi import ts_11910202

from rogatory_client.validation_report.etsi_values import moment
from rogatory_client.validation_report.rows import shown
from rogatory_crypto.esign import SignatureReport
from rogatory_crypto.esign.report import RevocationData
from rogatory_crypto.esign.trust.anchor import Source
from rogatory_crypto.esign.wording import code_of

TYPE: Final = "urn:rogatory:report-data"


def more(signature: SignatureReport) -> ts_11910202.AdditionalValidationReportDataType | None:
    """Return what else is said of a signature; nothing where nothing is."""
    said = tuple(
        ts_11910202.TypedDataType(type_value=f"{TYPE}:{name}", value=shown(value))
        for name, value in _said(signature)
        if value
    )
    return ts_11910202.AdditionalValidationReportDataType(report_data=said) if said else None


def _said(signature: SignatureReport) -> Iterator[tuple[str, str]]:
    yield "level", signature.level
    yield "countersigns", signature.countersigns
    yield "coverage", signature.scope.coverage.value
    yield from (("covered-file", name) for name in signature.scope.covered)
    yield from (("changed-after", _coded(change)) for change in signature.scope.changed_after)
    yield from (("warning", _coded(warning)) for warning in signature.warnings)
    if signature.trust_anchor is not None:
        yield "trust-anchor-source", _source(signature.trust_anchor.source)
    yield from (("revocation-data", _data(each)) for each in signature.revocation)
    if signature.extend_before is not None:
        yield "extend-before", str(moment(signature.extend_before))


def _coded(text: str) -> str:
    code = code_of(text)
    return f"{code}: {text}" if code else text


def _source(source: Source) -> str:
    said = (source.kind.value, source.territory, source.name, source.provider, source.service)
    return "; ".join(each for each in said if each)


def _data(data: RevocationData) -> str:
    following = "" if data.next_update is None else str(moment(data.next_update))
    said = (
        data.kind.value,
        data.origin.value,
        data.about,
        data.speaker,
        str(moment(data.issued_at)),
        following,
    )
    return "; ".join(each for each in said if each)
