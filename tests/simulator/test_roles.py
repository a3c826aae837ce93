"""A device says what its role may say: held to it by itself, and by whoever receives."""

from pathlib import Path

import pytest
from tests.simulator.test_story import A, B, world_with
from tests.simulator.world import World

from rogatory_crypto.errors import MisuseError
from rogatory_crypto.identity import Role


async def with_an_observer(folder: Path) -> World:
    """An office in a room with another one has a second device, of an observer."""
    world = await world_with(folder, A, B)
    async with world.at(A) as office:
        await office.sync()
        office.start_consultation([B], "Company records", "May we ask?", reference="SN/1")
        await office.sync()
    world.new_device("observer")
    async with world.at("observer") as office:
        request = await office.link_request(A, "intern", Role.OBSERVER)
    async with world.at(A) as office:
        await office.approve_link(request.text, request.confirmation_code)
    for name in ("observer", A, "observer", B):
        await world.sync(name)
    return world


async def test_an_observer_reads_and_is_told_that_it_may_not_write(tmp_path: Path) -> None:
    world = await with_an_observer(tmp_path)
    async with world.at("observer") as office:
        assert [each.text for each in office.messages()] == ["May we ask?"]
        with pytest.raises(MisuseError, match="role observer may not open or write"):
            office.reply("SN/1", "We may.")
        await office.sync()
    await world.sync(B)
    assert world.notes(B) == []


async def test_a_changed_program_of_an_observer_is_refused_by_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = await with_an_observer(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr("rogatory_client.engine.interpretation.require_right", lambda *_: None)
        async with world.at("observer") as office:
            office.reply("SN/1", "We may.")
            await office.sync()
    for name in (A, B):
        await world.sync(name)
        assert [code for code, _ in world.notes(name)] == ["forbidden"]
        async with world.at(name) as office:
            assert [each.text for each in office.messages()] == ["May we ask?"]
