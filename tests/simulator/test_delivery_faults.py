"""Non-delivery and what is said again, over breaking lines and with kill -9: nothing twice, nothing lost."""

from pathlib import Path

import pytest
from tests.effort import examples
from tests.simulator.test_faults import settle
from tests.simulator.test_non_delivery import HOUR_S, events, request_to, state_of, stored
from tests.simulator.test_story import A, B, C, world_with
from tests.simulator.test_unreadable import spoil
from tests.simulator.world import Adversary


@pytest.mark.parametrize("seed", range(examples(4)))
async def test_it_comes_to_the_same_whatever_breaks(tmp_path: Path, seed: int) -> None:
    world = await world_with(tmp_path, A, B, C)
    world.chance.seed(seed)
    message = await request_to(world, tmp_path, B, C)
    spoil(world)
    world.adversary = Adversary(world.chance, break_one_in=9, kill_one_in=9)
    await world.sync(B)
    world.tick(25 * HOUR_S)
    for name in (A, B, A, C, A):
        await world.sync(name)
    await settle(world, A, B, C)
    for name in (A, B, C):
        about = sorted((each.stated.recipient, each.stated.event) for each in stored(world, name, message))
        assert about == [(B, "ContentConsignmentFailure"), (C, "ContentConsignmentFailure")]
    for recipient in (B, C):
        state = await state_of(world, A, message, recipient)
        assert events(state) == [("ContentConsignmentFailure", "ContentConsignment")]
        assert (state.stage, state.failed) == ("delivered", False)
    assert world.notes(A) == []
    assert {code for code, _ in world.notes(B)} == {"decryption-failed"}
