"""Commands for when time is short, in a simulated world: calls, pressing, links, reminders, free days."""

from pathlib import Path

import pytest
from tests.client.cli.drafting import begun, draft_of, two_offices
from tests.client.cli.sitting import said, sit
from tests.simulator.test_story import NET, A, B
from tests.simulator.test_urgent_work import CONFIRMATION, PRESERVATION, SECRET, ask
from tests.simulator.world import World

from rogatory_client.cli import office_commands
from rogatory_client.cli.cases import state_commands as case_state_commands
from rogatory_client.cli.cases.reminder_commands import free_days, reminders
from rogatory_client.cli.cases.urgent_commands import (
    calls,
    escalation,
    links,
    oral,
    presence_ended,
    tell_secretariat,
)
from rogatory_client.cli.drafts import commands as draft_commands
from rogatory_crypto.errors import MisuseError


@pytest.fixture
async def world(tmp_path: Path) -> World:
    return await two_offices(tmp_path)


async def test_a_call_is_noted_shown_and_due(world: World) -> None:
    done = await oral(
        sit(world, A),
        memo="Freeze the account.",
        to=B,
        at="2026-11-18T10:00+01:00",
        spoke_to="duty officer",
        reference="SN/1",
    )
    assert done.exit_code == 0
    assert "to be confirmed in writing" in said(done)
    again = await oral(sit(world, B), "SN/1", memo="As we understood it.", they_called=True)
    assert again.exit_code == 0
    shown = said(await calls(sit(world, A), "SN/1"))
    assert "2026-11-18 09:00 Africa/Dakar" in shown
    assert "Freeze the account." in shown
    assert shown.count("not yet") == 2
    state = await case_state_commands.state(sit(world, B), "SN/1")
    assert "asked by word of mouth" in said(state)
    world.now += 3 * 86_400
    line = said(await reminders(sit(world, A)))
    assert CONFIRMATION in line
    assert "overdue" in line
    assert (await reminders(sit(world, B))).data["reminders"] == []


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        ({"to": None}, "name either the case"),
        ({"room": "SN/1"}, "name either the case"),
        ({"at": "yesterday"}, "is no time"),
        ({"at": "2026-11-18T10:00"}, "has no time zone"),
        ({"at": "1969-11-18T10:00+00:00"}, "before 1970"),
        ({"at": "2999-11-18T10:00+00:00"}, "still to come"),
        ({"to": "CNA-XX-99"}, "not in the directory"),
        ({"memo": ""}, "no peer would accept"),
        ({"spoke_to": "x" * 201}, "no peer would accept"),
    ],
)
async def test_what_is_no_note_of_a_call_is_refused(
    world: World, given: dict[str, str | None], refusal: str
) -> None:
    wanted: dict[str, str | None] = {"memo": "Freeze.", "to": B, **given}
    with pytest.raises(MisuseError, match=refusal):
        await oral(sit(world, A), **wanted)  # type: ignore[arg-type]  # options
    async with world.at(A) as office:
        assert office.outbox() == ()


async def test_a_request_is_pressed_and_a_synchronisation_says_how_much_waits(
    world: World, tmp_path: Path
) -> None:
    async with world.at(A) as office:
        ask(office, tmp_path, "SN/2", "emergency")
        await office.sync()
    await world.sync(B)
    shown = await escalation(sit(world, A), "SN/2")
    assert "duty officer | CNA-GH-01" in said(shown)
    assert "+233100000102" in said(shown)
    world.now += 3_600
    counted = (await office_commands.sync(sit(world, A))).warnings
    assert any("1 request of yours is to be pressed" in each for each in counted)
    waiting = (await office_commands.sync(sit(world, B))).warnings
    assert any("1 urgent request waits here for you" in each for each in waiting)
    assert not any(SECRET in each or "SN/2" in each for each in (*counted, *waiting))
    told = await reminders(sit(world, B))
    assert "SN/2" not in said(told)
    assert told.data["alerts"][0]["urgency"] == "emergency"  # type: ignore[index]  # a list
    with pytest.raises(MisuseError, match="listed but not enrolled"):
        await tell_secretariat(sit(world, A), "SN/2", None)
    await world.enrol(NET)
    done = await tell_secretariat(sit(world, A), "SN/2", "WACAP")
    assert "The secretariat is told" in said(done)


async def test_a_draft_goes_on_from_a_case(world: World, tmp_path: Path) -> None:
    async with world.at(A) as office:
        ask(office, tmp_path, "SN/7", request_type=PRESERVATION)
        await office.sync()
    made = await draft_commands.new(sit(world, A), PRESERVATION, B, follows="SN/7", relation="extension")
    answers = draft_of(made)["answers"]
    assert (answers["preservation_status"], answers["previous_preservation_ref"]) == ("extension", "SN/7")
    follow_up = await draft_commands.new(sit(world, A), "production_of_traffic_data", B, follows="SN/7")
    assert draft_of(follow_up)["answers"]["preservation_reference"] == "SN/7"
    async with world.at(A) as office:
        ask(office, tmp_path, "SN/8", request_type=PRESERVATION, draft=str(draft_of(made)["draft_id"]))
        await office.sync()
    assert "goes on from this one | extension" in said(await links(sit(world, A), "SN/7"))
    assert "this one goes on from it | extension" in said(await links(sit(world, A), "SN/8"))
    assert (await links(sit(world, A), await other_case(world))).data["links"] == []


async def other_case(world: World) -> str:
    async with world.at(A) as office:
        return office.start_consultation([B], "Records", "May we ask?").room_id


async def test_safe_conduct_ends_by_what_was_said(world: World, tmp_path: Path) -> None:
    async with world.at(A) as office:
        ask(office, tmp_path, "SN/2", "routine", request_type="voluntary_appearance")
        await office.sync()
    await world.sync(B)
    with pytest.raises(MisuseError, match="only who asked the person to come"):
        await presence_ended(sit(world, B), "SN/2", "2026-11-18")
    await presence_ended(sit(world, A), "SN/2", "2026-11-18", note="The witness K.")
    async with world.at(B) as office:
        await office.sync()
        (due,) = [each for each in office.cases.deadlines("SN/2") if each.what == "safe conduct ends"]
    assert due.clocks[A] == "2026-12-03 23:59 Africa/Dakar"


async def test_free_days_are_taken_up_from_a_file_and_shown(world: World, tmp_path: Path) -> None:
    file = tmp_path / "free-days.toml"
    file.write_text('[GH]\nmoves = true\ndays = ["2026-12-25", "2026-12-26"]\n')
    assert "None is known." not in said(await free_days(sit(world, A), file))
    shown = await free_days(sit(world, A))
    assert said(shown) == "GH | 2026-12-25, 2026-12-26 | yes"
    file.write_bytes(b"\xff")
    with pytest.raises(MisuseError, match="no text in UTF-8"):
        await free_days(sit(world, A), file)


async def test_an_urgent_draft_is_not_begun_from_nothing(world: World) -> None:
    draft = await begun(world, PRESERVATION)
    async with world.at(A) as office:
        assert "preservation_status" not in office.drafts.show(draft).answers
