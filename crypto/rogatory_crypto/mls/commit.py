"""From one epoch to the next (RFC 9420 sections 12.4.1, 12.4.2, 12.4.3.2).

Making and processing a commit share their middle: the list is checked and applied, the path is put in, and
the key schedule runs. Both return the next group beside the live one, which stays as it was (N01).
"""

from collections.abc import Mapping, Sequence
from dataclasses import InitVar, dataclass, replace
from typing import Final

from rogatory_crypto.errors import Code, MisuseError, PeerError
from rogatory_crypto.mls import group as groups
from rogatory_crypto.mls import key_schedule, pre_shared_keys, proposal_list, provisional, treekem
from rogatory_crypto.mls.credentials import Extension
from rogatory_crypto.mls.framing import MemberSender, NewMemberCommit, Sender, Verified
from rogatory_crypto.mls.group import Group, Kept, Seat, Status
from rogatory_crypto.mls.key_schedule import GroupContext, NewEpoch
from rogatory_crypto.mls.leaf_validation import Admission
from rogatory_crypto.mls.members import Member, member_of
from rogatory_crypto.mls.nodes import LeafNode
from rogatory_crypto.mls.pre_shared_keys import PskSecrets, PskStore
from rogatory_crypto.mls.proposal_list import Listed
from rogatory_crypto.mls.proposal_validation import verify_proposal
from rogatory_crypto.mls.proposals import ByReference, ByValue, Commit, ProposalOrRef
from rogatory_crypto.mls.provisional import Provisional
from rogatory_crypto.mls.ratchet_tree import RatchetTree
from rogatory_crypto.mls.tree_math import LeafIndex, NodeIndex, node_of
from rogatory_crypto.mls.treekem import UpdatePath
from rogatory_crypto.primitives import CipherSuite

_PROCESSOR: Final = object()
LAST_EPOCH: Final = (1 << 64) - 1


@dataclass(frozen=True, slots=True)
class Staged:
    """A verified commit and where it leads; nobody lives by it until it is merged.

    Only ``process_commit`` makes it, from a verified content.

    Attributes:
        group: the next epoch.
        committer: who made it, on his seat in the next epoch if he joined by it.
        listed: what it carries out and who proposed each part, for the application to judge (G13).
        added: who joins.
        removed: who leaves.
    """

    group: Group
    committer: Member
    listed: tuple[Listed, ...]
    added: tuple[Member, ...]
    removed: tuple[Member, ...]
    maker: InitVar[object]

    def __post_init__(self, maker: object) -> None:
        if maker is not _PROCESSOR:
            raise MisuseError("N01: only a verified commit is staged")

    def merge(self) -> Group:
        """Return the next epoch, to be stored in the place of the live group."""
        return self.group


@dataclass(frozen=True, slots=True)
class _Committer:
    """Who commits: his seat, the leaf he replaces there, and how he signs himself."""

    seat: LeafIndex
    old: LeafNode | None
    sender: Sender


def resolve(group: Group, entries: Sequence[ProposalOrRef], committer: Sender) -> tuple[Listed, ...]:
    """Return the proposals that a commit names.  # G01 G15.

    Raises:
        PeerError: INVALID_COMMIT for a reference that nobody sent in this epoch.
    """
    listed = []
    for entry in entries:
        match entry:
            case ByValue(proposal):
                listed.append(Listed(proposal, committer))
            case ByReference(reference) if reference in group.proposals:
                listed.append(group.proposals[reference])
            case _:
                raise PeerError(Code.INVALID_COMMIT, "G01: an unknown proposal")
    return tuple(listed)


def apply_list(
    group: Group, listed: Sequence[Listed], committer: Sender, admission: Admission
) -> Provisional:
    """Check a list in a group that we are in and return what it does; see ``apply_entries``."""
    return apply_entries(group.tree, group.extensions, listed, committer, admission)


def apply_entries(
    tree: RatchetTree,
    before: tuple[Extension, ...],
    listed: Sequence[Listed],
    committer: Sender,
    admission: Admission,
) -> Provisional:
    """Check a list and return what it does.  # G H.

    Args:
        tree: of the group until now.
        before: the group's extensions until now.
        listed: the proposals.
        committer: who carries them out.
        admission: the group's terms until now.

    Raises:
        PeerError: naming the first rule that is broken.
    """
    proposal_list.verify_list(listed, committer)
    terms = admission.with_extensions(provisional.extensions_after(listed, before))
    for entry in listed:
        verify_proposal(entry, tree, terms)
    return _applied(tree, before, listed, terms)


