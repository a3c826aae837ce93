"""A KeyPackage of last resort is replaced once it was used, and its key is gone (RFC 9420 section 16.8)."""

from pathlib import Path

from tests.simulator.test_story import A, B, C, world_with
from tests.simulator.world import Killed, World

from rogatory_crypto.wire.identifier import DeviceId


async def reached_by_the_last_resort(folder: Path) -> tuple[World, DeviceId, bytes]:
    """Return a world in which B was added to a room of A by its last resort; B has not read it yet."""
    world = await world_with(folder, A, B, C)
    await world.sync(B)
    (device,) = (each.entry.device_id for each in world.relay.registry.devices_of(B, int(world.now)))  # type: ignore[arg-type]  # an entry id
    world.relay.packages[device].clear()
    await consult(world, A)
    return world, device, world.relay.last_resorts[device]


async def consult(world: World, name: str) -> None:
    async with world.at(name) as office:
        await office.sync()
        office.start_consultation([B], f"Records of {name}", "May we ask?")
        await office.sync()
        assert not office.outbox()


async def held_messages(world: World) -> set[bytes]:
    """Whose private halves B has."""
    async with world.at(B) as office:
        return {each.message for each in office._desk.key_packages}


async def texts(world: World) -> int:
    async with world.at(B) as office:
        return len(office.messages())


async def test_a_used_last_resort_is_replaced_and_erased(tmp_path: Path) -> None:
    # E07 L06
    world, device, used = await reached_by_the_last_resort(tmp_path)
    await world.sync(B)
    assert await texts(world) == 1
    assert world.relay.last_resorts[device] == used, "it was used after the stock was looked at"
    stock = len(world.relay.packages[device])
    await world.sync(B)
    assert world.relay.last_resorts[device] != used
    assert len(world.relay.packages[device]) == stock, "only the last resort is made anew"
    held = await held_messages(world)
    assert used not in held
    assert world.relay.last_resorts[device] in held


async def test_an_unused_last_resort_stays(tmp_path: Path) -> None:
    # E07
    world = await world_with(tmp_path, A, B)
    await world.sync(B)
    before = dict(world.relay.last_resorts)
    await consult(world, A)
    for _ in range(2):
        await world.sync(B)
    assert before.items() <= world.relay.last_resorts.items()


async def test_who_was_added_by_it_before_it_was_replaced_is_let_in(tmp_path: Path) -> None:
    """What the relay took before it had the successor is read before the key goes."""
    # E07 L06
    world, device, used = await reached_by_the_last_resort(tmp_path)
    await world.sync(B)
    world.relay.packages[device].clear()
    await consult(world, C)
    await world.sync(B)
    assert await texts(world) == 2
    assert used not in await held_messages(world)
    assert not world.notes(B)


async def test_a_cut_after_any_step_leaves_a_last_resort_whose_key_is_held(tmp_path: Path) -> None:
    # E07 L06
    world, device, used = await reached_by_the_last_resort(tmp_path)
    await world.sync(B)
    cuts = 0
    while used in await held_messages(world):
        cuts += 1
        world.adversary.steps, world.adversary.kill_at = 0, cuts
        try:
            async with world.at(B) as office:
                await office.sync()
        except Killed:
            assert world.relay.last_resorts[device] in await held_messages(world)
        world.adversary.kill_at = None
    assert cuts > 3
    assert world.relay.last_resorts[device] != used
    assert len(await held_messages(world)) < 60
