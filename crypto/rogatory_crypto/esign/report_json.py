"""Reports as JSON values and back; what is decoded encodes to the same value.

A checking process hands its report over as JSON, so decoding trusts nothing: an unknown word, a missing
field or a wrong kind of value is ``PeerError(MALFORMED)``.
"""

from collections.abc import Callable
from dataclasses import fields
from datetime import UTC, datetime
from typing import TypeVar

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.esign.report import (
    CertificateSummary,
    Coverage,
    DocumentFormat,
    Report,
    Scope,
    SignatureReport,
    TimestampReport,
    TrustAnchor,
)
from rogatory_crypto.esign.verdict import Indication, SubIndication

T = TypeVar("T")
Read = Callable[[object], T]

_TIMES = frozenset(
    {"claimed_time", "best_signature_time", "validation_time", "time", "not_before", "not_after"}
)


def encode_report(report: Report) -> dict[str, object]:
    """A report as a value that ``json`` can write."""
    value = _encode(report)
    return value if isinstance(value, dict) else {}


def decode_report(value: object) -> Report:
    """A report from what ``json`` has read.

    Raises:
        PeerError: MALFORMED where the value is not exactly a report.
    """
    try:
        return _report(value)
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise PeerError(Code.MALFORMED, f"report: {error!r}") from error


def _encode(value: object) -> object:
    if isinstance(value, tuple):
        return [_encode(item) for item in value]
    names = getattr(value, "__dataclass_fields__", None)
    if names is None:
        return value
    return {name: _encode_field(name, getattr(value, name)) for name in names}


def _encode_field(name: str, value: object) -> object:
    if name in _TIMES and isinstance(value, int):
        return datetime.fromtimestamp(value, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return _encode(value)


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    raise TypeError("text expected")


def _integer(value: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise TypeError("integer expected")


def _time(value: object) -> int:
    return int(datetime.strptime(_text(value), "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC).timestamp())


def _optional(read: Read[T]) -> Read[T | None]:
    return lambda value: None if value is None else read(value)


def _many(read: Read[T]) -> Read[tuple[T, ...]]:
    def read_all(value: object) -> tuple[T, ...]:
        if not isinstance(value, list):
            raise TypeError("list expected")
        return tuple(read(item) for item in value)

    return read_all


def _fields(value: object, kind: type) -> dict[str, object]:
    names = {field.name for field in fields(kind)}
    if not isinstance(value, dict) or set(value) != names:
        raise TypeError(f"exactly the fields of {kind.__name__} expected")
    return value


def _certificate(value: object) -> CertificateSummary:
    found = _fields(value, CertificateSummary)
    return CertificateSummary(
        subject=_text(found["subject"]),
        issuer=_text(found["issuer"]),
        serial_number=_text(found["serial_number"]),
        not_before=_time(found["not_before"]),
        not_after=_time(found["not_after"]),
        sha256=_text(found["sha256"]),
    )


def _anchor(value: object) -> TrustAnchor:
    found = _fields(value, TrustAnchor)
    return TrustAnchor(certificate=_certificate(found["certificate"]), source=_text(found["source"]))


def _scope(value: object) -> Scope:
    found = _fields(value, Scope)
    return Scope(
        coverage=Coverage(_text(found["coverage"])),
        signed_bytes=_optional(_integer)(found["signed_bytes"]),
        changed_after=_many(_text)(found["changed_after"]),
    )


def _indication(value: object) -> Indication:
    return Indication(_text(value))


def _sub_indication(value: object) -> SubIndication | None:
    return None if value is None else SubIndication(_text(value))


def _timestamp(value: object) -> TimestampReport:
    found = _fields(value, TimestampReport)
    return TimestampReport(
        kind=_text(found["kind"]),
        indication=_indication(found["indication"]),
        sub_indication=_sub_indication(found["sub_indication"]),
        reason=_text(found["reason"]),
        time=_time(found["time"]),
        signer=_optional(_certificate)(found["signer"]),
        trust_anchor=_optional(_anchor)(found["trust_anchor"]),
    )


def _signature(value: object) -> SignatureReport:
    found = _fields(value, SignatureReport)
    return SignatureReport(
        identifier=_text(found["identifier"]),
        indication=_indication(found["indication"]),
        sub_indication=_sub_indication(found["sub_indication"]),
        reason=_text(found["reason"]),
        sentence=_text(found["sentence"]),
        signer=_optional(_certificate)(found["signer"]),
        chain=_many(_certificate)(found["chain"]),
        trust_anchor=_optional(_anchor)(found["trust_anchor"]),
        level=_text(found["level"]),
        claimed_time=_optional(_time)(found["claimed_time"]),
        best_signature_time=_optional(_time)(found["best_signature_time"]),
        scope=_scope(found["scope"]),
        timestamps=_many(_timestamp)(found["timestamps"]),
        warnings=_many(_text)(found["warnings"]),
    )


def _report(value: object) -> Report:
    found = _fields(value, Report)
    return Report(
        format=DocumentFormat(_text(found["format"])),
        indication=_indication(found["indication"]),
        validation_time=_time(found["validation_time"]),
        reason=_text(found["reason"]),
        sentence=_text(found["sentence"]),
        signatures=_many(_signature)(found["signatures"]),
        warnings=_many(_text)(found["warnings"]),
    )
