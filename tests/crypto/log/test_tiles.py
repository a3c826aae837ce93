"""Tiles and entry bundles (C2SP tlog-tiles): their names, their bytes, and trees read through them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.crypto.log.log_world import leaf

from rogatory_crypto.errors import Code, MisuseError, PeerError
from rogatory_crypto.log import merkle
from rogatory_crypto.log.entry_bundle import MAX_ENTRY_BYTES, decode_bundle, encode_bundle
from rogatory_crypto.log.nodes import Node
from rogatory_crypto.log.tiled_tree import TiledTree, split_tile, tile_bytes
from rogatory_crypto.log.tiles import (
    EntryBundle,
    Tile,
    changed_bundles,
    changed_tiles,
    parse_path,
    tile_width,
)
from rogatory_crypto.log.tree import Tree

LARGEST = 70_000
TREE = Tree(leaf(number) for number in range(LARGEST))


def published(sizes: list[int]) -> dict[str, bytes]:
    """What a log has written after it grew from size to size."""
    files: dict[str, bytes] = {}
    for old_size, size in zip([0, *sizes], sizes, strict=False):
        for tile in changed_tiles(old_size, size):
            files[tile.path()] = tile_bytes(TREE, tile)
    return files


ALL = published([LARGEST])


@pytest.mark.parametrize(
    ("path", "tile"),
    [
        ("tile/0/000", Tile(0, 0)),
        ("tile/1/x001/x234/067", Tile(1, 1234067)),
        ("tile/0/999", Tile(0, 999)),
        ("tile/0/x001/000", Tile(0, 1000)),
        ("tile/63/000.p/1", Tile(63, 0, 1)),
        ("tile/2/x001/x234/067.p/255", Tile(2, 1234067, 255)),
        ("tile/entries/000", EntryBundle(0)),
        ("tile/entries/x273/000.p/112", EntryBundle(273000, 112)),
    ],
)
def test_the_paths_of_the_specification(path: str, tile: Tile | EntryBundle) -> None:
    assert tile.path() == path
    assert parse_path(path) == tile


@pytest.mark.parametrize(
    "path",
    [
        "",
        "tile",
        "tile/",
        "tile/0",
        "tile/0/",
        "tile/0/0",
        "tile/0/00",
        "tile/0/0000",
        "tile/0/x000/001",
        "tile/0/001/002",
        "tile/0/x001",
        "tile/00/000",
        "tile/64/000",
        "tile/-1/000",
        "tile/0/000.p/",
        "tile/0/000.p/0",
        "tile/0/000.p/01",
        "tile/0/000.p/256",
        "tile/0/000.p/1.p/1",
        "tile/0/000.p",
        "tile/0/000/",
        "/tile/0/000",
        "tile/data/000",
        "tile/0/\u0660\u0660\u0660",
        "tile/0/../000",
        "tile/0/x999/x999/x999/x999/x999/x999/999",
        "tile/0/" + "x001/" * 4000 + "000",
    ],
)
def test_what_is_no_path_of_a_tile(path: str) -> None:
    with pytest.raises(PeerError) as raised:
        parse_path(path)
    assert raised.value.code is Code.MALFORMED


@given(st.integers(0, 63), st.integers(0, (1 << 63) - 1), st.integers(1, 256))
def test_every_path_comes_back(level: int, index: int, width: int) -> None:
    assert parse_path(Tile(level, index, width).path()) == Tile(level, index, width)
    assert parse_path(EntryBundle(index, width).path()) == EntryBundle(index, width)


def test_the_tiles_of_a_tree_of_70_000_are_those_the_specification_counts() -> None:
    tiles = list(changed_tiles(0, LARGEST))
    assert len([tile for tile in tiles if tile.level == 0 and tile.width == 256]) == 273
    assert [tile for tile in tiles if tile.width != 256] == [Tile(0, 273, 112), Tile(1, 1, 17), Tile(2, 0, 1)]
    assert [tile for tile in tiles if tile.level == 1] == [Tile(1, 0), Tile(1, 1, 17)]
    assert list(changed_tiles(0, 256)) == [Tile(0, 0), Tile(1, 0, 1)]
    bundles = list(changed_bundles(0, LARGEST))
    assert [(bundle.index, bundle.width) for bundle in bundles] == [
        (tile.index, tile.width) for tile in tiles if tile.level == 0
    ]


@pytest.mark.parametrize(
    ("old_size", "size", "expected"),
    [
        (0, 0, []),
        (5, 5, []),
        (0, 1, [Tile(0, 0, 1)]),
        (1, 2, [Tile(0, 0, 2)]),
        (255, 256, [Tile(0, 0), Tile(1, 0, 1)]),
        (256, 257, [Tile(0, 1, 1)]),
        (200, 600, [Tile(0, 0), Tile(0, 1), Tile(0, 2, 88), Tile(1, 0, 2)]),
        (65535, 65536, [Tile(0, 255), Tile(1, 0), Tile(2, 0, 1)]),
    ],
)
def test_what_an_append_changes(old_size: int, size: int, expected: list[Tile]) -> None:
    assert list(changed_tiles(old_size, size)) == expected
    level0 = [tile for tile in expected if tile.level == 0]
    bundles = list(changed_bundles(old_size, size))
    assert bundles == [EntryBundle(tile.index, tile.width) for tile in level0]


def test_a_log_does_not_shrink() -> None:
    with pytest.raises(MisuseError):
        list(changed_tiles(2, 1))


def test_a_tile_has_the_width_that_the_size_gives_it() -> None:
    assert [tile_width(0, index, 300) for index in range(3)] == [256, 44, 0]
    assert [tile_width(1, 0, 300), tile_width(1, 1, 300), tile_width(2, 0, 300)] == [1, 0, 0]


def read_all(tile: Tile) -> bytes:
    """Read a tile as a mirror may: cut from the full one that replaced it."""
    whole = ALL.get(tile.path()) or ALL.get(Tile(tile.level, tile.index).path())
    if whole is None:
        whole = next(
            data for path, data in ALL.items() if path.startswith(Tile(tile.level, tile.index).path())
        )
    return whole[: 32 * tile.width]


@given(st.lists(st.integers(1, 3000), min_size=1, max_size=5))
@settings(max_examples=20, deadline=None)
def test_a_log_that_writes_what_changes_can_prove_everything(growth: list[int]) -> None:
    sizes = [sum(growth[: count + 1]) for count in range(len(growth))]
    files = published(sizes)
    for old_size, size in zip([0, *sizes], sizes, strict=False):
        tiled = TiledTree(size, lambda tile: files[tile.path()])
        assert tiled.root() == TREE.root(size)
        assert tiled.prove_consistency(old_size) == TREE.prove_consistency(old_size, size)
        assert tiled.prove_inclusion(old_size) == TREE.prove_inclusion(old_size, size)


@given(st.integers(1, LARGEST), st.data())
@settings(max_examples=60, deadline=None)
def test_proofs_from_tiles_are_those_from_memory(size: int, data: st.DataObject) -> None:
    tiled = TiledTree(size, read_all)
    index, old_size = data.draw(st.integers(0, size - 1)), data.draw(st.integers(0, size))
    root = tiled.root()
    assert root == TREE.root(size)
    merkle.verify_inclusion(leaf(index), index, size, tiled.prove_inclusion(index), root)
    merkle.verify_consistency(old_size, TREE.root(old_size), size, root, tiled.prove_consistency(old_size))


def test_each_tile_is_read_at_most_once() -> None:
    reads: list[Tile] = []

    def read(tile: Tile) -> bytes:
        reads.append(tile)
        return read_all(tile)

    tiled = TiledTree(LARGEST, read)
    for index in (0, 1, 255, 256, 69_999):
        tiled.prove_inclusion(index)
    assert len(reads) == len(set(reads)) <= 8


def test_a_tile_that_lies_proves_nothing() -> None:
    def read(tile: Tile) -> bytes:
        return bytes(32 * tile.width)

    tiled = TiledTree(1000, read)
    with pytest.raises(PeerError):
        merkle.verify_inclusion(leaf(3), 3, 1000, tiled.prove_inclusion(3), TREE.root(1000))


@pytest.mark.parametrize("change", [-32, -1, 1, 32])
def test_a_tile_of_the_wrong_length_is_refused(change: int) -> None:
    tiled = TiledTree(1000, lambda tile: bytes(32 * tile.width + change))
    with pytest.raises(PeerError) as raised:
        tiled.prove_inclusion(999)
    assert raised.value.code is Code.WRONG_LENGTH


def test_a_node_that_is_not_complete_is_our_mistake() -> None:
    with pytest.raises(MisuseError):
        TiledTree(1000, read_all).node(Node(3, 125))


def test_hashes_of_a_tile() -> None:
    assert split_tile(b"a" * 32 + b"b" * 32, 2) == (b"a" * 32, b"b" * 32)


ENTRIES = st.lists(st.binary(max_size=300), min_size=1, max_size=256)


@given(ENTRIES)
def test_a_bundle_comes_back(entries: list[bytes]) -> None:
    assert decode_bundle(encode_bundle(entries), len(entries)) == tuple(entries)


@given(ENTRIES, st.binary(min_size=1, max_size=300), st.data())
def test_a_bundle_of_another_width_or_length_is_refused(
    entries: list[bytes], more: bytes, data: st.DataObject
) -> None:
    encoded = encode_bundle(entries)
    cut = data.draw(st.integers(0, len(encoded) - 1))
    width = data.draw(st.integers(1, 256).filter(lambda width: width != len(entries)))
    for wrong, count in ((encoded[:cut], len(entries)), (encoded + more, len(entries)), (encoded, width)):
        with pytest.raises(PeerError) as raised:
            decode_bundle(wrong, count)
        assert raised.value.code is Code.WRONG_LENGTH


def test_entries_are_bounded() -> None:
    largest = bytes(MAX_ENTRY_BYTES)
    assert decode_bundle(encode_bundle([largest]), 1) == (largest,)
    with pytest.raises(PeerError) as raised:
        decode_bundle(encode_bundle([bytes(101)]), 1, limit=100)
    assert raised.value.code is Code.TOO_LARGE
    for wrong in ([], [largest + b"x"], [b""] * 257):
        with pytest.raises(MisuseError):
            encode_bundle(wrong)
    for width in (0, 257):
        with pytest.raises(MisuseError):
            decode_bundle(b"", width)
