"""From one epoch to the next (RFC 9420 sections 12.4.1, 12.4.2).

Making and processing a commit share their middle: the list is checked and applied, the path is put in, and
the key schedule runs. Both return the next group beside the live one, which stays as it was (N01).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.mls import group as groups
from rogatory_crypto.mls import key_schedule, proposal_list, treekem
from rogatory_crypto.mls.framing import Verified
from rogatory_crypto.mls.group import Group, Member, member_of
from rogatory_crypto.mls.key_schedule import GroupContext, NewEpoch
from rogatory_crypto.mls.leaf_validation import Admission
from rogatory_crypto.mls.proposal_list import Applied, Listed
from rogatory_crypto.mls.proposals import ByReference, ByValue, Commit, ProposalOrRef
from rogatory_crypto.mls.tree_math import LeafIndex, NodeIndex, node_of
from rogatory_crypto.mls.treekem import UpdatePath


@dataclass(frozen=True, slots=True)
class NextEpoch:
    """A commit that was processed: the group after it, and what it did."""

    group: Group
    added: tuple[Member, ...]
    removed: tuple[Member, ...]
    removed_us: bool


def resolve(group: Group, entries: Sequence[ProposalOrRef], committer: LeafIndex) -> tuple[Listed, ...]:
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


def apply_list(group: Group, listed: Sequence[Listed], committer: LeafIndex, admission: Admission) -> Applied:
    """Check a list and return what it does to the tree.  # G.

    Raises:
        PeerError: naming the first rule that is broken.
    """
    proposal_list.verify_list(listed, committer)
    for entry in listed:
        proposal_list.verify_proposal(entry, group.tree, admission)
    applied = proposal_list.apply(listed, group.tree)
    proposal_list.verify_result(applied)
    return applied


def provisional_context(group: Group, applied: Applied) -> GroupContext:
    """Return the context that path secrets are sealed under.  # I06."""
    return replace(group.context, epoch=group.epoch + 1, tree_hash=applied.tree.tree_hash())


def held_keys(group: Group, listed: Sequence[Listed], applied: Applied) -> dict[NodeIndex, bytes]:
    """Return our private keys after a list: those of nodes that stayed, and of our own update.  # L04 L05."""
    keys = treekem.still_held(group.private_keys, group.tree, applied.tree)
    for entry in listed:
        if entry.reference is not None and entry.reference in group.update_keys:
            keys[node_of(group.own_leaf)] = group.update_keys[entry.reference]
    return keys


def next_epoch_secrets(group: Group, context: GroupContext, commit_secret: bytes) -> NewEpoch:
    """Run the key schedule into the next epoch, without pre-shared keys."""
    encoded = context.encode()
    joiner = key_schedule.joiner_secret(group.suite, group.secrets.init_secret, commit_secret, encoded)
    nothing = key_schedule.psk_secret(group.suite, ())
    return key_schedule.begin_epoch(group.suite, joiner, nothing, encoded)


def process_commit(
    group: Group, verified: Verified, commit: Commit, admission: Admission, now: int
) -> NextEpoch:
    """Return what a verified commit of another member leads to.

    Raises:
        PeerError: INVALID_COMMIT, INVALID_PROPOSAL, BAD_MAC, or what a leaf or KeyPackage breaks.
    """
    committer = LeafIndex(verified.content.member)
    listed = resolve(group, commit.proposals, committer)
    applied = apply_list(group, listed, committer, admission)
    if commit.path is None and proposal_list.path_required(listed):
        raise PeerError(Code.INVALID_COMMIT, "I01: a path is required")
    merged = _merge_path(group, applied, commit.path, committer, admission)
    removed = tuple(member_of(seat, leaf) for seat, leaf in applied.removed)
    added = tuple(member_of(seat, package.leaf_node) for seat, package in applied.added)
    if any(seat == group.own_leaf for seat, _ in applied.removed):
        # The secrets of the next epoch are not for us: there is no tag that we could check.
        return NextEpoch(_removed(group), added, removed, removed_us=True)
    keys = held_keys(group, listed, applied)
    context = provisional_context(group, applied)
    commit_secret = _open_path(group, applied, commit.path, merged, keys, context)
    confirmed = key_schedule.confirmed_transcript_hash(
        group.suite, group.interim_transcript_hash, verified.authenticated.confirmed_transcript_input()
    )
    context = replace(context, confirmed_transcript_hash=confirmed)
    begun = next_epoch_secrets(group, context, commit_secret)
    after = groups.begin(
        group.suite, context, begun, applied.tree, group.own_leaf, group.signer, keys, group.retired(now)
    )
    tag = verified.authenticated.auth.confirmation_tag or b""
    key_schedule.verify_mac(after.confirmation_tag, tag, "I09: the confirmation tag")
    return NextEpoch(after, added, removed, removed_us=False)


def _open_path(
    group: Group,
    applied: Applied,
    path: UpdatePath | None,
    merged: tuple[tuple[NodeIndex, NodeIndex], ...],
    keys: dict[NodeIndex, bytes],
    context: GroupContext,
) -> bytes:
    """Add the keys that a path gives us to ``keys`` and return the commit secret."""
    if path is None:
        return bytes(group.suite.hash_size)  # I11
    known = treekem.open_path(
        applied.tree, merged, path, group.own_leaf, keys, group.suite, context.encode(), applied.new_seats
    )
    keys.update(known.private_keys)
    return known.commit_secret


def _merge_path(
    group: Group, applied: Applied, path: UpdatePath | None, committer: LeafIndex, admission: Admission
) -> tuple[tuple[NodeIndex, NodeIndex], ...]:
    """Check a path and put it into the tree, also when the commit removes us.  # I08."""
    if path is None:
        return ()
    old = group.tree.leaf(committer)
    if old is None:
        raise PeerError(Code.UNKNOWN_MEMBER, "B05: a blank seat commits")
    for node in path.nodes:
        group.suite.kem.check_public_key(node.encryption_key)
    admission.verify_commit_leaf(path.leaf_node, committer, old)
    merged = treekem.merge_path(applied.tree, committer, path, applied.new_seats)
    _verify_signature_key(applied, path, committer)
    return merged


def _verify_signature_key(applied: Applied, path: UpdatePath, committer: LeafIndex) -> None:
    for seat, leaf in applied.tree.leaves():
        if leaf.signature_key == path.leaf_node.signature_key and seat != committer:
            raise PeerError(Code.INVALID_COMMIT, "G12 D09: a signature key sits twice")


def _removed(group: Group) -> Group:
    """Return what remains to a member who was removed: keys to read what is on its way.  # I12."""
    secrets = replace(group.secrets, init_secret=b"", exporter_secret=b"", external_secret=b"")
    return replace(group, active=False, proposals={}, update_keys={}, private_keys={}, secrets=secrets)
