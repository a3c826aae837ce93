"""An office of several officers in a case with another one."""

from pathlib import Path

from tests.simulator.test_lifecycle_office_key import join
from tests.simulator.test_story import A, B, world_with
from tests.simulator.world import World

from rogatory_crypto.identity import Role

HEAD = "case officer"
SECOND, THIRD = "second", "third"
CASE = "SN/1"


async def office_of_two(folder: Path) -> World:
    """The head, who holds the office's key, and a case officer, in a case with B."""
    world = await world_with(folder, A, B)
    await join(world, SECOND, "second officer", Role.CASE_OFFICER)
    await begin_case(world, CASE)
    await settle(world, A, SECOND)
    return world


async def begin_case(world: World, reference: str) -> None:
    async with world.at(A) as office:
        await office.sync()
        office.start_consultation([B], f"Records {reference}", "May we ask?", reference=reference)
        await office.sync()
    await world.sync(B)


async def settle(world: World, *names: str) -> None:
    """All have what all have said."""
    for name in (*names, *names):
        await world.sync(name)
