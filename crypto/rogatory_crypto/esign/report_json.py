"""Reports as JSON values and back; what is decoded encodes to the same value.

A checking process hands its report over as JSON, so decoding trusts nothing: an unknown word, a missing
field or a wrong kind of value is ``PeerError(MALFORMED)``. What a field holds is told by its type alone. A
field that has a default may be missing: what an earlier release kept stays readable.
"""

from dataclasses import MISSING, fields, is_dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from types import UnionType
from typing import Any, Final, get_args, get_origin, get_type_hints

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.esign.report import Report

_TIMES: Final = frozenset(
    {
        "claimed_time", "best_signature_time", "validation_time", "time", "not_before", "not_after",
        "issued_at", "next_update", "extend_before", "holds_until",
    }
)  # fmt: skip
_CODED: Final = {
    "reason": "reason_code",
    "warnings": "warning_codes",
    "changed_after": "changed_after_codes",
}
_TIME_FORMAT: Final = "%Y-%m-%dT%H:%M:%SZ"


def encode_report(report: Report) -> dict[str, object]:
    """A report as a value that ``json`` can write."""
    value = _encode(report)
    return value if isinstance(value, dict) else {}


def with_codes(value: object) -> object:
    """Return an encoded report with the stable codes of its texts beside them, for programs.

    ``reason_code`` stands beside ``reason``; ``warning_codes`` and ``changed_after_codes`` are as long as the
    lists they stand beside, and a text without a code has an empty one.
    """
    if isinstance(value, list):
        return [with_codes(each) for each in value]
    if not isinstance(value, dict):
        return value
    coded = {name: with_codes(each) for name, each in value.items()}
    return coded | {_CODED[name]: _codes(each) for name, each in value.items() if name in _CODED}


def _codes(texts: object) -> object:
    from rogatory_crypto.esign.wording import code_of

    return [code_of(str(each)) for each in texts] if isinstance(texts, list) else code_of(str(texts))


def decode_report(value: object) -> Report:
    """A report from what ``json`` has read.

    Raises:
        PeerError: MALFORMED where the value is not exactly a report.
    """
    try:
        report: Report = _structure(Report, value)
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise PeerError(Code.MALFORMED, f"report: {error!r}") from error
    return report


def _encode(value: object) -> object:
    if isinstance(value, tuple):
        return [_encode(item) for item in value]
    if isinstance(value, StrEnum):
        return value.value
    names = getattr(value, "__dataclass_fields__", None)
    if names is None:
        return value.value if isinstance(value, StrEnum) else value
    return {name: _encode_field(name, getattr(value, name)) for name in names}


def _encode_field(name: str, value: object) -> object:
    if name in _TIMES and isinstance(value, int):
        return datetime.fromtimestamp(value, UTC).strftime(_TIME_FORMAT)
    return _encode(value)


def _structure(kind: type, value: object) -> Any:  # noqa: ANN401 - of the kind that was asked for
    hints = _hints(kind)
    if not isinstance(value, dict) or not _needed(kind) <= set(value) <= set(hints):
        raise TypeError(f"exactly the fields of {kind.__name__} expected")
    return kind(**{name: _field(name, hints[name], each) for name, each in value.items()})


@cache
def _needed(kind: type) -> frozenset[str]:
    """Return the fields that every report had from the beginning: those without a default."""
    return frozenset(each.name for each in fields(kind) if each.default is MISSING)


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _field(name: str, hint: Any, value: object) -> object:  # noqa: ANN401 - any type
    if isinstance(hint, UnionType):
        (inner,) = (each for each in get_args(hint) if each is not type(None))
        return None if value is None else _field(name, inner, value)
    if get_origin(hint) is tuple:
        if not isinstance(value, list):
            raise TypeError("list expected")
        return tuple(_field(name, get_args(hint)[0], item) for item in value)
    if is_dataclass(hint) and isinstance(hint, type):
        return _structure(hint, value)
    return _scalar(name, hint, value)


def _scalar(name: str, hint: type, value: object) -> object:
    if name in _TIMES:
        return _time(value)
    if issubclass(hint, StrEnum):
        return hint(str(_exactly(str, value)))
    return _exactly(hint, value)


def _exactly(kind: type, value: object) -> object:
    if type(value) is kind:
        return value
    raise TypeError(f"{kind.__name__} expected")


def _time(value: object) -> int:
    text = str(_exactly(str, value))
    return int(datetime.strptime(text, _TIME_FORMAT).replace(tzinfo=UTC).timestamp())
