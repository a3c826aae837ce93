"""What is written of a group, in two halves that change at different times.

The epoch state (tree, keys, context) changes with each commit, the ratchet state (message keys, waiting
proposals) with each message. A client writes the ratchet state in the transaction of the message and both in
that of a commit (L07). Both are secret; both name their version and their epoch.
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Final

from rogatory_crypto.codec import (
    OPAQUE,
    UINT8,
    UINT16,
    UINT32,
    UINT64,
    Struct,
    opaque,
    optional,
    structure,
    vector,
)
from rogatory_crypto.mls.credentials import CREDENTIAL, Credential
from rogatory_crypto.mls.framing import SENDER, Sender
from rogatory_crypto.mls.key_schedule import EpochSecrets
from rogatory_crypto.mls.nodes import MAX_LEAVES
from rogatory_crypto.mls.past_epochs import PastEpoch
from rogatory_crypto.mls.policy import PAST_EPOCHS_LIMIT, GroupPolicy
from rogatory_crypto.mls.proposals import PROPOSAL, Proposal, ReInit

if TYPE_CHECKING:
    from rogatory_crypto.mls.group import Group

STATE_VERSION: Final = 2
STATE_LIMIT: Final = 512 << 20  # a tree, and six epochs of members with the largest credentials
PROPOSALS_AN_EPOCH: Final = 1024  # Q05
_SECRET: Final = opaque(1024)
_CONTEXT: Final = opaque(8 << 20)
BULK: Final = opaque(STATE_LIMIT)


@dataclass(frozen=True, slots=True)
class StoredKey(Struct):
    """A private key of a node."""

    node: int
    key: bytes = field(repr=False)
    FIELDS: ClassVar = (UINT32, _SECRET)


@dataclass(frozen=True, slots=True)
class StoredSeat(Struct):
    """Who sat on a leaf."""

    leaf_index: int
    credential: Credential
    signature_key: bytes
    encryption_key: bytes
    FIELDS: ClassVar = (UINT32, CREDENTIAL, OPAQUE, OPAQUE)


@dataclass(frozen=True, slots=True)
class StoredPast(Struct):
    """What is constant of a past epoch."""

    epoch: int
    context: bytes
    members: tuple[StoredSeat, ...]
    ended_at: int
    sender_data_secret: bytes = field(repr=False)
    leaves: int
    FIELDS: ClassVar = (
        UINT64,
        _CONTEXT,
        vector(structure(StoredSeat), count=MAX_LEAVES, limit=STATE_LIMIT),
        UINT64,
        _SECRET,
        UINT32,
    )


@dataclass(frozen=True, slots=True)
class StoredResumption(Struct):
    """The resumption PSK of an epoch that has ended."""

    epoch: int
    psk: bytes = field(repr=False)
    FIELDS: ClassVar = (UINT64, _SECRET)


@dataclass(frozen=True, slots=True)
class EpochState(Struct):
    """What changes only with a commit."""

    version: int
    suite: int
    context: bytes
    tree: bytes = field(repr=False)
    own_leaf: int
    signature_private: bytes = field(repr=False)
    signature_public: bytes
    private_keys: tuple[StoredKey, ...] = field(repr=False)
    secrets: EpochSecrets = field(repr=False)
    interim_transcript_hash: bytes
    confirmation_tag: bytes
    past: tuple[StoredPast, ...]
    resumption: tuple[StoredResumption, ...] = field(repr=False)
    policy: GroupPolicy
    status: int
    reinit: ReInit | None
    leaf_since: int
    FIELDS: ClassVar = (
        UINT8,
        UINT16,
        _CONTEXT,
        BULK,
        UINT32,
        _SECRET,
        OPAQUE,
        vector(structure(StoredKey), count=64),
        structure(EpochSecrets),
        OPAQUE,
        OPAQUE,
        vector(structure(StoredPast), count=PAST_EPOCHS_LIMIT, limit=STATE_LIMIT),
        vector(structure(StoredResumption), count=PAST_EPOCHS_LIMIT),
        structure(GroupPolicy),
        UINT8,
        optional(structure(ReInit)),
        UINT64,
    )


@dataclass(frozen=True, slots=True)
class StoredPastTree(Struct):
    """The message keys left of a past epoch."""

    epoch: int
    secret_tree: bytes = field(repr=False)
    FIELDS: ClassVar = (UINT64, BULK)


@dataclass(frozen=True, slots=True)
class StoredProposal(Struct):
    """A proposal that waits for a commit."""

    reference: bytes
    sender: Sender
    proposal: Proposal
    FIELDS: ClassVar = (OPAQUE, SENDER, PROPOSAL)


@dataclass(frozen=True, slots=True)
class StoredUpdateKey(Struct):
    """The private key of an update of our own."""

    reference: bytes
    key: bytes = field(repr=False)
    FIELDS: ClassVar = (OPAQUE, _SECRET)


@dataclass(frozen=True, slots=True)
class RatchetState(Struct):
    """What changes with a message."""

    version: int
    group_id: bytes
    epoch: int
    confirmation_tag: bytes
    secret_tree: bytes = field(repr=False)
    past: tuple[StoredPastTree, ...] = field(repr=False)
    proposals: tuple[StoredProposal, ...]
    update_keys: tuple[StoredUpdateKey, ...] = field(repr=False)
    sent_messages: int
    sent_bytes: int
    FIELDS: ClassVar = (
        UINT8,
        OPAQUE,
        UINT64,
        OPAQUE,
        BULK,
        vector(structure(StoredPastTree), count=PAST_EPOCHS_LIMIT, limit=STATE_LIMIT),
        vector(structure(StoredProposal), count=PROPOSALS_AN_EPOCH, limit=STATE_LIMIT),
        vector(structure(StoredUpdateKey), count=PROPOSALS_AN_EPOCH),
        UINT64,
        UINT64,
    )


def epoch_state(group: "Group") -> bytes:
    """Return what changes only with a commit."""
    return EpochState(
        STATE_VERSION,
        group.suite.code,
        group.encoded_context,
        group.ratchet_tree,
        group.own_leaf,
        group.signer.private,
        group.signer.public,
        tuple(StoredKey(node, key) for node, key in sorted(group.private_keys.items())),
        group.secrets,
        group.interim_transcript_hash,
        group.confirmation_tag,
        tuple(_past_state(held) for held in group.past),
        tuple(StoredResumption(epoch, psk) for epoch, psk in group.resumption),
        group.policy,
        group.status,
        group.reinit,
        group.leaf_since,
    ).encode()


def _past_state(held: PastEpoch) -> StoredPast:
    members = tuple(
        StoredSeat(member.leaf_index, member.credential, member.signature_key, member.encryption_key)
        for member in held.members.values()
    )
    return StoredPast(
        held.epoch,
        held.context,
        members,
        held.ended_at,
        held.sender_data_secret,
        held.secret_tree.leaves,
    )


def ratchet_state(group: "Group") -> bytes:
    """Return what changes with a message."""
    return RatchetState(
        STATE_VERSION,
        group.group_id,
        group.epoch,
        group.confirmation_tag,
        group.secret_tree.encode(),
        tuple(StoredPastTree(held.epoch, held.secret_tree.encode()) for held in group.past),
        tuple(
            StoredProposal(reference, entry.sender, entry.proposal)
            for reference, entry in group.proposals.items()
        ),
        tuple(StoredUpdateKey(reference, key) for reference, key in group.update_keys.items()),
        group.sent_messages,
        group.sent_bytes,
    ).encode()
