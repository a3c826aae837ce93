"""KeyPackages in the store: each is handed out once, and none that is too old (RFC 9420 section 16.8)."""

from rogatory_crypto.wire.identifier import DeviceId
from rogatory_server.store import Store, key_packages
from rogatory_server.store.key_packages import NewKeyPackage

DEVICE, OTHER = DeviceId(b"d" * 16), DeviceId(b"o" * 16)
SUITE, LATER, NOW = 1, 2_000, 1_000


def package(name: bytes, not_after: int = LATER) -> NewKeyPackage:
    return NewKeyPackage(not_after, name * 32, b"package " + name)


async def fill(store: Store, *packages: NewKeyPackage, device: DeviceId = DEVICE) -> None:
    await store.write(lambda connection: key_packages.add(connection, device, SUITE, list(packages)))


async def take(
    store: Store, *, device: DeviceId = DEVICE, suite: int = SUITE, now: int = NOW
) -> bytes | None:
    return await store.write(lambda connection: key_packages.take(connection, device, suite, now))


async def publish_last_resort(store: Store, last: NewKeyPackage) -> None:
    await store.write(lambda connection: key_packages.replace_last_resort(connection, DEVICE, SUITE, last))


async def test_each_is_handed_out_once_and_in_order(store: Store) -> None:
    # R03 E07
    await fill(store, package(b"1"), package(b"2"))
    await fill(store, package(b"1"))
    assert [await take(store) for _ in range(3)] == [b"package 1", b"package 2", None]


async def test_the_last_resort_stays_until_it_is_replaced(store: Store) -> None:
    # R03 E07
    await fill(store, package(b"1"))
    await publish_last_resort(store, package(b"8"))
    await publish_last_resort(store, package(b"9"))
    assert [await take(store) for _ in range(3)] == [b"package 1", b"package 9", b"package 9"]


async def test_none_is_handed_out_to_another_devices_name_or_suite(store: Store) -> None:
    # R03
    await fill(store, package(b"1"))
    assert await take(store, device=OTHER) is None
    assert await take(store, suite=2) is None
    assert await take(store) == b"package 1"


async def test_what_is_too_old_is_not_handed_out_and_goes(store: Store) -> None:
    # R03
    await fill(store, package(b"1"), package(b"2", LATER + 1))
    assert await take(store, now=LATER) == b"package 2"
    await fill(store, package(b"3", LATER + 1))
    await store.write(lambda connection: key_packages.drop_expired(connection, LATER))
    assert [await take(store, now=NOW) for _ in range(2)] == [b"package 3", None]
