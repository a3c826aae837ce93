"""The log of a running relay: one history through kill -9, tiles for monitors, and the root of trust."""

import asyncio
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from tests.integration.relay.device_client import FeedClient, RelayCalls, accepted, calling, new_group
from tests.integration.relay.identities import OfficeKeys, fresh_entry_id
from tests.integration.relay.relay_process import START, RelayProcess
from tests.server.log.logged_network import until
from tests.server.log.small_witness import SmallWitness, witnesses_at_work
from tests.trusted_network import TrustedNetwork

from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.log import log_origin
from rogatory_crypto.log.entry import LogEntry
from rogatory_crypto.log.entry_bundle import decode_bundle
from rogatory_crypto.log.entry_content import PostmarkBatch
from rogatory_crypto.log.listed_postmarks import verify_listed
from rogatory_crypto.log.merkle import leaf_hash, verify_consistency
from rogatory_crypto.log.tiled_tree import TiledTree
from rogatory_crypto.log.tiles import changed_bundles, changed_tiles
from rogatory_crypto.log.tree import Tree
from rogatory_crypto.log.witness_policy import verify_checkpoint
from rogatory_crypto.wire.frame import LogGrew
from rogatory_crypto.wire.log_request import PostmarkProof, ProposedEntry, TrustUpdate
from rogatory_crypto.wire.postmark import Postmark

RELAY = "relay.example"
ORIGIN = log_origin(RELAY)


def office_of(relay: RelayProcess) -> OfficeKeys:
    return OfficeKeys(fresh_entry_id(), relay.operator, int(time.time()))


async def tree_of(calls: RelayCalls) -> Tree:
    """Every published entry, as a tree whose root is that of the checkpoint."""
    tree = Tree()
    while entries := (await calls.log_page(tree.size)).entries:
        for entry in entries:
            tree.append(leaf_hash(entry))
    head = (await calls.checkpoint()).checkpoint
    assert tree.root(head.size) == head.root
    return tree


async def test_a_publication_is_shown_when_it_is_answered(relay: RelayProcess, calls: RelayCalls) -> None:
    office = office_of(relay)
    empty = await calls.checkpoint()
    (device,) = await calls.enrol(office)
    signed = await calls.checkpoint()
    accepted = verify_checkpoint(signed, relay.network.policy, now=int(time.time()))
    assert (empty.checkpoint.size, accepted.checkpoint.size) == (0, 3)
    assert len(accepted.log_checkpoint.log_keys) == 2
    page = await calls.log_page(1)
    assert (page.first_index, page.size, len(page.entries)) == (1, 3, 2)
    async with calls.feed(device) as feed:
        await calls.publish(office.device()[1])
        assert (await feed.expect(LogGrew)).size == 4
    await tree_of(calls)


async def test_kill_between_append_and_checkpoint_leaves_one_history(
    relay: RelayProcess, calls: RelayCalls
) -> None:
    seen = [await calls.checkpoint()]
    answered = 0

    async def publish() -> None:
        nonlocal answered
        office = office_of(relay)
        await calls.publish(*office.enrolment())
        while True:
            try:
                await calls.publish(office.device()[1])
            except (aiohttp.ClientError, OSError):
                return
            answered += 1

    for _ in range(3):
        before = answered
        publishing = [asyncio.create_task(publish()) for _ in range(4)]
        await until(lambda: answered >= before + 8)  # noqa: B023  # awaited here
        await relay.kill()
        await asyncio.gather(*publishing)
        await relay.start()
        tree = await tree_of(calls)
        assert tree.size >= answered
        signed = await calls.checkpoint()
        for older in (each.checkpoint for each in seen):
            head = signed.checkpoint
            proof = tree.prove_consistency(older.size, head.size)
            verify_consistency(older.size, older.root, head.size, head.root, proof)
        seen.append(signed)


@pytest.fixture
async def witness() -> AsyncIterator[SmallWitness]:
    network = TrustedNetwork("relay.example", int(time.time()), witnesses=1)
    logs = {ORIGIN: tuple(key.verifier for key in network.log_keys)}
    made = SmallWitness(network.witness_keys[0], logs, lambda: int(time.time()))
    async with witnesses_at_work(made):
        yield made


