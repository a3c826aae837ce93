"""Proposals of a member, to be committed by whoever commits next (RFC 9420 section 12.1).

The private half of an update waits with the group until the epoch ends (L05).
"""

from collections.abc import Sequence
from dataclasses import replace

from rogatory_crypto.errors import MisuseError
from rogatory_crypto.mls import pre_shared_keys, sending
from rogatory_crypto.mls.credentials import Authenticator, Extension, same_identity
from rogatory_crypto.mls.framing import MemberSender
from rogatory_crypto.mls.group import Group
from rogatory_crypto.mls.key_package import decode_key_package
from rogatory_crypto.mls.key_schedule import PreSharedKeyId, PskSource
from rogatory_crypto.mls.leaf_validation import verify_current
from rogatory_crypto.mls.nodes import FromUpdate, leaf_place
from rogatory_crypto.mls.proposal_list import Listed
from rogatory_crypto.mls.proposal_validation import verify_extensions, verify_proposal
from rogatory_crypto.mls.proposals import (
    Add,
    GroupContextExtensions,
    PreSharedKey,
    Proposal,
    ReInit,
    Remove,
    Update,
    readable,
)
from rogatory_crypto.primitives import Random


def add_of(group: Group, key_package: bytes, now: int) -> Add:
    """Return the proposal to add the client of a KeyPackage that is within its lifetime.  # D14.

    Raises:
        PeerError: MALFORMED, UNSUPPORTED, EXPIRED, INVALID_LEAF_NODE.
    """
    package, _ = decode_key_package(key_package)
    verify_current(package.leaf_node, now, group.policy.max_lifetime_s)
    return Add(package)


def propose_add(
    group: Group,
    key_package: bytes,
    *,
    now: int,
    authenticate: Authenticator,
    random: Random,
    authenticated_data: bytes = b"",
    public: bool = False,
) -> tuple[Group, bytes]:
    """Propose to seat the client of a KeyPackage.

    Raises:
        PeerError: if the KeyPackage may not be added.
    """
    entry = Listed(add_of(group, key_package, now), MemberSender(group.own_leaf))
    verify_proposal(entry, group.tree, group.admission(authenticate, now, same_identity))
    return _propose(group, entry.proposal, authenticated_data, random, public=public)[:2]


def propose_remove(
    group: Group,
    leaf_index: int,
    *,
    random: Random,
    authenticated_data: bytes = b"",
    public: bool = False,
) -> tuple[Group, bytes]:
    """Propose to unseat a member, who may be ourselves: then somebody else has to commit it.

    Raises:
        PeerError: UNKNOWN_MEMBER.
    """
    group.member(leaf_index)
    return _propose(group, Remove(leaf_index), authenticated_data, random, public=public)[:2]


def propose_update(
    group: Group, *, random: Random, authenticated_data: bytes = b"", public: bool = False
) -> tuple[Group, bytes]:
    """Propose a fresh key for our own leaf; its private half waits until the epoch ends (L05)."""
    suite = group.suite
    old = group.tree.leaf(group.own_leaf)
    if old is None:
        raise MisuseError("a member without a leaf")
    private, public_key = suite.kem.derive_key_pair(random(suite.hash_size))
    leaf = replace(old, encryption_key=public_key, source=FromUpdate())
    leaf = leaf.signed(suite, group.signer.private, leaf_place(group.group_id, group.own_leaf))
    group, message, reference = _propose(group, Update(leaf), authenticated_data, random, public=public)
    return replace(group, update_keys={**group.update_keys, reference: private}), message


def propose_psk(
    group: Group,
    source: PskSource | PreSharedKeyId,
    *,
    random: Random,
    authenticated_data: bytes = b"",
    public: bool = False,
) -> tuple[Group, bytes]:
    """Propose to mix in a pre-shared key, under a fresh nonce if none is given.  # J01.

    Raises:
        PeerError: INVALID_PROPOSAL for a resumption PSK of a re-initialisation or a branch.
    """
    identifier = pre_shared_keys.psk_id(source, group.suite, random)
    pre_shared_keys.verify_psk(identifier, group.suite)
    return _propose(group, PreSharedKey(identifier), authenticated_data, random, public=public)[:2]


def propose_extensions(
    group: Group,
    extensions: Sequence[Extension],
    *,
    now: int,
    authenticate: Authenticator,
    random: Random,
    authenticated_data: bytes = b"",
    public: bool = False,
) -> tuple[Group, bytes]:
    """Propose other extensions in the place of all that the group has (RFC 9420 section 12.1.7).

    Raises:
        PeerError: UNSUPPORTED, MALFORMED or INVALID_CREDENTIAL for extensions that no group may have.
    """
    wanted = tuple(extensions)
    verify_extensions(wanted, group.admission(authenticate, now, same_identity))
    proposal = GroupContextExtensions(wanted)
    return _propose(group, proposal, authenticated_data, random, public=public)[:2]


def propose_reinit(
    group: Group,
    reinit: ReInit,
    *,
    random: Random,
    authenticated_data: bytes = b"",
    public: bool = False,
) -> tuple[Group, bytes]:
    """Propose to start over with other parameters (RFC 9420 section 12.1.5)."""
    return _propose(group, reinit, authenticated_data, random, public=public)[:2]


def _propose(
    group: Group, proposal: Proposal, authenticated_data: bytes, random: Random, *, public: bool
) -> tuple[Group, bytes, bytes]:
    signed = sending.sign(group, readable(proposal), authenticated_data, public=public)
    reference = signed.reference(group.suite)
    group = group.with_proposal(reference, Listed(proposal, MemberSender(group.own_leaf), reference))
    group, message = sending.seal(group, signed, random)
    return group, message, reference
