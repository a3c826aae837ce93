"""Deterministic CBOR (RFC 8949 section 4.2.1): one encoding for each value, and nothing else accepted.

The values are unsigned and negative integers of 64 bits, byte strings, text, arrays, maps with integer or
text keys, booleans and null. Floats, tags, other simple values, indefinite lengths, duplicate keys and any
header longer than needed are refused, so that what decodes re-encodes to the same bytes.

The readers at the end turn a decoded value into a field of a structure; each names the limit it enforces.
Decoding parses with ``cbor2`` and then adds up the length of the shortest encoding of what it returned: a
longer header anywhere, or bytes after the end, makes the two lengths differ.
"""

from collections.abc import Callable, Mapping
from enum import Enum
from operator import itemgetter
from typing import Final, Never, TypeVar

import cbor2

from rogatory_crypto.errors import Code, MisuseError, PeerError

MAX_DEPTH: Final = 16
MAX_ITEMS: Final = 1 << 16
MAX_UNSIGNED: Final = (1 << 64) - 1

_UNSIGNED, _NEGATIVE, _BYTES, _TEXT, _ARRAY, _MAP = (major << 5 for major in range(6))
_SHORT: Final = tuple(bytes((first,)) for first in range(256))
_FALSE, _TRUE, _NULL = _SHORT[0xF4], _SHORT[0xF5], _SHORT[0xF6]

Item = TypeVar("Item")
Member = TypeVar("Member", bound=Enum)


def encode(value: object) -> bytes:
    """Return the one deterministic encoding of a value.

    Raises:
        MisuseError: the value has no encoding here: a float, an object, an integer beyond 64 bits, a map key
            that is neither an integer nor text.
    """
    pieces: list[bytes] = []
    _append(value, pieces)
    return b"".join(pieces)


def decode(
    data: bytes,
    *,
    limit: int,
    max_depth: int = MAX_DEPTH,
    max_items: int = MAX_ITEMS,
    integer_keys: bool = False,
) -> object:
    """Return the value of exactly one deterministically encoded item.

    Args:
        data: the whole item.
        limit: how many bytes may be read at all.
        max_depth: how deep arrays and maps may be nested.
        max_items: how many values may be inside each other and side by side: an empty array is one byte on
            the wire and seventy in memory.
        integer_keys: whether maps may have integer keys. Python salts the hashes of text only; keys of other
            types can be chosen to collide and make a map slow to build, so they are refused by default.

    Raises:
        PeerError: TOO_LARGE beyond the limit, MALFORMED for everything else.
    """
    if len(data) > limit:
        raise PeerError(Code.TOO_LARGE, f"{len(data)} bytes of CBOR where at most {limit} may be")
    if len(data) > max_items:
        _bound_items(data, max_items)
    try:
        value: object = cbor2.loads(
            data,
            tag_hook=_refuse_tag,
            semantic_decoders=_REFUSED_TAGS,
            max_depth=max_depth,
            allow_indefinite=False,
            allow_duplicate_keys=False,
            strict_hashable_types=not integer_keys,
        )
    except (cbor2.CBORDecodeError, TypeError, ValueError, OverflowError, MemoryError) as error:
        raise PeerError(Code.MALFORMED, f"not CBOR as profiled: {error}") from error
    if _encoded_length(value) != len(data):
        raise PeerError(Code.MALFORMED, "CBOR is not in its shortest form, or bytes follow it")
    return value


def _bound_items(data: bytes, maximum: int) -> None:
    """Count heads (RFC 8949 section 3) up to the first that the parser will refuse; nothing is built."""
    position = count = 0
    while position < len(data):
        count += 1
        if count > maximum:
            raise PeerError(Code.TOO_LARGE, f"more than {maximum} items of CBOR")
        head = data[position]
        position, argument = position + 1, head & 31
        if 24 <= argument < 28:
            end = position + (1 << argument - 24)
            position, argument = end, int.from_bytes(data[position:end])
        if head & 0xE0 in {_BYTES, _TEXT}:
            position += argument


def _refuse_tag(*_: object) -> Never:
    raise ValueError("a tag")


# cbor2 would build dates, regular expressions, shared references and more from these; others reach tag_hook.
_REFUSED_TAGS: Final = dict.fromkeys(
    (*range(6), 25, 28, 29, 30, 35, 36, 37, 52, 54, 100, 256, 258, 260, 261, 1004, 43000, 55799), _refuse_tag
)


def _head(major: int, argument: int) -> bytes:
    if argument < 24:
        return _SHORT[major | argument]
    if argument < 1 << 8:
        return bytes((major | 24, argument))
    if argument < 1 << 16:
        return _SHORT[major | 25] + argument.to_bytes(2)
    if argument < 1 << 32:
        return _SHORT[major | 26] + argument.to_bytes(4)
    if argument > MAX_UNSIGNED:
        raise MisuseError("an integer beyond 64 bits has no encoding")
    return _SHORT[major | 27] + argument.to_bytes(8)


def _append(value: object, pieces: list[bytes]) -> None:
    if isinstance(value, bytes):
        pieces.append(_head(_BYTES, len(value)))
        pieces.append(value)
    elif isinstance(value, int):
        pieces.append(_integer(value))
    elif isinstance(value, (list, tuple)):
        pieces.append(_head(_ARRAY, len(value)))
        for item in value:
            _append(item, pieces)
    elif value is None:
        pieces.append(_NULL)
    elif isinstance(value, str):
        pieces.append(_text(value))
    elif isinstance(value, Mapping):
        _append_map(value, pieces)
    else:
        raise MisuseError(f"{type(value).__name__} has no encoding")


