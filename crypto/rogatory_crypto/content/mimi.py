"""MIMI content, the container of everything said (draft-ietf-mimi-content-08), decoded strictly.

Encoding is deterministic CBOR (section 6.1). Floats, tags and byte-string keys, which the draft tolerates in
unknown extensions, are refused. Sender, room and time are not part of the content: they come from MLS and the
relay, and ``message_id`` binds the first two. The draft may change, so ``MEDIA_TYPE`` names its version.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from hashlib import sha256
from types import MappingProxyType
from typing import Final, NewType, TypeAlias

from rogatory_crypto import cbor
from rogatory_crypto.content.nested_part import (
    MAX_CONTENT_BYTES,
    MAX_PART_DEPTH,
    MAX_URI_CHARACTERS,
    NestedPart,
    plain_part,
    read_part,
)
from rogatory_crypto.errors import Code, MisuseError, PeerError

MEDIA_TYPE: Final = "application/mimi-content;v=08"
SALT_BYTES: Final = 16
MESSAGE_ID_BYTES: Final = 32
MAX_EXTENSION_DEPTH: Final = 4
MAX_EXTENSION_BYTES: Final = 4095
MAX_EXTENSIONS: Final = 64
# Enough for the most parts of the largest kind; too few for chosen integer keys to make a map slow to build.
MAX_ITEMS: Final = 1 << 13
MAX_EXACT_INTEGER: Final = (1 << 53) - 1
# The message itself, then parts and lists of parts in turn; extensions have a bound of their own within it.
_MAX_CBOR_DEPTH: Final = 1 + 2 * MAX_PART_DEPTH
# Deterministically encoded, every message starts as an array of seven whose first is a salt of sixteen bytes.
_BEGINNING: Final = b"\x87\x50"
_HASH_ALGORITHM_SHA256: Final = b"\x01"

MessageId = NewType("MessageId", bytes)
ExtensionKey: TypeAlias = int | str


class Extension(IntEnum):
    """The registered extension keys (section 8.2.1)."""

    SENDER_URI = 1
    ROOM_URI = 2


@dataclass(frozen=True, slots=True)
class Expiration:
    """A hint when to forget a message: seconds after reading, or an absolute time (section 4.1)."""

    relative: bool
    time: int


@dataclass(frozen=True, slots=True)
class MimiContent:
    """One message (section 4.1)."""

    salt: bytes
    nested_part: NestedPart
    replaces: MessageId | None = None
    topic_id: bytes = b""
    expires: Expiration | None = None
    in_reply_to: MessageId | None = None
    extensions: Mapping[ExtensionKey, object] = field(default_factory=dict)

    @property
    def sender_uri(self) -> str | None:
        """The sender as the content names it, if it does."""
        return _text_or_none(self.extensions.get(Extension.SENDER_URI))

    @property
    def room_uri(self) -> str | None:
        """The room as the content names it, if it does."""
        return _text_or_none(self.extensions.get(Extension.ROOM_URI))

    def encode(self) -> bytes:
        """Return the deterministic encoding.

        Raises:
            MisuseError: the message breaks a limit of the draft.
        """
        encoded = cbor.encode(
            [
                self.salt,
                self.replaces,
                self.topic_id,
                None if self.expires is None else [self.expires.relative, self.expires.time],
                self.in_reply_to,
                self.extensions,
                plain_part(self.nested_part),
            ]
        )
        try:
            decode(encoded)
        except PeerError as error:
            raise MisuseError(f"no peer would accept this message: {error.detail}") from error
        return encoded


def message_id(encoded: bytes, sender_uri: str, room_uri: str) -> MessageId:
    """Return the id of an encoded message from its sender in its room (section 3.3).

    Args:
        encoded: the whole message; its salt is hashed once more behind it.
        sender_uri: the sender as MLS authenticated it.
        room_uri: the room the message came in.

    Raises:
        PeerError: MALFORMED if a message cannot begin like this.
    """
    if not encoded.startswith(_BEGINNING) or len(encoded) < len(_BEGINNING) + SALT_BYTES:
        raise PeerError(Code.MALFORMED, "not a message: no salt at its beginning")
    salt = encoded[len(_BEGINNING) : len(_BEGINNING) + SALT_BYTES]
    uris = b"".join(_length_prefixed(uri) for uri in (sender_uri, room_uri))
    return MessageId(_HASH_ALGORITHM_SHA256 + sha256(uris + encoded + salt).digest()[: MESSAGE_ID_BYTES - 1])


def decode(data: bytes) -> MimiContent:
    """Return the message that these bytes encode.

    Raises:
        PeerError: MALFORMED, or TOO_LARGE beyond a limit.
    """
    plain = cbor.decode(
        data, limit=MAX_CONTENT_BYTES, max_depth=_MAX_CBOR_DEPTH, max_items=MAX_ITEMS, integer_keys=True
    )
    salt, replaces, topic_id, expires, in_reply_to, extensions, part = cbor.array(plain, 7)
    return MimiContent(
        salt=cbor.byte_string(salt, length=SALT_BYTES),
        nested_part=read_part(part),
        replaces=cbor.optional(replaces, read_message_id),
        topic_id=cbor.byte_string(topic_id, maximum=255),
        expires=cbor.optional(expires, _read_expiration),
        in_reply_to=cbor.optional(in_reply_to, read_message_id),
        extensions=_read_extensions(extensions, len(data)),
    )


def read_message_id(value: object) -> MessageId:
    """Read a message id inside a decoded structure."""
    return MessageId(cbor.byte_string(value, length=MESSAGE_ID_BYTES))


def _read_expiration(value: object) -> Expiration:
    relative, time = cbor.array(value, 2)
    return Expiration(cbor.boolean(relative), cbor.unsigned(time, maximum=(1 << 32) - 1))


def _read_extensions(value: object, message_bytes: int) -> Mapping[ExtensionKey, object]:
    if not isinstance(value, dict) or len(value) > MAX_EXTENSIONS:
        raise PeerError(Code.MALFORMED, f"extensions are a map of at most {MAX_EXTENSIONS} entries")
    for key, item in value.items():
        _check_extension_key(key)
        _check_extension_value(item, MAX_EXTENSION_DEPTH - 1)
        # Nothing in a message is longer than the message, and most are shorter than that.
        if message_bytes > MAX_EXTENSION_BYTES and len(cbor.encode(item)) > MAX_EXTENSION_BYTES:
            raise PeerError(Code.TOO_LARGE, f"extension {key} is longer than {MAX_EXTENSION_BYTES} bytes")
    for known in Extension:
        if known in value:
            cbor.text(value[known], maximum=MAX_URI_CHARACTERS)
    return MappingProxyType(value)


def _check_extension_key(key: object) -> None:
    """Section 6.2: integers that a double holds exactly, or text; section 4.3: text of 1 to 255 octets."""
    if isinstance(key, int) and abs(key) > MAX_EXACT_INTEGER:
        raise PeerError(Code.MALFORMED, "an integer key beyond 2^53")
    if isinstance(key, str) and not 1 <= len(key.encode()) <= 255:
        raise PeerError(Code.MALFORMED, "a text key of no or more than 255 octets")


def _check_extension_value(value: object, depth: int) -> None:
    """Section 6.3: at most four levels, the map of extensions being the first."""
    if not isinstance(value, (list, dict)):
        return
    if depth == 0:
        raise PeerError(Code.MALFORMED, f"an extension nested more than {MAX_EXTENSION_DEPTH} deep")
    if isinstance(value, dict):
        for key in value:
            _check_extension_key(key)
    for item in value.values() if isinstance(value, dict) else value:
        _check_extension_value(item, depth - 1)


def _length_prefixed(uri: str) -> bytes:
    utf8 = uri.encode()
    if len(utf8) >= 1 << 16:
        raise MisuseError("a URI of 64 KiB or more has no message id")
    return len(utf8).to_bytes(2) + utf8


def _text_or_none(value: object) -> str | None:
    return value if isinstance(value, str) else None
