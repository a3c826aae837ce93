"""A relay and a few offices, each a real process, for the length of one test module."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from rogatory_client.demo.desk import Desk
from rogatory_client.demo.scenes import founding
from rogatory_client.demo.world import REQUESTED, REQUESTING, World, new_world


@asynccontextmanager
async def small_network(
    folder: Path, offices: Sequence[str] = (REQUESTING, REQUESTED)
) -> AsyncIterator[World]:
    """Enrol only some of the offices of the demonstration."""
    world = new_world(folder)
    world.desks = {entry_id: world.desks[entry_id] for entry_id in offices}
    try:
        await founding.found(world)
        yield world
    finally:
        await world.relay.kill()


def new_desk(world: World, name: str, officer: str = "case officer") -> Desk:
    """Return a desk nobody has used yet."""
    return Desk("CNA-NG-01", officer, world.folder / "desks" / name, b"correct horse battery staple")
