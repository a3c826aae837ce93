"""A commit that was staged, and could be submitted a day later only: by then its proof has become stale."""

from pathlib import Path

import pytest
from tests.simulator.relay import SimulatedFeed
from tests.simulator.test_story import A, B, world_with
from tests.simulator.world import Killed, World

from rogatory_crypto.wire.frame import ClientFrame, SubmitCommit

DAY_AND_MORE = 25 * 3_600


async def adding_a_device(folder: Path) -> World:
    """An office in a room with another one has a second device, and has yet to add it."""
    world = await world_with(folder, A, B)
    async with world.at(A) as office:
        await office.sync()
        office.start_consultation([B], "Company records", "May we ask?", reference="SN/1")
        await office.sync()
    await world.sync(B)
    world.new_device("second")
    async with world.at("second") as office:
        request = await office.link_request(A, "duty officer")
    async with world.at(A) as office:
        await office.approve_link(request.text, request.confirmation_code)
    await world.sync("second")
    return world


@pytest.mark.parametrize("arrives", [False, True])
async def test_an_addition_taken_up_a_day_later_is_followed_by_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, arrives: bool
) -> None:
    """N06: a proof that has become stale meanwhile would be refused by everybody but its maker."""
    world = await adding_a_device(tmp_path)
    honest = SimulatedFeed.send

    async def cut(feed: SimulatedFeed, frame: ClientFrame) -> None:
        if isinstance(frame, SubmitCommit):
            if arrives:
                await honest(feed, frame)
            raise Killed
        await honest(feed, frame)

    with monkeypatch.context() as patch:
        patch.setattr(SimulatedFeed, "send", cut)
        for _ in range(2):  # the office's own room is made first
            with pytest.raises(Killed):
                async with world.at(A) as office:
                    await office.sync()
    async with world.at(A) as office:
        assert any(room.staged is not None and room.staged.epoch for room in office._desk.rooms.values())
    world.tick(DAY_AND_MORE)
    async with world.at(B) as office:
        office.reply("SN/1", "You may.")
        await office.sync()
    for name in (A, B, "second", A, B):
        await world.sync(name)
    assert world.notes(B) == []
    async with world.at("second") as office:
        assert [each.text for each in office.messages()] == ["May we ask?", "You may."]
