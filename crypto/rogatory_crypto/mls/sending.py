"""What a member says: application data, proposals, and the frame of commits (RFC 9420 sections 6, 12.1).

The returned group no longer holds the key that was used. It is to be stored before the message leaves (L07):
a generation that is used twice gives two messages one key.
"""

from dataclasses import replace

from rogatory_crypto.codec import bounded
from rogatory_crypto.errors import MisuseError
from rogatory_crypto.mls import framing, private_message
from rogatory_crypto.mls.credentials import Authenticator, same_identity
from rogatory_crypto.mls.framing import (
    APPLICATION_LIMIT,
    AUTHENTICATED_DATA_LIMIT,
    PRIVATE_MESSAGE,
    PUBLIC_MESSAGE,
    AuthenticatedContent,
    Content,
    FramedContent,
    MemberSender,
    Verified,
)
from rogatory_crypto.mls.group import Group
from rogatory_crypto.mls.key_package import decode_key_package
from rogatory_crypto.mls.leaf_validation import verify_current
from rogatory_crypto.mls.nodes import FromUpdate, leaf_place
from rogatory_crypto.mls.proposal_list import Listed, verify_proposal
from rogatory_crypto.mls.proposals import Add, Proposal, Remove, Update
from rogatory_crypto.mls.welcome import encode_message
from rogatory_crypto.primitives import Random


def sign(group: Group, content: Content, authenticated_data: bytes, *, public: bool) -> AuthenticatedContent:
    """Return a content signed by us for this epoch."""
    group.require_active()
    bounded(len(authenticated_data), AUTHENTICATED_DATA_LIMIT)
    sender = MemberSender(group.own_leaf)
    framed = FramedContent(group.group_id, group.epoch, sender, authenticated_data, content)
    wire_format = PUBLIC_MESSAGE if public else PRIVATE_MESSAGE
    return framing.sign(group.suite, group.signer.private, wire_format, framed, group.encoded_context)


def seal(group: Group, signed: AuthenticatedContent, random: Random) -> tuple[Group, bytes]:
    """Return the complete MLSMessage of a signed content, and the group without the key it used."""
    suite = group.suite
    if signed.wire_format == PUBLIC_MESSAGE:
        key = group.secrets.membership_key
        return group, encode_message(framing.seal_public(suite, key, signed, group.encoded_context))
    secret = group.secrets.sender_data_secret
    tree, message = private_message.seal(suite, signed, secret, group.secret_tree, random)
    return replace(group, secret_tree=tree), encode_message(message)


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
    return seal(group, sign(group, content, authenticated_data, public=False), random)


def propose_add(
    group: Group,
    key_package: bytes,
    *,
    now: int,
    authenticate: Authenticator,
    random: Random,
    authenticated_data: bytes = b"",
    public: bool = False,
) -> tuple[Group, bytes]:
    """Propose to seat the client of a KeyPackage.

    Raises:
        PeerError: if the KeyPackage may not be added.
    """
    package, _ = decode_key_package(key_package)
    verify_current(package.leaf_node, now)
    entry = Listed(Add(package), group.own_leaf)
    verify_proposal(entry, group.tree, group.admission(authenticate, same_identity))
    group, message, _ = _propose(group, entry.proposal, authenticated_data, random, public=public)
    return group, message


def propose_remove(
    group: Group,
    leaf_index: int,
    *,
    random: Random,
    authenticated_data: bytes = b"",
    public: bool = False,
) -> tuple[Group, bytes]:
    """Propose to unseat a member, who may be ourselves: then somebody else has to commit it.

    Raises:
        PeerError: UNKNOWN_MEMBER.
    """
    group.member(leaf_index)
    group, message, _ = _propose(group, Remove(leaf_index), authenticated_data, random, public=public)
    return group, message


def propose_update(
    group: Group, *, random: Random, authenticated_data: bytes = b"", public: bool = False
) -> tuple[Group, bytes]:
    """Propose a fresh key for our own leaf; its private half waits until the epoch ends (L05)."""
    suite = group.suite
    old = group.tree.leaf(group.own_leaf)
    if old is None:
        raise MisuseError("a member without a leaf")
    private, public_key = suite.kem.derive_key_pair(random(suite.hash_size))
    leaf = replace(old, encryption_key=public_key, source=FromUpdate())
    leaf = leaf.signed(suite, group.signer.private, leaf_place(group.group_id, group.own_leaf))
    group, message, reference = _propose(group, Update(leaf), authenticated_data, random, public=public)
    return replace(group, update_keys={**group.update_keys, reference: private}), message


def _propose(
    group: Group, proposal: Proposal, authenticated_data: bytes, random: Random, *, public: bool
) -> tuple[Group, bytes, bytes]:
    signed = sign(group, proposal, authenticated_data, public=public)
    reference = Verified(signed).reference(group.suite)
    group = group.with_proposal(reference, Listed(proposal, group.own_leaf, reference))
    group, message = seal(group, signed, random)
    return group, message, reference
