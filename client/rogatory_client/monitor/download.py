"""Downloading a log tile by tile, each verified as it comes, so that it can stop and go on anywhere.

From the checkpoint down: the right edge of the tiles must add up to its root, a full tile to its hash in the
tile above, and the entries of a bundle to the hash of their tile. Tiles of level 0 are not asked for, they
follow from the entries. What is on the disk already is verified the same way, and fetched again if it is not
right. If the log has another history than the one in the folder, both checkpoints are kept as evidence.
"""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from typing import Final, TypeVar

from rogatory_client.monitor.belief import believe
from rogatory_client.monitor.log_folder import CHECKPOINT, LogFolder, largest
from rogatory_client.transport.log_files import LogFiles
from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.log.checkpoint import Checkpoint
from rogatory_crypto.log.entry_bundle import decode_bundle
from rogatory_crypto.log.merkle import leaf_hash, root
from rogatory_crypto.log.nodes import read_root
from rogatory_crypto.log.signed_checkpoint import parse_signed_checkpoint
from rogatory_crypto.log.signed_note import MAX_NOTE_BYTES
from rogatory_crypto.log.split_view import Prefix, compare
from rogatory_crypto.log.tiled_tree import TiledTree, split_tile
from rogatory_crypto.log.tiles import TILE_HEIGHT, TILE_WIDTH, EntryBundle, Tile, changed_bundles
from rogatory_crypto.log.witness_policy import DAY_S, Policy, WitnessedCheckpoint

AT_ONCE: Final = 8
_Answer = TypeVar("_Answer")
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Downloaded:
    """What a download has come to.

    Attributes:
        checkpoint: what the folder holds now.
        held_size: how many entries it held before.
        fetched: how many files were fetched.
        kept: how many were there already.
    """

    checkpoint: Checkpoint
    held_size: int
    fetched: int
    kept: int


class TwoHistoriesError(PeerError):
    """The log has another history than the one in the folder.

    Attributes:
        evidence: the encoded ``SplitView``.
    """

    def __init__(self, evidence: bytes, older: int, newer: int) -> None:
        super().__init__(Code.CONFLICT, f"the log signed {older} entries and {newer} of two histories")
        self.evidence = evidence


class _NotKnownError(Exception):
    """A tile must be fetched before the question can be answered."""

    def __init__(self, tile: Tile) -> None:
        super().__init__(tile.path())
        self.tile = tile


async def download_log(
    files: LogFiles,
    folder: LogFolder,
    origin: str,
    policy: Policy,
    *,
    now: int,
    former: Policy | None = None,
    progress: Progress | None = None,
) -> Downloaded:
    """Bring a folder up to the log's newest checkpoint.

    Args:
        files: where the log is.
        folder: what is on this disk already, and where the rest goes.
        origin: of the log.
        policy: whom to believe about it.
        former: by whom the folder's checkpoint was judged, if by somebody else.
        now: unix seconds.
        progress: told a name, and how many entries of how many are there.

    Raises:
        PeerError: the checkpoint is not believed (as ``verify_checkpoint``), CONFLICT for a log that has
            become smaller, HASH_MISMATCH or WRONG_LENGTH for a file that is not what the checkpoint says.
        TwoHistoriesError: evidence against the log; it is in the folder, the rest is as it was.
        TransportError: the network failed; the next download goes on from there.
    """
    data = await files.read(CHECKPOINT, limit=MAX_NOTE_BYTES)
    signed = parse_signed_checkpoint(data)
    newest = believe(signed, origin, policy, now=now, max_age_s=DAY_S)
    held = _held(folder, origin, (policy, former or policy), now)
    tree = VerifiedTree(newest.checkpoint, files, folder)
    await tree.verify_edge()
    if held is not None:
        await _require_one_history(held, newest, tree, folder)
    tree.begin_keeping()
    held_size = 0 if held is None else held.checkpoint.size
    await _bring(tree, newest.checkpoint.size, progress)
    folder.keep_checkpoint(data)
    return Downloaded(newest.checkpoint, held_size, tree.fetched, tree.kept)


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


async def _bring(tree: VerifiedTree, size: int, progress: Progress | None) -> None:
    bundles = changed_bundles(0, size)
    brought = 0
    while together := list(islice(bundles, AT_ONCE)):
        # Their tile once, before all of them ask for it at the same time.
        if together[0].width == TILE_WIDTH:
            await tree.hashes(1, together[0].index // TILE_WIDTH)
        try:
            async with asyncio.TaskGroup() as tasks:
                for bundle in together:
                    tasks.create_task(tree.bring(bundle))
        except ExceptionGroup as group:
            raise group.exceptions[0] from group
        brought += sum(bundle.width for bundle in together)
        if progress is not None:
            progress("entries", brought, size)


async def _require_one_history(
    held: WitnessedCheckpoint, newest: WitnessedCheckpoint, tree: VerifiedTree, folder: LogFolder
) -> None:
    old, new = held.checkpoint, newest.checkpoint
    if new.size < old.size:
        raise PeerError(Code.CONFLICT, f"a log of {new.size} entries, where the folder holds {old.size}")
    before = await tree.ask(lambda tiles: read_root(tiles.node, old.size))
    proof = await tree.ask(lambda tiles: tiles.prove_consistency(old.size))
    evidence = compare(held.log_checkpoint, newest.log_checkpoint, Prefix(before, proof))
    if evidence is not None:
        encoded = evidence.encode()
        folder.keep_evidence(encoded)
        raise TwoHistoriesError(encoded, old.size, new.size)


def _held(folder: LogFolder, origin: str, policies: Iterable[Policy], now: int) -> WitnessedCheckpoint | None:
    """Return what the folder holds, however old; a checkpoint that no policy believes is none."""
    data = folder.checkpoint()
    if data is None:
        return None
    for policy in policies:
        with suppress(PeerError):
            return believe(parse_signed_checkpoint(data), origin, policy, now=now, max_age_s=None)
    return None


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
