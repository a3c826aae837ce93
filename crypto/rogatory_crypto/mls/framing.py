"""Messages and their authentication (RFC 9420 section 6).

What came in passes three stages: received (``PublicMessage`` or ``PrivateMessage``), opened
(``AuthenticatedContent``: decrypted or with its membership tag checked), verified (``Verified``: the
signature holds). Only ``verify`` makes a ``Verified``, and only that is staged and merged (B11).
"""

from dataclasses import InitVar, dataclass, field, replace
from typing import ClassVar, Final, TypeAlias

from rogatory_crypto.codec import (
    OPAQUE,
    UINT8,
    UINT16,
    UINT32,
    UINT64,
    Field,
    Reader,
    Struct,
    bounded,
    opaque,
    opaque_bytes,
    variant,
)
from rogatory_crypto.errors import Code, MisuseError, PeerError
from rogatory_crypto.mls.credentials import PROTOCOL_VERSION
from rogatory_crypto.mls.key_schedule import GROUP_ID_LIMIT, verify_mac
from rogatory_crypto.mls.proposals import (
    PROPOSAL,
    Add,
    Commit,
    GroupContextExtensions,
    PreSharedKey,
    Proposal,
    ReInit,
    Remove,
)
from rogatory_crypto.mls.treekem import UpdatePath
from rogatory_crypto.primitives import CipherSuite

APPLICATION_LIMIT: Final = 1 << 20  # Q01
HANDSHAKE_LIMIT: Final = 4 << 20  # Q01
AUTHENTICATED_DATA_LIMIT: Final = 2 << 20
PUBLIC_MESSAGE: Final = 1
PRIVATE_MESSAGE: Final = 2
APPLICATION: Final = 1
PROPOSAL_CONTENT: Final = 2
COMMIT: Final = 3
_TBS_LABEL: Final = b"FramedContentTBS"
_GROUP_ID: Final = opaque(GROUP_ID_LIMIT)


class Sender(Struct):
    """Who a message says it is from."""

    __slots__ = ()
    TAG: ClassVar[int]


@dataclass(frozen=True, slots=True)
class MemberSender(Sender):
    """A member, by seat."""

    leaf_index: int
    TAG: ClassVar = 1
    FIELDS: ClassVar = (UINT32,)


@dataclass(frozen=True, slots=True)
class ExternalSenderIndex(Sender):
    """One of the group's external senders."""

    sender_index: int
    TAG: ClassVar = 2
    FIELDS: ClassVar = (UINT32,)


@dataclass(frozen=True, slots=True)
class NewMemberProposal(Sender):
    """Somebody who asks to be added."""

    TAG: ClassVar = 3
    FIELDS: ClassVar = ()


@dataclass(frozen=True, slots=True)
class NewMemberCommit(Sender):
    """Somebody who adds himself by an external commit."""

    TAG: ClassVar = 4
    FIELDS: ClassVar = ()


SENDER: Final[Field[Sender]] = variant(
    UINT8, {1: MemberSender, 2: ExternalSenderIndex, 3: NewMemberProposal, 4: NewMemberCommit}
)
Content: TypeAlias = bytes | Proposal | Commit
_APPLICATION_DATA: Final = opaque(APPLICATION_LIMIT)


def content_type_of(content: Content) -> int:
    """Return the ContentType of a content."""
    match content:
        case bytes():
            return APPLICATION
        case Commit():
            return COMMIT
        case _:
            return PROPOSAL_CONTENT


def read_content(reader: Reader, content_type: int) -> Content:
    """Read the content of a type.  # A04 C03.

    Raises:
        PeerError: MALFORMED.
    """
    match content_type:
        case 1:
            return _APPLICATION_DATA.read(reader)
        case 2:
            return PROPOSAL.read(reader)
        case 3:
            return Commit.read(reader)
        case _:
            raise PeerError(Code.MALFORMED, "A04: unknown content type")


def write_content(out: bytearray, content: Content) -> None:
    """Append a content."""
    match content:
        case bytes():
            _APPLICATION_DATA.write(out, content)
        case Commit():
            content.write(out)
        case _:
            PROPOSAL.write(out, content)


def _write_content(out: bytearray, content: Content) -> None:
    out.append(content_type_of(content))
    write_content(out, content)


_CONTENT: Final[Field[Content]] = Field(
    lambda reader: read_content(reader, UINT8.read(reader)), _write_content
)


