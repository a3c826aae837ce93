"""A digest is only a cache: whatever has happened in whatever order, it is what is computed from the case."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from sqlalchemy import delete
from tests.simulator import (
    test_carrier,
    test_circles,
    test_company,
    test_handed_back,
    test_retention,
    test_unreadable,
    test_urgent_work,
)
from tests.simulator.test_life_cycle import taken_in_hand
from tests.simulator.test_story import A, B, world_with
from tests.simulator.world import Killed

from rogatory_client.office import Office, RegisterFilter, SyncReport
from rogatory_client.office.cases import digesting
from rogatory_client.office.cases.deadlines import cases_named
from rogatory_client.office.desk import Desk
from rogatory_client.vault.case_digests import load_digests
from rogatory_client.vault.register_schema import case_digests

EVERY = RegisterFilter(consultations=True)
Story = Callable[[Path], Awaitable[None]]
# Guests, several lines, limits, purges, what is handed back, late, twice, by stick, or goes on from a case.
STORIES: tuple[Story, ...] = (
    test_company.test_a_guest_decides_nothing_and_what_it_tries_is_shown_as_not_valid,
    test_company.test_a_guest_that_is_dismissed_decrypts_nothing_more,
    test_company.test_each_of_two_offices_asked_has_its_own_state,
    test_circles.test_it_is_opened_to_all_again_with_what_was_said_meanwhile,
    test_retention.test_what_comes_back_is_erased_again_and_told,
    test_handed_back.test_one_case_comes_back_with_its_history_and_the_other_does_not,
    test_carrier.test_the_time_that_counts_is_the_relays_once_it_has_one,
    test_unreadable.test_what_was_said_while_a_device_was_lost_comes_after_all,
    test_urgent_work.test_an_extension_fills_in_what_is_known_and_moves_the_end,
    test_urgent_work.test_a_request_for_the_data_keeps_it_until_it_is_decided,
)


def kept(desk: Desk) -> int:
    with desk.vault.reading() as connection:
        return len(load_digests(connection))


def is_what_is_computed(desk: Desk) -> None:
    """Each digest that is kept is the one that is computed where none is."""
    strike, desk.vault.on_commit = desk.vault.on_commit, None
    rooms = cases_named(desk, None)
    held = digesting.digests(desk, rooms)
    with desk.vault.writing(erasing=False) as connection:
        connection.execute(delete(case_digests))
    assert digesting.digests(desk, rooms) == held
    desk.vault.on_commit = strike


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__.removeprefix("test_"))
async def test_at_each_synchronisation_of_a_story_a_digest_is_what_is_computed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, story: Story
) -> None:
    synchronise = Office.sync
    looked = []

    async def sync(office: Office, **how: object) -> SyncReport:
        desk = office._desk
        if desk.is_enrolled:
            is_what_is_computed(desk)
        report = await synchronise(office, **how)  # type: ignore[arg-type]  # as the story has said
        if desk.is_enrolled:
            is_what_is_computed(desk)
            looked.append(kept(desk))
        return report

    monkeypatch.setattr(Office, "sync", sync)
    await story(tmp_path)
    assert any(looked)


async def test_after_a_synchronisation_nothing_is_left_to_compute(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = await taken_in_hand(tmp_path)
    await world.sync(A)
    computed: list[object] = []
    monkeypatch.setattr(digesting, "_computed", lambda *given: computed.append(given))
    async with world.at(A) as office:
        assert office.register.page(EVERY).total == kept(office._desk) == 1
    assert not computed


async def test_a_kill_costs_no_more_than_the_cases_of_one_transaction(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = await world_with(tmp_path, A, B)
    monkeypatch.setattr(digesting, "AT_ONCE", 2)
    async with world.at(A) as office:
        await office.sync()
        for number in range(5):
            office.start_consultation([B], f"Case {number}", "May we ask?")
        desk = office._desk
        for left in (2, 4):
            world.adversary.kill_at = world.adversary.steps + 1
            with pytest.raises(Killed):
                await digesting.refresh(desk)
            assert kept(desk) == left
        await digesting.refresh(desk)
        assert kept(desk) == 5
        is_what_is_computed(desk)


async def test_a_case_that_others_go_on_from_is_kept_until_one_of_them_changes(tmp_path: Path) -> None:
    world = await test_urgent_work.preserved(tmp_path)
    async with world.at(A) as office:
        draft = office.drafts.new(test_urgent_work.PRESERVATION, B, follows="SN/7", relation="extension")
        kind = test_urgent_work.PRESERVATION
        test_urgent_work.ask(office, tmp_path, "SN/8", request_type=kind, draft=draft.draft_id)
        await office.sync()
        desk = office._desk
        assert kept(desk) == 2
        office.reply("SN/8", "It is the same account.")
        assert kept(desk) == 2
        office.cases.enquire("SN/8")
        assert kept(desk) == 0
        is_what_is_computed(desk)
