"""The state of a case over a real relay, by the command line alone."""

from pathlib import Path

import pytest

from rogatory_client.demo.desk import Desk
from rogatory_client.demo.world import REQUESTED, World

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def deadlines_are_told_alike(asking: Desk, asked: Desk, room: str, calendar: Path) -> None:
    """Both offices see the same instants; the calendar file names nothing of the case."""
    await asked.run("case", "set-deadline", room, "Hearing of the witness", "2030-01-15")
    due = (await asking.run("case", "deadlines", room, "--ics", str(calendar)))["deadlines"]
    assert [(each["what"], each["acts"]) for each in due] == [
        ("progress note", REQUESTED),
        ("Hearing of the witness", REQUESTED),
    ]
    assert due == (await asked.run("case", "deadlines", "THEIR-1"))["deadlines"]
    written = calendar.read_text()
    assert written.count("BEGIN:VEVENT") == 2
    assert not [word for word in ("Hearing", "LIFE-1", "THEIR-1", REQUESTED, room) if word in written]


async def test_a_request_goes_from_sent_to_closed(network: World, tmp_path: Path) -> None:
    letter = tmp_path / "letter.pdf"
    letter.write_bytes(b"%PDF-1.7 letter")
    asking, asked = network.requesting, network.requested
    sent = await asking.run(
        *("send", "--to", REQUESTED, "--subject", "Bank records"),
        *("--request-type", "bank_and_business_records"),
        *("--legal-basis", "UNTOC 18", "--reference", "LIFE-1", "--letter", str(letter)),
    )
    room = sent["message"]["room_id"]
    assert (await asking.run("case", "state", room))["case"]["state"] == "sent"
    await asked.run("case", "acknowledge", room, "--reference", "THEIR-1")
    await asked.run("case", "set", room, "under_review")
    await deadlines_are_told_alike(asking, asked, room, tmp_path / "due.ics")
    questions = ("--point", "Which bank?", "--point", "Which years?", "--due", "2030-01-31")
    await asked.run("case", "set", room, "info_requested", *questions)
    answer = await asking.run("send", room, "--text", "The savings bank, 2024 and 2025.")
    shown = (await asking.run("case", "state", "THEIR-1"))["case"]
    assert shown["state"] == "info_requested"
    assert [step["state"] for step in shown["next_steps"]] == ["under_review", "withdrawn"]
    await asking.run("case", "set", room, "under_review", "--message", answer["message"]["message_id"])
    await asking.run("case", "enquire", room, "--due", "2030-02-28")
    await asked.run("case", "answer-enquiry", room, "The bank was asked.", "--expected", "2030-02-14")
    await asked.run("case", "set", room, "in_execution", "--confidentiality", "can_keep")
    result = await asked.run("send", room, "--text", "The records.")
    await asked.run("case", "set", room, "executed", "--message", result["message"]["message_id"])
    await asking.run("case", "set", room, "closed")
    theirs = (await asked.run("case", "state", room))["case"]
    ours = (await asking.run("case", "state", room))["case"]
    assert ours["state"] == theirs["state"] == "closed"
    assert ours["changes"] == theirs["changes"]
    assert ours["enquiries"] == theirs["enquiries"]
    assert [change["standing"] for change in ours["changes"]] == ["valid"] * 8
    assert (await asked.run("case", "conflicts"))["cases"] == []
