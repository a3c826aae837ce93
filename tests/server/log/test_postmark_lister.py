"""Postmarks come into the log: all of them, once, and each with a proof."""

import pytest
from tests.crypto.identity.enrolled_office import NOW, ORIGIN
from tests.server.log.logged_network import LoggedNetwork, enrolment, shown

from rogatory_crypto.log.entry import EntryType, LogEntry
from rogatory_crypto.log.entry_content import PostmarkBatch
from rogatory_crypto.log.listed_postmarks import SignedBatch
from rogatory_crypto.signing import public_key
from rogatory_server.log import postmark_lister
from rogatory_server.log.postmark_lister import PostmarkLister
from rogatory_server.log.transparency_log import TransparencyLog
from rogatory_server.postmark_keys import PostmarkKeys
from rogatory_server.store import Store, postmarks

BATCHES = [SignedBatch(NOW * 1000 + number, number.to_bytes(32), 1) for number in range(11)]


async def keep(store: Store, *batches: SignedBatch) -> None:
    await store.write(lambda connection: postmarks.add(connection, batches))


def lister_of(world: LoggedNetwork, store: Store, log: TransparencyLog, *further: bytes) -> PostmarkLister:
    trust = world.trust
    key = PostmarkKeys(
        ORIGIN,
        [world.network.postmark_seed, *further],
        lambda at: trust.former.postmark(at, trust.postmark_key),
    )
    return PostmarkLister(store, log, key, 60.0, lambda: world.now * 1000)


async def listed(log: TransparencyLog) -> list[int]:
    """How many batches each entry lists."""
    entries = map(LogEntry.decode, (await log.page(0)).entries)
    return [
        PostmarkBatch.decode(entry.body).size for entry in entries if entry.type is EntryType.POSTMARK_BATCH
    ]


async def test_each_batch_is_listed_once(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postmark_lister, "MAX_LISTED", 4)
    world = LoggedNetwork()
    async with world.running(store) as log:
        lister = lister_of(world, store, log)
        assert await lister.list_all() == 0
        await keep(store, *BATCHES[:10])
        assert await lister.list_all() == 3
        await log.append(enrolment(world.office))
        await keep(store, BATCHES[10])
        assert (await lister.list_all(), await lister.list_all()) == (1, 0)
        await shown(log, 7)
        assert await listed(log) == [4, 4, 2, 1]
        assert (await world.replayed(log)).findings == []
        found = await store.read(
            lambda connection: postmarks.find(connection, BATCHES[10].accepted_at_ms, BATCHES[10].root)
        )
        assert found == (6, 0, [BATCHES[10]])


async def test_after_a_restart_listing_goes_on(store: Store) -> None:
    world = LoggedNetwork()
    await keep(store, *BATCHES[:2])
    async with world.running(store) as log:
        await lister_of(world, store, log).list_all()
        await keep(store, BATCHES[2])
    async with world.running(store) as log:
        await lister_of(world, store, log).list_all()
        await shown(log, 2)
        assert await listed(log) == [2, 1]


async def test_the_next_key_lists_from_its_first_second_on(store: Store) -> None:
    seed = b"\x02" * 32
    world = LoggedNetwork(next_postmark=(NOW + 60, public_key(seed)))
    async with world.running(store) as log:
        lister = lister_of(world, store, log, seed)
        for batch, at in zip(BATCHES[:3], (NOW, NOW + 59, NOW + 60), strict=True):
            world.now = at
            await keep(store, batch)
            assert await lister.list_all() == 1
        await shown(log, 3)
        assert (await world.replayed(log)).findings == []
