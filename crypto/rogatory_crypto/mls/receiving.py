"""What comes in: application data, proposals, commits (RFC 9420 sections 6, 12.1, 12.4.2).

A message passes received → opened → verified → staged; each returned value holds the group after it. That
group is to be stored in the same transaction as what the message said (L07). Cheap checks come first (Q07).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.mls import framing, private_message, proposal_list
from rogatory_crypto.mls.commit import process_commit
from rogatory_crypto.mls.credentials import Authenticator, Successor, same_identity
from rogatory_crypto.mls.framing import APPLICATION, FramedContent, PrivateMessage, PublicMessage, Verified
from rogatory_crypto.mls.group import Group, Member, Roster, seated
from rogatory_crypto.mls.leaf_validation import Admission
from rogatory_crypto.mls.proposal_list import Listed
from rogatory_crypto.mls.proposals import Commit, Proposal
from rogatory_crypto.mls.secret_tree import SecretTree
from rogatory_crypto.mls.tree_math import LeafIndex
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
    """A proposal that now waits for a commit; ``kind`` is add, update or remove."""

    group: Group
    sender: Member
    epoch: int
    authenticated_data: bytes
    reference: bytes
    kind: str


@dataclass(frozen=True, slots=True)
class CommitReceived:
    """A commit made in ``epoch``; ``group`` is the next one, or inactive if it removed us."""

    group: Group
    sender: Member
    epoch: int
    authenticated_data: bytes
    added: tuple[Member, ...]
    removed: tuple[Member, ...]
    removed_us: bool


@dataclass(frozen=True, slots=True)
class EchoReceived:
    """A message of our own that the relay sent back: nothing to do (B14)."""

    group: Group
    epoch: int


Received: TypeAlias = ApplicationReceived | ProposalReceived | CommitReceived | EchoReceived


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


def process(
    group: Group,
    message: bytes,
    *,
    now: int,
    authenticate: Authenticator,
    successor: Successor = same_identity,
) -> Received:
    """Open, verify and carry out one message.

    Args:
        group: the live group.
        message: a complete MLSMessage.
        now: unix seconds.
        authenticate: judges every identity that gets a seat (D01).
        successor: judges whether a replaced leaf is still the same client (D02).

    Raises:
        PeerError: whatever is wrong with the message; the group stays as it was.
    """
    admission = group.admission(authenticate, successor)
    match decode_message(message):
        case PrivateMessage() as private:
            return _process_private(group, private, admission, now)
        case PublicMessage() as public:
            return _process_public(group, public, admission, now)
        case _:
            raise PeerError(Code.MALFORMED, "not a message of a group")


def _verify_addressed(group: Group, group_id: bytes, epoch: int, *, handshake: bool) -> None:
    if group_id != group.group_id:
        raise PeerError(Code.WRONG_GROUP, "B01: another group")
    if epoch > group.epoch or (handshake and epoch != group.epoch):
        raise PeerError(Code.WRONG_EPOCH, f"B02 M04: epoch {epoch}, we are in {group.epoch}")
    if handshake and not group.active:
        raise PeerError(Code.REMOVED, "I12: we have been removed")


def _process_private(group: Group, message: PrivateMessage, admission: Admission, now: int) -> Received:
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
    return _carry_out(group, verified, sender, admission, now, sender_data.generation)


def _epoch(group: Group, number: int) -> _Epoch:
    if number == group.epoch:
        members = Roster(group.tree)
        secret = group.secrets.sender_data_secret
        return _Epoch(number, group.encoded_context, members, secret, group.secret_tree)
    past = group.past_epoch(number)
    return _Epoch(number, past.context, past.members, past.sender_data_secret, past.secret_tree)


def _with_secret_tree(group: Group, epoch: int, tree: SecretTree) -> Group:
    if epoch == group.epoch:
        return replace(group, secret_tree=tree)
    return group.with_past_epoch(replace(group.past_epoch(epoch), secret_tree=tree))


def _process_public(group: Group, message: PublicMessage, admission: Admission, now: int) -> Received:
    content = message.content
    _verify_addressed(group, content.group_id, content.epoch, handshake=True)
    sender = group.member(content.member)  # B05 B06
    opened = message.open(group.suite, group.secrets.membership_key, group.encoded_context)  # B09
    if content.member == group.own_leaf:
        return EchoReceived(group, content.epoch)  # B14
    verified = framing.verify(group.suite, opened, sender.signature_key, group.encoded_context)
    return _carry_out(group, verified, sender, admission, now, 0)


def _carry_out(
    group: Group, verified: Verified, sender: Member, admission: Admission, now: int, generation: int
) -> Received:
    content = verified.content
    aad = content.authenticated_data
    match content.content:
        case bytes() as data:
            return ApplicationReceived(group, sender, content.epoch, aad, data, generation)
        case Commit() as commit:
            done = process_commit(group, verified, commit, admission, now)
            return CommitReceived(
                done.group, sender, content.epoch, aad, done.added, done.removed, done.removed_us
            )
        case proposal:
            return _keep_proposal(group, verified, proposal, sender, admission)


def _keep_proposal(
    group: Group, verified: Verified, proposal: Proposal, sender: Member, admission: Admission
) -> ProposalReceived:
    content: FramedContent = verified.content
    reference = verified.reference(group.suite)
    entry = Listed(proposal, LeafIndex(sender.leaf_index), reference)
    proposal_list.verify_proposal(entry, group.tree, admission)  # F09
    kept = group.with_proposal(reference, entry)
    return ProposalReceived(kept, sender, content.epoch, content.authenticated_data, reference, proposal.NAME)
