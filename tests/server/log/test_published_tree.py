"""Whoever reads sees what the published checkpoint covers, byte for byte, and nothing beyond."""

import asyncio
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.crypto.identity.enrolled_office import EnrolledOffice
from tests.server.log.logged_network import LoggedNetwork, enrolment, shown

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.log.entry_bundle import decode_bundle
from rogatory_crypto.log.merkle import leaf_hash
from rogatory_crypto.log.tiled_tree import split_tile
from rogatory_crypto.log.tiles import TILE_WIDTH, EntryBundle, Tile, parse_path, tile_width
from rogatory_server.log.transparency_log import TransparencyLog
from rogatory_server.store.sqlite import SqliteStore

OFFICES = 90


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> TransparencyLog:
    """A log of 270 published entries, and three that no checkpoint covers."""
    return asyncio.run(_make(tmp_path_factory.mktemp("log")))


async def _make(folder: Path) -> TransparencyLog:
    store = SqliteStore(folder / "relay.sqlite")
    async with LoggedNetwork().running(store) as log:
        for number in range(OFFICES):
            await log.append(enrolment(EnrolledOffice(f"CNA-{number:04}")))
        await shown(log, 3 * OFFICES)
    log.appender.tree.append(bytes(32))
    await store.close()
    return log


@given(st.integers(0, 3), st.integers(0, 3) | st.integers(0), st.integers(1, TILE_WIDTH))
def test_a_tile_is_there_if_the_published_tree_has_it(
    log: TransparencyLog, level: int, index: int, width: int
) -> None:
    tile = Tile(level, index, width)
    if width <= tile_width(level, index, 3 * OFFICES):
        hashes = split_tile(log.tile(tile), width)
        assert level or hashes[0] == log.appender.tree.root(index * TILE_WIDTH + 1) or index
    else:
        with pytest.raises(PeerError) as caught:
            log.tile(tile)
        assert caught.value.code is Code.NOT_FOUND


def read(log: TransparencyLog, path: str) -> tuple[Code | None, Tile | EntryBundle | None, bytes | None]:
    wanted: Tile | EntryBundle | None = None
    try:
        wanted = parse_path(path)
        return None, wanted, log.tile(wanted) if isinstance(wanted, Tile) else None
    except PeerError as error:
        return error.code, wanted, None


@given(st.text(alphabet="x0123456789/.ptilenrs", max_size=40) | st.text(max_size=80))
def test_any_path_names_one_file_or_none(log: TransparencyLog, text: str) -> None:
    for path in (text, f"tile/{text}", f"tile/0/{text}", f"tile/entries/{text}"):
        code, wanted, data = read(log, path)
        assert wanted is None or wanted.path() == path
        assert code in {None, Code.NOT_FOUND} if wanted else code is Code.MALFORMED
        assert data is None or (isinstance(wanted, Tile) and len(data) == 32 * wanted.width)


async def test_a_bundle_hashes_to_its_tile(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "relay.sqlite")
    async with LoggedNetwork().running(store) as log:
        for number in range(OFFICES):
            await log.append(enrolment(EnrolledOffice(f"CNA-{number:04}")))
        await shown(log, 3 * OFFICES)
        for bundle in (EntryBundle(0), EntryBundle(0, 5), EntryBundle(1, 14), EntryBundle(1, 1)):
            entries = decode_bundle(await log.bundle(bundle), bundle.width)
            assert b"".join(map(leaf_hash, entries)) == log.tile(Tile(0, bundle.index, bundle.width))
        for beyond in (EntryBundle(1, 15), EntryBundle(1), EntryBundle(2, 1)):
            with pytest.raises(PeerError) as caught:
                await log.bundle(beyond)
            assert caught.value.code is Code.NOT_FOUND
    await store.close()
