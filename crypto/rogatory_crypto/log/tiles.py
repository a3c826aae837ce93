"""Tiles: the files that a log publishes, by name and by what changes as it grows (C2SP tlog-tiles).

A tile at level 0 holds up to 256 leaf hashes, one above it the roots of full tiles below. An entry bundle
holds the entries of a level-0 tile. Full ones never change; the last of each level may be partial.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from rogatory_crypto.errors import Code, MisuseError, PeerError
from rogatory_crypto.log.lines import MAX_NUMBER, read_decimal

TILE_HEIGHT: Final = 8
TILE_WIDTH: Final = 1 << TILE_HEIGHT
MAX_LEVEL: Final = 63
_INDEX: Final = re.compile(r"(?:x[0-9]{3}/)*[0-9]{3}", re.ASCII)
_MAX_PATH: Final = 64


@dataclass(frozen=True, slots=True)
class Tile:
    """Consecutive hashes of one level; ``width`` is 1 to 256 hashes of 32 bytes."""

    level: int
    index: int
    width: int = TILE_WIDTH

    def path(self) -> str:
        """Return its place under the log's prefix."""
        return f"tile/{self.level}/{_index_path(self.index)}{_partial_suffix(self.width)}"


@dataclass(frozen=True, slots=True)
class EntryBundle:
    """The entries whose hashes are in a tile of level 0."""

    index: int
    width: int = TILE_WIDTH

    def path(self) -> str:
        """Return its place under the log's prefix."""
        return f"tile/entries/{_index_path(self.index)}{_partial_suffix(self.width)}"


def parse_path(path: str) -> Tile | EntryBundle:
    """Read the place of a tile or an entry bundle; each has one spelling (tlog-tiles, Merkle Tree).

    Raises:
        PeerError: MALFORMED.
    """
    if len(path) > _MAX_PATH:
        raise PeerError(Code.MALFORMED, "a path longer than any of a tile")
    kind, separator, rest = path.removeprefix("tile/").partition("/")
    if not path.startswith("tile/") or not separator:
        raise PeerError(Code.MALFORMED, "not the path of a tile")
    number, partial, width_text = rest.partition(".p/")
    index = _parse_index(number)
    width = read_decimal(width_text, maximum=TILE_WIDTH - 1) if partial else TILE_WIDTH
    if width == 0:
        raise PeerError(Code.MALFORMED, "an empty tile is never served")
    if kind == "entries":
        return EntryBundle(index, width)
    return Tile(read_decimal(kind, maximum=MAX_LEVEL), index, width)


def tile_width(level: int, index: int, size: int) -> int:
    """Return how many hashes a tile has in the tree of ``size`` leaves: 0 where it does not exist."""
    return min(TILE_WIDTH, max(0, (size >> TILE_HEIGHT * level) - index * TILE_WIDTH))


def changed_tiles(old_size: int, size: int) -> Iterator[Tile]:
    """Return the tiles that a tree of ``size`` has and that of ``old_size`` had not or only in part.

    From level 0 upwards and left to right: the order in which they can be computed. From 0, all there are.
    """
    if not 0 <= old_size <= size:
        raise MisuseError(f"a log of {old_size} entries does not grow to {size}")
    level = 0
    while count := size >> TILE_HEIGHT * level:
        old_count = old_size >> TILE_HEIGHT * level
        if count > old_count:
            for index in range(old_count // TILE_WIDTH, (count - 1) // TILE_WIDTH + 1):
                yield Tile(level, index, tile_width(level, index, size))
        level += 1


def changed_bundles(old_size: int, size: int) -> Iterator[EntryBundle]:
    """Return the entry bundles beside the changed tiles of level 0."""
    for tile in changed_tiles(old_size, size):
        if tile.level:
            return
        yield EntryBundle(tile.index, tile.width)


def _index_path(index: int) -> str:
    digits = str(index)
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    *first, last = (digits[at : at + 3] for at in range(0, len(digits), 3))
    return "".join(f"x{part}/" for part in first) + last


def _parse_index(text: str) -> int:
    index = int(re.sub("[x/]", "", text)) if _INDEX.fullmatch(text) else -1
    if not 0 <= index <= MAX_NUMBER or _index_path(index) != text:
        raise PeerError(Code.MALFORMED, "not the index of a tile")
    return index


def _partial_suffix(width: int) -> str:
    return "" if width == TILE_WIDTH else f".p/{width}"
