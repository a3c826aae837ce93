"""From outside: joining by oneself, asking to be added, proposing (RFC 9420 sections 8.3, 12.1.8, 12.4.3.2).

All of it is public, and refused by members whose policy does not allow it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from rogatory_crypto.errors import Code, MisuseError, PeerError
from rogatory_crypto.mls import commit as commits
from rogatory_crypto.mls import epoch_info, framing, key_schedule, pre_shared_keys, treekem
from rogatory_crypto.mls import group as groups
from rogatory_crypto.mls.credentials import Authenticator, Successor, same_identity
from rogatory_crypto.mls.epoch_info import Judge
from rogatory_crypto.mls.extensions import EXTERNAL_SENDERS_LIMIT
from rogatory_crypto.mls.framing import (
    PUBLIC_MESSAGE,
    ExternalSenderIndex,
    FramedContent,
    NewMemberCommit,
    NewMemberProposal,
    Sender,
)
from rogatory_crypto.mls.group import Group, Kept, Seat
from rogatory_crypto.mls.key_package import KeyPackageSecrets
from rogatory_crypto.mls.key_schedule import GroupContext, PreSharedKeyId, PskSource
from rogatory_crypto.mls.leaf_validation import Admission
from rogatory_crypto.mls.policy import GroupPolicy
from rogatory_crypto.mls.pre_shared_keys import NO_PSKS, PskSecrets, PskStore
from rogatory_crypto.mls.proposal_list import Listed
from rogatory_crypto.mls.proposals import (
    Add,
    ByValue,
    Commit,
    ExternalInit,
    PreSharedKey,
    Proposal,
    Remove,
    readable,
)
from rogatory_crypto.mls.provisional import Provisional
from rogatory_crypto.mls.ratchet_tree import RatchetTree
from rogatory_crypto.mls.tree_math import LeafIndex
from rogatory_crypto.mls.treekem import PlannedPath
from rogatory_crypto.mls.welcome import GroupInfo, encode_message
from rogatory_crypto.primitives import CipherSuite, Random, SignatureKeyPair, cipher_suite


@dataclass(frozen=True, slots=True)
class ExternalCommit:
    """A commit by which we join ourselves.

    Attributes:
        message: to be sent to the group.
        group: the epoch that it leads to; live once the message has been accepted (N01).
    """

    message: bytes
    group: Group


@dataclass(frozen=True, slots=True)
class _Entry:
    """The group as an outsider sees it, and how he enters."""

    info: GroupInfo
    tree: RatchetTree
    admission: Admission
    listed: tuple[Listed, ...]
    init_secret: bytes = field(repr=False)
    psks: PskSecrets = field(repr=False)

    @property
    def suite(self) -> CipherSuite:
        """The group's suite."""
        return self.admission.suite


def join_external(
    info: bytes,
    key_package: KeyPackageSecrets,
    *,
    now: int,
    random: Random,
    authenticate: Authenticator,
    ratchet_tree: bytes | None = None,
    resync: bool = False,
    psk: Sequence[PskSource | PreSharedKeyId] = (),
    psks: PskStore = NO_PSKS,
    policy: GroupPolicy | None = None,
    successor: Successor = same_identity,
    authenticated_data: bytes = b"",
) -> ExternalCommit:
    """Join a group by a commit of our own (RFC 9420 section 12.4.3.2).

    Args:
        info: a GroupInfo with an external key, as a complete MLSMessage.
        key_package: whose leaf and signature key we take; its init key is not used.
        now: unix seconds.
        random: source of randomness.
        authenticate: judges every member's credential.
        ratchet_tree: the tree, if the GroupInfo does not carry it.
        resync: whether to take the place of our former leaf, which we have lost the state of (H03).
        psk: pre-shared keys to mix in.
        psks: the keys themselves.
        policy: what we allow in the group.
        successor: judges whether the former leaf is ours.
        authenticated_data: readable by whoever carries the commit.

    Raises:
        PeerError: if the GroupInfo does not let us in, or is wrong; UNKNOWN_MEMBER for a resync to a group in
            which we have no leaf.
    """
    judge = Judge(now, authenticate, policy or GroupPolicy(), successor)
    entry = _enter(epoch_info.decode_group_info(info), key_package, judge, ratchet_tree, random)
    if resync:
        former = Remove(_former_seat(entry.tree, key_package, successor))
        entry = replace(entry, listed=(*entry.listed, Listed(former, NewMemberCommit())))
    named = [pre_shared_keys.psk_id(one, entry.suite, random) for one in psk]
    listed = (*entry.listed, *(Listed(readable(PreSharedKey(one)), NewMemberCommit()) for one in named))
    entry = replace(entry, listed=listed, psks=pre_shared_keys.held(named, psks.secret))
    return _commit(entry, key_package, judge, random, authenticated_data)


def _enter(
    info: GroupInfo,
    key_package: KeyPackageSecrets,
    judge: Judge,
    external_tree: bytes | None,
    random: Random,
) -> _Entry:
    suite = key_package.suite
    tree, admission = epoch_info.verify_group(info, key_package.package, external_tree, judge)
    kem_output, init_secret = key_schedule.offer_external_init(suite, epoch_info.external_pub(info), random)
    listed = (Listed(ExternalInit(kem_output), NewMemberCommit()),)
    return _Entry(info, tree, admission, listed, init_secret, ())