def combine(
    tree: RatchetTree,
    before: tuple[Extension, ...],
    listed: Sequence[Listed],
    committer: Sender,
    admission: Admission,
) -> Provisional:
    """Return what proposals do together that were checked alone; arguments as ``apply_entries``.

    Raises:
        PeerError: naming the first rule that is broken.
    """
    proposal_list.verify_list(listed, committer)
    terms = admission.with_extensions(provisional.extensions_after(listed, before))
    return _applied(tree, before, listed, terms)


def _applied(
    tree: RatchetTree, before: tuple[Extension, ...], listed: Sequence[Listed], terms: Admission
) -> Provisional:
    after = provisional.apply(listed, tree, before)
    provisional.verify_result(after, before, terms)
    return after


def provisional_context(context: GroupContext, after: Provisional) -> GroupContext:
    """Return the context that path secrets are sealed under.  # I06.

    Raises:
        PeerError: WRONG_EPOCH after the last epoch that can be numbered.
    """
    if context.epoch == LAST_EPOCH:
        raise PeerError(Code.WRONG_EPOCH, "B02: no epoch comes after this one")
    tree_hash = after.tree.tree_hash()
    return replace(context, epoch=context.epoch + 1, tree_hash=tree_hash, extensions=after.extensions)


def held_keys(group: Group, listed: Sequence[Listed], after: Provisional) -> dict[NodeIndex, bytes]:
    """Return our private keys after a list: those of nodes that stayed, and of our own update.  # L04 L05."""
    keys = treekem.still_held(group.private_keys, group.tree, after.tree)
    for entry in listed:
        if entry.reference is not None and entry.reference in group.update_keys:
            keys[node_of(group.own_leaf)] = group.update_keys[entry.reference]
    return keys


def next_epoch_secrets(
    suite: CipherSuite, init_secret: bytes, context: GroupContext, commit_secret: bytes, psks: PskSecrets
) -> NewEpoch:
    """Run the key schedule into the next epoch."""
    encoded = context.encode()
    joiner = key_schedule.joiner_secret(suite, init_secret, commit_secret, encoded)
    return key_schedule.begin_epoch(suite, joiner, key_schedule.psk_secret(suite, psks), encoded)


def process_commit(
    group: Group, verified: Verified, commit: Commit, admission: Admission, psks: PskStore, now: int
) -> Staged:
    """Return what a verified commit of somebody else leads to.

    Raises:
        PeerError: INVALID_COMMIT, INVALID_PROPOSAL, UNKNOWN_PSK, BAD_MAC, or what a leaf breaks.
    """
    sender = verified.content.sender
    listed = resolve(group, commit.proposals, sender)
    after = apply_list(group, listed, sender, admission)
    if commit.path is None and (isinstance(sender, NewMemberCommit) or proposal_list.path_required(listed)):
        raise PeerError(Code.INVALID_COMMIT, "I01: a path is required")
    committer = _committer(group, sender, after)
    merged = _merge_path(after, commit.path, committer, admission.with_extensions(after.extensions))
    if any(seat == group.own_leaf for seat, _ in after.removed):
        # The secrets of the next epoch are not for us: there is no tag that we could check.
        return _staged(_removed(group, now), after, committer, listed)
    found = pre_shared_keys.held(proposal_list.psk_ids(listed), lambda source: group.psk(source, psks))
    keys = held_keys(group, listed, after)
    context = provisional_context(group.context, after)
    commit_secret = _open_path(group, after, commit.path, merged, keys, context)
    confirmed = key_schedule.confirmed_transcript_hash(
        group.suite, group.interim_transcript_hash, verified.authenticated.confirmed_transcript_input()
    )
    context = replace(context, confirmed_transcript_hash=confirmed)
    init = _init_secret(group, listed)
    begun = next_epoch_secrets(group.suite, init, context, commit_secret, found)
    renewed = any(entry.reference in group.update_keys for entry in listed)
    seat = Seat(group.own_leaf, now if renewed else group.leaf_since, group.signer, keys)
    begun_group = groups.begin(group.suite, context, begun, after.tree, seat, kept(group, listed, now))
    tag = verified.authenticated.auth.confirmation_tag or b""
    key_schedule.verify_mac(begun_group.confirmation_tag, tag, "I09: the confirmation tag")
    return _staged(begun_group, after, committer, listed)