@dataclass(frozen=True, slots=True)
class FramedContent(Struct):
    """What is signed (RFC 9420 section 6)."""

    group_id: bytes
    epoch: int
    sender: Sender
    authenticated_data: bytes
    content: Content = field(repr=False)
    FIELDS: ClassVar = (_GROUP_ID, UINT64, SENDER, opaque(AUTHENTICATED_DATA_LIMIT), _CONTENT)


def verify_sender(content: FramedContent) -> None:
    """Return only if such a sender may send such a content.  # B06 B07 B08.

    Raises:
        PeerError: FORBIDDEN.
    """
    match content.sender, content.content:
        case MemberSender(), _:
            return
        case ExternalSenderIndex(), Add() | Remove() | PreSharedKey() | ReInit() | GroupContextExtensions():
            return
        case ExternalSenderIndex(), _:
            raise PeerError(Code.FORBIDDEN, "B06: an external sender may not send this")
        case NewMemberProposal(), Add():
            return
        case NewMemberProposal(), _:
            raise PeerError(Code.FORBIDDEN, "B07: who is not a member may only propose himself")
        case _, Commit(path=UpdatePath()):
            return
        case _:
            raise PeerError(Code.FORBIDDEN, "B08: an external commit is a commit with a path")


@dataclass(frozen=True, slots=True)
class FramedContentAuthData:
    """Signature and, for a commit only (B12), confirmation tag."""

    signature: bytes
    confirmation_tag: bytes | None

    @classmethod
    def read(cls, reader: Reader, content: Content) -> "FramedContentAuthData":
        """Read what belongs to a content."""
        signature = OPAQUE.read(reader)
        return cls(signature, OPAQUE.read(reader) if isinstance(content, Commit) else None)

    def write(self, out: bytearray) -> None:
        """Append the encoding."""
        OPAQUE.write(out, self.signature)
        if self.confirmation_tag is not None:
            OPAQUE.write(out, self.confirmation_tag)

    def encode(self) -> bytes:
        """Return the encoding."""
        out = bytearray()
        self.write(out)
        return bytes(out)


@dataclass(frozen=True, slots=True)
class AuthenticatedContent:
    """Opened: decrypted or unwrapped, with a signature that nobody has checked yet."""

    wire_format: int
    content: FramedContent
    encoded_content: bytes = field(repr=False)
    auth: FramedContentAuthData

    def encode(self) -> bytes:
        """Return the struct that proposal references are over."""
        return self.wire_format.to_bytes(2, "big") + self.encoded_content + self.auth.encode()

    @classmethod
    def decode(cls, data: bytes) -> "AuthenticatedContent":
        """Read the struct.

        Raises:
            PeerError: MALFORMED.
        """
        reader = Reader(data)
        wire_format = UINT16.read(reader)
        content, encoded = _read_framed(reader)
        auth = FramedContentAuthData.read(reader, content.content)
        reader.finish()
        return cls(wire_format, content, encoded, auth)

    def reference(self, suite: CipherSuite) -> bytes:
        """``ProposalRef`` (RFC 9420 section 5.2).  # F09."""
        return suite.ref_hash(b"MLS 1.0 Proposal Reference", self.encode())

    def with_confirmation_tag(self, tag: bytes) -> "AuthenticatedContent":
        """Return the commit with its tag, which is known only after signing."""
        return replace(self, auth=replace(self.auth, confirmation_tag=tag))

    def confirmed_transcript_input(self) -> bytes:
        """``ConfirmedTranscriptHashInput`` (RFC 9420 section 8.2).  # B13."""
        return self.wire_format.to_bytes(2, "big") + self.encoded_content + opaque_bytes(self.auth.signature)


_VERIFIER: Final = object()


@dataclass(frozen=True, slots=True)
class Verified:
    """A content whose signature holds. Only ``verify`` makes it (B11), and only it is processed further."""

    authenticated: AuthenticatedContent
    maker: InitVar[object]

    def __post_init__(self, maker: object) -> None:
        if maker is not _VERIFIER:
            raise MisuseError("B11: only a check of the signature makes a verified content")

    @property
    def content(self) -> FramedContent:
        """What was signed."""
        return self.authenticated.content


def _read_framed(reader: Reader) -> tuple[FramedContent, bytes]:
    start = reader.position
    content = FramedContent.read(reader)
    return content, reader.data[start : reader.position]


def to_be_signed(wire_format: int, encoded_content: bytes, sender: Sender, context: bytes) -> bytes:
    """``FramedContentTBS`` (RFC 9420 section 6.1).  # B10 B13."""
    head = PROTOCOL_VERSION.to_bytes(2, "big") + wire_format.to_bytes(2, "big") + encoded_content
    return head + context if isinstance(sender, MemberSender | NewMemberCommit) else head