@pytest.fixture
async def witnessed(tmp_path: Path, witness: SmallWitness) -> AsyncIterator[RelayProcess]:
    relay = RelayProcess(tmp_path, witness_urls=(witness.url,))
    await relay.start()
    yield relay
    await relay.stop()


async def test_a_revocation_counts_before_any_witness_has_heard_of_it(
    witnessed: RelayProcess, witness: SmallWitness
) -> None:
    office = office_of(witnessed)
    async with calling(witnessed) as calls:
        kept, lost = await calls.enrol(office, devices=2)
        token = await calls.token(lost)
        async with calls.feed(lost, token) as feed, calls.feed(kept):
            await witness.stop()
            publishing = asyncio.create_task(calls.publish(office.revocation(lost)))
            assert await feed.until_closed() is Code.REVOKED
            assert (await calls.checkpoint()).checkpoint.size == 4
            assert not publishing.done()
        for attempt in (calls.feed(lost, token).__aenter__(), calls.token(lost)):
            with pytest.raises((PeerError, aiohttp.WSServerHandshakeError)):
                await attempt
        # Durable although nobody has cosigned it: so it is answered after a while.
        assert (await publishing).first_index == 4
        assert (await calls.checkpoint()).checkpoint.size == 4
        await witness.start()
        async with asyncio.timeout(20):
            while (await calls.checkpoint()).checkpoint.size < 5:
                continue
        await tree_of(calls)


async def test_monitors_find_every_tile_and_every_entry(relay: RelayProcess, calls: RelayCalls) -> None:
    for _ in range(2):
        statements = [statement for _ in range(70) for statement in office_of(relay).enrolment()]
        await calls.publish_entries(*(ProposedEntry(1, statement) for statement in statements))
    tree = await tree_of(calls)
    head = (await calls.checkpoint()).checkpoint
    assert await calls.call("GET", "/log/checkpoint") == (await calls.checkpoint()).encode()
    tiles = {tile: await calls.call("GET", f"/log/{tile.path()}") for tile in changed_tiles(0, head.size)}
    tiled = TiledTree(head.size, lambda tile: tiles[tile])
    assert tiled.root() == head.root
    assert tiled.prove_inclusion(7) == tree.prove_inclusion(7)
    entries: list[bytes] = []
    for bundle in changed_bundles(0, head.size):
        entries += decode_bundle(await calls.call("GET", f"/log/{bundle.path()}"), bundle.width)
    assert Tree(map(leaf_hash, entries)).root() == head.root
    async with calls.http.get(f"{relay.url}/log/tile/0/000", ssl=calls.tls) as answer:
        assert answer.headers["Content-Type"] == "application/octet-stream"
        assert "immutable" in answer.headers["Cache-Control"]
    async with calls.http.get(f"{relay.url}/log/checkpoint", ssl=calls.tls) as answer:
        assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
        assert answer.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize(
    "path",
    [
        "/log/tile/0/001",
        "/log/tile/0/000",
        "/log/tile/0/000.p/7",
        "/log/tile/1/000.p/1",
        "/log/tile/entries/000.p/7",
        "/log/tile/0/x000/000",
        "/log/tile/00/000.p/1",
        "/log/tile/0/0.p/1",
        "/log/tile/0/000.p/256",
        "/log/tile/0/000.p/0",
        "/log/tile/64/000.p/1",
        "/log/tile/0/000.p/1/",
        "/log/tile/0//000.p/1",
        "/log/tile/entries/../0/000.p/9",
        "/log/tile/%00",
        "/log/tile/0/" + "x001/" * 50 + "000",
        "/log/tile",
        "/log/tile/",
        "/log/checkpoint/",
        "/v1/log/entries?first=-1",
        "/v1/log/entries?first=x",
        "/v1/trust?version=1e3",
    ],
)
async def test_a_path_that_names_nothing_is_refused(
    shared_relay: RelayProcess, shared_size: int, path: str
) -> None:
    assert shared_size == 3
    async with calling(shared_relay) as calls:
        with pytest.raises(PeerError) as caught:
            await calls.call("GET", path)
        assert caught.value.code in {Code.NOT_FOUND, Code.MALFORMED}
        assert len(await calls.call("GET", "/log/tile/0/000.p/3")) == 96


