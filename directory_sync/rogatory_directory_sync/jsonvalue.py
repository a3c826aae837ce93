"""JSON as a typed value: bounded reading, canonical writing, and narrowing without surprises.

Canonical form (deterministic): UTF-8, member order as built, a line for each member and each item of a list
at the top, a final line feed. A record is one line: two states compare by ``diff``.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from io import BytesIO
from typing import TypeAlias

JsonValue: TypeAlias = str | int | float | bool | Sequence["JsonValue"] | Mapping[str, "JsonValue"] | None
JsonObject: TypeAlias = dict[str, "JsonValue"]

_SURROGATE = re.compile("[\ud800-\udfff]")


def refuse_constant(name: str) -> float:
    """For ``parse_constant``: what Python would read and JSON does not have."""
    raise ValueError(f"{name} is not JSON (RFC 8259 section 6)")


def scrub(value: JsonValue) -> JsonValue:
    """Replace lone surrogates: they are legal in an escape and illegal in every file we write."""
    match value:
        case str():
            return _SURROGATE.sub("\ufffd", value)
        case list():
            return [scrub(item) for item in value]
        case dict():
            return {_SURROGATE.sub("\ufffd", key): scrub(item) for key, item in value.items()}
        case _:
            return value


def read(text: str) -> JsonValue:
    """The value a JSON text holds.

    Raises:
        ValueError: the text is not JSON, or nests deeper than any export does.
    """
    try:
        return scrub(json.loads(text, parse_constant=refuse_constant))
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def _compact(value: JsonValue) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(", ", ": "))


def _lines(value: JsonValue) -> str:
    if not value or not isinstance(value, list):
        return _compact(value)
    return "[\n" + ",\n".join(_compact(item) for item in value) + "\n]"


def write(value: JsonValue) -> bytes:
    """The canonical bytes of a value."""
    if not isinstance(value, dict) or not value:
        return (_lines(value) + "\n").encode()
    members = (f"{_compact(name)}: {_lines(item)}" for name, item in value.items())
    return ("{\n" + ",\n".join(members) + "\n}\n").encode()


def write_list(items: Iterable[JsonValue]) -> bytes:
    """The canonical bytes of a list whose items are made one at a time."""
    stream, before = BytesIO(), b"[\n"
    for item in items:
        stream.write(before + _compact(item).encode())
        before = b",\n"
    stream.write(b"\n]\n" if stream.tell() else b"[]\n")
    return stream.getvalue()


def digest(value: JsonValue) -> bytes:
    """SHA-256 over a value, whatever the order of its members."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"))
    return sha256(text.encode()).digest()


def text_of(value: JsonValue) -> str:
    """A scalar as text, an absent one as the empty text, anything else as compact JSON."""
    match value:
        case None:
            return ""
        case str():
            return value
        case _:
            return json.dumps(value, ensure_ascii=False)


def object_of(value: JsonValue) -> JsonObject:
    """The value if it is an object, otherwise an empty one."""
    return dict(value) if isinstance(value, dict) else {}


def list_of(value: JsonValue) -> list[JsonValue]:
    """A list as it is, nothing as an empty list, one value as a list of one."""
    if isinstance(value, list):
        return list(value)
    return [] if value is None or value == "" else [value]
