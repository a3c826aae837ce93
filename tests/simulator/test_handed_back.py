"""An office that lost all its devices gets back into old cases, as far as each partner's officer consents."""

from pathlib import Path

from tests.simulator.test_lifecycle_anew import ANEW, words
from tests.simulator.test_story import A, B, C, world_with
from tests.simulator.world import World

from rogatory_client.office import MessageView

FIRST, OTHER = "SN/1", "SN/2"


async def two_cases(folder: Path) -> World:
    """A case of three offices and one of two; the third office is in the first case only."""
    world = await world_with(folder, A, B, C)
    async with world.at(A) as office:
        await office.sync()
        office.start_consultation([B, C], "Company records", "May we ask?", reference=FIRST)
        office.start_consultation([B], "A witness", "Is she well?", reference=OTHER)
        await office.sync()
    async with world.at(B) as office:
        await office.sync()
        office.reply(FIRST, "You may.")
        await office.sync()
    for name in (C, A):
        await world.sync(name)
    return world


async def lost_and_accepted(world: World) -> None:
    """The second office enrols anew; the first one has called it."""
    await world.enrol(B, ANEW)
    async with world.at(A) as office:
        await office.sync()
        office.partners.accept(B, words(world))


async def rounds(world: World, *names: str) -> None:
    for _ in range(2):
        for name in names:
            await world.sync(name)


async def case(world: World, name: str, reference: str) -> list[MessageView]:
    async with world.at(name) as office:
        await office.sync()
        return list(office.messages(office.room(reference).room_id))


async def test_one_case_comes_back_with_its_history_and_the_other_does_not(tmp_path: Path) -> None:
    world = await two_cases(tmp_path)
    await lost_and_accepted(world)
    async with world.at(A) as office:
        offered = office.partners.cases(B)
        assert {view.subject: view.state for view in offered} == {
            "Company records": "not back",
            "A witness": "not back",
        }
        (view,) = office.partners.let_back(B, [FIRST])
        assert (view.state, view.consented_by, view.with_history) == ("waiting", "case officer", True)
        await office.sync()
        states = {view.subject: view.state for view in office.partners.cases(B)}
        assert states == {"Company records": "handed back", "A witness": "not back"}
    async with world.at(ANEW) as office:
        await office.sync()
        (room,) = office.rooms()
        assert (room.kind, room.subject, room.references) == ("consultation", "Company records", {A: FIRST})
        assert set(room.offices) == {A, B, C}
        told = [(each.sender, each.text, each.own, each.state) for each in office.messages(room.room_id)]
        assert told[:2] == [
            (A, "May we ask?", False, "handed back"),
            (B, "You may.", True, "handed back"),
        ]
        (event,) = [each for each in office.messages() if each.kind == "return"]
        assert event.subject == f"{B} is back in this case, and is handed what was said before"
        office.reply(FIRST, "Here we are again.")
        await office.sync()
    for name in (A, C):
        texts = [each.text for each in await case(world, name, FIRST)]
        assert "Here we are again." in texts
