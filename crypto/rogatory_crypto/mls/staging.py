"""Making a commit without yet living by it (RFC 9420 sections 12.4.1, 12.4.3.1, 14).

The relay accepts one commit an epoch. Until it does, the live group goes on; if another commit wins, the
staged one is dropped with all its secrets (N01, N02, N05).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from rogatory_crypto.errors import MisuseError
from rogatory_crypto.mls import commit as commits
from rogatory_crypto.mls import group as groups
from rogatory_crypto.mls import key_schedule, proposal_list, sending, treekem
from rogatory_crypto.mls.credentials import (
    RATCHET_TREE,
    Authenticator,
    Extension,
    Successor,
    same_identity,
)
from rogatory_crypto.mls.framing import AuthenticatedContent
from rogatory_crypto.mls.group import Group, Member, member_of
from rogatory_crypto.mls.key_package import decode_key_package
from rogatory_crypto.mls.key_schedule import GroupContext, NewEpoch
from rogatory_crypto.mls.leaf_validation import verify_current
from rogatory_crypto.mls.proposal_list import Applied, Listed
from rogatory_crypto.mls.proposals import Add, ByReference, ByValue, Commit, Proposal, Remove, Update
from rogatory_crypto.mls.tree_math import LeafIndex, NodeIndex, is_below, node_of
from rogatory_crypto.mls.treekem import HpkeCiphertext, PlannedPath, UpdatePath
from rogatory_crypto.mls.welcome import (
    WELCOME_LABEL,
    EncryptedGroupSecrets,
    GroupInfo,
    GroupSecrets,
    PathSecret,
    Welcome,
    encode_message,
)
from rogatory_crypto.primitives import Random


@dataclass(frozen=True, slots=True)
class StagedCommit:
    """A commit that nobody has accepted yet.

    Attributes:
        message: the commit, to be sent.
        welcome: for those it adds, to be sent only after acceptance (N02).
        group: the next epoch; becomes the live group when the relay has accepted the message.
        current: the live group without the message key that this commit used. To be stored before the message
            is sent, so that a later message of this epoch does not use that key again (L07).
        added: who joins by it.
        removed: who leaves by it.
    """

    message: bytes
    welcome: bytes | None
    group: Group
    current: Group
    added: tuple[Member, ...]
    removed: tuple[Member, ...]

    @property
    def group_info(self) -> bytes:
        """Our signed statement of the next epoch, with its tree, as a complete MLSMessage."""
        return encode_message(group_info(self.group, include_tree=True))


@dataclass(frozen=True, slots=True)
class _Step:
    """What a commit does, before anything is said about it."""

    listed: tuple[Listed, ...]
    applied: Applied
    planned: PlannedPath | None
    path: UpdatePath | None
    context: GroupContext
    keys: dict[NodeIndex, bytes] = field(repr=False)
    commit_secret: bytes = field(repr=False)


def stage_commit(
    group: Group,
    *,
    add: Sequence[bytes] = (),
    remove: Sequence[int] = (),
    random: Random,
    now: int,
    authenticate: Authenticator,
    authenticated_data: bytes = b"",
    include_tree: bool = True,
    path: bool | None = None,
    public: bool = False,
    successor: Successor = same_identity,
) -> StagedCommit:
    """Commit the pending proposals of this epoch and those given here; the live group is unchanged.

    Args:
        group: the live group.
        add: KeyPackages, as complete MLSMessages.
        remove: leaf indices.
        random: source of randomness.
        now: unix seconds; KeyPackages must be within their lifetime.
        authenticate: judges every identity that gets a seat.
        authenticated_data: readable by whoever carries the commit.
        include_tree: whether the Welcome carries the tree; else members get ``group.ratchet_tree`` elsewhere.
        path: True for fresh keys in any case; None for fresh keys where they are required.
        public: whether the commit may be read by whoever carries it.
        successor: judges whether an updated leaf is still the same client.

    Raises:
        MisuseError: if we were removed, or a required path is declined.
        PeerError: naming the rule that a KeyPackage or proposal breaks.
    """
    group.require_active()
    own: list[Proposal] = [_add(message, now) for message in add]
    own += [Remove(leaf_index) for leaf_index in remove]
    listed = _selection(group, own)
    wanted = proposal_list.path_required(listed) if path is None else path
    if proposal_list.path_required(listed) and not wanted:
        raise MisuseError("I01: this commit requires a path")
    applied = commits.apply_list(group, listed, group.own_leaf, group.admission(authenticate, successor))
    step = _take_step(group, listed, applied, random, wanted=wanted)
    signed = sending.sign(group, _commit_of(step), authenticated_data, public=public)
    return _finish(group, step, signed, random, now, include_tree=include_tree)


def _finish(
    group: Group,
    step: _Step,
    signed: AuthenticatedContent,
    random: Random,
    now: int,
    *,
    include_tree: bool,
) -> StagedCommit:
    suite, applied = group.suite, step.applied
    context, begun = _next_epoch(group, step, signed)
    confirmed = context.confirmed_transcript_hash
    tag = key_schedule.confirmation_tag(suite, begun.secrets.confirmation_key, confirmed)
    current, message = sending.seal(group, signed.with_confirmation_tag(tag), random)
    past = current.retired(now)
    after = groups.begin(suite, context, begun, applied.tree, group.own_leaf, group.signer, step.keys, past)
    return StagedCommit(
        message,
        _welcome(after, step, begun, random, include_tree=include_tree),
        after,
        current,
        tuple(member_of(seat, package.leaf_node) for seat, package in applied.added),
        tuple(member_of(seat, leaf) for seat, leaf in applied.removed),
    )


def _add(message: bytes, now: int) -> Add:
    package, _ = decode_key_package(message)
    verify_current(package.leaf_node, now)
    return Add(package)


def _selection(group: Group, own: Iterable[Proposal]) -> tuple[Listed, ...]:
    """Return what to commit: of changes of one seat a removal wins, then the latest (section 12.2)."""
    candidates = [*group.proposals.values(), *(Listed(proposal, group.own_leaf) for proposal in own)]
    changes: dict[int, Listed] = {}
    adds: dict[bytes, Listed] = {}
    for entry in candidates:
        match entry.proposal:
            case Add(package):
                adds.setdefault(package.leaf_node.signature_key, entry)
            case Remove(removed):
                held = changes.get(removed)
                if held is None or not isinstance(held.proposal, Remove):
                    changes[removed] = entry
            case Update() if not _is_removed(changes.get(entry.sender)):
                changes[entry.sender] = entry
            case _:
                pass
    own_change = changes.get(group.own_leaf)
    if own_change is not None and own_change.reference is not None:
        del changes[group.own_leaf]  # others have to commit what changes our own seat (G02, G03)
    return (*changes.values(), *adds.values())


def _is_removed(held: Listed | None) -> bool:
    return held is not None and isinstance(held.proposal, Remove)


def _take_step(
    group: Group, listed: tuple[Listed, ...], applied: Applied, random: Random, *, wanted: bool
) -> _Step:
    suite, own = group.suite, group.own_leaf
    if not wanted:
        context = commits.provisional_context(group, applied)
        keys = treekem.still_held(group.private_keys, group.tree, applied.tree)
        return _Step(listed, applied, None, None, context, keys, bytes(suite.hash_size))  # I11
    planned = treekem.plan_path(applied.tree, own, group.signer, suite, group.group_id, random)
    context = commits.provisional_context(group, applied)
    path = treekem.seal_path(applied.tree, planned, suite, context.encode(), applied.new_seats, random)
    keys = treekem.still_held(group.private_keys, group.tree, applied.tree)
    keys.update(planned.known.private_keys)
    return _Step(listed, applied, planned, path, context, keys, planned.known.commit_secret)


def _commit_of(step: _Step) -> Commit:
    entries = tuple(
        ByValue(entry.proposal) if entry.reference is None else ByReference(entry.reference)
        for entry in step.listed
    )
    return Commit(entries, step.path)


def _next_epoch(group: Group, step: _Step, signed: AuthenticatedContent) -> tuple[GroupContext, NewEpoch]:
    confirmed = key_schedule.confirmed_transcript_hash(
        group.suite, group.interim_transcript_hash, signed.confirmed_transcript_input()
    )
    context = replace(step.context, confirmed_transcript_hash=confirmed)
    return context, commits.next_epoch_secrets(group, context, step.commit_secret)


def group_info(group: Group, *, include_tree: bool) -> GroupInfo:
    """Return our signed statement of an epoch, without a key for external joins (H08)."""
    extensions = (Extension(RATCHET_TREE, group.ratchet_tree),) if include_tree else ()
    info = GroupInfo(group.context, extensions, group.confirmation_tag, group.own_leaf)
    return info.signed(group.suite, group.signer.private)


def _welcome(
    after: Group, step: _Step, begun: NewEpoch, random: Random, *, include_tree: bool
) -> bytes | None:
    if not step.applied.added:
        return None
    suite = after.suite
    info = group_info(after, include_tree=include_tree).encode()
    key, nonce = key_schedule.welcome_key(suite, begun.welcome_secret)
    sealed_info = suite.aead.seal(key, nonce, b"", info)
    prepared = suite.prepare_encryption(WELCOME_LABEL, sealed_info)
    secrets = []
    for seat, package in step.applied.added:
        plain = GroupSecrets(begun.joiner_secret, _path_secret(step, seat), ()).encode()
        sealed = HpkeCiphertext(*suite.hpke.seal(package.init_key, prepared, plain, random))
        secrets.append(EncryptedGroupSecrets(package.reference(suite), sealed))
    return encode_message(Welcome(suite.code, tuple(secrets), sealed_info))


def _path_secret(step: _Step, seat: LeafIndex) -> PathSecret | None:
    """Return the secret of the lowest node on the path above a new member."""
    if step.planned is None:
        return None
    for node, _ in step.planned.path:
        if is_below(node_of(seat), node):
            return PathSecret(step.planned.known.secrets[node])
    raise MisuseError("a new member outside of the tree")
