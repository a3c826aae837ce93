"""Messages that an honest member never makes, properly signed and sealed by a dishonest one.

Each builder spoils one thing and makes all the rest right, so that a refusal is for the rule in question.
"""

from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any, cast

import pytest
from tests.crypto.mls.world import NOW, World, seeded_random, trust

from rogatory_crypto.codec import Struct, opaque_bytes
from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.mls import Group, SignatureKeyPair, encode_group, process, sending, treekem
from rogatory_crypto.mls.credentials import PROTOCOL_VERSION, Extension
from rogatory_crypto.mls.framing import (
    APPLICATION,
    COMMIT,
    PRIVATE_MESSAGE,
    PUBLIC_MESSAGE,
    SENDER,
    AuthenticatedContent,
    Content,
    MemberSender,
    NewMemberCommit,
    PrivateMessage,
    Sender,
)
from rogatory_crypto.mls.nodes import KeyPackage, LeafNode, leaf_place
from rogatory_crypto.mls.private_message import SenderData, open_content, open_sender_data
from rogatory_crypto.mls.proposals import ByReference, ByValue, Commit, Proposal, ProposalOrRef
from rogatory_crypto.mls.secret_tree import RatchetKind, sender_data_key
from rogatory_crypto.mls.tree_math import LeafIndex
from rogatory_crypto.mls.treekem import UpdatePath
from rogatory_crypto.mls.welcome import decode_message, encode_message
from rogatory_crypto.primitives import CipherSuite

RANDOM = seeded_random("illegal")
GUARD = b"grrd"


def refused(group: Group, message: bytes, code: Code, rule: str, **options: Any) -> PeerError:
    """Process a message that must be refused with this code for this rule, and without any change."""
    before = encode_group(group)
    settings: dict[str, Any] = {"now": NOW, "authenticate": trust, **options}
    with pytest.raises(PeerError) as caught:
        process(group, message, **settings)
    assert encode_group(group) == before
    assert (caught.value.code, rule in caught.value.detail) == (code, True), str(caught.value)
    return caught.value


# Contents as the RFC frames them.


def message(group: Group, content: Content, *, public: bool = False, tag: bytes | None = None) -> bytes:
    """Return any content, signed by the group's own member."""
    signed = sending.sign(group, content, b"", public=public)
    if isinstance(content, Commit):
        signed = signed.with_confirmation_tag(bytes(group.suite.hash_size) if tag is None else tag)
    return sending.seal(group, signed, RANDOM)[1]


def commit(group: Group, *proposals: Proposal | bytes, path: UpdatePath | None = None) -> bytes:
    """Return a commit of any proposals (bytes are references), with a confirmation tag of zeros."""
    entries: list[ProposalOrRef] = [
        ByReference(entry) if isinstance(entry, bytes) else ByValue(entry) for entry in proposals
    ]
    return message(group, Commit(tuple(entries), path))


def honest_path(world: World, seat: int, *, lie: bool = False) -> UpdatePath:
    """Return the path of a proper empty commit, to be spoilt; if it lies, of other secrets than its keys."""
    group = world.groups[seat]
    tree = group.tree.copy()
    planned = treekem.plan_path(tree, group.own_leaf, group.signer, group.suite, group.group_id, world.random)
    if lie:
        secrets = dict.fromkeys(planned.known.secrets, world.random(group.suite.hash_size))
        planned = replace(planned, known=replace(planned.known, secrets=secrets))
    context = replace(group.context, epoch=group.epoch + 1, tree_hash=tree.tree_hash()).encode()
    return treekem.seal_path(tree, planned, group.suite, context, frozenset(), world.random)


def commit_with_tag(world: World, seat: int, spoil: Callable[[bytes], bytes]) -> tuple[bytes, bytes]:
    """Return an empty commit whose confirmation tag is made of the true one, and the true one."""
    staged = world.stage(seat)
    tag = staged.group.confirmation_tag
    group = world.groups[seat]
    signed = honest_commit(group, staged.message)
    return sending.seal(group, signed.with_confirmation_tag(spoil(tag)), RANDOM)[1], tag


def honest_commit(group: Group, data: bytes) -> AuthenticatedContent:
    """Return what a private message of the group's own member holds."""
    private = opened(data)
    sender = open_sender_data(group.suite, private, group.secrets.sender_data_secret)
    return open_content(group.suite, private, sender, group.secret_tree)[1]


