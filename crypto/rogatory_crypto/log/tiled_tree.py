"""Roots and proofs from tiles, whoever keeps them: the reader is an argument (C2SP tlog-tiles).

Nothing that tiles say is believed until a root computed from them is that of a verified checkpoint; a proof
built from wrong tiles does not verify.
"""

from collections.abc import Callable, Sequence
from typing import TypeAlias

from rogatory_crypto.errors import Code, MisuseError, PeerError
from rogatory_crypto.log.merkle import HASH_BYTES, Proof, root
from rogatory_crypto.log.nodes import Node, consistency_ranges, inclusion_ranges, read_proof, read_root
from rogatory_crypto.log.tiles import TILE_HEIGHT, TILE_WIDTH, Tile, tile_width
from rogatory_crypto.log.tree import Tree

TileReader: TypeAlias = Callable[[Tile], bytes]


class TiledTree:
    """The tree of the first ``size`` leaves of a log, read through its tiles, each at most once.

    Args:
        size: for which a checkpoint exists, so that its partial tiles exist.
        read: returns the bytes of a tile; what it raises passes through.
    """

    def __init__(self, size: int, read: TileReader) -> None:
        self.size = size
        self._read = read
        self._tiles: dict[Tile, tuple[bytes, ...]] = {}

    def node(self, node: Node) -> bytes:
        """Return the hash of a complete subtree, as the tiles say.

        Raises:
            PeerError: WRONG_LENGTH for a tile that has not as many hashes as it must.
        """
        if not 0 <= node.position < self.size >> node.level:
            raise MisuseError(f"no complete subtree {node.position} at level {node.level}")
        level, height = divmod(node.level, TILE_HEIGHT)
        index, start = divmod(node.position << height, TILE_WIDTH)
        return root(self._hashes(level, index)[start : start + (1 << height)])

    def root(self) -> bytes:
        """Return the root of the whole tree."""
        return read_root(self.node, self.size)

    def prove_inclusion(self, index: int) -> Proof:
        """Return the proof that a leaf is in the tree (RFC 9162 section 2.1.3.1)."""
        return read_proof(self.node, inclusion_ranges(index, self.size))

    def prove_consistency(self, old_size: int) -> Proof:
        """Return the proof that an earlier tree begins this one (RFC 9162 section 2.1.4.1)."""
        return read_proof(self.node, consistency_ranges(old_size, self.size))

    def _hashes(self, level: int, index: int) -> Sequence[bytes]:
        tile = Tile(level, index, tile_width(level, index, self.size))
        if tile not in self._tiles:
            self._tiles[tile] = split_tile(self._read(tile), tile.width)
        return self._tiles[tile]


def split_tile(data: bytes, width: int) -> tuple[bytes, ...]:
    """Return the hashes of a tile.

    Raises:
        PeerError: WRONG_LENGTH.
    """
    if len(data) != width * HASH_BYTES:
        raise PeerError(Code.WRONG_LENGTH, f"a tile of {len(data)} bytes where {width} hashes must be")
    return tuple(data[at : at + HASH_BYTES] for at in range(0, len(data), HASH_BYTES))


def tile_bytes(tree: Tree, tile: Tile) -> bytes:
    """Return what a log publishes as this tile."""
    start = tile.index * TILE_WIDTH
    level = tile.level * TILE_HEIGHT
    return b"".join(tree.node(Node(level, position)) for position in range(start, start + tile.width))
