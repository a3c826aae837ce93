"""Two officers whose machines are killed at any step, and whose lines break: what they began goes on."""

from pathlib import Path

import pytest
from tests.simulator.running_secretariat import (
    FIRST,
    SECOND,
    A,
    confirm,
    link,
    proposal,
    secretariat,
    state_of,
)
from tests.simulator.world import Adversary, Killed, World

from rogatory_crypto.errors import Code, PeerError

MOST_STEPS = 40


async def killed_at(world: World, step: int, name: str, text: str) -> bool:
    """Whether confirming lives to be killed at this step."""
    world.adversary = Adversary(world.chance, kill_at=step)
    try:
        async with world.at(name) as office:
            await office.admissions.confirm(text)
    except Killed:
        return True
    finally:
        world.adversary = Adversary(world.chance)
    return False


def listed(world: World) -> int:
    return sum(each.invitation.entry_id == A for each in world.relay.registry.invitations)


async def test_a_confirmation_survives_a_kill_at_every_step(tmp_path: Path) -> None:
    world = await secretariat(tmp_path)
    for step in range(1, MOST_STEPS):
        text = await proposal(world)
        was_killed = await killed_at(world, step, SECOND, text)
        async with world.at(SECOND) as office:
            await office.sync()
            waiting = office._desk.identity.publication
            assert waiting is None, "what was signed has been published"
        if listed(world) == step:
            with pytest.raises(PeerError) as refusal:
                await confirm(world, text)
            assert refusal.value.code is Code.ALREADY_USED
        else:
            await confirm(world, text)
        assert listed(world) == step
        async with world.at(FIRST) as office:
            assert (await office.admissions.letter(A)).entry_id == A
        if not was_killed:
            return
    raise AssertionError("it never ended")


@pytest.mark.parametrize("step", [1, 2, 3])
async def test_a_killed_proposal_leaves_nothing_that_could_be_used(tmp_path: Path, step: int) -> None:
    world = await secretariat(tmp_path)
    world.adversary = Adversary(world.chance, kill_at=step)
    try:
        await proposal(world)
    except Killed:
        pass
    finally:
        world.adversary = Adversary(world.chance)
    text = await proposal(world)
    await confirm(world, text)
    async with world.at(FIRST) as office:
        code = (await office.admissions.letter(A)).code
        assert world.relay.registry.invitation_for(code.public_key()) is not None
        assert await state_of(office) == "letter-printed"


async def test_the_second_officer_may_be_another_than_the_first_of_several(tmp_path: Path) -> None:
    world = await secretariat(tmp_path)
    await link(world, "third", "deputy")
    async with world.at("third") as office:
        third = office.identity.device_id
    async with world.at(FIRST) as office:
        text = (await office.admissions.propose(A, "WACAP", confirmer=third[:6])).text
    async with world.at("third") as office:
        assert (await office.admissions.confirm(text)).confirmer == "deputy"
