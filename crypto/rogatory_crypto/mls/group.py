"""A member's view of a group in one epoch (RFC 9420 sections 8, 11, 12).

A ``Group`` is a value. What happens to a group gives the next ``Group`` and leaves this one as it was, so a
failure changes nothing (N01) and whoever holds a ``Group`` decides which one is true by storing it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from rogatory_crypto.errors import Code, MisuseError, PeerError
from rogatory_crypto.mls import key_schedule
from rogatory_crypto.mls.credentials import Authenticator, Successor
from rogatory_crypto.mls.group_state import PAST_EPOCHS, PROPOSALS_AN_EPOCH, epoch_state, ratchet_state
from rogatory_crypto.mls.key_schedule import EpochSecrets, GroupContext, NewEpoch
from rogatory_crypto.mls.leaf_validation import Admission
from rogatory_crypto.mls.nodes import LeafNode
from rogatory_crypto.mls.proposal_list import Listed
from rogatory_crypto.mls.ratchet_tree import RatchetTree
from rogatory_crypto.mls.secret_tree import SecretTree
from rogatory_crypto.mls.tree_math import LeafIndex, NodeIndex
from rogatory_crypto.primitives import CipherSuite, SignatureKeyPair

PAST_EPOCH_S: Final = 14 * 86_400  # Q04
PROPOSALS_A_SENDER: Final = 64  # Q05


@dataclass(frozen=True, slots=True)
class Member:
    """Who sits on a leaf."""

    leaf_index: int
    identity: bytes
    signature_key: bytes
    encryption_key: bytes


def member_of(seat: LeafIndex, leaf: LeafNode) -> Member:
    """Return what the application needs of a leaf."""
    return Member(seat, leaf.identity, leaf.signature_key, leaf.encryption_key)


class Roster(Mapping[int, Member]):
    """Who sits where, read from a tree when asked: most is never asked."""

    __slots__ = ("_tree",)

    def __init__(self, tree: RatchetTree) -> None:
        self._tree = tree

    def __getitem__(self, leaf_index: int) -> Member:
        leaf = self._tree.leaf(LeafIndex(leaf_index))
        if leaf is None:
            raise KeyError(leaf_index)
        return member_of(LeafIndex(leaf_index), leaf)

    def __iter__(self) -> Iterator[int]:
        return (seat for seat, _ in self._tree.leaves())

    def __len__(self) -> int:
        return sum(1 for _ in self)


def seated(members: Mapping[int, Member], leaf_index: int) -> Member:
    """Return who sits on a leaf.  # B05 M02.

    Raises:
        PeerError: UNKNOWN_MEMBER.
    """
    member = members.get(leaf_index)
    if member is None:
        raise PeerError(Code.UNKNOWN_MEMBER, "B05: nobody sits there")
    return member


@dataclass(frozen=True, slots=True)
class PastEpoch:
    """What is kept of an epoch for stragglers: enough to decrypt and attribute, no more.  # M01.

    Attributes:
        context: the encoded group context.
        epoch: its number.
        members: who sat where then (M02).
        ended_at: when it ended here, in unix seconds.
        sender_data_secret: opens who sent a message.
        secret_tree: the message keys not used up.
    """

    epoch: int
    context: bytes
    members: Mapping[int, Member]
    ended_at: int
    sender_data_secret: bytes = field(repr=False)
    secret_tree: SecretTree = field(repr=False)


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """One epoch of a group, as one of its members holds it."""

    suite: CipherSuite
    context: GroupContext
    encoded_context: bytes = field(repr=False)
    tree: RatchetTree = field(repr=False)
    own_leaf: LeafIndex
    signer: SignatureKeyPair = field(repr=False)
    private_keys: Mapping[NodeIndex, bytes] = field(repr=False)
    secrets: EpochSecrets = field(repr=False)
    interim_transcript_hash: bytes = field(repr=False)
    confirmation_tag: bytes = field(repr=False)
    secret_tree: SecretTree = field(repr=False)
    proposals: Mapping[bytes, Listed] = field(default_factory=dict, repr=False)
    update_keys: Mapping[bytes, bytes] = field(default_factory=dict, repr=False)
    past: tuple[PastEpoch, ...] = field(default=(), repr=False)
    active: bool = True

    @property
    def group_id(self) -> bytes:
        """The group's name, for life."""
        return self.context.group_id

    @property
    def epoch(self) -> int:
        """How many commits it has seen."""
        return self.context.epoch

    @property
    def members(self) -> tuple[Member, ...]:
        """Everybody, in the order of their seats."""
        return tuple(member_of(seat, leaf) for seat, leaf in self.tree.leaves())

    @property
    def epoch_authenticator(self) -> bytes:
        """Equal for all members of an epoch and for nobody else (RFC 9420 section 8.7).  # N06."""
        return self.secrets.epoch_authenticator

    @property
    def tree_hash(self) -> bytes:
        """The hash of the tree."""
        return self.context.tree_hash

    @property
    def confirmed_transcript_hash(self) -> bytes:
        """The hash of all commits so far."""
        return self.context.confirmed_transcript_hash

    @property
    def ratchet_tree(self) -> bytes:
        """The tree as members need it who join by a Welcome without it."""
        return self.tree.encode()

    @property
    def has_pending_proposals(self) -> bool:
        """Whether a commit is due before anything else is said.  # N04."""
        return bool(self.proposals)

    def member(self, leaf_index: int) -> Member:
        """Return who sits on a leaf.  # B05.

        Raises:
            PeerError: UNKNOWN_MEMBER.
        """
        return seated(Roster(self.tree), leaf_index)

    def admission(self, authenticate: Authenticator, successor: Successor) -> Admission:
        """Return the terms on which a leaf is let in."""
        return Admission(self.suite, self.group_id, self.context.extensions, authenticate, successor)

    def require_active(self) -> None:
        """Refuse to act for a member who was removed.  # I12.

        Raises:
            MisuseError: after a removal.
        """
        if not self.active:
            raise MisuseError("I12: this member has been removed")

    def with_proposal(self, reference: bytes, entry: Listed) -> "Group":
        """Return the group with one more verified proposal.  # F09 Q05.

        Raises:
            PeerError: QUOTA_EXCEEDED.
        """
        if len(self.proposals) >= PROPOSALS_AN_EPOCH:
            raise PeerError(Code.QUOTA_EXCEEDED, "Q05: too many proposals in this epoch")
        own = sum(1 for held in self.proposals.values() if held.sender == entry.sender)
        if own >= PROPOSALS_A_SENDER:
            raise PeerError(Code.QUOTA_EXCEEDED, "Q05: too many proposals of one member")
        return replace(self, proposals={**self.proposals, reference: entry})

    def epoch_state(self) -> bytes:
        """Return the half of the state that changes only with a commit; it is secret."""
        return epoch_state(self)

    def ratchet_state(self) -> bytes:
        """Return the half of the state that changes with each message; it is secret."""
        return ratchet_state(self)

    def past_epoch(self, epoch: int) -> PastEpoch:
        """Return a retained epoch.  # B02.

        Raises:
            PeerError: WRONG_EPOCH.
        """
        for held in self.past:
            if held.epoch == epoch:
                return held
        raise PeerError(Code.WRONG_EPOCH, f"B02: epoch {epoch}, we are in {self.epoch}")

    def with_past_epoch(self, changed: PastEpoch) -> "Group":
        """Return the group with one retained epoch changed."""
        past = tuple(changed if held.epoch == changed.epoch else held for held in self.past)
        return replace(self, past=past)

    def retired(self, now: int) -> tuple[PastEpoch, ...]:
        """Return what is kept once this epoch ends.  # M01 M03."""
        ended = PastEpoch(
            self.epoch,
            self.encoded_context,
            Roster(self.tree),
            now,
            self.secrets.sender_data_secret,
            self.secret_tree,
        )
        return _retained((*self.past, ended), now)


