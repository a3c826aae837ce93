"""The body of a message: parts that may hold parts (draft-ietf-mimi-content-08 section 4.4 and 4.5).

A part's index counts parts depth first, from zero at the root; ``walk`` yields them in that order.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from functools import partial
from typing import Final, TypeAlias

from rogatory_crypto import cbor
from rogatory_crypto.errors import Code, PeerError

MAX_CONTENT_BYTES: Final = 1 << 20
MAX_PARTS: Final = 256
MAX_PART_DEPTH: Final = 4
MAX_URI_CHARACTERS: Final = 1024


class Disposition(IntEnum):
    """What a part is for (section 8.2.2); a number up to 255 without a name is carried on unchanged."""

    UNSPECIFIED = 0
    RENDER = 1
    REACTION = 2
    PROFILE = 3
    INLINE = 4
    ICON = 5
    ATTACHMENT = 6
    SESSION = 7
    PREVIEW = 8


class PartSemantics(IntEnum):
    """How the parts of a multi part belong together (section 4.4)."""

    CHOOSE_ONE = 0
    SINGLE_UNIT = 1
    PROCESS_ALL = 2


class _Cardinality(IntEnum):
    NULL = 0
    SINGLE = 1
    EXTERNAL = 2
    MULTI = 3


@dataclass(frozen=True, slots=True)
class NullPart:
    """Nothing: what replaces a deleted message or reaction."""

    disposition: int
    language: str = ""


@dataclass(frozen=True, slots=True)
class SinglePart:
    """Content that travels inside the message."""

    disposition: int
    language: str
    content_type: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class ExternalPart:
    """Content stored elsewhere, with what is needed to fetch, check and decrypt it (section 4.5)."""

    disposition: int
    language: str
    content_type: str
    url: str
    expires: int
    size: int
    enc_alg: int
    key: bytes = field(repr=False)
    nonce: bytes
    aad: bytes
    hash_alg: int
    content_hash: bytes
    description: str
    filename: str


@dataclass(frozen=True, slots=True)
class MultiPart:
    """Two or more parts that belong together."""

    disposition: int
    language: str
    part_semantics: PartSemantics
    parts: tuple["NestedPart", ...]


NestedPart: TypeAlias = NullPart | SinglePart | ExternalPart | MultiPart


def walk(part: NestedPart) -> Iterator[NestedPart]:
    """Yield a part and all inside it; the position in this order is the part index (section 4.4)."""
    yield part
    if isinstance(part, MultiPart):
        for inner in part.parts:
            yield from walk(inner)


def plain_part(part: NestedPart) -> list[object]:
    """Return a part as the array it travels as."""
    plain: list[object] = [part.disposition, part.language]
    match part:
        case NullPart():
            return [*plain, _Cardinality.NULL]
        case SinglePart():
            return [*plain, _Cardinality.SINGLE, part.content_type, part.content]
        case ExternalPart():
            return [*plain, _Cardinality.EXTERNAL, *(getattr(part, name) for name in _EXTERNAL_NAMES)]
        case MultiPart():
            inner = [plain_part(each) for each in part.parts]
            return [*plain, _Cardinality.MULTI, part.part_semantics, inner]


def read_part(value: object) -> NestedPart:
    """Read the root part of a message.

    Raises:
        PeerError: MALFORMED, or TOO_LARGE beyond a limit.
    """
    part = _read_part(value, MAX_PART_DEPTH)
    if sum(1 for _ in walk(part)) > MAX_PARTS:
        raise PeerError(Code.TOO_LARGE, f"a message of more than {MAX_PARTS} parts")
    return part


def _read_part(value: object, depth: int) -> NestedPart:
    if depth == 0:
        raise PeerError(Code.MALFORMED, f"parts nested more than {MAX_PART_DEPTH} deep")
    if not isinstance(value, list) or len(value) < 3:
        raise PeerError(Code.MALFORMED, "a part has a disposition, a language and a cardinality")
    disposition = cbor.unsigned(value[0], maximum=255)
    language = cbor.text(value[1], maximum=255)
    match _Cardinality(cbor.unsigned(value[2], maximum=max(_Cardinality))):
        case _Cardinality.NULL:
            cbor.array(value, 3)
            return NullPart(disposition, language)
        case _Cardinality.SINGLE:
            content_type, content = cbor.array(value, 5)[3:]
            return SinglePart(
                disposition,
                language,
                cbor.text(content_type, maximum=255),
                cbor.byte_string(content, maximum=MAX_CONTENT_BYTES),
            )
        case _Cardinality.EXTERNAL:
            return _read_external_part(
                disposition, language, cbor.array(value, 3 + len(_EXTERNAL_READERS))[3:]
            )
        case _Cardinality.MULTI:
            semantics, parts = cbor.array(value, 5)[3:]
            return MultiPart(
                disposition,
                language,
                PartSemantics(cbor.unsigned(semantics, maximum=max(PartSemantics))),
                _read_parts(parts, depth - 1),
            )


def _read_parts(value: object, depth: int) -> tuple[NestedPart, ...]:
    parts = cbor.array_of(value, lambda inner: _read_part(inner, depth), maximum=MAX_PARTS)
    if len(parts) < 2:
        raise PeerError(Code.MALFORMED, "a multi part holds two parts or more")
    return parts


# The fields of an external part in their order on the wire (section 4.5), each with its reader.
_EXTERNAL_READERS: Final[Mapping[str, Callable[[object], object]]] = {
    "content_type": partial(cbor.text, maximum=255),
    "url": partial(cbor.text, maximum=MAX_URI_CHARACTERS),
    "expires": partial(cbor.unsigned, maximum=(1 << 32) - 1),
    "size": partial(cbor.unsigned, maximum=(1 << 64) - 1),
    "enc_alg": partial(cbor.unsigned, maximum=(1 << 16) - 1),
    "key": partial(cbor.byte_string, maximum=64),
    "nonce": partial(cbor.byte_string, maximum=64),
    "aad": partial(cbor.byte_string, maximum=1024),
    "hash_alg": partial(cbor.unsigned, maximum=255),
    "content_hash": partial(cbor.byte_string, maximum=64),
    "description": partial(cbor.text, maximum=4096),
    "filename": partial(cbor.text, maximum=1024),
}
_EXTERNAL_NAMES: Final = tuple(_EXTERNAL_READERS)


def _read_external_part(disposition: int, language: str, values: list[object]) -> ExternalPart:
    readers = _EXTERNAL_READERS.items()
    fields = {name: read(value) for (name, read), value in zip(readers, values, strict=True)}
    return ExternalPart(disposition=disposition, language=language, **fields)  # type: ignore[arg-type]  # each reader returns its field's type
