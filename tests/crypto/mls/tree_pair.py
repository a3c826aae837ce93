"""One tree held twice, by the product and by the oracle, and led through the same history."""

import hashlib
from collections.abc import Iterable, Sequence

from tests.crypto.mls import tree_oracle as oracle
from tests.crypto.mls.world import seeded_random

from rogatory_crypto.errors import PeerError
from rogatory_crypto.mls import treekem
from rogatory_crypto.mls.credentials import BasicCredential, Lifetime, own_capabilities
from rogatory_crypto.mls.nodes import FromKeyPackage, FromUpdate, LeafNode, LeafNodeSource, Node, ParentNode
from rogatory_crypto.mls.ratchet_tree import RatchetTree
from rogatory_crypto.mls.tree_math import LeafIndex, NodeIndex
from rogatory_crypto.mls.tree_validation import verify_structure
from rogatory_crypto.mls.treekem import HpkeCiphertext, UpdatePath, UpdatePathNode
from rogatory_crypto.primitives import SignatureKeyPair, cipher_suite, generate_signature_key

SUITE = cipher_suite(1)
GROUP_ID = b"pair"
_KEY_PACKAGE = FromKeyPackage(Lifetime(0, 1))


def digest(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def leaf_content(leaf: LeafNode) -> oracle.LeafContent:
    return oracle.LeafContent(leaf.encode(), leaf.encryption_key, leaf.signature_key, leaf.parent_hash)


def content_of(node: Node | None) -> oracle.Content | None:
    """Tell the oracle what the product holds."""
    match node:
        case LeafNode():
            return leaf_content(node)
        case ParentNode():
            return oracle.ParentContent(node.encryption_key, node.parent_hash, node.unmerged_leaves)
        case _:
            return None


def nodes_of(tree: RatchetTree) -> list[Node | None]:
    return [tree.node(NodeIndex(index)) for index in range(2 * tree.size - 1)]


def oracle_of(tree: RatchetTree) -> oracle.Node:
    return oracle.tree_of([content_of(node) for node in nodes_of(tree)])


def is_accepted(tree: RatchetTree) -> bool:
    try:
        verify_structure(tree)
    except PeerError:
        return False
    return True


class TreePair:
    """A tree of members who do as they should, in the product's form and in the oracle's."""

    def __init__(self, members: int = 1) -> None:
        self.random = seeded_random("tree pair")
        self.signers: dict[int, SignatureKeyPair] = {}
        signer, leaf = self.new_member()
        self.signers[0] = signer
        self.tree = RatchetTree.of(SUITE, leaf)
        self.oracle: oracle.Node = oracle.tree_of([content_of(leaf)])
        self.commit(adds=members - 1)

    @property
    def seats(self) -> list[int]:
        return sorted(self.signers)

    def new_member(self) -> tuple[SignatureKeyPair, LeafNode]:
        signer = generate_signature_key(SUITE, self.random)
        return signer, self.leaf_for(signer, _KEY_PACKAGE)

    def leaf_for(self, signer: SignatureKeyPair, source: LeafNodeSource) -> LeafNode:
        credential = BasicCredential(signer.public)
        leaf = LeafNode(self.random(32), signer.public, credential, own_capabilities(1), source, ())
        return leaf.signed(SUITE, signer.private, b"any place")

    def commit(
        self,
        *,
        updates: Iterable[int] = (),
        removes: Iterable[int] = (),
        adds: int = 0,
        path_of: int | None = None,
    ) -> list[int]:
        """Carry out proposals and perhaps a path in the order of section 12.3; return the new seats."""
        self.tree = self.tree.copy()
        for seat in updates:
            self._update(seat)
        for seat in removes:
            self._remove(seat)
        added = [self._add() for _ in range(adds)]
        self.tree.truncate()
        self.oracle = oracle.truncate(self.oracle)
        if path_of is not None:
            self._path(path_of, frozenset(map(LeafIndex, added)))
        return added

    def _update(self, seat: int) -> None:
        leaf = self.leaf_for(self.signers[seat], FromUpdate())
        self.tree.update_leaf(LeafIndex(seat), leaf)
        oracle.replace_leaf(self.oracle, seat, leaf_content(leaf))

    def _remove(self, seat: int) -> None:
        self.tree.remove_leaf(LeafIndex(seat))
        oracle.replace_leaf(self.oracle, seat, None)
        del self.signers[seat]

    def _add(self) -> int:
        signer, leaf = self.new_member()
        seat = self.tree.add_leaf(leaf)
        self.oracle, expected = oracle.add(self.oracle, leaf_content(leaf))
        assert seat == expected
        self.signers[seat] = signer
        return seat

    def _path(self, seat: int, added: frozenset[LeafIndex]) -> None:
        """Make a path as its sender does, merge it as the others do, and compare both with the oracle."""
        sender = LeafIndex(seat)
        received = self.tree.copy()
        planned = treekem.plan_path(self.tree, sender, self.signers[seat], SUITE, GROUP_ID, self.random)
        update = self._update_path(planned, seat, added)
        treekem.merge_path(received, sender, update, added)
        keys = [node.encryption_key for node in update.nodes]
        due = oracle.place_path(self.oracle, seat, keys, digest)
        oracle.leaf_at(self.oracle, seat).content = leaf_content(planned.leaf_node)
        assert planned.leaf_node.parent_hash == due
        assert received.tree_hash() == self.tree.tree_hash()
        assert nodes_of(received) == nodes_of(self.tree)

    def _update_path(
        self, planned: treekem.PlannedPath, seat: int, added: frozenset[LeafIndex]
    ) -> UpdatePath:
        """Return the path with as many ciphertexts as the oracle counts recipients (section 7.6)."""
        path = oracle.filtered_direct_path(self.oracle, oracle.leaf_at(self.oracle, seat))
        nodes = []
        for (index, _), (_, beside) in zip(planned.path, path, strict=True):
            covering = oracle.resolution(beside)
            recipients = [
                node for node in covering if not (isinstance(node, oracle.Leaf) and node.index in added)
            ]
            sealed = (HpkeCiphertext(b"", b""),) * len(recipients)
            nodes.append(UpdatePathNode(planned.known.public_keys[index], sealed))
        return UpdatePath(planned.leaf_node, tuple(nodes))

    def assert_same(self) -> None:
        """Assert that both forms agree on every node, and that both accept the tree."""
        assert_same_views(self.tree, self.oracle)
        assert oracle.flaws(self.oracle, digest) == []
        verify_structure(self.tree)
        again = RatchetTree.decode(SUITE, self.tree.encode())
        assert again.tree_hash() == self.tree.tree_hash()
        verify_structure(again)


def assert_same_views(tree: RatchetTree, expected: oracle.Node, hashing: oracle.Digest = digest) -> None:
    """Assert that contents, hashes, resolutions and paths are the oracle's at every node."""
    nodes = oracle.in_order(expected)
    place = {node: NodeIndex(index) for index, node in enumerate(nodes)}
    assert [content_of(node) for node in nodes_of(tree)] == [node.content for node in nodes]
    for node, index in place.items():
        assert tree.tree_hash(index) == oracle.tree_hash(node, hashing)
        assert tree.resolution(index) == indices(place, oracle.resolution(node))
        assert tree.is_inhabited(index) == bool(oracle.resolution(node))
    for leaf in oracle.leaves(expected):
        seat = LeafIndex(leaf.index)
        assert list(tree.direct_path(seat)) == indices(place, oracle.direct_path(expected, leaf))
        path = oracle.filtered_direct_path(expected, leaf)
        assert list(tree.filtered_direct_path(seat)) == [
            (place[parent], place[beside]) for parent, beside in path
        ]


def indices(place: dict[oracle.Node, NodeIndex], nodes: Sequence[oracle.Node]) -> list[NodeIndex]:
    return [place[node] for node in nodes]
