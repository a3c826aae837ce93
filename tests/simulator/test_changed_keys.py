"""An office that enrols anew with other keys is told to its partners, and loses its former seats."""

from pathlib import Path

from tests.simulator.test_story import A, B, world_with


async def test_who_enrols_anew_is_named_to_its_partners_and_loses_its_seats(tmp_path: Path) -> None:
    world = await world_with(tmp_path, A, B)
    async with world.at(A) as office:
        await office.sync()
        office.start_consultation([B], "Company records", "May we ask?", reference="SN/1")
        await office.sync()
    await world.sync(B)
    await world.enrol(B, "found again")
    async with world.at(A) as office:
        report = await office.sync()
        assert any(f"{B} has enrolled anew, with other keys" in warning for warning in report.warnings)
        (room,) = office._desk.rooms.values()
        assert room.group is not None
        assert len(room.group.members) == 1, "only the own device is left"
        report = await office.sync()
        assert not any("has enrolled anew" in warning for warning in report.warnings), "it is told once"
