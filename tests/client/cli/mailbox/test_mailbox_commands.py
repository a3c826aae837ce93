"""The office's mailbox on the command line: notes, who works on what, deputies, the inbox, the release."""

from pathlib import Path
from typing import Any

import pytest
from tests.client.cli.drafting import filled
from tests.client.cli.sitting import said, sit
from tests.simulator.office_world import CASE, SECOND, office_of_two, settle
from tests.simulator.test_story import A, B
from tests.simulator.world import World

from rogatory_client.cli import exchange_commands
from rogatory_client.cli.answer import Answer
from rogatory_client.cli.drafts import commands as draft_commands
from rogatory_client.cli.mailbox import commands as mailbox_commands
from rogatory_client.cli.mailbox import office_commands as office_mailbox_commands
from rogatory_client.cli.mailbox.inbox_views import Folder
from rogatory_client.cli.mailbox.office_commands import Switch
from rogatory_client.cli.requests import release_commands
from rogatory_crypto.errors import MisuseError


async def test_an_officer_notes_takes_and_gives_away(tmp_path: Path) -> None:
    world = await office_of_two(tmp_path)
    written = await mailbox_commands.note(sit(world, SECOND), CASE, "The bank has moved.")
    assert "Stays in your office." in said(written)
    seen = await mailbox_commands.notes(sit(world, A), CASE)
    assert "second officer:\nThe bank has moved." in said(seen)
    assert said(await mailbox_commands.notes(sit(world, B), CASE)) == "No notes."
    assert "Assigned to nobody." in said(await mailbox_commands.assigned(sit(world, A), CASE))
    taken = await mailbox_commands.take(sit(world, SECOND), CASE)
    assert "Assigned to second officer." in said(taken)
    given = await mailbox_commands.assign(sit(world, A), CASE, "case", reasons="Too much there.")
    assert "case officer | Too much there." in said(given)
    assert "Assigned to nobody." in said(await mailbox_commands.release(sit(world, A), CASE))


async def test_who_took_at_once_is_told_what_to_do(tmp_path: Path) -> None:
    world = await office_of_two(tmp_path)
    for name in (A, SECOND):
        async with world.at(name) as office:
            office.mailbox.take(CASE)
    await settle(world, A, SECOND)
    told = said(await mailbox_commands.assigned(sit(world, A), CASE))
    assert "At once it was given to case officer and second officer: decide" in told
    assert "case officer; second officer" in said(await exchange_commands.inbox(sit(world, A)))


async def test_a_deputy_is_set_and_seen_in_the_inbox(tmp_path: Path) -> None:
    world = await office_of_two(tmp_path)
    await mailbox_commands.take(sit(world, SECOND), CASE)
    call = sit(world, SECOND)
    await office_mailbox_commands.set_(call, "case", first="2026-11-01", until="2026-12-31")
    assert "second officer | case officer | 2026-11-01 | 2026-12-31" in said(
        await office_mailbox_commands.list_(sit(world, A))
    )
    shown = await exchange_commands.inbox(sit(world, A), folder=Folder.MINE)
    assert "for second officer (deputy)" in said(shown)
    await office_mailbox_commands.end(sit(world, A), absent="second")
    assert said(await exchange_commands.inbox(sit(world, A), folder=Folder.MINE)) == ""


async def test_the_inbox_counts_its_folders_and_goes_on_showing_messages(tmp_path: Path) -> None:
    world = await office_of_two(tmp_path)
    answer = await exchange_commands.inbox(sit(world, B))
    assert "Needs you 1 · Mine 0 · Unassigned 1 · Unit 1 · Waiting for them 0 · Closed 0" in said(answer)
    assert "1 new message" in said(answer)
    messages: Any = answer.data["messages"]
    assert [each["text"] for each in messages] == ["May we ask?"]


async def test_a_case_load_goes_to_another(tmp_path: Path) -> None:
    world = await office_of_two(tmp_path)
    await mailbox_commands.take(sit(world, SECOND), CASE)
    done = await office_mailbox_commands.hand_over_cases(sit(world, A), "second officer", "case officer")
    assert said(done) == "1 case goes from second officer to case officer."


async def careful(world: World) -> None:
    policy = await office_mailbox_commands.release_policy(sit(world, A), two_persons=Switch.ON)
    assert said(policy) == "A second officer releases each request."
    await settle(world, SECOND)


async def put_up(world: World, folder: Path) -> tuple[Answer, str]:
    letter = folder / "letter.pdf"
    letter.write_bytes(b"%PDF-1.7 letter")
    answer = await exchange_commands.send(
        sit(world, SECOND), to=[B], text="For you.", request_type="taking_evidence", letter=letter,
        legal_basis="UNTOC 18", reference="SN/2", subject="Records",
    )  # fmt: skip
    message: Any = answer.data["message"]
    return answer, str(message["message_id"])


async def test_a_request_is_put_up_shown_and_released(tmp_path: Path) -> None:
    world = await office_of_two(tmp_path)
    await careful(world)
    answer, request = await put_up(world, tmp_path)
    assert "it leaves once another officer has released it" in said(answer)
    assert "yours to release" in said(await release_commands.releases(sit(world, A)))
    shown = await release_commands.released(sit(world, A), request, folder=tmp_path / "to-read")
    assert "Put up by: second officer" in said(shown)
    assert (tmp_path / "to-read" / "letter.pdf").read_bytes() == b"%PDF-1.7 letter"
    assert "Released." in said(await release_commands.release(sit(world, A), request))
    await settle(world, SECOND, B)
    assert "sent by case officer" in said(await release_commands.releases(sit(world, SECOND)))
    async with world.at(B) as office:
        assert office.room("SN/2").kind == "request"


async def test_a_request_is_held_back(tmp_path: Path) -> None:
    world = await office_of_two(tmp_path)
    await careful(world)
    _, request = await put_up(world, tmp_path)
    assert said(await release_commands.hold_back(sit(world, A), request, "Too thin.")) == "Held back."
    assert "held back by case officer: Too thin." in said(await release_commands.releases(sit(world, SECOND)))
    with pytest.raises(MisuseError, match="was put up"):
        await release_commands.release(sit(world, A), "ffffffffffff")


async def test_who_opens_a_draft_reads_who_works_on_it_and_what_was_answered_at_once(tmp_path: Path) -> None:
    world = await office_of_two(tmp_path)
    draft = await filled(world)
    await settle(world, A, SECOND)
    for name in (A, SECOND):
        async with world.at(name) as office:
            office.drafts.set(draft, "purpose", f"For the trial, says {name}.")
    await settle(world, A, SECOND)
    told = said(await draft_commands.show(sit(world, A), draft))
    assert "second officer is working on this draft" in told
    assert f"purpose | case officer | For the trial, says {A}." in told
    assert f"purpose | second officer | For the trial, says {SECOND}." in told
