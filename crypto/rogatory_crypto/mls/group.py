"""A member's view of a group in one epoch (RFC 9420 sections 8, 11, 12).

A ``Group`` is a value. What happens to a group gives the next ``Group`` and leaves this one as it was, so a
failure changes nothing (N01) and whoever holds a ``Group`` decides which one is true by storing it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import IntEnum
from typing import Final

from rogatory_crypto.errors import Code, MisuseError, PeerError
from rogatory_crypto.mls import key_schedule
from rogatory_crypto.mls.credentials import Authenticator, Extension, Successor
from rogatory_crypto.mls.group_state import PROPOSALS_AN_EPOCH, epoch_state, ratchet_state
from rogatory_crypto.mls.key_schedule import EpochSecrets, GroupContext, NewEpoch, PskSource, ResumptionPsk
from rogatory_crypto.mls.leaf_validation import Admission
from rogatory_crypto.mls.members import Member, Roster, member_of, seated
from rogatory_crypto.mls.past_epochs import PastEpoch, retained
from rogatory_crypto.mls.policy import GroupPolicy
from rogatory_crypto.mls.pre_shared_keys import PskStore
from rogatory_crypto.mls.proposal_list import Listed
from rogatory_crypto.mls.proposals import ReInit
from rogatory_crypto.mls.ratchet_tree import RatchetTree
from rogatory_crypto.mls.secret_tree import SecretTree
from rogatory_crypto.mls.tree_math import LeafIndex, NodeIndex
from rogatory_crypto.primitives import CipherSuite, SignatureKeyPair

PROPOSALS_A_SENDER: Final = 64  # Q05
PROPOSAL_BYTES: Final = 1 << 16  # Q05: as much as a KeyPackage; all that wait fit into a stored state


class Status(IntEnum):
    """Whether a member may still act in a group."""

    REMOVED = 0
    ACTIVE = 1
    SUSPENDED = 2  # I13: re-initialised, to be continued in another group


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """One epoch of a group, as one of its members holds it.

    ``leaf_since`` is when the keys of our own leaf were made, in unix seconds: they are to be renewed (P04).
    """

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
    resumption: tuple[tuple[int, bytes], ...] = field(default=(), repr=False)
    policy: GroupPolicy = field(default_factory=GroupPolicy)
    status: Status = Status.ACTIVE
    reinit: ReInit | None = None
    leaf_since: int = 0
    sent_messages: int = 0
    sent_bytes: int = 0

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
    def active(self) -> bool:
        """Whether we may act in it."""
        return self.status is Status.ACTIVE

    @property
    def extensions(self) -> tuple[Extension, ...]:
        """What the members have agreed on beyond the RFC."""
        return self.context.extensions

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

    def admission(self, authenticate: Authenticator, now: int, successor: Successor) -> Admission:
        """Return the terms on which a leaf is let in."""
        longest = self.policy.max_lifetime_s
        return Admission(self.suite, self.group_id, self.extensions, authenticate, now, successor, longest)

    def require_active(self) -> None:
        """Refuse to act for a member who was removed, or in a group that starts over elsewhere.  # I12 I13.

        Raises:
            MisuseError: after a removal or a ReInit.
        """
        match self.status:
            case Status.REMOVED:
                raise MisuseError("I12: this member has been removed")
            case Status.SUSPENDED:
                raise MisuseError("I13: the group has been re-initialised")
            case Status.ACTIVE:
                return

    def psk(self, source: PskSource, store: PskStore) -> bytes | None:
        """Return a pre-shared key: of our own epochs, else of the application's store.  # J02."""
        if not isinstance(source, ResumptionPsk) or source.psk_group_id != self.group_id:
            return store.secret(source)
        if source.psk_epoch == self.epoch:
            return self.secrets.resumption_psk or None  # I12: none to who was removed
        return dict(self.resumption).get(source.psk_epoch)

    def with_proposal(self, reference: bytes, entry: Listed) -> "Group":
        """Return the group with one more verified proposal.  # F09 Q05.

        Raises:
            PeerError: QUOTA_EXCEEDED or TOO_LARGE.
        """
        if len(entry.proposal.encode()) > PROPOSAL_BYTES:
            raise PeerError(Code.TOO_LARGE, "Q05: a proposal too large to wait for a commit")
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
        return retained((*self.past, ended), self.policy, now)

    def resumable(self) -> tuple[tuple[int, bytes], ...]:
        """Return the resumption PSKs that are kept once this epoch ends.  # J02."""
        every = (*self.resumption, (self.epoch, self.secrets.resumption_psk))
        return every[max(0, len(every) - self.policy.resumption_psks) :]


def forget_past_epochs(group: Group, *, now: int) -> Group:
    """Return the group without epochs that ended too long ago; to be called without traffic too.  # M03."""
    past = retained(group.past, group.policy, now)
    return group if len(past) == len(group.past) else replace(group, past=past)


def export_secret(group: Group, label: str, context: bytes, length: int) -> bytes:
    """Return a secret for another protocol, bound to this epoch (RFC 9420 section 8.5).

    Args:
        group: the epoch.
        label: what for.
        context: bound into the secret.
        length: in bytes, from 0 to 255 times the suite's hash size.

    Raises:
        MisuseError: if we were removed: nothing is left to derive it from (I12); for a length out of range.
    """
    if group.status is Status.REMOVED:
        raise MisuseError("I12: this member has been removed")
    if not 0 <= length <= 255 * group.suite.hash_size:
        raise MisuseError("a secret has 0 to 255 times the hash size in bytes")
    try:
        encoded = label.encode()
    except UnicodeEncodeError as error:
        raise MisuseError("a label is a text") from error
    return key_schedule.export(group.suite, group.secrets.exporter_secret, encoded, context, length)


@dataclass(frozen=True, slots=True)
class Seat:
    """Our own place in a tree since when, in unix seconds, and the private keys above it."""

    leaf: LeafIndex
    since: int
    signer: SignatureKeyPair = field(repr=False)
    private_keys: Mapping[NodeIndex, bytes] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Kept:
    """What outlives an epoch."""

    policy: GroupPolicy
    past: tuple[PastEpoch, ...] = field(default=(), repr=False)
    resumption: tuple[tuple[int, bytes], ...] = field(default=(), repr=False)
    reinit: ReInit | None = None


def begin(
    suite: CipherSuite, context: GroupContext, begun: NewEpoch, tree: RatchetTree, seat: Seat, kept: Kept
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
        own_leaf=seat.leaf,
        signer=seat.signer,
        private_keys=seat.private_keys,
        secrets=secrets,
        interim_transcript_hash=key_schedule.interim_transcript_hash(suite, confirmed, tag),
        confirmation_tag=tag,
        secret_tree=SecretTree(suite, tree.size, begun.encryption_secret),
        past=kept.past,
        resumption=kept.resumption,
        policy=kept.policy,
        status=Status.ACTIVE if kept.reinit is None else Status.SUSPENDED,
        reinit=kept.reinit,
        leaf_since=seat.since,
    )