# Contents as bytes, for what our own types cannot say.


def encoded(value: Struct, **members: bytes) -> bytes:
    """Return the encoding of a structure with some of its members given as bytes."""
    names = [member.name for member in fields(cast("Any", value))][: len(value.FIELDS)]
    parts = zip(names, value.FIELDS, strict=True)
    return b"".join(
        members[name] if name in members else field.encode(getattr(value, name)) for name, field in parts
    )


def framed(
    group: Group,
    content_type: int,
    body: bytes,
    *,
    sender: bytes | None = None,
    authenticated_data: bytes = b"",
) -> bytes:
    """Return a FramedContent of any body by any sender."""
    own = b"\x01" + group.own_leaf.to_bytes(4, "big")
    epoch = group.epoch.to_bytes(8, "big")
    head = opaque_bytes(group.group_id) + epoch + (own if sender is None else sender)
    return head + opaque_bytes(authenticated_data) + bytes([content_type]) + body


def authenticated(
    group: Group, content: bytes, wire_format: int, *, tag: bytes | None, context: bytes | None = None
) -> tuple[bytes, bytes]:
    """Return what is signed of a FramedContent, and its FramedContentAuthData."""
    head = PROTOCOL_VERSION.to_bytes(2, "big") + wire_format.to_bytes(2, "big")
    signed = head + content + (group.encoded_context if context is None else context)
    signature = group.suite.sign_with_label(group.signer.private, b"FramedContentTBS", signed)
    return signed, opaque_bytes(signature) + (b"" if tag is None else opaque_bytes(tag))


def _tag(group: Group, content_type: int) -> bytes | None:
    return bytes(group.suite.hash_size) if content_type == COMMIT else None


def public_bytes(group: Group, content_type: int, body: bytes, *, sender: bytes | None = None) -> bytes:
    """Return a PublicMessage of any body, signed and with its membership tag."""
    content = framed(group, content_type, body, sender=sender)
    signed, auth = authenticated(group, content, PUBLIC_MESSAGE, tag=_tag(group, content_type))
    membership = group.suite.kdf.mac(group.secrets.membership_key, signed + auth)
    return b"\x00\x01\x00\x01" + content + auth + opaque_bytes(membership)


def outside_bytes(
    group: Group,
    content_type: int,
    body: bytes,
    sender: Sender,
    *,
    signer: SignatureKeyPair | None = None,
    membership_tag: bytes = b"",
) -> bytes:
    """Return a PublicMessage of any body by somebody outside, signed by any key, without a membership tag.

    Args:
        group: gives the group's name, epoch and context.
        content_type: of the body.
        body: the content.
        sender: who it says it is from.
        signer: signs; the group's own member if nobody is named.
        membership_tag: bytes in the place where nothing should be.
    """
    signing = group if signer is None else replace(group, signer=signer)
    content = framed(group, content_type, body, sender=SENDER.encode(sender))
    context = group.encoded_context if isinstance(sender, NewMemberCommit) else b""
    tag = _tag(group, content_type)
    _, auth = authenticated(signing, content, PUBLIC_MESSAGE, tag=tag, context=context)
    return b"\x00\x01\x00\x01" + content + auth + membership_tag


def private_bytes(
    group: Group, content_type: int, body: bytes, *, padding: bytes = bytes(32), **options: Any
) -> bytes:
    """Return a PrivateMessage of any body, signed and sealed."""
    aad = options.get("authenticated_data", b"")
    content = framed(group, content_type, body, authenticated_data=aad)
    _, auth = authenticated(group, content, PRIVATE_MESSAGE, tag=_tag(group, content_type))
    return sealed(group, content_type, body + auth + padding, **options)