def _integer(value: int) -> bytes:
    if value is True:
        return _TRUE
    if value is False:
        return _FALSE
    return _head(_UNSIGNED, value) if value >= 0 else _head(_NEGATIVE, -1 - value)


def _text(value: str) -> bytes:
    try:
        utf8 = value.encode()
    except UnicodeEncodeError as error:
        raise MisuseError("text with a lone surrogate has no encoding") from error
    return _head(_TEXT, len(utf8)) + utf8


def _append_map(value: Mapping[object, object], pieces: list[bytes]) -> None:
    entries = sorted(((_key(key), item) for key, item in value.items()), key=itemgetter(0))
    pieces.append(_head(_MAP, len(entries)))
    for key, item in entries:
        pieces.append(key)
        _append(item, pieces)


def _key(key: object) -> bytes:
    if isinstance(key, str):
        return _text(key)
    if isinstance(key, int) and not isinstance(key, bool):
        return _integer(key)
    raise MisuseError("a map key is an integer or text")


def _head_length(argument: int) -> int:
    if argument < 24:
        return 1
    if argument < 1 << 8:
        return 2
    if argument < 1 << 16:
        return 3
    return 5 if argument < 1 << 32 else 9


def _encoded_length(value: object) -> int:
    if isinstance(value, bytes):
        size = len(value)
        return size + _head_length(size)
    if isinstance(value, int):
        return _head_length(value if value >= 0 else -1 - value)  # false and true count as 0 and 1: one byte
    if isinstance(value, list):
        return _head_length(len(value)) + sum(map(_encoded_length, value))
    if isinstance(value, str):
        size = len(value.encode())
        return size + _head_length(size)
    if value is None:
        return 1
    if isinstance(value, dict):
        return _map_length(value)
    raise PeerError(Code.MALFORMED, f"{type(value).__name__} is not part of the profile")


def _map_length(value: dict[object, object]) -> int:
    total = _head_length(len(value))
    previous = b""
    for key, item in value.items():
        try:
            encoded = _key(key)
        except MisuseError as error:
            raise PeerError(Code.MALFORMED, str(error)) from error
        if encoded <= previous:
            raise PeerError(Code.MALFORMED, "map keys are not in bytewise order")
        previous = encoded
        total += len(encoded) + _encoded_length(item)
    return total


def array(value: object, count: int) -> list[object]:
    """Read an array of exactly ``count`` items."""
    if not isinstance(value, list) or len(value) != count:
        raise PeerError(Code.MALFORMED, f"expected an array of {count} items")
    return value


def array_of(
    value: object, reader: Callable[[object], Item], *, maximum: int, minimum: int = 0
) -> tuple[Item, ...]:
    """Read an array of ``minimum`` to ``maximum`` items, each through ``reader``."""
    if not isinstance(value, list):
        raise PeerError(Code.MALFORMED, "expected an array")
    if len(value) > maximum:
        raise PeerError(Code.TOO_LARGE, f"an array of {len(value)} items where at most {maximum} may be")
    if len(value) < minimum:
        raise PeerError(Code.MALFORMED, f"an array of {len(value)} items where at least {minimum} must be")
    return tuple(map(reader, value))


def byte_string(
    value: object, *, length: int | None = None, minimum: int = 0, maximum: int | None = None
) -> bytes:
    """Read a byte string of an exact ``length``, or of ``minimum`` to ``maximum`` bytes."""
    if length is None and maximum is None:
        raise MisuseError("a byte string needs a bound")
    if not isinstance(value, bytes):
        raise PeerError(Code.MALFORMED, "expected a byte string")
    size = len(value)
    if maximum is not None and size > maximum:
        raise PeerError(Code.TOO_LARGE, f"{size} bytes where at most {maximum} may be")
    if size < minimum or (length is not None and size != length):
        raise PeerError(Code.MALFORMED, f"{size} bytes where {length or minimum} are needed")
    return value


def text(value: object, *, maximum: int, minimum: int = 0) -> str:
    """Read text of ``minimum`` to ``maximum`` characters."""
    if not isinstance(value, str):
        raise PeerError(Code.MALFORMED, "expected text")
    if len(value) > maximum:
        raise PeerError(Code.TOO_LARGE, f"{len(value)} characters where at most {maximum} may be")
    if len(value) < minimum:
        raise PeerError(Code.MALFORMED, f"{len(value)} characters where {minimum} are needed")
    return value


def unsigned(value: object, *, maximum: int = MAX_UNSIGNED, minimum: int = 0) -> int:
    """Read an integer of ``minimum`` to ``maximum``; a boolean is none."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise PeerError(Code.MALFORMED, "expected an unsigned integer")
    if not minimum <= value <= maximum:
        raise PeerError(Code.MALFORMED, f"{value} is not within {minimum} to {maximum}")
    return value


def boolean(value: object) -> bool:
    """Read true or false."""
    if not isinstance(value, bool):
        raise PeerError(Code.MALFORMED, "expected a boolean")
    return value


def member(value: object, enumeration: type[Member]) -> Member:
    """Read a member of an enumeration by its number or text; one that is not there yet is unsupported."""
    if not isinstance(value, (int, str)) or isinstance(value, bool):
        raise PeerError(Code.MALFORMED, f"expected a {enumeration.__name__}")
    try:
        return enumeration(value)
    except ValueError as error:
        raise PeerError(Code.UNSUPPORTED, f"no {enumeration.__name__} {str(value)[:40]!r}") from error


def optional(value: object, reader: Callable[[object], Item]) -> Item | None:
    """Read null as None, anything else through ``reader``."""
    return None if value is None else reader(value)
