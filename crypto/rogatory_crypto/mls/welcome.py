"""GroupInfo and Welcome as they travel, and the frame of every message (RFC 9420 sections 6, 12.4.3)."""

from dataclasses import dataclass, field, replace
from typing import ClassVar, Final, TypeAlias

from rogatory_crypto.codec import (
    DOCUMENT,
    DOCUMENT_LIMIT,
    OPAQUE,
    UINT16,
    UINT32,
    Reader,
    Struct,
    bounded,
    opaque,
    optional,
    structure,
    vector,
)
from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.mls.credentials import EXTENSIONS, PROTOCOL_VERSION, Extension
from rogatory_crypto.mls.framing import PrivateMessage, PublicMessage
from rogatory_crypto.mls.key_schedule import PRE_SHARED_KEY_ID, PSK_LIMIT, GroupContext, PreSharedKeyId
from rogatory_crypto.mls.nodes import MAX_LEAVES, KeyPackage
from rogatory_crypto.mls.treekem import HpkeCiphertext
from rogatory_crypto.primitives import CipherSuite

_GROUP_INFO_LABEL: Final = b"GroupInfoTBS"
WELCOME_LABEL: Final = b"Welcome"
_SECRET: Final = opaque(64)


@dataclass(frozen=True, slots=True)
class GroupInfo(Struct):
    """A member's signed statement of the state of a group (RFC 9420 section 12.4.3)."""

    group_context: GroupContext
    extensions: tuple[Extension, ...]
    confirmation_tag: bytes
    signer: int
    signature: bytes = b""
    FIELDS: ClassVar = (structure(GroupContext), EXTENSIONS, OPAQUE, UINT32, OPAQUE)
    TAG: ClassVar = 4

    def _to_be_signed(self) -> bytes:
        bare = replace(self, signature=b"").encode()
        return bare[:-1]

    def signed(self, suite: CipherSuite, private: bytes) -> "GroupInfo":
        """Return this GroupInfo with its signature."""
        signature = suite.sign_with_label(private, _GROUP_INFO_LABEL, self._to_be_signed())
        return replace(self, signature=signature)

    def verify_signature(self, suite: CipherSuite, public: bytes) -> None:
        """Return only if the key signed it.  # K02.

        Raises:
            PeerError: BAD_SIGNATURE.
        """
        suite.verify_with_label(public, _GROUP_INFO_LABEL, self._to_be_signed(), self.signature)


@dataclass(frozen=True, slots=True)
class PathSecret(Struct):
    """The secret of the lowest node that a new member shares with the committer."""

    path_secret: bytes = field(repr=False)
    FIELDS: ClassVar = (_SECRET,)


@dataclass(frozen=True, slots=True)
class GroupSecrets(Struct):
    """What a Welcome seals to each new member (RFC 9420 section 12.4.3.1)."""

    joiner_secret: bytes = field(repr=False)
    path_secret: PathSecret | None = field(repr=False)
    psks: tuple[PreSharedKeyId, ...]
    FIELDS: ClassVar = (
        _SECRET,
        optional(structure(PathSecret)),
        vector(PRE_SHARED_KEY_ID, count=PSK_LIMIT),
    )


@dataclass(frozen=True, slots=True)
class EncryptedGroupSecrets(Struct):
    """The secrets of one new member, by the reference of his KeyPackage."""

    new_member: bytes
    encrypted_group_secrets: HpkeCiphertext
    FIELDS: ClassVar = (opaque(64), structure(HpkeCiphertext))


@dataclass(frozen=True, slots=True)
class Welcome(Struct):
    """What lets new members in."""

    cipher_suite: int
    secrets: tuple[EncryptedGroupSecrets, ...]
    encrypted_group_info: bytes
    TAG: ClassVar = 3
    FIELDS: ClassVar = (UINT16, vector(structure(EncryptedGroupSecrets), count=MAX_LEAVES), DOCUMENT)


Message: TypeAlias = PublicMessage | PrivateMessage | Welcome | GroupInfo | KeyPackage
_WIRE_FORMATS: Final[dict[type, int]] = {
    PublicMessage: 1,
    PrivateMessage: 2,
    Welcome: 3,
    GroupInfo: 4,
    KeyPackage: 5,
}


def encode_message(message: Message) -> bytes:
    """Return a complete MLSMessage.

    Raises:
        PeerError: TOO_LARGE for what nobody would read (Q01).
    """
    out = bytearray(PROTOCOL_VERSION.to_bytes(2, "big") + _WIRE_FORMATS[type(message)].to_bytes(2, "big"))
    message.write(out)
    bounded(len(out), DOCUMENT_LIMIT)
    return bytes(out)


def decode_message(data: bytes, *, limit: int = DOCUMENT_LIMIT) -> Message:
    """Read a complete MLSMessage.

    Raises:
        PeerError: MALFORMED, UNSUPPORTED or TOO_LARGE.
    """
    reader = Reader(data)
    bounded(len(data), limit)
    version = UINT16.read(reader)
    if version != PROTOCOL_VERSION:
        raise PeerError(Code.UNSUPPORTED, f"A08: protocol version {version}")
    message = _read_body(reader, UINT16.read(reader))
    reader.finish()
    if isinstance(message, KeyPackage) and message.version != version:
        raise PeerError(Code.UNSUPPORTED, "A08: a KeyPackage of another version")
    return message


def _read_body(reader: Reader, wire_format: int) -> Message:
    match wire_format:
        case 1:
            return PublicMessage.read(reader)
        case 2:
            return PrivateMessage.read(reader)
        case 3:
            return Welcome.read(reader)
        case 4:
            return GroupInfo.read(reader)
        case 5:
            return KeyPackage.read(reader)
        case _:
            raise PeerError(Code.MALFORMED, "A04: unknown wire format")
