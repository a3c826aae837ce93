"""Sticks and a bad line at random: in the end all offices read the same, each thing once (L07)."""

import random
from collections import Counter
from pathlib import Path

import pytest
from tests.effort import examples
from tests.simulator.carriers import acquainted, texts
from tests.simulator.test_carrier import settle
from tests.simulator.test_story import A, B, C
from tests.simulator.world import Adversary, World

from rogatory_client.engine.membership import LEAF_REFRESH_S
from rogatory_crypto.errors import MisuseError

STEPS = 30
OFFICES = (A, B, C)


class Traffic:
    """What offices do at random, and every file that was ever made."""

    def __init__(self, world: World, seed: int) -> None:
        self.world = world
        self.chance = random.Random(seed)  # noqa: S311  # repeatable
        self.files: list[Path] = []
        self.said: list[str] = []

    async def step(self) -> None:
        name = self.chance.choice(OFFICES)
        act = self.chance.choice((self.say, self.say, self.carry_out, self.take_in, self.take_in, self.line))
        await act(name)
        if not self.chance.randrange(8):
            self.world.tick(LEAF_REFRESH_S + 1)

    async def say(self, name: str) -> None:
        async with self.world.at(name) as office:
            self.said.append(f"{name} says {len(self.said)}")
            office.reply("SN/2", self.said[-1])

    async def carry_out(self, name: str) -> None:
        path = self.world.folder / f"{len(self.files)}.carry"
        async with self.world.at(name) as office:
            try:
                office.carrier.out(path)
            except MisuseError as error:
                if "nothing" not in str(error):
                    raise
                return
        self.files.append(path)

    async def take_in(self, name: str) -> None:
        if not self.files:
            return
        async with self.world.at(name) as office:
            try:
                came = office.carrier.take_in([self.chance.choice(self.files)])
            except MisuseError as error:
                if "this device has made this file" not in str(error):
                    raise
                return
            assert {each.code for each in came.refused} <= {"wrong-epoch"}

    async def line(self, name: str) -> None:
        self.world.adversary = Adversary(self.world.chance, break_one_in=12)
        await self.world.sync(name)
        self.world.adversary = Adversary(self.world.chance)


@pytest.mark.parametrize("seed", range(examples(3)))
async def test_all_read_the_same_once(tmp_path: Path, seed: int) -> None:
    world = await acquainted(tmp_path, *OFFICES)
    traffic = Traffic(world, seed)
    for _ in range(STEPS):
        await traffic.step()
    await settle(world, *OFFICES)
    for path in traffic.files:  # late, once more, everywhere
        await traffic.take_in(traffic.chance.choice(OFFICES))
        assert path.exists()
    await settle(world, *OFFICES)
    timelines = []
    for name in OFFICES:
        async with world.at(name) as office:
            assert sorted(texts(office)) == sorted(traffic.said)
            timelines.append([(each.text, each.at_ms) for each in office.messages()])
            assert not office._desk.carried
            assert not office.outbox()
            for message in office.messages():
                receipts = Counter(
                    (each.stage, each.device_id) for each in office.receipts(message.message_id)
                )
                assert set(receipts.values()) <= {1}
        assert not world.notes(name)
    assert timelines[0] == timelines[1] == timelines[2]
