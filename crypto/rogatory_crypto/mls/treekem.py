"""Fresh keys for a member's whole path, sent to everybody else (RFC 9420 sections 7.4, 7.5, 7.6, 7.9).

``plan_path`` and ``merge_path`` put the new public keys into a tree of the caller's own; ``seal_path`` and
``open_path`` then need that tree's hash inside the group context. A path secret is kept only until the key
pairs are derived from it (L04).
"""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from typing import ClassVar, Final

from rogatory_crypto.codec import OPAQUE, Struct, structure, vector
from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.mls import tree_math
from rogatory_crypto.mls.nodes import MAX_LEAVES, FromCommit, LeafNode, ParentNode, leaf_place
from rogatory_crypto.mls.ratchet_tree import RatchetTree
from rogatory_crypto.mls.tree_math import LeafIndex, NodeIndex
from rogatory_crypto.primitives import CipherSuite, Random, SignatureKeyPair

_LABEL: Final = b"UpdatePathNode"
_MAX_DEPTH: Final = 32


@dataclass(frozen=True, slots=True)
class HpkeCiphertext(Struct):
    """One path secret, sealed to one node."""

    kem_output: bytes
    ciphertext: bytes
    FIELDS: ClassVar = (OPAQUE, OPAQUE)


@dataclass(frozen=True, slots=True)
class UpdatePathNode(Struct):
    """The new key of one node on the filtered direct path, and who gets its secret."""

    encryption_key: bytes
    encrypted_path_secret: tuple[HpkeCiphertext, ...]
    FIELDS: ClassVar = (OPAQUE, vector(structure(HpkeCiphertext), count=MAX_LEAVES))


@dataclass(frozen=True, slots=True)
class UpdatePath(Struct):
    """What a commit says about its sender's path (RFC 9420 section 7.6)."""

    leaf_node: LeafNode
    nodes: tuple[UpdatePathNode, ...]
    FIELDS: ClassVar = (structure(LeafNode), vector(structure(UpdatePathNode), count=_MAX_DEPTH))


@dataclass(frozen=True, slots=True)
class PathSecrets:
    """What one knows of a path: its secrets from some node upwards and the keys they give."""

    secrets: Mapping[NodeIndex, bytes] = field(repr=False)
    private_keys: Mapping[NodeIndex, bytes] = field(repr=False)
    public_keys: Mapping[NodeIndex, bytes]
    commit_secret: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class PlannedPath:
    """A path that was put into a tree and is not yet sealed."""

    leaf_node: LeafNode
    path: tuple[tuple[NodeIndex, NodeIndex], ...]
    known: PathSecrets


def climb(suite: CipherSuite, first: bytes, nodes: tuple[NodeIndex, ...]) -> PathSecrets:
    """Derive the secrets of ``nodes``, lowest first, from that of the lowest (RFC 9420 section 7.4)."""
    secrets: dict[NodeIndex, bytes] = {}
    private_keys: dict[NodeIndex, bytes] = {}
    public_keys: dict[NodeIndex, bytes] = {}
    secret = first
    for node in nodes:
        secrets[node] = secret
        node_secret = suite.derive_secret(secret, b"node")
        private_keys[node], public_keys[node] = suite.kem.derive_key_pair(node_secret)
        secret = suite.derive_secret(secret, b"path")
    return PathSecrets(secrets, private_keys, public_keys, secret)


def plan_path(
    tree: RatchetTree,
    sender: LeafIndex,
    signer: SignatureKeyPair,
    suite: CipherSuite,
    group_id: bytes,
    random: Random,
    template: LeafNode | None = None,
) -> PlannedPath:
    """Give the sender a fresh leaf and path in ``tree``, which the caller owns.  # I15.

    The new leaf is like the ``template``, or else like the leaf that it replaces.
    """
    path = tree.filtered_direct_path(sender)
    nodes = tuple(node for node, _ in path)
    known = climb(suite, random(suite.hash_size), nodes)
    leaf_private, leaf_public = suite.kem.derive_key_pair(random(suite.hash_size))
    old = tree.leaf(sender) if template is None else template
    if old is None:
        raise PeerError(Code.UNKNOWN_MEMBER, "B05: a blank seat commits")
    parent_hash = _place_parents(tree, sender, path, known.public_keys)
    source = FromCommit(parent_hash)
    leaf = replace(old, encryption_key=leaf_public, signature_key=signer.public, source=source)
    leaf = leaf.signed(suite, signer.private, leaf_place(group_id, sender))
    tree.set_node(tree_math.node_of(sender), leaf)
    private_keys = {tree_math.node_of(sender): leaf_private, **known.private_keys}
    return PlannedPath(leaf, path, replace(known, private_keys=private_keys))


def _place_parents(
    tree: RatchetTree,
    sender: LeafIndex,
    path: tuple[tuple[NodeIndex, NodeIndex], ...],
    public_keys: Mapping[NodeIndex, bytes],
) -> bytes:
    """Put the new parents in, from the top down, and return the parent hash due to the leaf."""
    tree.blank_path(sender)
    parent_hash = b""
    for node, beside in reversed(path):
        tree.set_node(node, ParentNode(public_keys[node], parent_hash, ()))
        parent_hash = tree.parent_hash(node, beside)
    return parent_hash


