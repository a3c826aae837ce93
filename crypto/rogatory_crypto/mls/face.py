"""Signatures of the public face; the bodies live in the chapters."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

Random: TypeAlias = Callable[[int], bytes]
Authenticator: TypeAlias = Callable[
    [bytes, bytes], None
]  # (identity, signature_key); raises INVALID_CREDENTIAL
Successor: TypeAlias = Callable[[bytes, bytes], None]  # (old identity, new identity); default: same identity


class CipherSuite:
    code: int
    name: str


def cipher_suite(code: int) -> CipherSuite: ...


@dataclass(frozen=True, slots=True)
class SignatureKeyPair:
    private: bytes = field(repr=False)
    public: bytes


@dataclass(frozen=True, slots=True)
class Credential:
    identity: bytes  # basic


@dataclass(frozen=True, slots=True)
class Lifetime:
    not_before: int
    not_after: int


@dataclass(frozen=True, slots=True)
class Capabilities: ...


def generate_signature_key(suite: CipherSuite, random: Random) -> SignatureKeyPair: ...


@dataclass(frozen=True, slots=True)
class KeyPackageSecrets:
    message: bytes  # complete MLSMessage
    reference: bytes  # KeyPackageRef
    last_resort: bool
    # private halves: repr=False

    def encode(self) -> bytes: ...
    @classmethod
    def decode(cls, data: bytes) -> "KeyPackageSecrets": ...


def generate_key_package(
    suite: CipherSuite,
    signer: SignatureKeyPair,
    identity: bytes,
    lifetime: Lifetime,
    random: Random,
    *,
    last_resort: bool = False,
) -> KeyPackageSecrets: ...


@dataclass(frozen=True, slots=True)
class VerifiedKeyPackage:
    message: bytes
    reference: bytes
    suite: CipherSuite
    identity: bytes
    signature_key: bytes
    lifetime: Lifetime
    last_resort: bool


def key_package_identity(message: bytes) -> VerifiedKeyPackage: ...


@dataclass(frozen=True, slots=True)
class Member:
    leaf_index: int
    identity: bytes
    signature_key: bytes
    encryption_key: bytes


class Group:  # immutable
    group_id: bytes
    epoch: int
    suite: CipherSuite
    own_leaf: int
    members: tuple[Member, ...]
    epoch_authenticator: bytes
    tree_hash: bytes
    confirmed_transcript_hash: bytes
    active: bool  # False once a commit removed us
    ratchet_tree: bytes  # for an out-of-band tree: optional<Node> ratchet_tree<V>
    has_pending_proposals: bool

    def epoch_state(self) -> bytes: ...  # changes only per commit
    def ratchet_state(self) -> bytes: ...  # changes per message


def encode_group(group: Group) -> bytes: ...
def decode_group(data: bytes) -> Group: ...
def restore_group(epoch_state: bytes, ratchet_state: bytes) -> Group: ...


def create_group(
    suite: CipherSuite,
    group_id: bytes,
    signer: SignatureKeyPair,
    identity: bytes,
    lifetime: Lifetime,
    random: Random,
) -> Group: ...


def join_group(
    welcome: bytes,
    key_package: KeyPackageSecrets,
    *,
    now: int,
    authenticate: Authenticator,
    ratchet_tree: bytes | None = None,
) -> Group: ...


def propose_add(
    group: Group,
    key_package: bytes,
    *,
    now: int,
    authenticate: Authenticator,
    random: Random,
    authenticated_data: bytes = b"",
) -> tuple[Group, bytes]: ...
def propose_remove(
    group: Group, leaf_index: int, *, random: Random, authenticated_data: bytes = b""
) -> tuple[Group, bytes]: ...
def propose_update(
    group: Group, *, random: Random, authenticated_data: bytes = b""
) -> tuple[Group, bytes]: ...


@dataclass(frozen=True, slots=True)
class StagedCommit:
    message: bytes
    welcome: bytes | None
    group: Group  # the next one; take it after the relay accepted the message
    added: tuple[Member, ...]
    removed: tuple[Member, ...]
    group_info: bytes  # complete MLSMessage


def stage_commit(
    group: Group,
    *,
    add: tuple[bytes, ...] = (),  # KeyPackage MLSMessages
    remove: tuple[int, ...] = (),  # leaf indices
    random: Random,
    now: int,
    authenticate: Authenticator,
    authenticated_data: bytes = b"",
    include_tree: bool = True,
    path: bool | None = None,  # None: only where RFC 9420 section 12.4 demands one
) -> StagedCommit: ...  # commits every valid pending proposal of the epoch by reference too


def protect(
    group: Group, content: bytes, *, authenticated_data: bytes = b"", random: Random
) -> tuple[Group, bytes]: ...


@dataclass(frozen=True, slots=True)
class ApplicationReceived:
    group: Group
    sender: Member
    epoch: int
    authenticated_data: bytes
    content: bytes = field(repr=False)
    generation: int


@dataclass(frozen=True, slots=True)
class ProposalReceived:
    group: Group
    sender: Member
    epoch: int
    authenticated_data: bytes
    reference: bytes
    kind: str  # "add", "update", "remove"


@dataclass(frozen=True, slots=True)
class CommitReceived:
    group: Group  # the next epoch (inactive if removed_us)
    sender: Member
    epoch: int  # the epoch the commit was made in
    authenticated_data: bytes
    added: tuple[Member, ...]
    removed: tuple[Member, ...]
    removed_us: bool


@dataclass(frozen=True, slots=True)
class EchoReceived:  # a message of our own came back from the relay: skip it (B14); group unchanged
    group: Group
    epoch: int


def process(
    group: Group, message: bytes, *, now: int, authenticate: Authenticator
) -> ApplicationReceived | ProposalReceived | CommitReceived | EchoReceived: ...


def forget_past_epochs(group: Group, *, now: int) -> Group: ...  # deletion by time without traffic (M03)
def message_epoch(
    message: bytes,
) -> tuple[bytes, int]: ...  # (group_id, epoch) of a Private/PublicMessage, unverified
def export_secret(group: Group, label: str, context: bytes, length: int) -> bytes: ...
def sign_with_label(suite: CipherSuite, private: bytes, label: str, content: bytes) -> bytes: ...
def verify_with_label(
    suite: CipherSuite, public: bytes, label: str, content: bytes, signature: bytes
) -> None: ...
