"""Keys of past epochs go when their time is over: without the relay, and without a word from it (M03)."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.simulator.test_story import A, B, world_with
from tests.simulator.world import PASSPHRASE, World

from rogatory_client.office.line import courier
from rogatory_client.vault import open_vault, rooms
from rogatory_crypto.wire.frame import CaughtUp, ClientFrame, RelayFrame

LATER_S = 15 * 86_400


async def parted(folder: Path) -> World:
    """Let B hold the keys of an epoch that has ended: A has renewed its keys after a week."""
    world = await world_with(folder, A, B)
    await world.sync(A)
    for days in (0, 8):
        world.tick(days * 86_400)
        async with world.at(A) as office:
            if not office.rooms():
                office.start_consultation([B], "Company records", "May we ask?", reference="SN/1")
            office.reply("SN/1", "And one thing more.")
            await office.sync()
        await world.sync(B)
    return world


def past_epochs(world: World) -> int:
    vault = open_vault(world.folder / B, PASSPHRASE)
    with vault.reading() as connection:
        (room,) = rooms.load_rooms(connection).values()
    vault.close()
    assert room.group is not None
    return len(room.group.past)


async def test_opening_an_office_is_enough(tmp_path: Path) -> None:
    world = await parted(tmp_path)
    assert past_epochs(world) > 0
    world.tick(LATER_S)
    async with world.at(B):
        pass
    assert past_epochs(world) == 0


@dataclass
class SilentFeed:
    """Says nothing while the time goes by, and a word only when it is asked again."""

    world: World
    asked: int = 0

    async def send(self, sent: ClientFrame) -> None:
        raise AssertionError(f"nothing is to be said here: {sent}")

    async def receive(self) -> RelayFrame:
        self.asked += 1
        if self.asked == 1:
            self.world.tick(LATER_S)
            await asyncio.Event().wait()
        return CaughtUp()


async def test_a_line_on_which_nothing_is_said_is_enough(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(courier, "RETIRE_EVERY_S", 0.001)
    world = await parted(tmp_path)
    async with world.at(B) as office:
        (room,) = office._desk.rooms.values()
        assert room.group is not None
        assert room.group.past
        following = courier.Courier(office._desk, office._line, office._pause)
        feed = SilentFeed(world)
        assert await following._wait_for_frame(feed) is None, "what waits for a time is looked at, too"
        assert await following._wait_for_frame(feed) == CaughtUp()
    assert past_epochs(world) == 0
