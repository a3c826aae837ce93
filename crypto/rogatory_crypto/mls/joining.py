"""The first epoch of a group, and the first of a member (RFC 9420 sections 11, 12.4.3.1)."""

from collections.abc import Container, Sequence
from dataclasses import dataclass, field

from rogatory_crypto.errors import Code, MisuseError, PeerError
from rogatory_crypto.mls import epoch_info, key_schedule, pre_shared_keys, resumption, treekem
from rogatory_crypto.mls import group as groups
from rogatory_crypto.mls.credentials import (
    PROTOCOL_VERSION,
    RATCHET_TREE,
    Authenticator,
    Capabilities,
    Credential,
    Extension,
    Lifetime,
    extension_of,
)
from rogatory_crypto.mls.epoch_info import Judge
from rogatory_crypto.mls.extensions import verify_group_extensions
from rogatory_crypto.mls.group import Group, Kept, Seat
from rogatory_crypto.mls.key_package import KeyPackageSecrets, new_leaf
from rogatory_crypto.mls.key_schedule import GROUP_ID_LIMIT, GroupContext
from rogatory_crypto.mls.leaf_validation import verify_capabilities
from rogatory_crypto.mls.policy import GroupPolicy
from rogatory_crypto.mls.pre_shared_keys import NO_PSKS, PskSecrets, PskStore
from rogatory_crypto.mls.ratchet_tree import RatchetTree
from rogatory_crypto.mls.tree_math import LeafIndex, NodeIndex, common_ancestor, direct_path, node_of
from rogatory_crypto.mls.welcome import WELCOME_LABEL, GroupInfo, GroupSecrets, Welcome, decode_message
from rogatory_crypto.primitives import CipherSuite, Random, SignatureKeyPair


def create_group(
    suite: CipherSuite,
    group_id: bytes,
    signer: SignatureKeyPair,
    credential: Credential,
    lifetime: Lifetime,
    random: Random,
    *,
    extensions: Sequence[Extension] = (),
    policy: GroupPolicy | None = None,
    capabilities: Capabilities | None = None,
) -> Group:
    """Return a new group of which we are the only member (RFC 9420 section 11).

    Args:
        suite: for the group's whole life.
        group_id: unique; random bytes of the suite's hash size are best (P01).
        signer: our signature key.
        credential: of our first leaf.
        lifetime: of our first leaf.
        random: source of randomness.
        extensions: of the group, such as required capabilities or external senders.
        policy: what we allow in it.
        capabilities: of our first leaf, if more than we have anyway.

    Raises:
        MisuseError: for a group id of the wrong length.
        PeerError: for extensions that no group may have, or that our own leaf does not support (P01).
    """
    if not group_id or len(group_id) > GROUP_ID_LIMIT:
        raise MisuseError(f"a group id has 1 to {GROUP_ID_LIMIT} bytes")
    verify_group_extensions(tuple(extensions))
    leaf, private = new_leaf(suite, signer, credential, lifetime, random, capabilities)
    verify_capabilities(leaf, tuple(extensions))  # P01
    tree = RatchetTree.of(suite, leaf)
    context = GroupContext(
        PROTOCOL_VERSION, suite.code, group_id, 0, tree.tree_hash(), b"", tuple(extensions)
    )
    encoded = context.encode()
    GroupContext.decode(encoded)  # A09: whoever joins has to read it
    joiner = key_schedule.joiner_secret(suite, bytes(suite.hash_size), random(suite.hash_size), encoded)
    begun = key_schedule.begin_epoch(suite, joiner, key_schedule.psk_secret(suite, ()), encoded)
    seat = Seat(LeafIndex(0), max(lifetime.not_before, 0), signer, {node_of(LeafIndex(0)): private})
    return groups.begin(suite, context, begun, tree, seat, Kept(policy or GroupPolicy()))


@dataclass(frozen=True, slots=True)
class _Opened:
    """A Welcome that was decrypted, with a GroupInfo nobody has checked."""

    suite: CipherSuite
    info: GroupInfo
    secrets: GroupSecrets = field(repr=False)
    psks: PskSecrets = field(repr=False)