def _retained(past: tuple[PastEpoch, ...], now: int) -> tuple[PastEpoch, ...]:
    return tuple(held for held in past[-PAST_EPOCHS:] if now - held.ended_at <= PAST_EPOCH_S)


def forget_past_epochs(group: Group, *, now: int) -> Group:
    """Return the group without epochs that ended too long ago; to be called without traffic too.  # M03."""
    past = _retained(group.past, now)
    return group if len(past) == len(group.past) else replace(group, past=past)


def export_secret(group: Group, label: str, context: bytes, length: int) -> bytes:
    """Return a secret for another protocol, bound to this epoch (RFC 9420 section 8.5)."""
    return key_schedule.export(group.suite, group.secrets.exporter_secret, label.encode(), context, length)


def begin(
    suite: CipherSuite,
    context: GroupContext,
    begun: NewEpoch,
    tree: RatchetTree,
    own_leaf: LeafIndex,
    signer: SignatureKeyPair,
    private_keys: Mapping[NodeIndex, bytes],
    past: tuple[PastEpoch, ...] = (),
) -> Group:
    """Return the group at the start of an epoch."""
    secrets = begun.secrets
    confirmed = context.confirmed_transcript_hash
    tag = key_schedule.confirmation_tag(suite, secrets.confirmation_key, confirmed)
    return Group(
        suite=suite,
        context=context,
        encoded_context=context.encode(),
        tree=tree,
        own_leaf=own_leaf,
        signer=signer,
        private_keys=private_keys,
        secrets=secrets,
        interim_transcript_hash=key_schedule.interim_transcript_hash(suite, confirmed, tag),
        confirmation_tag=tag,
        secret_tree=SecretTree(suite, tree.size, begun.encryption_secret),
        past=past,
    )