def seal_path(
    tree: RatchetTree,
    planned: PlannedPath,
    suite: CipherSuite,
    context: bytes,
    added: AbstractSet[LeafIndex],
    random: Random,
) -> UpdatePath:
    """Seal each secret to the resolution beside its node, except the members that are just added.

    Args:
        tree: the tree that ``plan_path`` changed.
        planned: what it returned.
        suite: the group's suite.
        context: the encoded provisional group context.  # I06
        added: seats of members that get the secret by Welcome.
        random: source of randomness.
    """
    info = suite.prepare_encryption(_LABEL, context)
    nodes = []
    for node, beside in planned.path:
        secret = planned.known.secrets[node]
        sealed = []
        for target in _recipients(tree, beside, added):
            recipient = tree.node(target)
            if recipient is not None:
                sealed.append(
                    HpkeCiphertext(*suite.hpke.seal(recipient.encryption_key, info, secret, random))
                )
        nodes.append(UpdatePathNode(planned.known.public_keys[node], tuple(sealed)))
    return UpdatePath(planned.leaf_node, tuple(nodes))


def _recipients(tree: RatchetTree, beside: NodeIndex, added: AbstractSet[LeafIndex]) -> list[NodeIndex]:
    resolution = tree.resolution(beside)
    if not added:
        return resolution
    return [node for node in resolution if node & 1 or node // 2 not in added]


def merge_path(
    tree: RatchetTree, sender: LeafIndex, update: UpdatePath, added: AbstractSet[LeafIndex]
) -> tuple[tuple[NodeIndex, NodeIndex], ...]:
    """Put a received path into ``tree``, which the caller owns, and return the filtered direct path.

    Raises:
        PeerError: INVALID_COMMIT if the path does not fit the tree.
    """
    path = tree.filtered_direct_path(sender)
    if len(update.nodes) != len(path):
        raise PeerError(Code.INVALID_COMMIT, "I03: the path has another length")
    for (_, beside), received in zip(path, update.nodes, strict=True):
        if len(received.encrypted_path_secret) != len(_recipients(tree, beside, added)):
            raise PeerError(Code.INVALID_COMMIT, "I04: secrets for others than the resolution")
    public_keys = {node: new.encryption_key for (node, _), new in zip(path, update.nodes, strict=True)}
    fresh = {update.leaf_node.encryption_key, *public_keys.values()}
    if len(fresh) != len(path) + 1 or any(key in tree.census.encryption_keys for key in fresh):
        raise PeerError(Code.INVALID_COMMIT, "I05 D08: a key of the path is not new")
    parent_hash = _place_parents(tree, sender, path, public_keys)
    if parent_hash != update.leaf_node.parent_hash:
        raise PeerError(Code.INVALID_COMMIT, "I02: the leaf's parent hash")
    tree.set_node(tree_math.node_of(sender), update.leaf_node)
    return path


def open_path(
    tree: RatchetTree,
    path: tuple[tuple[NodeIndex, NodeIndex], ...],
    update: UpdatePath,
    own: LeafIndex,
    private_keys: Mapping[NodeIndex, bytes],
    suite: CipherSuite,
    context: bytes,
    added: AbstractSet[LeafIndex],
) -> PathSecrets:
    """Decrypt the secret meant for us and derive everything above it.

    Raises:
        PeerError: DECRYPTION_FAILED or INVALID_COMMIT.
    """
    position, beside = _shared_node(path, tree_math.node_of(own))
    recipients = _recipients(tree, beside, added)
    index, key = _held_key(recipients, private_keys)
    sealed = update.nodes[position].encrypted_path_secret[index]
    secret = suite.decrypt_with_label(key, _LABEL, context, sealed.kem_output, sealed.ciphertext)
    if len(secret) != suite.hash_size:
        raise PeerError(Code.INVALID_COMMIT, "I07: a path secret of the wrong length")
    known = climb(suite, secret, tuple(node for node, _ in path[position:]))
    verify_public_keys(tree, known)
    return known


def _shared_node(path: tuple[tuple[NodeIndex, NodeIndex], ...], own: NodeIndex) -> tuple[int, NodeIndex]:
    for position, (_, beside) in enumerate(path):
        if tree_math.is_below(own, beside):
            return position, beside
    raise PeerError(Code.INVALID_COMMIT, "I07: the path passes us by")


def _held_key(recipients: list[NodeIndex], private_keys: Mapping[NodeIndex, bytes]) -> tuple[int, bytes]:
    for index, node in enumerate(recipients):
        key = private_keys.get(node)
        if key is not None:
            return index, key
    raise PeerError(Code.INVALID_COMMIT, "I07: no secret of the path is for us")


def verify_public_keys(tree: RatchetTree, known: PathSecrets) -> None:
    """Return only if the derived keys are those in the tree.  # I07 K11.

    Raises:
        PeerError: INVALID_COMMIT.
    """
    for index, public in known.public_keys.items():
        node = tree.node(index)
        if node is None or node.encryption_key != public:
            raise PeerError(Code.INVALID_COMMIT, "I07 K11: a derived key is not the one in the tree")


def still_held(
    private_keys: Mapping[NodeIndex, bytes], before: RatchetTree, after: RatchetTree
) -> dict[NodeIndex, bytes]:
    """Return the keys of nodes that did not change; the others are to be forgotten.  # L04."""
    return {
        index: key
        for index, key in private_keys.items()
        if index < 2 * after.size - 1 and _same_key(before, after, index)
    }


def _same_key(before: RatchetTree, after: RatchetTree, index: NodeIndex) -> bool:
    old, new = before.node(index), after.node(index)
    return old is not None and new is not None and old.encryption_key == new.encryption_key
