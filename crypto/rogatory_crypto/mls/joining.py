"""The first epoch of a group, and the first of a member (RFC 9420 sections 11, 12.4.3.1)."""

from dataclasses import dataclass, field
from typing import Final

from rogatory_crypto.errors import Code, MisuseError, PeerError
from rogatory_crypto.mls import group as groups
from rogatory_crypto.mls import key_schedule, treekem
from rogatory_crypto.mls.credentials import (
    PROTOCOL_VERSION,
    RATCHET_TREE,
    REQUIRED_CAPABILITIES,
    Authenticator,
    Lifetime,
    extension_of,
)
from rogatory_crypto.mls.group import Group
from rogatory_crypto.mls.key_package import KeyPackageSecrets, new_leaf
from rogatory_crypto.mls.key_schedule import GROUP_ID_LIMIT, GroupContext
from rogatory_crypto.mls.leaf_validation import Admission, verify_begun
from rogatory_crypto.mls.ratchet_tree import RatchetTree
from rogatory_crypto.mls.tree_math import LeafIndex, NodeIndex, common_ancestor, direct_path, node_of
from rogatory_crypto.mls.tree_validation import verify_structure
from rogatory_crypto.mls.welcome import WELCOME_LABEL, GroupInfo, GroupSecrets, Welcome, decode_message
from rogatory_crypto.primitives import CipherSuite, Random, SignatureKeyPair

_KNOWN_CONTEXT_EXTENSIONS: Final = frozenset({REQUIRED_CAPABILITIES})


def create_group(
    suite: CipherSuite,
    group_id: bytes,
    signer: SignatureKeyPair,
    identity: bytes,
    lifetime: Lifetime,
    random: Random,
) -> Group:
    """Return a new group of which we are the only member (RFC 9420 section 11).

    Args:
        suite: for the group's whole life.
        group_id: unique; random bytes of the suite's hash size are best (P01).
        signer: our signature key.
        identity: of our basic credential.
        lifetime: of our first leaf.
        random: source of randomness.
    """
    if not group_id or len(group_id) > GROUP_ID_LIMIT:
        raise MisuseError(f"a group id has 1 to {GROUP_ID_LIMIT} bytes")
    leaf, private = new_leaf(suite, signer, identity, lifetime, random)
    tree = RatchetTree.of(suite, leaf)
    context = GroupContext(PROTOCOL_VERSION, suite.code, group_id, 0, tree.tree_hash(), b"", ())
    encoded = context.encode()
    joiner = key_schedule.joiner_secret(suite, bytes(suite.hash_size), random(suite.hash_size), encoded)
    begun = key_schedule.begin_epoch(suite, joiner, key_schedule.psk_secret(suite, ()), encoded)
    seat = LeafIndex(0)
    return groups.begin(suite, context, begun, tree, seat, signer, {node_of(seat): private})


@dataclass(frozen=True, slots=True)
class _Opened:
    """A Welcome that was decrypted, with a GroupInfo nobody has checked."""

    suite: CipherSuite
    info: GroupInfo
    secrets: GroupSecrets = field(repr=False)


def join_group(
    welcome: bytes,
    key_package: KeyPackageSecrets,
    *,
    now: int,
    authenticate: Authenticator,
    ratchet_tree: bytes | None = None,
) -> Group:
    """Join by a Welcome. The caller stores the group and deletes the key package together (K13).

    Args:
        welcome: a complete MLSMessage.
        key_package: the one it was made for.
        now: unix seconds.
        authenticate: judges every member's identity (D01, K07).
        ratchet_tree: the tree, if the Welcome does not carry it.

    Raises:
        PeerError: INVALID_WELCOME, INVALID_TREE, or whatever else is wrong with the group.
    """
    opened = _open_welcome(welcome, key_package)
    info, suite = opened.info, opened.suite
    tree = _tree(opened, ratchet_tree)
    _verify_signer(info, tree, suite)
    context = info.group_context
    verify_structure(tree)
    admission = Admission(suite, context.group_id, context.extensions, authenticate)
    for seat, leaf in tree.leaves():
        verify_begun(leaf, now)
        admission.verify_seated(leaf, seat)  # K07
    own = _own_seat(tree, key_package)
    keys = {node_of(own): key_package.encryption_private}
    if opened.secrets.path_secret is not None:
        keys |= _path_keys(tree, own, info, opened.secrets.path_secret.path_secret, suite)
    begun = key_schedule.begin_epoch(
        suite, opened.secrets.joiner_secret, key_schedule.psk_secret(suite, ()), context.encode()
    )
    group = groups.begin(suite, context, begun, tree, own, key_package.signer, keys)
    key_schedule.verify_mac(group.confirmation_tag, info.confirmation_tag, "K12: the confirmation tag")
    return group


def _open_welcome(data: bytes, key_package: KeyPackageSecrets) -> _Opened:
    welcome = decode_message(data)
    if not isinstance(welcome, Welcome):
        raise PeerError(Code.INVALID_WELCOME, "not a Welcome")
    suite = key_package.suite
    if welcome.cipher_suite != suite.code:
        raise PeerError(Code.INVALID_WELCOME, "K01: another suite")
    sealed = next((entry for entry in welcome.secrets if entry.new_member == key_package.reference), None)
    if sealed is None:
        raise PeerError(Code.INVALID_WELCOME, "K01: not for this KeyPackage")
    secrets = GroupSecrets.decode(
        suite.decrypt_with_label(
            key_package.init_private,
            WELCOME_LABEL,
            welcome.encrypted_group_info,
            sealed.encrypted_group_secrets.kem_output,
            sealed.encrypted_group_secrets.ciphertext,
        )
    )
    if secrets.psks:
        # J01 to J06: the place of pre-shared keys, resumption, reinit and branch
        raise PeerError(Code.UNKNOWN_PSK, "J03: no pre-shared keys are held")
    secret = key_schedule.welcome_secret(suite, secrets.joiner_secret, key_schedule.psk_secret(suite, ()))
    key, nonce = key_schedule.welcome_key(suite, secret)
    info = GroupInfo.decode(suite.aead.open(key, nonce, b"", welcome.encrypted_group_info))
    _verify_context(info.group_context, suite)
    return _Opened(suite, info, secrets)


def _verify_context(context: GroupContext, suite: CipherSuite) -> None:
    if context.version != PROTOCOL_VERSION or context.cipher_suite != suite.code:
        raise PeerError(Code.INVALID_WELCOME, "K01: the group has another version or suite")
    unknown = {extension.extension_type for extension in context.extensions} - _KNOWN_CONTEXT_EXTENSIONS
    if unknown:
        raise PeerError(Code.UNSUPPORTED, "K12 K14: the group has an extension that we do not support")


def _tree(opened: _Opened, external: bytes | None) -> RatchetTree:
    data = extension_of(opened.info.extensions, RATCHET_TREE)
    if data is None:
        data = external
    if data is None:
        raise PeerError(Code.INVALID_WELCOME, "K05: no ratchet tree")
    tree = RatchetTree.decode(opened.suite, data)
    if tree.tree_hash() != opened.info.group_context.tree_hash:
        raise PeerError(Code.INVALID_TREE, "K05: not the tree of this group")
    return tree


def _verify_signer(info: GroupInfo, tree: RatchetTree, suite: CipherSuite) -> None:
    signer = tree.leaf(LeafIndex(info.signer))
    if signer is None:
        raise PeerError(Code.INVALID_WELCOME, "K02: a blank seat signed")
    info.verify_signature(suite, signer.signature_key)


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
