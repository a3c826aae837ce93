"""What comes in: application data, proposals, commits (RFC 9420 sections 6, 12.1, 12.4.2).

A message passes received → opened → verified → staged; each returned value holds the group after it. That
group is to be stored in the same transaction as what the message said (L07). Cheap checks come first (Q07).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.mls import framing, private_message
from rogatory_crypto.mls.commit import Staged, process_commit
from rogatory_crypto.mls.credentials import Authenticator, Successor, same_identity
from rogatory_crypto.mls.extensions import external_senders
from rogatory_crypto.mls.framing import (
    APPLICATION,
    ExternalSenderIndex,
    FramedContent,
    MemberSender,
    NewMemberCommit,
    NewMemberProposal,
    PrivateMessage,
    PublicMessage,
    Verified,
)
from rogatory_crypto.mls.group import Group, Status
from rogatory_crypto.mls.leaf_validation import Admission
from rogatory_crypto.mls.members import Member, Outsider, Roster, seated
from rogatory_crypto.mls.policy import GroupPolicy
from rogatory_crypto.mls.pre_shared_keys import NO_PSKS, PskStore
from rogatory_crypto.mls.proposal_list import Listed
from rogatory_crypto.mls.proposal_validation import verify_proposal
from rogatory_crypto.mls.proposals import Add, ByValue, Commit, Proposal, ProposalOrRef, Remove
from rogatory_crypto.mls.secret_tree import SecretTree
from rogatory_crypto.mls.treekem import UpdatePath
from rogatory_crypto.mls.welcome import decode_message


@dataclass(frozen=True, slots=True)
class ApplicationReceived:
    """Application data; ``epoch`` may be a retained past one, and ``sender`` is who sat there then (M02)."""

    group: Group
    sender: Member
    epoch: int
    authenticated_data: bytes
    content: bytes = field(repr=False)
    generation: int


@dataclass(frozen=True, slots=True)
class ProposalReceived:
    """A proposal that now waits for a commit; ``kind`` is its name, such as add, update or remove."""

    group: Group
    sender: Member | Outsider
    epoch: int
    authenticated_data: bytes
    reference: bytes
    kind: str


@dataclass(frozen=True, slots=True)
class CommitReceived:
    """A commit made in ``epoch``; ``group`` is the next one, or inactive if it removed us.

    ``listed`` says what it carried out and who proposed each part, by seats of that epoch, which others may
    hold in the next (M02): an application that does not allow it keeps the group it had (G13).
    """

    group: Group
    sender: Member
    epoch: int
    authenticated_data: bytes
    added: tuple[Member, ...]
    removed: tuple[Member, ...]
    removed_us: bool
    listed: tuple[Listed, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class EchoReceived:
    """A message of our own that the relay sent back: nothing to do (B14)."""

    group: Group
    epoch: int


Received: TypeAlias = ApplicationReceived | ProposalReceived | CommitReceived | EchoReceived


@dataclass(frozen=True, slots=True)
class _Terms:
    """What a message may do, and when it came."""

    admission: Admission
    psks: PskStore
    now: int


@dataclass(frozen=True, slots=True)
class _Epoch:
    """What a message of some epoch is opened and judged by."""

    number: int
    context: bytes
    members: Mapping[int, Member]
    sender_data_secret: bytes = field(repr=False)
    secret_tree: SecretTree = field(repr=False)


def message_epoch(message: bytes) -> tuple[bytes, int]:
    """Return the group id and epoch that a message claims, unverified, for routing it.

    Raises:
        PeerError: MALFORMED, UNSUPPORTED or TOO_LARGE.
    """
    match decode_message(message):
        case PrivateMessage() as private:
            return private.group_id, private.epoch
        case PublicMessage() as public:
            return public.content.group_id, public.content.epoch
        case _:
            raise PeerError(Code.MALFORMED, "not a message of a group")


def message_authenticated_data(message: bytes) -> bytes:
    """Return what a message says in the open, unverified.

    Raises:
        PeerError: MALFORMED, UNSUPPORTED or TOO_LARGE.
    """
    match decode_message(message):
        case PrivateMessage() as private:
            return private.authenticated_data
        case PublicMessage() as public:
            return public.content.authenticated_data
        case _:
            raise PeerError(Code.MALFORMED, "not a message of a group")


def process(
    group: Group,
    message: bytes,
    *,
    now: int,
    authenticate: Authenticator,
    successor: Successor = same_identity,
    psks: PskStore = NO_PSKS,
) -> Received:
    """Open, verify and carry out one message.

    Args:
        group: the live group.
        message: a complete MLSMessage.
        now: unix seconds.
        authenticate: judges every credential that gets a seat (D01).
        successor: judges whether a replaced leaf is still the same client (D02).
        psks: the pre-shared keys that a commit may name (I10).

    Raises:
        PeerError: whatever is wrong with the message; the group stays as it was.
    """
    terms = _Terms(group.admission(authenticate, now, successor), psks, now)
    match decode_message(message):
        case PrivateMessage() as private:
            return _process_private(group, private, terms)
        case PublicMessage() as public:
            return _process_public(group, public, terms)
        case _:
            raise PeerError(Code.MALFORMED, "not a message of a group")


def _verify_addressed(group: Group, group_id: bytes, epoch: int, *, handshake: bool) -> None:
    if group_id != group.group_id:
        raise PeerError(Code.WRONG_GROUP, "B01: another group")
    if epoch > group.epoch or (handshake and epoch != group.epoch):
        raise PeerError(Code.WRONG_EPOCH, f"B02 M04: epoch {epoch}, we are in {group.epoch}")
    if handshake and group.status is Status.REMOVED:
        raise PeerError(Code.REMOVED, "I12: we have been removed")
    if handshake and group.status is Status.SUSPENDED:
        raise PeerError(Code.REMOVED, "I13: the group goes on as another one")


def _process_private(group: Group, message: PrivateMessage, terms: _Terms) -> Received:
    handshake = message.content_type != APPLICATION
    _verify_addressed(group, message.group_id, message.epoch, handshake=handshake)
    epoch = _epoch(group, message.epoch)
    sender_data = private_message.open_sender_data(group.suite, message, epoch.sender_data_secret)
    if sender_data.leaf_index == group.own_leaf:
        return EchoReceived(group, message.epoch)  # B14
    sender = seated(epoch.members, sender_data.leaf_index)  # B05 M02
    tree, opened = private_message.open_content(group.suite, message, sender_data, epoch.secret_tree)
    verified = framing.verify(group.suite, opened, sender.signature_key, epoch.context)  # C05
    group = _with_secret_tree(group, message.epoch, tree)  # C08: only now is the key gone
    return _carry_out(group, verified, sender, terms, sender_data.generation)


def _epoch(group: Group, number: int) -> _Epoch:
    if _is_live(group, number):
        members = Roster(group.tree)
        secret = group.secrets.sender_data_secret
        return _Epoch(number, group.encoded_context, members, secret, group.secret_tree)
    past = group.past_epoch(number)
    return _Epoch(number, past.context, past.members, past.sender_data_secret, past.secret_tree)


def _is_live(group: Group, number: int) -> bool:
    """Tell whether an epoch goes on; to who was removed all have ended (I12)."""
    return number == group.epoch and group.status is not Status.REMOVED


def _with_secret_tree(group: Group, epoch: int, tree: SecretTree) -> Group:
    if _is_live(group, epoch):
        return replace(group, secret_tree=tree)
    return group.with_past_epoch(replace(group.past_epoch(epoch), secret_tree=tree))


def _process_public(group: Group, message: PublicMessage, terms: _Terms) -> Received:
    content = message.content
    _verify_addressed(group, content.group_id, content.epoch, handshake=True)
    framing.verify_sender(content)  # B06 B07 B08
    _verify_allowed(group.policy, content)
    sender = _public_sender(group, content)
    opened = message.open(group.suite, group.secrets.membership_key, group.encoded_context)  # B09
    if content.sender == MemberSender(group.own_leaf):
        return EchoReceived(group, content.epoch)  # B14
    verified = framing.verify(group.suite, opened, sender.signature_key, group.encoded_context)
    return _carry_out(group, verified, sender, terms, 0)


def _verify_allowed(policy: GroupPolicy, content: FramedContent) -> None:
    """Return only if the group lets such a sender speak in the open.  # B15 H08.

    Raises:
        PeerError: FORBIDDEN.
    """
    match content.sender, content.content:
        case MemberSender(), _ if not policy.public_handshakes:
            raise PeerError(Code.FORBIDDEN, "B15: handshakes of this group are private")
        case NewMemberProposal(), _ if not policy.new_member_proposals:
            raise PeerError(Code.FORBIDDEN, "B07: nobody may ask to be added here")
        case NewMemberCommit(), _ if not policy.external_commits:
            raise PeerError(Code.FORBIDDEN, "H08: nobody may join by himself here")
        case NewMemberCommit(), Commit(proposals) if not policy.resync and _removes(proposals):
            raise PeerError(Code.FORBIDDEN, "H08: nobody may take his former seat here")
        case _:
            return


def _removes(proposals: tuple[ProposalOrRef, ...]) -> bool:
    return any(isinstance(entry, ByValue) and isinstance(entry.proposal, Remove) for entry in proposals)


def _public_sender(group: Group, content: FramedContent) -> Member | Outsider:
    """Return who must have signed.  # B05 B06 B07 B08.

    Raises:
        PeerError: UNKNOWN_MEMBER.
    """
    match content.sender, content.content:
        case MemberSender(leaf_index), _:
            return group.member(leaf_index)
        case ExternalSenderIndex(index), _:
            senders = external_senders(group.extensions)
            if index >= len(senders):
                raise PeerError(Code.UNKNOWN_MEMBER, "B06: no such external sender")
            return Outsider(senders[index].credential, senders[index].signature_key)
        case NewMemberProposal(), Add(package):
            return Outsider(package.leaf_node.credential, package.leaf_node.signature_key)
        case NewMemberCommit(), Commit(path=UpdatePath(leaf)):
            return Outsider(leaf.credential, leaf.signature_key)
        case _:
            raise PeerError(Code.UNKNOWN_MEMBER, "B06: nobody can have sent this")


def _carry_out(
    group: Group, verified: Verified, sender: Member | Outsider, terms: _Terms, generation: int
) -> Received:
    content = verified.content
    aad = content.authenticated_data
    match content.content:
        case bytes() as data if isinstance(sender, Member):
            return ApplicationReceived(group, sender, content.epoch, aad, data, generation)
        case Commit() as commit:
            staged = process_commit(group, verified, commit, terms.admission, terms.psks, terms.now)
            return _merged(staged, content)
        case Proposal() as proposal:
            return _keep_proposal(group, verified, proposal, sender, terms.admission)
        case _:
            raise PeerError(Code.MALFORMED, "B03: application data of somebody without a seat")


def _merged(staged: Staged, content: FramedContent) -> CommitReceived:
    group = staged.merge()
    return CommitReceived(
        group,
        staged.committer,
        content.epoch,
        content.authenticated_data,
        staged.added,
        staged.removed,
        group.status is Status.REMOVED,
        staged.listed,
    )


def _keep_proposal(
    group: Group, verified: Verified, proposal: Proposal, sender: Member | Outsider, admission: Admission
) -> ProposalReceived:
    content: FramedContent = verified.content
    reference = verified.authenticated.reference(group.suite)
    entry = Listed(proposal, content.sender, reference)
    verify_proposal(entry, group.tree, admission)  # F09
    kept = group.with_proposal(reference, entry)
    return ProposalReceived(kept, sender, content.epoch, content.authenticated_data, reference, proposal.NAME)
