"""Changes of state by stick: shown as not confirmed, judged by no claimed time, later the same for all."""

from dataclasses import replace
from pathlib import Path

import pytest
from tests.simulator.carriers import acquainted
from tests.simulator.test_carrier import settle
from tests.simulator.test_carrier_files import contents
from tests.simulator.test_story import A, B, C
from tests.simulator.world import BEGIN, World

from rogatory_client.office import CaseStateView, Office
from rogatory_client.office.carrier.writing_file import Cargo, write
from rogatory_crypto.wire.carried import MAX_CLAIMED_S, sign_head

YEAR_MS = 365 * 86_400_000


def standing(case: CaseStateView) -> list[tuple[str, str, bool]]:
    return [(each.state, each.standing, each.confirmed) for each in case.changes]


async def acknowledged(folder: Path, *others: str) -> World:
    world = await acquainted(folder, A, *others)
    async with world.at(B) as office:
        office.acknowledge("SN/2", "GH/9")
        await office.sync()
    await settle(world, *others, A)
    return world


async def said_by_stick(world: World, *, written_at_ms: int | None = None) -> Path:
    """B begins to review, in a file; it may claim any time of writing."""
    async with world.at(B) as office:
        office.cases.set_state("SN/2", "under_review")
        office.carrier.out(world.folder / "state.carry")
        key = office._desk.identity.signer.private
    if written_at_ms is None:
        return world.folder / "state.carry"
    head, payloads = contents(world.folder / "state.carry")
    messages = tuple(replace(each, written_at_ms=written_at_ms) for each in head.manifest.messages)
    lying = Cargo(sign_head(replace(head.manifest, messages=messages), key), payloads, ())
    (path,) = write(lying, world.folder / "lying.carry")
    return path


def state_of(office: Office) -> CaseStateView:
    return office.cases.state("SN/2")


async def test_a_state_by_stick_counts_here_and_says_that_the_relay_has_not_confirmed_it(
    tmp_path: Path,
) -> None:
    world = await acknowledged(tmp_path, B, C)
    path = await said_by_stick(world)
    async with world.at(A) as office:
        before = standing(state_of(office))
        office.carrier.take_in([path])
        case = state_of(office)
        assert case.lines[B] == "under_review"
        assert standing(case) == [*before, ("under_review", "valid", False)]
    await settle(world, B, A, C)
    views = []
    for name in (A, B, C):
        async with world.at(name) as office:
            views.append(standing(state_of(office)))
    assert views[0] == views[1] == views[2] == [*before, ("under_review", "valid", True)]


@pytest.mark.parametrize("claimed", [0, BEGIN * 1000 - YEAR_MS, BEGIN * 1000 + YEAR_MS, MAX_CLAIMED_S * 1000])
async def test_no_claimed_time_has_a_part_in_the_judgement(tmp_path: Path, claimed: int) -> None:
    world = await acknowledged(tmp_path, B)
    path = await said_by_stick(world, written_at_ms=claimed)
    async with world.at(A) as office:
        office.carrier.take_in([path])
        change = state_of(office).changes[-1]
        assert (change.standing, change.at_ms // 1000) == ("valid", int(world.now))
        message = next(each for each in office.messages() if each.message_id == change.message_id)
        assert message.written_at_ms == claimed
    await settle(world, B, A)
    async with world.at(A) as office:
        assert state_of(office).changes[-1].confirmed
