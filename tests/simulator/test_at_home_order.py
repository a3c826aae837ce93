"""What the devices of an office have said at once is listed alike on each, whichever came first there."""

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.simulator.office_world import CASE, SECOND, office_of_two, settle
from tests.simulator.test_story import A

from rogatory_client.office import Office

SAID: dict[str, tuple[Callable[[Office], object], Callable[[Office], tuple[object, ...]]]] = {
    "holds": (
        lambda office: office.retention.hold(CASE, "Asked."),
        lambda office: office.retention.holds(CASE),
    ),
    "notes": (lambda office: office.mailbox.note(CASE, "Seen."), lambda office: office.mailbox.notes(CASE)),
    "assignments": (
        lambda office: office.mailbox.take(CASE),
        lambda office: office.mailbox.assignment(CASE).history,
    ),
}


@pytest.mark.parametrize("what", SAID)
async def test_it_is_listed_alike(tmp_path: Path, what: str) -> None:
    say, listed = SAID[what]
    world = await office_of_two(tmp_path)
    for name in (A, SECOND):
        async with world.at(name) as office:
            say(office)
    await settle(world, SECOND, A)
    seen = []
    for name in (A, SECOND):
        async with world.at(name) as office:
            seen.append(listed(office))
    assert len(seen[0]) == 2
    assert seen[0] == seen[1]