@pytest.fixture
async def shared_size(shared_relay: RelayProcess) -> int:
    async with calling(shared_relay) as calls:
        if not (await calls.log_page()).entries:
            await calls.enrol(office_of(shared_relay))
        return (await calls.checkpoint()).checkpoint.size


async def test_the_root_of_trust_is_handed_on(shared_relay: RelayProcess) -> None:
    async with calling(shared_relay) as calls:
        everything = TrustUpdate.decode(await calls.call("GET", "/v1/trust?version=0"))
        nothing = TrustUpdate.decode(await calls.call("GET", "/v1/trust?version=1"))
        assert (everything.roots, everything.trust) == (
            shared_relay.network.roots,
            shared_relay.network.trust,
        )
        assert (nothing.roots, nothing.trust) == ((), shared_relay.network.trust)
        assert TrustUpdate.decode(await calls.call("GET", "/v1/trust?version=9")).roots == ()


def start_and_fail(config: Path) -> str:
    command = [sys.executable, "-c", START, str(config)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)
    assert ended.returncode == 1
    return ended.stderr.splitlines()[-1]


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("1.root.json", None, "has no 1.root.json"),
        ("targets.json", None, "cannot be read"),
        ("targets.json", b"{}", "does not hold"),
        ("1.root.json", b"x" * (1 << 20 | 1), "larger than root metadata may be"),
    ],
)
def test_without_its_root_of_trust_a_relay_does_not_start(
    tmp_path: Path, name: str, content: bytes | None, reason: str
) -> None:
    relay = RelayProcess(tmp_path, plain=True)
    file = tmp_path / "relay/trust" / name
    file.unlink()
    if content is not None:
        file.write_bytes(content)
    assert reason in start_and_fail(relay.config)


def test_a_trust_in_another_relay_is_none(tmp_path: Path) -> None:
    relay = RelayProcess(tmp_path, plain=True)
    (tmp_path / "relay/postmark.key").write_text("00" * 32)
    assert "names another postmark key" in start_and_fail(relay.config)


async def test_two_relays_do_not_share_a_database(tmp_path: Path, postgresql: str) -> None:
    first, second = (tmp_path / name for name in ("first", "second"))
    first.mkdir()
    second.mkdir()
    relay = RelayProcess(first, settings=f'database = "{postgresql}"\n')
    await relay.start()
    other = RelayProcess(second, settings=f'database = "{postgresql}"\n')
    last = await asyncio.to_thread(start_and_fail, other.config)
    assert "another relay is running on this database" in last
    assert await relay.stop() == 0
    await other.start()
    assert await other.stop() == 0


async def proof_of(calls: RelayCalls, feed: FeedClient, mark: Postmark) -> PostmarkProof:
    while True:
        try:
            found = await calls.call("GET", f"/v1/log/postmarks/{mark.accepted_at_ms}/{mark.root.hex()}")
        except PeerError:
            await feed.expect(LogGrew)
        else:
            return PostmarkProof.decode(found)


async def test_a_postmark_leads_to_its_entry_in_the_log(tmp_path: Path) -> None:
    relay = RelayProcess(tmp_path, log_settings="postmarks_seconds = 1\n")
    await relay.start()
    async with calling(relay) as calls:
        (device,) = await calls.enrol(office_of(relay))
        async with calls.feed(device) as feed:
            group = new_group()
            marks = [accepted(await feed.commit(group, 0)).postmark]
            marks += [accepted(await feed.submit(group, b"x")).postmark for _ in range(3)]
            proofs = [await proof_of(calls, feed, mark) for mark in marks]
        for mark, proof in zip(marks, proofs, strict=True):
            (data,) = (await calls.log_page(proof.log_index)).entries[:1]
            verify_listed(mark, proof, PostmarkBatch.decode(LogEntry.decode(data).body), origin=RELAY)
        for wrong in (f"{marks[0].accepted_at_ms + 1}/{marks[0].root.hex()}", f"1/{'00' * 32}", "1/zz"):
            with pytest.raises(PeerError) as caught:
                await calls.call("GET", f"/v1/log/postmarks/{wrong}")
            assert caught.value.code in {Code.NOT_FOUND, Code.MALFORMED}
        await tree_of(calls)
    assert await relay.stop() == 0