def _former_seat(tree: RatchetTree, key_package: KeyPackageSecrets, successor: Successor) -> LeafIndex:
    ours = key_package.package.leaf_node.credential
    for seat, leaf in tree.leaves():
        try:
            successor(leaf.credential, ours)
        except PeerError:
            continue
        return seat
    raise PeerError(Code.UNKNOWN_MEMBER, "H03: we have no former leaf in this group")


def _commit(
    entry: _Entry, key_package: KeyPackageSecrets, judge: Judge, random: Random, authenticated_data: bytes
) -> ExternalCommit:
    suite, before = entry.suite, entry.info.group_context
    after = commits.apply_entries(
        entry.tree, before.extensions, entry.listed, NewMemberCommit(), entry.admission
    )
    seat = after.tree.open_seat()  # H06
    leaf = key_package.package.leaf_node
    planned = treekem.plan_path(
        after.tree, seat, key_package.signer, suite, before.group_id, random, template=leaf
    )
    entry.admission.verify_seated(planned.leaf_node, seat)
    commits.verify_joiner(after)
    entry.admission.verify_credential_types(after.tree)  # D12
    context = commits.provisional_context(before, after)
    path = treekem.seal_path(after.tree, planned, suite, context.encode(), after.new_seats, random)
    content = Commit(tuple(ByValue(one.proposal) for one in entry.listed), path)
    framed = FramedContent(before.group_id, before.epoch, NewMemberCommit(), authenticated_data, content)
    signed = framing.sign(suite, key_package.signer.private, PUBLIC_MESSAGE, framed, before.encode())
    interim = key_schedule.interim_transcript_hash(
        suite, before.confirmed_transcript_hash, entry.info.confirmation_tag
    )
    confirmed = key_schedule.confirmed_transcript_hash(suite, interim, signed.confirmed_transcript_input())
    context = replace(context, confirmed_transcript_hash=confirmed)
    group = _begin(entry, after, planned, context, key_package, seat, judge)
    message = framing.outside_message(signed.with_confirmation_tag(group.confirmation_tag))
    return ExternalCommit(encode_message(message), group)


def _begin(
    entry: _Entry,
    after: Provisional,
    planned: PlannedPath,
    context: GroupContext,
    key_package: KeyPackageSecrets,
    seat: LeafIndex,
    judge: Judge,
) -> Group:
    suite, secret = entry.suite, planned.known.commit_secret
    begun = commits.next_epoch_secrets(suite, entry.init_secret, context, secret, entry.psks)
    place = Seat(seat, judge.now, key_package.signer, planned.known.private_keys)
    return groups.begin(suite, context, begun, after.tree, place, Kept(judge.policy))


def propose_join(info: bytes, key_package: KeyPackageSecrets, *, authenticated_data: bytes = b"") -> bytes:
    """Ask a group to add us (RFC 9420 section 12.1.8); its members decide, and a Welcome follows.

    Args:
        info: a GroupInfo of its epoch.
        key_package: ours.
        authenticated_data: readable by everybody.

    Raises:
        PeerError: if the group has another suite.
    """
    context = epoch_info.verify_context(epoch_info.decode_group_info(info), key_package.package)
    proposal = Add(key_package.package)
    return _propose(context, NewMemberProposal(), proposal, key_package.signer, authenticated_data)


def propose_external(
    info: bytes,
    sender_index: int,
    signer: SignatureKeyPair,
    proposal: Proposal,
    *,
    authenticated_data: bytes = b"",
) -> bytes:
    """Propose as an external sender of a group (RFC 9420 section 12.1.8.1).

    Args:
        info: a GroupInfo of the group's epoch.
        sender_index: our place in the group's ``external_senders``.
        signer: the key named there.
        proposal: Add, Remove, PreSharedKey, ReInit or GroupContextExtensions.
        authenticated_data: readable by everybody.

    Raises:
        MisuseError: for an index out of range.
        PeerError: UNSUPPORTED for an unknown suite, FORBIDDEN for what no external sender may propose.
    """
    if not 0 <= sender_index < EXTERNAL_SENDERS_LIMIT:
        raise MisuseError(f"a group has at most {EXTERNAL_SENDERS_LIMIT} external senders")
    context = epoch_info.decode_group_info(info).group_context
    return _propose(context, ExternalSenderIndex(sender_index), proposal, signer, authenticated_data)


def _propose(
    context: GroupContext,
    sender: Sender,
    proposal: Proposal,
    signer: SignatureKeyPair,
    authenticated_data: bytes,
) -> bytes:
    suite = cipher_suite(context.cipher_suite)
    framed = FramedContent(context.group_id, context.epoch, sender, authenticated_data, readable(proposal))
    framing.verify_sender(framed)
    signed = framing.sign(suite, signer.private, PUBLIC_MESSAGE, framed, b"")
    return encode_message(framing.outside_message(signed))
