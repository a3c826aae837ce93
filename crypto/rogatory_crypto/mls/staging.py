"""Making a commit without yet living by it (RFC 9420 sections 12.4.1, 12.4.3.1, 14).

The relay accepts one commit an epoch. Until it does, the live group goes on; if another commit wins, the
staged one is dropped with all its secrets (N01, N02, N05).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from rogatory_crypto.errors import MisuseError
from rogatory_crypto.mls import commit as commits
from rogatory_crypto.mls import (
    epoch_info,
    key_schedule,
    pre_shared_keys,
    proposal_list,
    proposing,
    sending,
    treekem,
)
from rogatory_crypto.mls import group as groups
from rogatory_crypto.mls.credentials import Authenticator, Extension, Successor, same_identity
from rogatory_crypto.mls.framing import AuthenticatedContent, MemberSender
from rogatory_crypto.mls.group import Group, Seat
from rogatory_crypto.mls.key_schedule import GroupContext, NewEpoch, PreSharedKeyId, PskSource
from rogatory_crypto.mls.members import Member, member_of
from rogatory_crypto.mls.pre_shared_keys import NO_PSKS, PskSecrets, PskStore
from rogatory_crypto.mls.proposal_list import Listed
from rogatory_crypto.mls.proposals import (
    ByReference,
    ByValue,
    Commit,
    GroupContextExtensions,
    PreSharedKey,
    Proposal,
    ReInit,
    Remove,
    readable,
)
from rogatory_crypto.mls.provisional import Provisional
from rogatory_crypto.mls.selection import selection
from rogatory_crypto.mls.tree_math import LeafIndex, NodeIndex, is_below, node_of
from rogatory_crypto.mls.treekem import HpkeCiphertext, PlannedPath, UpdatePath
from rogatory_crypto.mls.welcome import (
    WELCOME_LABEL,
    EncryptedGroupSecrets,
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
        group: the next epoch; becomes the live group when the relay has accepted the message, by ``merge`` if
            anything was read or sent since.
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

    def merge(self, live: Group, *, now: int) -> Group:
        """Return the next epoch, once the relay has accepted the message.  # N01 N05 H09.

        What was read and sent since the commit was staged stays used up (C06).

        Args:
            live: the group as it is now; it came from ``current``.
            now: unix seconds.

        Raises:
            MisuseError: if another commit was merged since, or one that removed us.
        """
        live.require_active()
        if live.confirmation_tag != self.current.confirmation_tag:
            raise MisuseError("N05: another commit came first; what was staged is to be dropped")
        return replace(self.group, past=live.retired(now))

    @property
    def group_info(self) -> bytes:
        """Our signed statement of the next epoch, with its tree, as a complete MLSMessage."""
        return epoch_info.group_info(self.group)


@dataclass(frozen=True, slots=True)
class _Step:
    """What a commit does, before anything is said about it."""

    listed: tuple[Listed, ...]
    after: Provisional
    psks: PskSecrets = field(repr=False)
    planned: PlannedPath | None
    path: UpdatePath | None
    context: GroupContext
    keys: dict[NodeIndex, bytes] = field(repr=False)
    commit_secret: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Wanted:
    """How the committer wants it; see ``stage_commit``."""

    random: Random
    now: int
    authenticated_data: bytes = b""
    include_tree: bool = True
    public: bool = False
    path: bool | None = None


def stage_commit(
    group: Group,
    *,
    add: Sequence[bytes] = (),
    remove: Sequence[int] = (),
    psk: Sequence[PskSource | PreSharedKeyId] = (),
    extensions: Sequence[Extension] | None = None,
    reinit: ReInit | None = None,
    random: Random,
    now: int,
    authenticate: Authenticator,
    authenticated_data: bytes = b"",
    include_tree: bool = True,
    path: bool | None = None,
    public: bool = False,
    successor: Successor = same_identity,
    psks: PskStore = NO_PSKS,
) -> StagedCommit:
    """Commit what is given and the waiting proposals that ``selection`` finds fit; ``group`` is unchanged.

    Args:
        group: the live group.
        add: KeyPackages, as complete MLSMessages.
        remove: leaf indices.
        psk: pre-shared keys to mix in, by source, or by id where the nonce is chosen (J01).
        extensions: what the group's extensions become, if they change.
        reinit: what the group starts over as; only without any other proposal (G09).
        random: source of randomness.
        now: unix seconds; KeyPackages must be within their lifetime.
        authenticate: judges every credential that gets a seat.
        successor: judges whether an updated leaf is still the same client.
        authenticated_data: readable by whoever carries the commit.
        include_tree: whether the Welcome carries the tree; else members get ``ratchet_tree`` elsewhere.
        path: True for fresh keys in any case, None where they are required, False for nothing that does.
        public: whether the commit may be read by whoever carries it.
        psks: the external keys, and resumption keys of other groups, that proposals name.

    Raises:
        MisuseError: if we may not act, or a required path is declined.
        PeerError: naming the rule that a KeyPackage or proposal breaks.
    """
    group.require_active()
    own: list[Proposal] = [proposing.add_of(group, message, now) for message in add]
    own += [Remove(leaf_index) for leaf_index in remove]
    own += [PreSharedKey(pre_shared_keys.psk_id(one, group.suite, random)) for one in psk]
    own = [readable(proposal) for proposal in (*own, *_of_the_group(extensions, reinit))]
    terms = group.admission(authenticate, now, successor)
    listed = _alone(selection(group, own, terms, psks, pathless=path is False), reinit)
    wanted = Wanted(random, now, authenticated_data, include_tree, public, path)
    return stage_list(group, listed, wanted, authenticate, successor, psks)


def _of_the_group(extensions: Sequence[Extension] | None, reinit: ReInit | None) -> list[Proposal]:
    changed: list[Proposal] = [] if extensions is None else [GroupContextExtensions(tuple(extensions))]
    return changed if reinit is None else [*changed, reinit]


def _alone(listed: tuple[Listed, ...], reinit: ReInit | None) -> tuple[Listed, ...]:
    if reinit is not None and any(entry.proposal != reinit for entry in listed):
        raise MisuseError("G09: a ReInit is committed alone")
    return listed


def stage_list(
    group: Group,
    listed: tuple[Listed, ...],
    wanted: Wanted,
    authenticate: Authenticator,
    successor: Successor,
    psks: PskStore,
    resumed: PskSecrets = (),
) -> StagedCommit:
    """Commit exactly these proposals, and the PSK by which a new group continues another.

    Raises:
        MisuseError: if a required path is declined.
        PeerError: naming the rule that is broken.
    """
    required = proposal_list.path_required(listed)
    if required and wanted.path is False:
        raise MisuseError("I01: this commit requires a path")
    admission = group.admission(authenticate, wanted.now, successor)
    after = commits.apply_list(group, listed, MemberSender(group.own_leaf), admission)
    found = pre_shared_keys.held(proposal_list.psk_ids(listed), lambda source: group.psk(source, psks))
    us = MemberSender(group.own_leaf)
    listed = (*listed, *(Listed(PreSharedKey(identifier), us) for identifier, _ in resumed))
    found = (*found, *resumed)
    if required or wanted.path:
        step = _step_with_path(group, listed, after, found, wanted.random)
    else:
        step = _step_without_path(group, listed, after, found)
    signed = sending.sign(group, _commit_of(step), wanted.authenticated_data, public=wanted.public)
    return _finish(group, step, signed, wanted)


def _finish(group: Group, step: _Step, signed: AuthenticatedContent, wanted: Wanted) -> StagedCommit:
    suite, after = group.suite, step.after
    context, begun = _next_epoch(group, step, signed)
    confirmed = context.confirmed_transcript_hash
    tag = key_schedule.confirmation_tag(suite, begun.secrets.confirmation_key, confirmed)
    current, message = sending.seal(group, signed.with_confirmation_tag(tag), wanted.random)
    seat = Seat(
        group.own_leaf,
        group.leaf_since if step.path is None else wanted.now,
        group.signer,
        step.keys,
    )
    following = groups.begin(
        suite, context, begun, after.tree, seat, commits.kept(current, step.listed, wanted.now)
    )
    return StagedCommit(
        message,
        _welcome(following, step, begun, wanted),
        following,
        current,
        tuple(member_of(seat, package.leaf_node) for seat, package in after.added),
        tuple(member_of(seat, leaf) for seat, leaf in after.removed),
    )


def _step_without_path(
    group: Group, listed: tuple[Listed, ...], after: Provisional, psks: PskSecrets
) -> _Step:
    context = commits.provisional_context(group.context, after)
    keys = treekem.still_held(group.private_keys, group.tree, after.tree)
    return _Step(listed, after, psks, None, None, context, keys, bytes(group.suite.hash_size))  # I11


def _step_with_path(
    group: Group, listed: tuple[Listed, ...], after: Provisional, psks: PskSecrets, random: Random
) -> _Step:
    suite = group.suite
    planned = treekem.plan_path(after.tree, group.own_leaf, group.signer, suite, group.group_id, random)
    context = commits.provisional_context(group.context, after)
    path = treekem.seal_path(after.tree, planned, suite, context.encode(), after.new_seats, random)
    keys = treekem.still_held(group.private_keys, group.tree, after.tree)
    keys.update(planned.known.private_keys)
    return _Step(listed, after, psks, planned, path, context, keys, planned.known.commit_secret)


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
    init = group.secrets.init_secret
    return context, commits.next_epoch_secrets(group.suite, init, context, step.commit_secret, step.psks)


def _welcome(following: Group, step: _Step, begun: NewEpoch, wanted: Wanted) -> bytes | None:
    if not step.after.added:
        return None
    suite = following.suite
    info = epoch_info.statement(following, include_tree=wanted.include_tree).encode()
    key, nonce = key_schedule.welcome_key(suite, begun.welcome_secret)
    sealed_info = suite.aead.seal(key, nonce, b"", info)
    prepared = suite.prepare_encryption(WELCOME_LABEL, sealed_info)
    psks = tuple(identifier for identifier, _ in step.psks)
    secrets = []
    for seat, package in step.after.added:
        plain = GroupSecrets(begun.joiner_secret, _path_secret(step, seat), psks).encode()
        sealed = HpkeCiphertext(*suite.hpke.seal(package.init_key, prepared, plain, wanted.random))
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
