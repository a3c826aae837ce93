"""A group that continues another or branches off from it (RFC 9420 sections 8.6, 11.2, 11.3).

The founder creates the new group, adds the others in its first commit and mixes in a resumption PSK of the
old group: nobody gets in who was not a member there.
"""

from collections.abc import Sequence
from typing import TypeAlias

from rogatory_crypto.errors import Code, MisuseError, PeerError
from rogatory_crypto.mls import pre_shared_keys, proposing, staging
from rogatory_crypto.mls.credentials import Authenticator, Credential, same_identity
from rogatory_crypto.mls.framing import MemberSender
from rogatory_crypto.mls.group import Group, Status
from rogatory_crypto.mls.key_schedule import (
    APPLICATION_USE,
    BRANCH_USE,
    REINIT_USE,
    GroupContext,
    PreSharedKeyId,
    ResumptionPsk,
)
from rogatory_crypto.mls.pre_shared_keys import NO_PSKS
from rogatory_crypto.mls.proposal_list import Listed
from rogatory_crypto.mls.proposals import ReInit
from rogatory_crypto.mls.ratchet_tree import RatchetTree
from rogatory_crypto.mls.staging import StagedCommit, Wanted
from rogatory_crypto.mls.welcome import GroupInfo
from rogatory_crypto.primitives import Random

_Identities: TypeAlias = frozenset[tuple[int, bytes]]


def stage_reinit(
    founder: Group,
    old: Group,
    *,
    add: Sequence[bytes],
    random: Random,
    now: int,
    authenticate: Authenticator,
    include_tree: bool = True,
) -> StagedCommit:
    """Invite all members of a group that was re-initialised into the group that follows it.  # J05.

    Args:
        founder: the new group, just created with the parameters of the ReInit.
        old: the group whose ReInit was committed.
        add: KeyPackages of all the other members.
        random: source of randomness.
        now: unix seconds.
        authenticate: judges every credential that gets a seat.
        include_tree: whether the Welcome carries the tree.

    Raises:
        MisuseError: if the new group is not what the ReInit says, or has not the same members.
        PeerError: for a KeyPackage that may not be added.
    """
    if old.reinit is None or not _follows(old.reinit, founder.context):
        raise MisuseError("J05: not the group that the ReInit announced")
    return _stage(founder, old, REINIT_USE, add, Wanted(random, now, include_tree=include_tree), authenticate)


def stage_branch(
    founder: Group,
    old: Group,
    *,
    add: Sequence[bytes],
    random: Random,
    now: int,
    authenticate: Authenticator,
    include_tree: bool = True,
) -> StagedCommit:
    """Invite some members of a group into a group of their own; arguments as ``stage_reinit``.  # J06.

    Raises:
        MisuseError: if the new group has another version or suite, or somebody was not a member.
        PeerError: for a KeyPackage that may not be added.
    """
    old.require_active()
    if _version_of(founder.context) != _version_of(old.context):
        raise MisuseError("J06: a branch keeps version and suite")
    return _stage(founder, old, BRANCH_USE, add, Wanted(random, now, include_tree=include_tree), authenticate)


def _stage(
    founder: Group, old: Group, usage: int, add: Sequence[bytes], wanted: Wanted, authenticate: Authenticator
) -> StagedCommit:
    if founder.epoch != 0:
        raise MisuseError("J04: a group is continued by the first commit of another")
    source = ResumptionPsk(usage, old.group_id, old.epoch)
    psk = pre_shared_keys.psk_id(source, founder.suite, wanted.random)
    us = MemberSender(founder.own_leaf)
    listed = tuple(Listed(proposing.add_of(founder, package, wanted.now), us) for package in add)
    resumed = (psk, old.secrets.resumption_psk)
    staged = staging.stage_list(founder, listed, wanted, authenticate, same_identity, NO_PSKS, (resumed,))
    new, before = _identities(staged.group.tree), _identities(old.tree)
    try:
        _verify_members(usage, new, before)
    except PeerError as error:
        raise MisuseError(error.detail) from error
    if usage == REINIT_USE and new != before:  # RFC 9420 section 12.4.1
        raise MisuseError("J05: somebody was not a member of the old group")
    return staged


def verify_resumed(
    psks: Sequence[PreSharedKeyId], info: GroupInfo, tree: RatchetTree, old: Group | None
) -> None:
    """Return only if a Welcome continues the group that we expect it to, or none if we expect none.  # J04.

    Raises:
        PeerError: INVALID_WELCOME.
    """
    sources = [psk.source for psk in psks if isinstance(psk.source, ResumptionPsk)]
    special = [source for source in sources if source.usage != APPLICATION_USE]
    if not special and old is None:
        return
    if old is None or len(special) != 1 or special[0].psk_group_id != old.group_id:
        raise PeerError(Code.INVALID_WELCOME, "J04: not exactly the group that we expected to continue")
    if info.group_context.epoch != 1:
        raise PeerError(Code.INVALID_WELCOME, "J04: not the first commit of a group")
    _verify_successor(special[0], info.group_context, old)
    _verify_members(special[0].usage, _identities(tree), _identities_at(old, special[0].psk_epoch))


def _verify_successor(source: ResumptionPsk, context: GroupContext, old: Group) -> None:
    if source.usage == REINIT_USE:
        announced = old.reinit is not None and old.status is Status.SUSPENDED
        if not announced or source.psk_epoch != old.epoch or old.reinit is None:
            raise PeerError(Code.INVALID_WELCOME, "J05: the last commit of the group was no such ReInit")
        if not _follows(old.reinit, context):
            raise PeerError(Code.INVALID_WELCOME, "J05: not what the ReInit announced")
        return
    if _version_of(context) != _version_of(old.context):
        raise PeerError(Code.INVALID_WELCOME, "J06: a branch of another version or suite")
    ended = old.reinit is not None and source.psk_epoch == old.epoch
    if ended or (old.reinit is not None and context.group_id == old.reinit.group_id):
        raise PeerError(Code.INVALID_WELCOME, "J05: a branch in the place of what the ReInit announced")


def _follows(reinit: ReInit, context: GroupContext) -> bool:
    announced = (reinit.version, reinit.cipher_suite, reinit.group_id, reinit.extensions)
    return announced == (context.version, context.cipher_suite, context.group_id, context.extensions)


def _version_of(context: GroupContext) -> tuple[int, int]:
    return context.version, context.cipher_suite


def _verify_members(usage: int, new: _Identities, old: _Identities) -> None:
    if usage == REINIT_USE and not old <= new:
        raise PeerError(Code.INVALID_WELCOME, "J05: a member of the old group is missing")
    if usage == BRANCH_USE and not new <= old:
        raise PeerError(Code.INVALID_WELCOME, "J06: somebody was not a member of the group")


def _identities(tree: RatchetTree) -> _Identities:
    return frozenset(_identity(leaf.credential) for _, leaf in tree.leaves())


def _identities_at(group: Group, epoch: int) -> _Identities:
    if epoch == group.epoch:
        return _identities(group.tree)
    return frozenset(_identity(member.credential) for member in group.past_epoch(epoch).members.values())


def _identity(credential: Credential) -> tuple[int, bytes]:
    """Return what a client keeps in whatever group; a name in a credential of another type is another's."""
    return credential.TAG, credential.identity
