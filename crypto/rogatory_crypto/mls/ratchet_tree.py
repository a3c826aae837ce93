"""The ratchet tree: who sits where, and its hashes (RFC 9420 sections 4.1, 7.7, 7.8, 7.9, appendix C).

A tree that somebody holds is never changed: an operation works on its own ``copy`` and then shares that. Tree
hashes are kept for each node and forgotten along the direct path of what changes. Keys and credentials are
counted when somebody first asks; from then on each change counts what it replaces, in copies too.
"""

from collections.abc import Iterable, Iterator

from rogatory_crypto.codec import opaque_bytes
from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.mls import tree_math
from rogatory_crypto.mls.census import Census
from rogatory_crypto.mls.nodes import MAX_LEAVES, RATCHET_TREE_FIELD, TREE_LIMIT, LeafNode, Node, ParentNode
from rogatory_crypto.mls.tree_math import LeafIndex, NodeIndex
from rogatory_crypto.primitives import CipherSuite


class RatchetTree:
    """Nodes of a complete tree in array order; ``None`` is a blank."""

    __slots__ = ("_census", "_hashes", "_nodes", "_suite", "_vacant")

    def __init__(
        self,
        suite: CipherSuite,
        nodes: list[Node | None],
        hashes: list[bytes | None],
        census: Census | None = None,
        vacant: int = 0,
    ) -> None:
        self._suite = suite
        self._nodes = nodes
        self._hashes = hashes
        self._census = census
        self._vacant = vacant  # no seat left of this one is blank

    @classmethod
    def of(cls, suite: CipherSuite, leaf: LeafNode) -> "RatchetTree":
        """Return the tree of one member."""
        return cls(suite, [leaf], [None])

    @classmethod
    def decode(cls, suite: CipherSuite, data: bytes) -> "RatchetTree":
        """Read a ``ratchet_tree`` extension (RFC 9420 section 12.4.3.3).

        Raises:
            PeerError: MALFORMED, TOO_LARGE or INVALID_TREE.
        """
        nodes = list(RATCHET_TREE_FIELD.decode(data, limit=TREE_LIMIT))
        if not nodes or nodes[-1] is None:
            raise PeerError(Code.INVALID_TREE, "K04: the last node is blank")
        if isinstance(nodes[-1], ParentNode):
            raise PeerError(Code.INVALID_TREE, "K04: a parent with nobody to its right")
        for position, node in enumerate(nodes):
            if node is not None and isinstance(node, ParentNode) != bool(position & 1):
                raise PeerError(Code.INVALID_TREE, "K04: a leaf and a parent in each other's place")
        width = 1
        while width < len(nodes):
            width = 2 * width + 1
        nodes += [None] * (width - len(nodes))
        tree = cls(suite, nodes, [None] * width)
        tree._vacant = tree._leftmost_blank()
        return tree

    def encode(self) -> bytes:
        """Return the ``ratchet_tree`` extension: all nodes up to the last that is not blank."""
        end = len(self._nodes)
        while self._nodes[end - 1] is None:
            end -= 1
        return RATCHET_TREE_FIELD.encode(tuple(self._nodes[:end]))

    def copy(self) -> "RatchetTree":
        """Return a tree that may be changed without changing this one."""
        census = self.census.copy()  # counted once, however often a change of this very tree is tried
        return RatchetTree(self._suite, self._nodes.copy(), self._hashes.copy(), census, self._vacant)

    @property
    def size(self) -> int:
        """The number of seats, blank or not; a power of two."""
        return (len(self._nodes) + 1) // 2

    @property
    def root(self) -> NodeIndex:
        """The top node."""
        return tree_math.root(self.size)

    def node(self, index: NodeIndex) -> Node | None:
        """Return a node of the tree."""
        return self._nodes[index]

    def leaf(self, index: LeafIndex) -> LeafNode | None:
        """Return the leaf on a seat; None if it is blank or outside of the tree."""
        if not 0 <= index < self.size:
            return None
        node = self._nodes[2 * index]
        return node if isinstance(node, LeafNode) else None

    def leaves(self) -> Iterator[tuple[LeafIndex, LeafNode]]:
        """Yield every seat that is taken, in order."""
        for index, node in enumerate(self._nodes[::2]):
            if isinstance(node, LeafNode):
                yield LeafIndex(index), node

    def parents(self) -> Iterator[tuple[NodeIndex, ParentNode]]:
        """Yield every parent that is not blank, in order."""
        for index, node in enumerate(self._nodes[1::2]):
            if isinstance(node, ParentNode):
                yield NodeIndex(2 * index + 1), node

    def direct_path(self, leaf: LeafIndex) -> tuple[NodeIndex, ...]:
        """Return the parents above a seat up to the root."""
        return tree_math.direct_path(tree_math.node_of(leaf), self.size)

    def filtered_direct_path(self, leaf: LeafIndex) -> tuple[tuple[NodeIndex, NodeIndex], ...]:
        """Return (parent, its child beside the path) where that child has anybody below (section 4.1.2)."""
        node = tree_math.node_of(leaf)
        path = []
        for above in self.direct_path(leaf):
            beside = tree_math.sibling(node)
            if self.is_inhabited(beside):
                path.append((above, beside))
            node = above
        return tuple(path)

    def is_inhabited(self, node: NodeIndex) -> bool:
        """Tell whether the resolution of a node is not empty."""
        return self._nodes[node] is not None or any(self._nodes[tree_math.span(node)])

    def resolution(self, node: NodeIndex) -> list[NodeIndex]:
        """Return the nodes whose keys together reach everybody below (RFC 9420 section 4.1.1)."""
        found: list[NodeIndex] = []
        pending = [node]
        while pending:
            index = pending.pop()
            value = self._nodes[index]
            if isinstance(value, ParentNode):
                found.append(index)
                found += [NodeIndex(2 * leaf) for leaf in value.unmerged_leaves]
            elif value is not None:
                found.append(index)
            elif index & 1:
                pending += reversed(tree_math.children(index))
        return found

    @property
    def census(self) -> Census:
        """How often each key and credential occurs; not to be changed."""
        if self._census is None:
            self._census = Census.of(self._nodes)
        return self._census

    # Changes, on a copy nobody else holds.

    def set_node(self, index: NodeIndex, node: Node | None) -> None:
        """Put a node, or a blank, where it belongs."""
        self._replace(index, node)
        for above in tree_math.direct_path(index, self.size):
            self._hashes[above] = None

    def _replace(self, index: NodeIndex, node: Node | None) -> None:
        old = self._nodes[index]
        if self._census is not None and old is not node:
            self._census.replace(old, node)
        if node is None and not index & 1:
            self._vacant = min(self._vacant, index // 2)
        self._nodes[index] = node
        self._hashes[index] = None

    def add_leaf(self, leaf: LeafNode) -> LeafIndex:
        """Seat a new member on the leftmost blank leaf (RFC 9420 section 12.1.1).

        Raises:
            PeerError: TOO_LARGE beyond ``MAX_LEAVES``.
        """
        seat = self.open_seat()
        self.set_node(tree_math.node_of(seat), leaf)
        for above in self.direct_path(seat):
            node = self._nodes[above]
            if isinstance(node, ParentNode):
                self._nodes[above] = node.with_unmerged(sorted((*node.unmerged_leaves, seat)))
        return seat

    def open_seat(self) -> LeafIndex:
        """Return the leftmost blank leaf, making room for one if there is none.  # H06.

        Raises:
            PeerError: TOO_LARGE beyond ``MAX_LEAVES``.
        """
        seat = LeafIndex(self._leftmost_blank())
        if seat == self.size:
            if seat >= MAX_LEAVES:
                raise PeerError(Code.TOO_LARGE, "Q02: no more seats")
            width = len(self._nodes) + 1
            self._nodes.extend([None] * width)
            self._hashes.extend([None] * width)
        self._vacant = seat
        return seat

    def _leftmost_blank(self) -> int:
        seats = range(self._vacant, self.size)
        return next((seat for seat in seats if self._nodes[2 * seat] is None), self.size)

    def update_leaf(self, seat: LeafIndex, leaf: LeafNode) -> None:
        """Replace a member's leaf and blank all above it (RFC 9420 section 12.1.2)."""
        self._replace(tree_math.node_of(seat), leaf)
        self.blank_path(seat)

    def remove_leaf(self, seat: LeafIndex) -> None:
        """Blank a seat and all above it (RFC 9420 section 12.1.3); ``truncate`` when all are done."""
        self._replace(tree_math.node_of(seat), None)
        self.blank_path(seat)

    def blank_path(self, seat: LeafIndex) -> None:
        """Blank every parent above a seat."""
        for above in self.direct_path(seat):
            self._replace(above, None)

    def truncate(self) -> None:
        """Halve the tree while its right half is empty.  # I14."""
        end = len(self._nodes)
        while end > 1 and self._nodes[end - 1] is None:
            end -= 1
        width = len(self._nodes)
        while width // 2 >= end:
            width //= 2
        del self._nodes[width:]
        del self._hashes[width:]

    # Hashes.

    def tree_hash(self, index: NodeIndex | None = None) -> bytes:
        """Return the tree hash of a node, of the root if none is named (RFC 9420 section 7.8)."""
        node = self.root if index is None else index
        known = self._hashes[node]
        if known is None:
            if node & 1:
                left, right = tree_math.children(node)
                known = self._inner_hash(self._nodes[node], self.tree_hash(left), self.tree_hash(right))
            else:
                known = self._leaf_hash(node, self._nodes[node])
            self._hashes[node] = known
        return known

    def _original_hash(self, index: NodeIndex, without: frozenset[int]) -> bytes:
        """Hash a node as if the leaves ``without`` had never been added (RFC 9420 section 7.9)."""
        if not without or without.isdisjoint(tree_math.leaf_span(index)):
            return self.tree_hash(index)
        if not index & 1:
            return self._leaf_hash(index, None)
        node = self._nodes[index]
        if isinstance(node, ParentNode):
            node = node.with_unmerged(leaf for leaf in node.unmerged_leaves if leaf not in without)
        left, right = tree_math.children(index)
        return self._inner_hash(node, self._original_hash(left, without), self._original_hash(right, without))

    def _leaf_hash(self, index: NodeIndex, leaf: Node | None) -> bytes:
        head = b"\x01" + (index // 2).to_bytes(4, "big")
        return self._suite.hash(head + (b"\x00" if leaf is None else b"\x01" + leaf.encode()))

    def _inner_hash(self, node: Node | None, left: bytes, right: bytes) -> bytes:
        head = b"\x02\x00" if node is None else b"\x02\x01" + node.encode()
        return self._suite.hash(head + opaque_bytes(left) + opaque_bytes(right))

    def parent_hash(self, index: NodeIndex, beside: NodeIndex) -> bytes:
        """Return the parent hash that a child of ``index`` opposite ``beside`` must carry (section 7.9)."""
        node = self._nodes[index]
        if not isinstance(node, ParentNode):
            raise PeerError(Code.INVALID_TREE, "a parent hash over a blank")
        original = self._original_hash(beside, frozenset(node.unmerged_leaves))
        parts: Iterable[bytes] = (node.encryption_key, node.parent_hash, original)
        return self._suite.hash(b"".join(map(opaque_bytes, parts)))
