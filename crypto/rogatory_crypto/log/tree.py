"""The Merkle tree of a growing log in memory: append, and any root or proof of any size it ever had.

Every complete subtree is kept once, 64 bytes a leaf in all. Appending hashes each of them when it becomes
complete: one node a leaf on average, at most one a level (RFC 9162 section 2.1.2).
"""

from collections.abc import Iterable

from rogatory_crypto.errors import MisuseError
from rogatory_crypto.log.merkle import HASH_BYTES, Proof, node_hash
from rogatory_crypto.log.nodes import Node, consistency_ranges, inclusion_ranges, read_proof, read_root


class Tree:
    """An append-only Merkle tree over leaf hashes.

    Args:
        leaf_hashes: what it begins with.
    """

    def __init__(self, leaf_hashes: Iterable[bytes] = ()) -> None:
        self._levels: list[bytearray] = [bytearray()]
        for leaf in leaf_hashes:
            self.append(leaf)

    @property
    def size(self) -> int:
        """How many leaves there are."""
        return len(self._levels[0]) // HASH_BYTES

    def copy(self) -> "Tree":
        """Return the same tree, to grow apart."""
        twin = Tree()
        twin._levels = [level.copy() for level in self._levels]
        return twin

    def append(self, leaf: bytes) -> int:
        """Add a leaf hash and return its index."""
        if len(leaf) != HASH_BYTES:
            raise MisuseError("a leaf hash is 32 bytes")
        index = position = len(self._levels[0]) // HASH_BYTES
        self._levels[0] += leaf
        computed, level = leaf, 0
        while position & 1:
            computed = node_hash(bytes(self._levels[level][-2 * HASH_BYTES : -HASH_BYTES]), computed)
            position, level = position >> 1, level + 1
            if level == len(self._levels):
                self._levels.append(bytearray())
            self._levels[level] += computed
        return index

    def truncate(self, size: int) -> None:
        """Forget all leaves after the first ``size``: those that were only tried."""
        kept = self._size(size)
        for level, nodes in enumerate(self._levels):
            del nodes[(kept >> level) * HASH_BYTES :]

    def node(self, node: Node) -> bytes:
        """Return the hash of a complete subtree."""
        start = node.position * HASH_BYTES
        computed = bytes(self._levels[node.level][start : start + HASH_BYTES])
        if not computed:
            raise MisuseError(f"no complete subtree {node.position} at level {node.level}")
        return computed

    def root(self, size: int | None = None) -> bytes:
        """Return the root over the first ``size`` leaves, or over all (RFC 9162 section 2.1.1)."""
        return read_root(self.node, self._size(size))

    def prove_inclusion(self, index: int, size: int | None = None) -> Proof:
        """Return the proof that a leaf is in the tree of ``size`` (RFC 9162 section 2.1.3.1)."""
        return read_proof(self.node, inclusion_ranges(index, self._size(size)))

    def prove_consistency(self, old_size: int, size: int | None = None) -> Proof:
        """Return the proof that one earlier tree begins another (RFC 9162 section 2.1.4.1)."""
        return read_proof(self.node, consistency_ranges(old_size, self._size(size)))

    def _size(self, size: int | None) -> int:
        if size is None:
            return self.size
        if not 0 <= size <= self.size:
            raise MisuseError(f"a tree of {self.size} never had {size} leaves")
        return size
