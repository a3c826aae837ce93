"""Whole commits of any proposals, made without a check: path, key schedule and confirmation tag are right.

What is asked for is the only thing that is wrong, so a refusal is for that.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from tests.crypto.mls.illegal import RANDOM, own_leaf
from tests.crypto.mls.world import NOW, Client, World, trust

from rogatory_crypto.mls import Group, SignatureKeyPair, framing, group_info, key_schedule, sending, treekem
from rogatory_crypto.mls.commit import next_epoch_secrets, provisional_context
from rogatory_crypto.mls.epoch_info import Judge, decode_group_info, external_pub, verify_group
from rogatory_crypto.mls.framing import (
    PRIVATE_MESSAGE,
    PUBLIC_MESSAGE,
    AuthenticatedContent,
    FramedContent,
    MemberSender,
    NewMemberCommit,
    Sender,
)
from rogatory_crypto.mls.key_schedule import GroupContext, NewEpoch
from rogatory_crypto.mls.nodes import LeafNode, leaf_place
from rogatory_crypto.mls.pre_shared_keys import PskSecrets
from rogatory_crypto.mls.proposal_list import Listed
from rogatory_crypto.mls.proposals import (
    Add,
    ByReference,
    ByValue,
    Commit,
    ExternalInit,
    Proposal,
    Remove,
    Update,
)
from rogatory_crypto.mls.provisional import Provisional, extensions_after
from rogatory_crypto.mls.ratchet_tree import RatchetTree
from rogatory_crypto.mls.tree_math import LeafIndex, node_of
from rogatory_crypto.mls.treekem import PlannedPath, UpdatePath
from rogatory_crypto.mls.welcome import encode_message
from rogatory_crypto.primitives import CipherSuite


@dataclass(frozen=True)
class Author:
    """Who commits, and the epoch he commits in; an outsider has no seat yet."""

    suite: CipherSuite
    context: GroupContext
    tree: RatchetTree
    interim: bytes
    init_secret: bytes
    signer: SignatureKeyPair
    leaf: LeafNode
    sender: Sender
    seat: LeafIndex | None


@dataclass(frozen=True)
class Faults:
    """What is to be wrong; nothing if nothing is named.

    Attributes:
        path: whether the commit has a path.
        leaf: fields of the path's leaf, which is signed and hashed with them.
        leaf_signer: who signs the leaf.
        sealed_under: fields of the context that the path secrets are sealed under.
        spoil: what becomes of the finished path.
        path_random: gives the path its secrets.
        psks: the pre-shared keys of the key schedule.
        commit_secret: goes into the key schedule in the place of the true one.
        signer: who signs the commit.
        sender: who the commit says it is from.
    """

    path: bool = True
    leaf: Mapping[str, Any] = field(default_factory=dict)
    leaf_signer: SignatureKeyPair | None = None
    sealed_under: Mapping[str, Any] = field(default_factory=dict)
    spoil: Callable[[UpdatePath], UpdatePath] | None = None
    path_random: Callable[[int], bytes] = RANDOM
    psks: PskSecrets = ()
    commit_secret: bytes | None = None
    signer: SignatureKeyPair | None = None
    sender: Sender | None = None


def member(group: Group) -> Author:
    """Return the group's own member."""
    return Author(
        group.suite,
        group.context,
        group.tree,
        group.interim_transcript_hash,
        group.secrets.init_secret,
        group.signer,
        own_leaf(group),
        MemberSender(group.own_leaf),
        group.own_leaf,
    )


def outsider(world: World, client: Client, by: int = 0) -> tuple[Author, ExternalInit]:
    """Return a client who joins by himself, and the ExternalInit that he needs."""
    info = decode_group_info(group_info(world.groups[by], external=True))
    package = client.key_package()
    tree, _ = verify_group(info, package.package, None, Judge(NOW, trust))
    suite, context = world.suite, info.group_context
    kem_output, init_secret = key_schedule.offer_external_init(suite, external_pub(info), world.random)
    confirmed = context.confirmed_transcript_hash
    interim = key_schedule.interim_transcript_hash(suite, confirmed, info.confirmation_tag)
    leaf = package.package.leaf_node
    author = Author(suite, context, tree, interim, init_secret, client.signer, leaf, NewMemberCommit(), None)
    return author, ExternalInit(kem_output)


