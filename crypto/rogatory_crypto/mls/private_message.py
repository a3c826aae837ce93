"""Encryption of messages to members (RFC 9420 section 6.3)."""

from dataclasses import dataclass
from typing import ClassVar, Final

from rogatory_crypto.codec import UINT32, Reader, Struct, fixed, opaque_bytes
from rogatory_crypto.errors import Code, MisuseError, PeerError
from rogatory_crypto.mls.framing import (
    APPLICATION,
    APPLICATION_LIMIT,
    PRIVATE_MESSAGE,
    AuthenticatedContent,
    FramedContent,
    FramedContentAuthData,
    MemberSender,
    PrivateMessage,
    content_type_of,
    read_content,
    write_content,
)
from rogatory_crypto.mls.secret_tree import MessageKey, RatchetKind, SecretTree, sender_data_key
from rogatory_crypto.mls.tree_math import LeafIndex
from rogatory_crypto.primitives import CipherSuite, Random

_GUARD_BYTES: Final = 4
_SMALLEST_BUCKET: Final = 256
_LARGEST_PADDED: Final = 1 << 16


@dataclass(frozen=True, slots=True)
class SenderData(Struct):
    """Who sent a message and with which key of his."""

    leaf_index: int
    generation: int
    reuse_guard: bytes
    FIELDS: ClassVar = (UINT32, UINT32, fixed(_GUARD_BYTES))


def padded_size(size: int) -> int:
    """Return the size a plaintext is padded to.  # P03.

    Powers of two from 256 bytes to 64 KiB hide the length of letters; what is larger shows its size to the
    next 64 KiB, since doubling it would cost more than it hides.
    """
    if size <= _SMALLEST_BUCKET:
        return _SMALLEST_BUCKET
    if size <= _LARGEST_PADDED:
        return 1 << (size - 1).bit_length()
    return -(-size // _LARGEST_PADDED) * _LARGEST_PADDED


def _kind(content_type: int) -> RatchetKind:
    return RatchetKind.APPLICATION if content_type == APPLICATION else RatchetKind.HANDSHAKE


def _sender_data_aad(group_id: bytes, epoch: int, content_type: int) -> bytes:
    return opaque_bytes(group_id) + epoch.to_bytes(8, "big") + content_type.to_bytes(1, "big")


def _guarded(key: MessageKey, guard: bytes) -> bytes:
    """Mix the reuse guard into the nonce.  # C09."""
    head = int.from_bytes(key.nonce[:_GUARD_BYTES], "big") ^ int.from_bytes(guard, "big")
    return head.to_bytes(_GUARD_BYTES, "big") + key.nonce[_GUARD_BYTES:]


def seal(
    suite: CipherSuite,
    authenticated: AuthenticatedContent,
    sender_data_secret: bytes,
    tree: SecretTree,
    random: Random,
) -> tuple[SecretTree, PrivateMessage]:
    """Encrypt a signed content with the sender's next key; the returned tree lost that key.  # L03."""
    content = authenticated.content
    if not isinstance(content.sender, MemberSender):
        raise MisuseError("B04: only members send private messages")
    content_type = content_type_of(content.content)
    body = bytearray()
    write_content(body, content.content)
    authenticated.auth.write(body)
    plaintext = bytes(body).ljust(padded_size(len(body)), b"\x00")
    leaf = LeafIndex(content.sender.leaf_index)
    tree, generation, key = tree.take(leaf, _kind(content_type))
    guard = random(_GUARD_BYTES)
    head = _sender_data_aad(content.group_id, content.epoch, content_type)
    aad = head + opaque_bytes(content.authenticated_data)  # C02
    ciphertext = suite.aead.seal(key.key, _guarded(key, guard), aad, plaintext)
    outer = sender_data_key(suite, sender_data_secret, ciphertext)
    sender = SenderData(leaf, generation, guard).encode()
    sealed_sender = suite.aead.seal(outer.key, outer.nonce, head, sender)
    return tree, PrivateMessage(
        content.group_id, content.epoch, content_type, content.authenticated_data, sealed_sender, ciphertext
    )


def open_sender_data(suite: CipherSuite, message: PrivateMessage, sender_data_secret: bytes) -> SenderData:
    """Decrypt who sent a message.  # C01.

    Raises:
        PeerError: DECRYPTION_FAILED or MALFORMED.
    """
    key = sender_data_key(suite, sender_data_secret, message.ciphertext)
    aad = _sender_data_aad(message.group_id, message.epoch, message.content_type)
    sealed = message.encrypted_sender_data
    return SenderData.decode(suite.aead.open(key.key, key.nonce, aad, sealed, rule="C01: the sender data"))


def open_content(
    suite: CipherSuite, message: PrivateMessage, sender: SenderData, tree: SecretTree
) -> tuple[SecretTree, AuthenticatedContent]:
    """Decrypt a message. Keep the returned tree only once the signature holds.  # C08.

    Raises:
        PeerError: DECRYPTION_FAILED, MALFORMED, REPLAYED, TOO_FAR_AHEAD, UNKNOWN_MEMBER or TOO_LARGE.
    """
    if message.content_type == APPLICATION and len(message.ciphertext) > 2 * APPLICATION_LIMIT:
        raise PeerError(Code.TOO_LARGE, "Q01: application data beyond its limit")
    kind = _kind(message.content_type)
    tree, _, key = tree.take(LeafIndex(sender.leaf_index), kind, sender.generation)
    head = _sender_data_aad(message.group_id, message.epoch, message.content_type)
    aad = head + opaque_bytes(message.authenticated_data)
    nonce = _guarded(key, sender.reuse_guard)
    plaintext = suite.aead.open(key.key, nonce, aad, message.ciphertext, rule="C02 C03: the content")
    return tree, _read_plaintext(message, sender, plaintext)


def _read_plaintext(message: PrivateMessage, sender: SenderData, plaintext: bytes) -> AuthenticatedContent:
    reader = Reader(plaintext)
    content = read_content(reader, message.content_type)  # C03
    encoded_body = plaintext[: reader.position]
    auth = FramedContentAuthData.read(reader, content)
    if plaintext.count(0, reader.position) != len(plaintext) - reader.position:
        raise PeerError(Code.MALFORMED, "C04: padding that is not zero")
    member = MemberSender(sender.leaf_index)
    framed = FramedContent(message.group_id, message.epoch, member, message.authenticated_data, content)
    encoded = (
        opaque_bytes(message.group_id)
        + message.epoch.to_bytes(8, "big")
        + b"\x01"
        + sender.leaf_index.to_bytes(4, "big")
        + opaque_bytes(message.authenticated_data)
        + message.content_type.to_bytes(1, "big")
        + encoded_body
    )
    return AuthenticatedContent(PRIVATE_MESSAGE, framed, encoded, auth)
