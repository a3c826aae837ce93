"""The shared inbox through a case: who is needed and why, who waits, and whose deputy sees what."""

from pathlib import Path

from tests.simulator.office_world import HEAD, SECOND, settle
from tests.simulator.test_lifecycle_office_key import join
from tests.simulator.test_story import A, B, submit, world_with
from tests.simulator.world import World

from rogatory_client.office import InboxItem
from rogatory_crypto.identity import Role

CASE = "SN/2"


async def item_at(world: World, name: str) -> InboxItem:
    await world.sync(name)
    async with world.at(name) as office:
        (item,) = office.mailbox.inbox().items
        return item


async def test_a_request_goes_through_both_inboxes(tmp_path: Path) -> None:
    world = await world_with(tmp_path, A, B)
    await submit(world, tmp_path)
    asked = await item_at(world, B)
    assert asked.folders == ("needs_you", "unassigned", "unit")
    assert "to acknowledge" in asked.why
    async with world.at(B) as office:
        office.mailbox.take(CASE)
        office.acknowledge(CASE, "GH/9")
        for message in office.messages(CASE):
            office.show(message.message_id)
        office.cases.set_state(CASE, "under_review")
        office.cases.set_state(CASE, "info_requested", points=["Which year?"], due="2026-11-20")
        await office.sync()
    waiting = await item_at(world, B)
    assert waiting.folders == ("mine", "unit", "waiting_for_them")
    asking = await item_at(world, A)
    assert asking.reference == CASE
    assert "questions received: answer them" in asking.why
    assert any(line.startswith("due 2026-11-2") for line in asking.why)


async def test_a_deputy_sees_the_cases_of_who_is_away(tmp_path: Path) -> None:
    world = await world_with(tmp_path, A, B)
    await join(world, SECOND, "second officer", Role.CASE_OFFICER, office=B)
    await submit(world, tmp_path)
    await settle(world, B, SECOND)
    async with world.at(SECOND) as office:
        office.mailbox.take(CASE)
        office.mailbox.set_deputy("second", HEAD, "2026-11-01", "2026-11-30")
        await office.sync()
    item = await item_at(world, B)
    assert item.stands_in_for == ("second officer",)
    assert {"needs_you", "mine"} <= set(item.folders)
    world.now += 30 * 86_400
    item = await item_at(world, B)
    assert item.stands_in_for == ()
    assert item.folders == ("unit",)


async def test_an_alarm_needs_every_officer_of_the_device(tmp_path: Path) -> None:
    world = await world_with(tmp_path, A)
    async with world.at(A) as office:
        office._desk.alarm("Somebody has entered a device in your name.")
        view = office.mailbox.inbox()
        assert view.counts["needs_you"] == 1
        (item,) = view.of("needs_you")
        assert (item.kind, item.subject) == ("alarm", "Somebody has entered a device in your name.")
        office.acknowledge_alarm(int(item.name))
        assert office.mailbox.inbox().items == ()