def outcome(author: Author, listed: Sequence[Listed]) -> Provisional:
    """Apply proposals without a check; but the author stays, or he would have no path."""
    tree = author.tree.copy()
    updated = tuple(
        (LeafIndex(entry.sender.leaf_index), entry.proposal.leaf_node)
        for entry in listed
        if isinstance(entry.proposal, Update) and isinstance(entry.sender, MemberSender)
    )
    for seat, leaf in updated:
        tree.update_leaf(seat, leaf)
    for entry in listed:
        match entry.proposal:
            case Remove(gone) if gone != author.seat and tree.leaf(LeafIndex(gone)) is not None:
                tree.remove_leaf(LeafIndex(gone))
    added = tuple(
        (tree.add_leaf(entry.proposal.key_package.leaf_node), entry.proposal.key_package)
        for entry in listed
        if isinstance(entry.proposal, Add)
    )
    if any(True for _ in tree.leaves()):
        tree.truncate()
    return Provisional(tree, extensions_after(listed, author.context.extensions), added, (), updated)


@dataclass(frozen=True)
class Forgery:
    """A commit with its confirmation tag, and all that was secret about it."""

    signed: AuthenticatedContent
    begun: NewEpoch
    commit_secret: bytes
    psk_secret: bytes
    planned: PlannedPath | None


def forge(author: Author, listed: Sequence[Listed], faults: Faults, *, public: bool = False) -> Forgery:
    """Make a commit."""
    suite, after = author.suite, outcome(author, listed)
    planned = _plan(author, after, faults) if faults.path else None
    context = provisional_context(author.context, after)
    path, secret = None, bytes(suite.hash_size)
    if planned is not None:
        under = replace(context, **faults.sealed_under).encode()
        path = treekem.seal_path(after.tree, planned, suite, under, after.new_seats, RANDOM)
        path = path if faults.spoil is None else faults.spoil(path)
        secret = planned.known.commit_secret
    signed = _sign(author, _commit(listed, path), faults, public=public)
    confirmed = key_schedule.confirmed_transcript_hash(
        suite, author.interim, signed.confirmed_transcript_input()
    )
    context = replace(context, confirmed_transcript_hash=confirmed)
    secret = secret if faults.commit_secret is None else faults.commit_secret
    begun = next_epoch_secrets(suite, author.init_secret, context, secret, faults.psks)
    tag = key_schedule.confirmation_tag(suite, begun.secrets.confirmation_key, confirmed)
    psk = key_schedule.psk_secret(suite, faults.psks)
    return Forgery(signed.with_confirmation_tag(tag), begun, secret, psk, planned)


def _plan(author: Author, after: Provisional, faults: Faults) -> PlannedPath:
    seat = after.tree.open_seat() if author.seat is None else author.seat
    suite, group_id = author.suite, author.context.group_id
    signer = faults.leaf_signer or author.signer
    planned = treekem.plan_path(
        after.tree, seat, author.signer, suite, group_id, faults.path_random, template=author.leaf
    )
    changed = replace(planned.leaf_node, **faults.leaf)
    leaf = changed.signed(suite, signer.private, leaf_place(group_id, seat))
    after.tree.set_node(node_of(seat), leaf)
    return replace(planned, leaf_node=leaf)


def _commit(listed: Sequence[Listed], path: UpdatePath | None) -> Commit:
    entries = [
        ByValue(entry.proposal) if entry.reference is None else ByReference(entry.reference)
        for entry in listed
    ]
    return Commit(tuple(entries), path)


def _sign(author: Author, commit: Commit, faults: Faults, *, public: bool) -> AuthenticatedContent:
    context, signer = author.context, faults.signer or author.signer
    sender = faults.sender or author.sender
    framed = FramedContent(context.group_id, context.epoch, sender, b"", commit)
    wire_format = PUBLIC_MESSAGE if public else PRIVATE_MESSAGE
    return framing.sign(author.suite, signer.private, wire_format, framed, context.encode())


def commit(group: Group, *proposals: Proposal | bytes, public: bool = False, **faults: Any) -> bytes:
    """Return a commit of the group's own member; bytes are references to what waits in his group."""
    us = MemberSender(group.own_leaf)
    listed = [
        group.proposals[entry] if isinstance(entry, bytes) else Listed(entry, us) for entry in proposals
    ]
    forgery = forge(member(group), listed, Faults(**faults), public=public)
    return sending.seal(group, forgery.signed, RANDOM)[1]


def external_commit(author: Author, *proposals: Proposal, **faults: Any) -> bytes:
    """Return a commit by which an outsider joins."""
    listed = [Listed(proposal, NewMemberCommit()) for proposal in proposals]
    forgery = forge(author, listed, Faults(**faults), public=True)
    return encode_message(framing.outside_message(forgery.signed))
