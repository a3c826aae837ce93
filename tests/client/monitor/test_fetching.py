"""A fetch follows the root of trust from its pin, and never from anything else."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.client.monitor.published_log import TODAY, LogServer, network, publish, serving, story

from rogatory_client.monitor.download import Downloaded, TwoHistoriesError
from rogatory_client.monitor.fetching import fetch_log
from rogatory_client.monitor.followed_trust import followed_trust
from rogatory_client.monitor.inspection import inspect_folder
from rogatory_client.monitor.log_folder import LogFolder
from rogatory_client.transport.https import HttpsLine
from rogatory_crypto.errors import Code, PeerError

ENTRIES = story().log.entries


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[LogServer]:
    async with serving(publish(tmp_path / "relay", ENTRIES[:-1]), tmp_path) as running:
        yield running


async def fetch(server: LogServer, log: Path, *, days: int = 0) -> Downloaded:
    line = HttpsLine(server.profile, lambda: TODAY * 1000)
    try:
        return await fetch_log(line, server.profile, log, now=TODAY + days * 86_400)
    finally:
        await line.close()


async def test_new_operators_and_witnesses_are_believed_as_the_old_ones_have_signed(
    server: LogServer, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    await fetch(server, log)
    newer = network().rotated().renewed(witnesses=5, quorum=5)
    server.network = newer
    publish(server.folder, ENTRIES, newer)
    done = await fetch(server, log)
    assert (done.held_size, done.checkpoint.size) == (len(ENTRIES) - 1, len(ENTRIES))
    pinned = followed_trust(server.profile, log)
    assert (pinned.root.version, len(pinned.trust.policy.witnesses)) == (2, 5)
    assert inspect_folder(LogFolder(log), pinned, now=TODAY).discoveries == []


async def test_a_profile_that_is_newer_than_the_folder_counts(server: LogServer, tmp_path: Path) -> None:
    log = tmp_path / "log"
    server.network = network().rotated()
    await fetch(server, log)
    newest = network().rotated().rotated()
    assert followed_trust(newest.profile(), log) == newest.pinned


async def test_what_the_pin_does_not_lead_to_is_refused(server: LogServer, tmp_path: Path) -> None:
    log = tmp_path / "log"
    server.network = network(version=1, threshold=1)
    with pytest.raises(PeerError) as refused:
        await fetch(server, log)
    assert refused.value.code is Code.BAD_SIGNATURE
    assert not log.exists()


async def test_trust_that_has_run_out_brings_nothing_new(server: LogServer, tmp_path: Path) -> None:
    with pytest.raises(PeerError) as refused:
        await fetch(server, tmp_path / "log", days=400)
    assert refused.value.code is Code.EXPIRED


async def test_new_witnesses_do_not_cover_up_another_history(server: LogServer, tmp_path: Path) -> None:
    """The folder's checkpoint is judged by those who were believed when it was fetched."""
    log = tmp_path / "log"
    await fetch(server, log)
    newer = network().renewed(witnesses=5, quorum=5)
    server.network = newer
    publish(server.folder, [*ENTRIES[:-2], b"another history", b"of the log"], newer)
    with pytest.raises(TwoHistoriesError):
        await fetch(server, log)


@pytest.mark.parametrize("name", ["trust/2.root.json", "trust/targets.json"])
async def test_a_folder_that_was_tampered_with_is_refused(
    name: str, server: LogServer, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    server.network = network().rotated()
    await fetch(server, log)
    other = network(origin="other.example").rotated()
    (log / name).write_bytes(other.root if "root" in name else other.trust)
    with pytest.raises(PeerError) as refused:
        followed_trust(server.profile, log)
    assert refused.value.code is Code.BAD_SIGNATURE
