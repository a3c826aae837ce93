"""What a member says: application data, and the frame of proposals and commits (RFC 9420 section 6).

The returned group no longer holds the key that was used. It is to be stored before the message leaves (L07):
a generation that is used twice gives two messages one key.
"""

from dataclasses import replace

from rogatory_crypto.codec import bounded
from rogatory_crypto.errors import MisuseError
from rogatory_crypto.mls import framing, private_message
from rogatory_crypto.mls.framing import (
    APPLICATION_LIMIT,
    PRIVATE_MESSAGE,
    PUBLIC_MESSAGE,
    AuthenticatedContent,
    Content,
    FramedContent,
    MemberSender,
)
from rogatory_crypto.mls.group import Group
from rogatory_crypto.mls.secret_tree import SecretTree
from rogatory_crypto.mls.welcome import encode_message
from rogatory_crypto.primitives import Random


def sign(group: Group, content: Content, authenticated_data: bytes, *, public: bool) -> AuthenticatedContent:
    """Return a content signed by us for this epoch."""
    group.require_active()
    if public and not group.policy.public_handshakes:
        raise MisuseError("B15: handshakes of this group are private")
    sender = MemberSender(group.own_leaf)
    framed = FramedContent(group.group_id, group.epoch, sender, authenticated_data, content)
    wire_format = PUBLIC_MESSAGE if public else PRIVATE_MESSAGE
    return framing.sign(group.suite, group.signer.private, wire_format, framed, group.encoded_context)


def seal(group: Group, signed: AuthenticatedContent, random: Random) -> tuple[Group, bytes]:
    """Return the complete MLSMessage of a signed content, and the group without the key it used."""
    if signed.wire_format == PUBLIC_MESSAGE:
        key = group.secrets.membership_key
        return group, encode_message(framing.seal_public(group.suite, key, signed, group.encoded_context))
    tree, message = _seal_private(group, signed, random)
    return replace(group, secret_tree=tree), message


def _seal_private(group: Group, signed: AuthenticatedContent, random: Random) -> tuple[SecretTree, bytes]:
    secret = group.secrets.sender_data_secret
    tree, message = private_message.seal(group.suite, signed, secret, group.secret_tree, random)
    return tree, encode_message(message)


def protect(
    group: Group, content: bytes, *, authenticated_data: bytes = b"", random: Random
) -> tuple[Group, bytes]:
    """Encrypt application data to the members of this epoch.

    Args:
        group: the newest epoch we know (N07).
        content: at most ``APPLICATION_LIMIT`` bytes.
        authenticated_data: readable by whoever carries the message.
        random: source of randomness.

    Raises:
        MisuseError: if we were removed, or a commit is due first (RFC 9420 section 12.4, N04).
        PeerError: TOO_LARGE.
    """
    bounded(len(content), APPLICATION_LIMIT)
    if group.has_pending_proposals:
        raise MisuseError("N04: proposals of this epoch are to be committed first")
    messages, total = _counted(group, len(content))
    signed = sign(group, content, authenticated_data, public=False)
    tree, message = _seal_private(group, signed, random)
    return replace(group, secret_tree=tree, sent_messages=messages, sent_bytes=total), message


def _counted(group: Group, size: int) -> tuple[int, int]:
    """Return how many messages and bytes of ours the epoch carries with one more.  # C10.

    Raises:
        MisuseError: if the epoch has carried as much as its policy allows.
    """
    messages, total = group.sent_messages + 1, group.sent_bytes + size
    if messages > group.policy.messages_an_epoch or total > group.policy.bytes_an_epoch:
        raise MisuseError("C10: this epoch has carried enough; a commit is due")
    return messages, total
