"""Batches of postmarks in a store: kept in order, listed once, found by time and root, dropped when old."""

from hashlib import sha256

import pytest
from sqlalchemy import Connection

from rogatory_crypto.log.listed_postmarks import SignedBatch
from rogatory_server.store import Store, postmarks
from rogatory_server.store.postmarks import Listing


def batch(number: int) -> SignedBatch:
    return SignedBatch(1000 + number // 2, sha256(number.to_bytes(4)).digest(), 1 + number)


async def fill(store: Store, count: int = 10, listed: int = 6) -> None:
    def write(connection: Connection) -> None:
        for number in range(0, count, 2):
            postmarks.add(connection, [batch(number), batch(number + 1)])
        postmarks.list_in(connection, 0, 4, 77)
        postmarks.list_in(connection, 4, listed - 4, 78)

    await store.write(write)


async def find(store: Store, wanted: SignedBatch) -> Listing | None:
    return await store.read(lambda connection: postmarks.find(connection, wanted.accepted_at_ms, wanted.root))


async def test_what_is_not_listed_comes_in_order(store: Store) -> None:
    assert (await store.read(lambda connection: postmarks.unlisted(connection, 5))).batches == []
    await fill(store)
    everything = await store.read(lambda connection: postmarks.unlisted(connection, 100))
    assert everything == (6, [batch(number) for number in range(6, 10)])
    first = await store.read(lambda connection: postmarks.unlisted(connection, 1))
    assert first == (6, [batch(6)])


@pytest.mark.parametrize("number", range(12))
async def test_a_batch_is_found_in_the_entry_that_lists_it(store: Store, number: int) -> None:
    await fill(store)
    found = await find(store, batch(number))
    if number >= 6:
        assert found is None
    else:
        start, index, size = (0, 77, 4) if number < 4 else (4, 78, 2)
        batches = [batch(each) for each in range(start, start + size)]
        assert found == (index, number - start, batches)


async def test_old_batches_go_entry_by_entry_and_numbers_go_on(store: Store) -> None:
    await fill(store, listed=10)
    await store.write(lambda connection: postmarks.drop_outdated(connection, 1000))
    assert await find(store, batch(0)) is not None
    # Batches 0 to 5 are older, and only the first entry's all are.
    await store.write(lambda connection: postmarks.drop_outdated(connection, 1003))
    assert [await find(store, batch(number)) is None for number in range(5)] == [True] * 4 + [False]
    await store.write(lambda connection: postmarks.drop_outdated(connection, 9999))
    assert await find(store, batch(9)) is None
    await store.write(lambda connection: postmarks.add(connection, [batch(0)]))
    assert await store.read(lambda connection: postmarks.unlisted(connection, 9)) == (10, [batch(0)])


async def test_what_is_not_listed_is_never_dropped(store: Store) -> None:
    await fill(store)
    await store.write(lambda connection: postmarks.drop_outdated(connection, 9999))
    kept = await store.read(lambda connection: postmarks.unlisted(connection, 9))
    assert kept == (6, [batch(number) for number in range(6, 10)])
