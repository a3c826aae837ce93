"""Which rooms a connection looks at: none is passed over in which there may be something to do."""

from dataclasses import replace
from pathlib import Path

from tests.simulator.office_world import CASE, HEAD, office_of_two
from tests.simulator.test_circles import office_of_three, restrict
from tests.simulator.test_story import A

from rogatory_client.office.line.visiting import Visiting
from rogatory_crypto.content.case_kind import CaseKind
from rogatory_crypto.wire.identifier import GroupId


def look_at_all(visiting: Visiting) -> None:
    for group_id in visiting.due((), (), caught_up=True):
        visiting.saw(group_id)


async def test_a_room_that_has_not_changed_is_passed_over_until_it_does(tmp_path: Path) -> None:
    world = await office_of_two(tmp_path)
    async with world.at(A) as office:
        desk = office._desk
        visiting = Visiting(desk)
        assert set(visiting.due((), (), caught_up=True)) == set(desk.rooms)
        look_at_all(visiting)
        assert not list(visiting.due((), (), caught_up=True))
        changed = next(iter(desk.rooms))
        desk.rooms[changed] = replace(desk.rooms[changed])
        assert list(visiting.due((), (), caught_up=True)) == [changed]
        look_at_all(visiting)
        visiting.forget(changed)
        assert list(visiting.due((), (), caught_up=True)) == [changed]


async def test_what_was_decided_anew_is_noticed_wherever_memory_puts_it(tmp_path: Path) -> None:
    world = await office_of_two(tmp_path)
    async with world.at(A) as office:
        desk = office._desk
        visiting = Visiting(desk)
        look_at_all(visiting)
        former = id(desk.companies)
        for _ in range(1_000):
            desk.companies = {}
            desk.companies = {}
            if id(desk.companies) == former:
                break
        assert set(visiting.due((), (), caught_up=True)) == set(desk.rooms)


async def test_the_room_of_a_circle_is_looked_at_when_its_case_has_changed(tmp_path: Path) -> None:
    world = await office_of_three(tmp_path)
    await restrict(world, HEAD, "second officer")
    async with world.at(A) as office:
        office.mailbox.assign(CASE, "second officer")
        await office.sync()
        desk = office._desk
        (circle,) = (each.group_id for each in desk.rooms.values() if each.kind is CaseKind.CIRCLE)
        case = GroupId(bytes.fromhex(office.room(CASE).room_id))
        visiting = Visiting(desk)
        look_at_all(visiting)
        desk.rooms[case] = replace(desk.rooms[case])
        assert set(visiting.due((), (), caught_up=True)) == {case, circle}
