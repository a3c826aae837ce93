"""A relay and a few offices, each a real process, for the length of one test module."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from rogatory_client.demo import enrolment
from rogatory_client.demo.desk import Desk
from rogatory_client.demo.scenes import founding
from rogatory_client.demo.world import REQUESTED, REQUESTING, World, new_world

SILENT = "CNA-NG-01"


@asynccontextmanager
async def small_network(
    folder: Path, offices: Sequence[str] = (REQUESTING, REQUESTED)
) -> AsyncIterator[World]:
    """Enrol only some of the offices of the demonstration; the relay's log has no witnesses.

    Each office runs a network of its own, so that the directory operator alone may invite it.
    """
    world = new_world(folder)
    world.witnesses, world.colleagues = (), {}
    world.desks = {entry_id: world.desks[entry_id] for entry_id in offices}
    world.secretariats = {f"OF-{entry_id}": entry_id for entry_id in (*offices, SILENT)}
    try:
        await founding.found(world)
        await enrolment.by_operator(world, *offices)
        yield world
    finally:
        await world.relay.kill()


def new_desk(world: World, name: str, officer: str = "case officer") -> Desk:
    """Return a desk nobody has used yet."""
    home = world.folder / "desks" / name
    return Desk("CNA-NG-01", officer, "head", home, b"correct horse battery staple")