def kept(group: Group, listed: Sequence[Listed], now: int) -> Kept:
    """Return what of a group outlives its epoch.  # M01 J02 I13."""
    return Kept(group.policy, group.retired(now), group.resumable(), proposal_list.reinit_of(listed))


def _committer(group: Group, sender: Sender, after: Provisional) -> _Committer:
    if isinstance(sender, MemberSender):
        seat = LeafIndex(sender.leaf_index)
        return _Committer(seat, group.tree.leaf(seat), sender)
    former = after.removed[0][1] if after.removed else None
    return _Committer(after.tree.open_seat(), former, sender)  # H06


def _staged(
    following: Group, after: Provisional, committer: _Committer, listed: tuple[Listed, ...]
) -> Staged:
    added = tuple(member_of(seat, package.leaf_node) for seat, package in after.added)
    leaf = after.tree.leaf(committer.seat)
    if leaf is None:
        raise PeerError(Code.UNKNOWN_MEMBER, "B05: a blank seat commits")
    author = member_of(committer.seat, leaf)
    if isinstance(committer.sender, NewMemberCommit):
        added = (author,)
    else:
        author = member_of(committer.seat, committer.old or leaf)
    removed = tuple(member_of(seat, old) for seat, old in after.removed)
    return Staged(following, author, listed, added, removed, _PROCESSOR)


def _init_secret(group: Group, listed: Sequence[Listed]) -> bytes:
    external = proposal_list.external_init_of(listed)
    if external is None:
        return group.secrets.init_secret
    return key_schedule.accept_external_init(group.suite, group.secrets.external_secret, external.kem_output)


def _open_path(
    group: Group,
    after: Provisional,
    path: UpdatePath | None,
    merged: tuple[tuple[NodeIndex, NodeIndex], ...],
    keys: dict[NodeIndex, bytes],
    context: GroupContext,
) -> bytes:
    """Add the keys that a path gives us to ``keys`` and return the commit secret."""
    if path is None:
        return bytes(group.suite.hash_size)  # I11
    known = treekem.open_path(
        after.tree, merged, path, group.own_leaf, keys, group.suite, context.encode(), after.new_seats
    )
    keys.update(known.private_keys)
    return known.commit_secret


def _merge_path(
    after: Provisional, path: UpdatePath | None, committer: _Committer, admission: Admission
) -> tuple[tuple[NodeIndex, NodeIndex], ...]:
    """Check a path and put it into the tree, also when the commit removes us.  # I08."""
    if path is None:
        return ()
    for node in path.nodes:
        admission.suite.kem.check_public_key(node.encryption_key)
    admission.verify_commit_leaf(path.leaf_node, committer.seat, committer.old)  # I02 H03
    merged = treekem.merge_path(after.tree, committer.seat, path, after.new_seats)
    provisional.verify_room(after.tree, (path.leaf_node,))
    if committer.old is None or not _same_client(committer.old, path.leaf_node):
        verify_joiner(after)
        admission.verify_credential_types(after.tree)
    return merged


def _same_client(old: LeafNode, new: LeafNode) -> bool:
    return (old.signature_key, old.credential, old.capabilities) == (
        new.signature_key,
        new.credential,
        new.capabilities,
    )


def verify_joiner(after: Provisional) -> None:
    """Return only if no client sits twice once the leaf of a commit's path is in the tree.  # G06 G12 D09.

    Raises:
        PeerError: INVALID_COMMIT.
    """
    census = after.tree.census
    if not census.signature_keys.is_distinct or not census.identities.is_distinct:
        raise PeerError(Code.INVALID_COMMIT, "G12 D09 G06: a client sits twice")


def _removed(group: Group, now: int) -> Group:
    """Return what remains to a member who was removed: keys to read what is on its way, for a while.  # I12.

    They are kept as those of any epoch that has ended, and go when its time is up (M03).
    """
    nothing: Mapping[NodeIndex, bytes] = {}
    return replace(
        group,
        status=Status.REMOVED,
        proposals={},
        update_keys={},
        private_keys=nothing,
        secrets=key_schedule.erased(group.secrets),
        secret_tree=group.secret_tree.erased(),
        past=group.retired(now),
        resumption=(),
    )