def sealed(
    group: Group,
    content_type: int,
    plaintext: bytes,
    *,
    kind: RatchetKind | None = None,
    generation: int = 0,
    claims: SenderData | None = None,
    guard: bytes = GUARD,
    authenticated_data: bytes = b"",
    sealed_type: int | None = None,
) -> bytes:
    """Return a PrivateMessage of any plaintext.

    Args:
        group: the sender's; its own ratchet gives the key.
        content_type: what the message says.
        plaintext: content, authentication and padding.
        kind: the ratchet of the key; that of the content type if none is named.
        generation: of the key.
        claims: what the sender data say; the truth if nothing is given.
        guard: mixed into the nonce.
        authenticated_data: in the open.
        sealed_type: the content type that both ciphertexts are bound to.
    """
    suite = group.suite
    ratchet = RatchetKind.APPLICATION if content_type == APPLICATION else RatchetKind.HANDSHAKE
    _, _, key = group.secret_tree.take(group.own_leaf, kind or ratchet, generation)
    mixed = bytes(a ^ b for a, b in zip(key.nonce, guard.ljust(len(key.nonce), b"\x00"), strict=True))
    kind_byte = bytes([content_type if sealed_type is None else sealed_type])
    head = opaque_bytes(group.group_id) + group.epoch.to_bytes(8, "big") + kind_byte
    aad = head + opaque_bytes(authenticated_data)
    ciphertext = suite.aead.seal(key.key, mixed, aad, plaintext)
    outer = sender_data_key(suite, group.secrets.sender_data_secret, ciphertext)
    data = (claims or SenderData(group.own_leaf, generation, guard)).encode()
    sender = suite.aead.seal(outer.key, outer.nonce, head, data)
    return encode_message(
        PrivateMessage(group.group_id, group.epoch, content_type, authenticated_data, sender, ciphertext)
    )


def claim(seat: int, generation: int) -> SenderData:
    """Return sender data that say something else than the truth."""
    return SenderData(seat, generation, GUARD)


def opened(data: bytes) -> PrivateMessage:
    """Return a private message, to change what is in the open."""
    decoded = decode_message(data)
    assert isinstance(decoded, PrivateMessage)
    return decoded


# Leaves, KeyPackages and groups.


def own_leaf(group: Group) -> LeafNode:
    """Return the leaf on the group's own seat."""
    held = group.tree.leaf(group.own_leaf)
    assert held is not None
    return held


def leaf(group: Group, old: LeafNode, **changes: object) -> LeafNode:
    """Return a leaf with other fields, properly signed for the group's own seat."""
    changed = replace(old, **changes)  # type: ignore[arg-type]  # the fields are named by the tests
    place = leaf_place(group.group_id, group.own_leaf)
    return changed.signed(group.suite, group.signer.private, place)


def leaf_bytes(group: Group, old: LeafNode, **members: bytes) -> bytes:
    """Return a leaf with some members as bytes, properly signed for the group's own seat."""
    content = encoded(old, **members, signature=b"\x00")[:-1]
    signed = content + leaf_place(group.group_id, group.own_leaf)
    return content + opaque_bytes(group.suite.sign_with_label(group.signer.private, b"LeafNodeTBS", signed))


def key_package(
    suite: CipherSuite,
    signer: SignatureKeyPair,
    data: bytes,
    *,
    leaf_changes: dict[str, object],
    **changes: object,
) -> KeyPackage:
    """Return a KeyPackage with other fields, properly signed again."""
    package = decode_message(data)
    assert isinstance(package, KeyPackage)
    inner = replace(package.leaf_node, **leaf_changes)  # type: ignore[arg-type]  # named by the tests
    inner = inner.signed(suite, signer.private, b"")
    outer = replace(package, leaf_node=inner, **changes)  # type: ignore[arg-type]  # named by the tests
    return outer.signed(suite, signer.private)


def key_package_of(
    world: World,
    name: bytes = b"newcomer",
    *,
    leaf_changes: dict[str, object] | None = None,
    **changes: object,
) -> KeyPackage:
    """Return a KeyPackage of a new client with other fields, properly signed."""
    client = world.client(name)
    data = client.key_package().message
    return key_package(world.suite, client.signer, data, leaf_changes=leaf_changes or {}, **changes)


def give_extensions(world: World, *extensions: Extension) -> None:
    """Let every member hold that the group has had these extensions all along."""
    for seat, group in world.groups.items():
        context = replace(group.context, extensions=extensions)
        world.groups[seat] = replace(group, context=context, encoded_context=context.encode())


def commit_of_bytes(world: World, package: KeyPackage) -> bytes:
    """Return a commit of seat 0 that adds a KeyPackage, put together without reading it."""
    entry = b"\x01\x00\x01" + package.encode()
    return private_bytes(world.groups[0], COMMIT, opaque_bytes(entry) + b"\x00")


def on_seat(group: Group, seat: int) -> Group:
    """Return the group of a member who pretends to sit elsewhere."""
    return replace(group, own_leaf=LeafIndex(seat))


def seat_of(seat: int) -> Sender:
    """Return the sender who sits there."""
    return MemberSender(seat)
