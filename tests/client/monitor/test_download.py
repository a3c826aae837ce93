"""Downloading a log: each file verified as it comes, resumed after a cut, one history only."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from tests.client.monitor.published_log import TODAY, LogServer, network, publish, serving, tree_of
from tests.trusted_network import DAY

from rogatory_client.monitor.download import Downloaded, TwoHistoriesError, download_log
from rogatory_client.monitor.log_folder import LogFolder
from rogatory_client.transport.https import HttpsLine
from rogatory_client.transport.log_files import HttpsLogFiles
from rogatory_crypto.errors import Code, PeerError, TransportError
from rogatory_crypto.log.checkpoint import Checkpoint
from rogatory_crypto.log.follower import MAX_ENTRIES
from rogatory_crypto.log.split_view import SplitView, verify_split_view


def entries(count: int, branch: str = "", since: int = 0) -> list[bytes]:
    return [f"entry {number} {branch if number >= since else ''}".encode() for number in range(count)]


def files_of(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@asynccontextmanager
async def served(tmp_path: Path, size: int) -> AsyncIterator[LogServer]:
    async with serving(publish(tmp_path / "relay", entries(size)), tmp_path) as server:
        yield server


async def download(server: LogServer, out: Path, now: int = TODAY) -> Downloaded:
    line = HttpsLine(server.profile, lambda: TODAY * 1000)
    try:
        policy, origin = network().policy, network().log_origin
        return await download_log(HttpsLogFiles(line), LogFolder(out), origin, policy, now=now)
    finally:
        await line.close()


@pytest.mark.parametrize("size", [1, 255, 256, 257, 600, 768])
async def test_a_whole_log_comes_down_as_it_was_published(size: int, tmp_path: Path) -> None:
    async with served(tmp_path, size) as server:
        done = await download(server, tmp_path / "log")
    assert (done.checkpoint.size, done.checkpoint.root) == (size, tree_of(entries(size)).root())
    assert files_of(tmp_path / "log") == files_of(tmp_path / "relay")


async def test_a_log_of_three_levels(tmp_path: Path) -> None:
    size = 65_536 + 700
    async with served(tmp_path, size) as server:
        await download(server, tmp_path / "log")
        # Full tiles of level 0 follow from their entries and are never asked for.
        assert not [path for path in server.asked if path.startswith("tile/0/") and ".p/" not in path]
    assert files_of(tmp_path / "log") == files_of(tmp_path / "relay")


async def test_an_empty_log(tmp_path: Path) -> None:
    async with served(tmp_path, 0) as server:
        assert (await download(server, tmp_path / "log")).checkpoint.size == 0


async def test_after_a_cut_it_goes_on_where_it_stopped(tmp_path: Path) -> None:
    async with served(tmp_path, 256 * 30 + 5) as server:
        server.breaks_after = 14
        with pytest.raises(TransportError):
            await download(server, tmp_path / "log")
        assert not (tmp_path / "log" / "checkpoint").exists()
        there = {path for path in server.asked if path.startswith("tile/entries")}
        kept = {name for name in files_of(tmp_path / "log") if name.startswith("tile/entries")}
        assert kept
        server.breaks_after, server.asked[:] = None, []
        done = await download(server, tmp_path / "log")
        assert done.kept == len(kept)
        assert not kept & set(server.asked)
        assert kept <= there
    assert files_of(tmp_path / "log") == files_of(tmp_path / "relay")


async def test_what_is_new_is_fetched_and_nothing_else(tmp_path: Path) -> None:
    async with served(tmp_path, 600) as server:
        await download(server, tmp_path / "log")
        publish(tmp_path / "relay", entries(1100))
        server.asked.clear()
        done = await download(server, tmp_path / "log")
        assert (done.held_size, done.checkpoint.size) == (600, 1100)
        bundles = [path for path in server.asked if path.startswith("tile/entries")]
        assert sorted(bundles) == [
            "tile/entries/002",
            "tile/entries/003",
            "tile/entries/004.p/76",
        ]


async def test_a_file_that_was_damaged_here_is_fetched_again(tmp_path: Path) -> None:
    async with served(tmp_path, 600) as server:
        await download(server, tmp_path / "log")
        for name in ("tile/entries/000", "tile/entries/002.p/88", "tile/0/001"):
            (tmp_path / "log" / name).write_bytes(b"damaged")
        done = await download(server, tmp_path / "log")
        assert done.kept == 1
    assert files_of(tmp_path / "log") == files_of(tmp_path / "relay")


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("tile/entries/000", Code.HASH_MISMATCH),
        ("tile/entries/002.p/88", Code.HASH_MISMATCH),
        ("tile/1/000.p/2", Code.HASH_MISMATCH),
        ("tile/0/002.p/88", Code.HASH_MISMATCH),
    ],
)
@pytest.mark.parametrize("how", ["changed", "cut", "grown"])
async def test_a_file_that_is_not_what_the_checkpoint_says_is_refused(
    path: str, code: Code, how: str, tmp_path: Path
) -> None:
    async with served(tmp_path, 600) as server:
        good = (server.folder / path).read_bytes()
        server.spoilt[path] = {
            "changed": bytes([*good[:-1], good[-1] ^ 1]),
            "cut": good[:-1],
            "grown": good + b"x" * 40_000_000,
        }[how]
        with pytest.raises(PeerError) as refused:
            await download(server, tmp_path / "log")
        expected = {"changed": code, "cut": Code.WRONG_LENGTH, "grown": Code.TOO_LARGE}
        assert refused.value.code is expected[how]
    assert not (tmp_path / "log" / "checkpoint").exists()
    assert not (tmp_path / "log" / path).exists()


async def test_a_log_without_end_is_not_begun(tmp_path: Path) -> None:
    endless = Checkpoint(network().log_origin, MAX_ENTRIES + 1, bytes(32))
    async with served(tmp_path, 3) as server:
        (tmp_path / "relay" / "checkpoint").write_bytes(network().signed(endless, TODAY).encode())
        with pytest.raises(PeerError) as refusal:
            await download(server, tmp_path / "log")
        assert (refusal.value.code, server.asked) == (Code.TOO_LARGE, ["checkpoint"])
    assert files_of(tmp_path / "log") == {}


async def test_a_checkpoint_without_its_witnesses_is_not_believed(tmp_path: Path) -> None:
    async with served(tmp_path, 10) as server:
        checkpoint = (server.folder / "checkpoint").read_bytes()
        server.spoilt["checkpoint"] = b"".join(
            line for line in checkpoint.splitlines(keepends=True) if b"witness.example" not in line
        )
        with pytest.raises(PeerError) as refused:
            await download(server, tmp_path / "log")
        assert refused.value.code is Code.FORBIDDEN
        assert server.asked == ["checkpoint"]


@pytest.mark.parametrize("size", [700, 900])
async def test_another_history_leaves_evidence_and_the_folder_as_it_was(size: int, tmp_path: Path) -> None:
    async with served(tmp_path, 700) as server:
        await download(server, tmp_path / "log")
        before = files_of(tmp_path / "log")
        server.folder = publish(tmp_path / "forked", entries(size, "another", since=650))
        with pytest.raises(TwoHistoriesError) as caught:
            await download(server, tmp_path / "log")
    after = files_of(tmp_path / "log")
    evidence = after.pop("split-view.cbor")
    assert after == before
    assert caught.value.evidence == evidence
    log_keys = [key.verifier for key in network().log_keys]
    proven = verify_split_view(SplitView.decode(evidence), log_keys)
    assert (proven.older.size, proven.newer.size) == (700, size)


async def test_a_log_that_became_smaller_is_refused(tmp_path: Path) -> None:
    async with served(tmp_path, 700) as server:
        await download(server, tmp_path / "log")
        server.folder = publish(tmp_path / "before", entries(600))
        with pytest.raises(PeerError) as refused:
            await download(server, tmp_path / "log")
        assert refused.value.code is Code.CONFLICT


async def test_a_folder_whose_checkpoint_is_damaged_never_becomes_another_history(tmp_path: Path) -> None:
    async with served(tmp_path, 700) as server:
        await download(server, tmp_path / "log")
        (tmp_path / "log" / "checkpoint").write_bytes(b"")
        before = files_of(tmp_path / "log")
        server.folder = publish(tmp_path / "forked", entries(900, "another", since=650))
        with pytest.raises(PeerError, match="fetch into another folder") as refused:
            await download(server, tmp_path / "log")
        assert refused.value.code is Code.INVALID_CREDENTIAL
    assert files_of(tmp_path / "log") == before


async def test_a_clock_that_is_behind_lets_nobody_roll_the_folder_back(tmp_path: Path) -> None:
    yesterday = replace(network(), now=TODAY - DAY)
    async with served(tmp_path, 700) as server:
        await download(server, tmp_path / "log")
        server.folder = publish(tmp_path / "before", entries(600), by=yesterday)
        with pytest.raises(PeerError) as refused:
            await download(server, tmp_path / "log", now=TODAY - DAY + 60)
        assert refused.value.code is Code.CONFLICT
