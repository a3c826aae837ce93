"""The tree under one verified checkpoint, fetched file by file; nothing leaves it unverified.

From the top down: the right edge of the tiles must add up to the checkpoint's root, a full tile to its hash
in the tile above, and the entries of a bundle to the hash of their tile. Tiles of level 0 are not asked for,
they follow from the entries. What is on the disk already is verified the same way, and fetched again if it is
not right.
"""

from collections.abc import Callable, Iterator
from typing import TypeVar

from rogatory_client.monitor.log_folder import LogFolder, largest
from rogatory_client.transport.log_files import LogFiles
from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.log.checkpoint import Checkpoint
from rogatory_crypto.log.entry_bundle import decode_bundle
from rogatory_crypto.log.merkle import leaf_hash, root
from rogatory_crypto.log.tiled_tree import TiledTree, split_tile
from rogatory_crypto.log.tiles import TILE_HEIGHT, TILE_WIDTH, EntryBundle, Tile

_Answer = TypeVar("_Answer")


class VerifiedTree:
    """The tiles and entries under one verified checkpoint; nothing leaves it unverified.

    Attributes:
        fetched: how many files came over the network.
        kept: how many were in the folder and right.
    """

    def __init__(self, checkpoint: Checkpoint, files: LogFiles, folder: LogFolder) -> None:
        self._checkpoint = checkpoint
        self._files = files
        self._folder = folder
        self._tiles: dict[tuple[int, int], tuple[bytes, ...]] = {}
        self._keeps = False
        self.fetched = self.kept = 0

    async def verify_edge(self) -> None:
        """Fetch the partial tiles and compare what they add up to with the checkpoint.

        Raises:
            PeerError: HASH_MISMATCH.
        """
        size = self._checkpoint.size
        for tile in _edge(size):
            self._tiles[tile.level, tile.index] = split_tile(await self._fetch(tile), tile.width)
        if TiledTree(size, self._known).root() != self._checkpoint.root:
            raise PeerError(Code.HASH_MISMATCH, "the log's tiles do not add up to its checkpoint")

    def begin_keeping(self) -> None:
        """Write to the folder from now on, and what is known already: it is of the folder's own history."""
        self._keeps = True
        for (level, index), hashes in self._tiles.items():
            self._folder.keep(Tile(level, index, len(hashes)), b"".join(hashes))

    async def ask(self, question: Callable[[TiledTree], _Answer]) -> _Answer:
        """Answer a question about the tree, fetching the tiles that it turns out to need."""
        while True:
            try:
                return question(TiledTree(self._checkpoint.size, self._known))
            except _NotKnownError as unknown:
                await self.hashes(unknown.tile.level, unknown.tile.index)

    async def hashes(self, level: int, index: int) -> tuple[bytes, ...]:
        """Return the hashes of a tile that follow from the checkpoint."""
        known = self._tiles.get((level, index))
        if known is None:
            expected = (await self.hashes(level + 1, index // TILE_WIDTH))[index % TILE_WIDTH]
            data = await self._have(
                Tile(level, index), lambda data: root(split_tile(data, TILE_WIDTH)) == expected
            )
            known = self._tiles[level, index] = split_tile(data, TILE_WIDTH)
        return known

    async def bring(self, bundle: EntryBundle) -> None:
        """Have a bundle of entries in the folder, and its tile beside it."""
        width = bundle.width
        if width < TILE_WIDTH:
            expected = root(self._tiles[0, bundle.index])
        else:
            expected = (await self.hashes(1, bundle.index // TILE_WIDTH))[bundle.index % TILE_WIDTH]
        data = await self._have(bundle, lambda data: root(_leaves(data, width)) == expected)
        self._folder.keep(Tile(0, bundle.index, width), b"".join(_leaves(data, width)))

    async def _have(self, part: Tile | EntryBundle, is_right: Callable[[bytes], bool]) -> bytes:
        held = self._folder.part(part)
        if held is not None and _holds(is_right, held):
            self.kept += 1
            return held
        data = await self._fetch(part)
        if not is_right(data):
            raise PeerError(Code.HASH_MISMATCH, f"{part.path()} is not what the checkpoint says")
        if self._keeps:
            self._folder.keep(part, data)
        return data

    async def _fetch(self, part: Tile | EntryBundle) -> bytes:
        data = await self._files.read(part.path(), limit=largest(part))
        self.fetched += 1
        return data

    def _known(self, tile: Tile) -> bytes:
        hashes = self._tiles.get((tile.level, tile.index))
        if hashes is None:
            raise _NotKnownError(tile)
        return b"".join(hashes)


class _NotKnownError(Exception):
    """A tile must be fetched before the question can be answered."""

    def __init__(self, tile: Tile) -> None:
        super().__init__(tile.path())
        self.tile = tile


def _edge(size: int) -> Iterator[Tile]:
    """Return the partial tiles of a tree: together they hold all that its root is made of."""
    level = 0
    while count := size >> TILE_HEIGHT * level:
        if count % TILE_WIDTH:
            yield Tile(level, count // TILE_WIDTH, count % TILE_WIDTH)
        level += 1


def _leaves(bundle: bytes, width: int) -> tuple[bytes, ...]:
    return tuple(map(leaf_hash, decode_bundle(bundle, width)))


def _holds(is_right: Callable[[bytes], bool], data: bytes) -> bool:
    try:
        return is_right(data)
    except PeerError:
        return False