def sign(
    suite: CipherSuite, private: bytes, wire_format: int, content: FramedContent, context: bytes
) -> AuthenticatedContent:
    """Sign a content, as yet without a confirmation tag.

    Raises:
        PeerError: TOO_LARGE for more authenticated data than anybody reads.
    """
    bounded(len(content.authenticated_data), AUTHENTICATED_DATA_LIMIT)
    encoded = content.encode()
    signed = to_be_signed(wire_format, encoded, content.sender, context)
    auth = FramedContentAuthData(suite.sign_with_label(private, _TBS_LABEL, signed), None)
    return AuthenticatedContent(wire_format, content, encoded, auth)


def verify(
    suite: CipherSuite, opened: AuthenticatedContent, signature_key: bytes, context: bytes
) -> Verified:
    """Return the content as verified.  # B11 C05.

    Raises:
        PeerError: BAD_SIGNATURE.
    """
    content = opened.content
    signed = to_be_signed(opened.wire_format, opened.encoded_content, content.sender, context)
    suite.verify_with_label(signature_key, _TBS_LABEL, signed, opened.auth.signature)
    return Verified(opened, _VERIFIER)


@dataclass(frozen=True, slots=True)
class PublicMessage:
    """A message that whoever carries it can read (RFC 9420 section 6.2)."""

    content: FramedContent
    encoded_content: bytes = field(repr=False)
    auth: FramedContentAuthData
    membership_tag: bytes | None

    @classmethod
    def read(cls, reader: Reader) -> "PublicMessage":
        """Read one.  # B03 B09.

        Raises:
            PeerError: MALFORMED, also for application data, which is never public.
        """
        content, encoded = _read_framed(reader)
        auth = FramedContentAuthData.read(reader, content.content)
        tag = OPAQUE.read(reader) if isinstance(content.sender, MemberSender) else None
        return cls(content, encoded, auth, tag)

    def write(self, out: bytearray) -> None:
        """Append the encoding."""
        out += self.encoded_content
        self.auth.write(out)
        if self.membership_tag is not None:
            OPAQUE.write(out, self.membership_tag)

    def open(self, suite: CipherSuite, membership_key: bytes, context: bytes) -> AuthenticatedContent:
        """Check that a member sent it; senders from outside have nothing but their signature.

        Raises:
            PeerError: BAD_MAC, MALFORMED for application data.
        """
        if isinstance(self.content.content, bytes):
            raise PeerError(Code.MALFORMED, "B03: application data in the open")
        opened = AuthenticatedContent(PUBLIC_MESSAGE, self.content, self.encoded_content, self.auth)
        if self.membership_tag is not None:
            expected = _membership_tag(suite, opened, membership_key, context)
            verify_mac(expected, self.membership_tag, "B09: the membership tag")
        return opened


def _membership_tag(
    suite: CipherSuite, opened: AuthenticatedContent, membership_key: bytes, context: bytes
) -> bytes:
    signed = to_be_signed(opened.wire_format, opened.encoded_content, opened.content.sender, context)
    return suite.kdf.mac(membership_key, signed + opened.auth.encode())


def seal_public(
    suite: CipherSuite, membership_key: bytes, authenticated: AuthenticatedContent, context: bytes
) -> PublicMessage:
    """Wrap a member's content for everybody to read."""
    if isinstance(authenticated.content.content, bytes):
        raise MisuseError("B03: application data is always private")
    tag = _membership_tag(suite, authenticated, membership_key, context)
    return replace(outside_message(authenticated), membership_tag=tag)


def outside_message(authenticated: AuthenticatedContent) -> PublicMessage:
    """Wrap the content of somebody who is not a member.  # B04 B09."""
    return PublicMessage(authenticated.content, authenticated.encoded_content, authenticated.auth, None)


@dataclass(frozen=True, slots=True)
class PrivateMessage(Struct):
    """A message only members can read (RFC 9420 section 6.3)."""

    group_id: bytes
    epoch: int
    content_type: int
    authenticated_data: bytes
    encrypted_sender_data: bytes
    ciphertext: bytes
    FIELDS: ClassVar = (
        _GROUP_ID,
        UINT64,
        UINT8,
        opaque(AUTHENTICATED_DATA_LIMIT),
        opaque(255),
        opaque(HANDSHAKE_LIMIT),
    )