def join_group(
    welcome: bytes,
    key_package: KeyPackageSecrets,
    *,
    now: int,
    authenticate: Authenticator,
    ratchet_tree: bytes | None = None,
    psks: PskStore = NO_PSKS,
    policy: GroupPolicy | None = None,
    resumes: Group | None = None,
    known_groups: Container[bytes] = (),
) -> Group:
    """Join by a Welcome. The caller stores the group and deletes the key package together (K13).

    Args:
        welcome: a complete MLSMessage.
        key_package: the one it was made for.
        now: unix seconds.
        authenticate: judges every member's credential (D01, K07).
        ratchet_tree: the tree, if the Welcome does not carry it.
        psks: the pre-shared keys that the Welcome may name.
        policy: what we allow in the group.
        resumes: the group that this one continues or branches off, if we expect that (J04).
        known_groups: ids of the groups we are in (K03).

    Raises:
        PeerError: INVALID_WELCOME, INVALID_TREE, UNKNOWN_PSK, or whatever else is wrong with the group.
    """
    judge = Judge(now, authenticate, policy or GroupPolicy())
    opened = _open_welcome(welcome, key_package, psks, resumes)
    info, suite, context = opened.info, opened.suite, opened.info.group_context
    if context.group_id in known_groups:
        raise PeerError(Code.INVALID_WELCOME, "K03: we are in that group already")
    tree, _ = epoch_info.verify_group(info, key_package.package, ratchet_tree, judge)
    resumption.verify_resumed(opened.secrets.psks, info, tree, resumes)  # J04 J05 J06
    own = _own_seat(tree, key_package)
    keys = {node_of(own): key_package.encryption_private}
    if opened.secrets.path_secret is not None:
        keys |= _path_keys(tree, own, info, opened.secrets.path_secret.path_secret, suite)
    psk_secret = key_schedule.psk_secret(suite, opened.psks)
    begun = key_schedule.begin_epoch(suite, opened.secrets.joiner_secret, psk_secret, context.encode())
    seat = Seat(own, now, key_package.signer, keys)
    group = groups.begin(suite, context, begun, tree, seat, Kept(judge.policy))
    key_schedule.verify_mac(group.confirmation_tag, info.confirmation_tag, "K12: the confirmation tag")
    return group


def welcome_tree_hash(
    welcome: bytes,
    key_package: KeyPackageSecrets,
    *,
    psks: PskStore = NO_PSKS,
    resumes: Group | None = None,
) -> bytes | None:
    """Return the hash of the tree that has to be fetched before joining; None if the Welcome carries it.

    Raises:
        PeerError: as ``join_group`` for a Welcome that cannot be opened.
    """
    info = _open_welcome(welcome, key_package, psks, resumes).info
    if extension_of(info.extensions, RATCHET_TREE) is not None:
        return None
    return info.group_context.tree_hash


def _open_welcome(
    data: bytes, key_package: KeyPackageSecrets, psks: PskStore, resumes: Group | None
) -> _Opened:
    welcome = decode_message(data)
    if not isinstance(welcome, Welcome):
        raise PeerError(Code.INVALID_WELCOME, "not a Welcome")
    suite = key_package.suite
    if welcome.cipher_suite != suite.code:
        raise PeerError(Code.INVALID_WELCOME, "K01: another suite")
    secrets = _group_secrets(welcome, key_package)
    found = _psk_secrets(secrets, suite, psks, resumes)
    secret = key_schedule.welcome_secret(suite, secrets.joiner_secret, key_schedule.psk_secret(suite, found))
    key, nonce = key_schedule.welcome_key(suite, secret)
    info = GroupInfo.decode(
        suite.aead.open(key, nonce, b"", welcome.encrypted_group_info, rule="K01: the GroupInfo")
    )
    epoch_info.verify_context(info, key_package.package)
    return _Opened(suite, info, secrets, found)


def _group_secrets(welcome: Welcome, key_package: KeyPackageSecrets) -> GroupSecrets:
    sealed = next((entry for entry in welcome.secrets if entry.new_member == key_package.reference), None)
    if sealed is None:
        raise PeerError(Code.INVALID_WELCOME, "K01: not for this KeyPackage")
    return GroupSecrets.decode(
        key_package.suite.decrypt_with_label(
            key_package.init_private,
            WELCOME_LABEL,
            welcome.encrypted_group_info,
            sealed.encrypted_group_secrets.kem_output,
            sealed.encrypted_group_secrets.ciphertext,
        )
    )


def _psk_secrets(
    secrets: GroupSecrets, suite: CipherSuite, psks: PskStore, resumes: Group | None
) -> PskSecrets:
    pre_shared_keys.verify_distinct(secrets.psks)  # G07
    for identifier in secrets.psks:
        pre_shared_keys.verify_nonce(identifier, suite)  # J01
    if resumes is None:
        return pre_shared_keys.held(secrets.psks, psks.secret)
    return pre_shared_keys.held(secrets.psks, lambda source: resumes.psk(source, psks))


def _own_seat(tree: RatchetTree, key_package: KeyPackageSecrets) -> LeafIndex:
    own = key_package.package.leaf_node.encoded
    seats = [seat for seat, leaf in tree.leaves() if leaf.encoded == own]
    if len(seats) != 1:
        raise PeerError(Code.INVALID_WELCOME, "K10: our leaf is not in the tree exactly once")
    return seats[0]


def _path_keys(
    tree: RatchetTree, own: LeafIndex, info: GroupInfo, secret: bytes, suite: CipherSuite
) -> dict[NodeIndex, bytes]:
    """Derive the keys above us from the node we share with the committer.  # K11."""
    if own == info.signer:
        raise PeerError(Code.INVALID_WELCOME, "K11: we did not sign this")
    lowest = common_ancestor(node_of(own), node_of(LeafIndex(info.signer)))
    nodes = (lowest, *direct_path(lowest, tree.size))
    known = treekem.climb(suite, secret, tuple(node for node in nodes if tree.node(node) is not None))
    if lowest not in known.public_keys:
        raise PeerError(Code.INVALID_WELCOME, "K11: the shared node is blank")
    treekem.verify_public_keys(tree, known)
    return dict(known.private_keys)
