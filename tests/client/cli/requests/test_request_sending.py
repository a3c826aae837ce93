"""Requests sent from their drafts, in a simulated world."""

import asyncio
import os
from pathlib import Path

import pytest
from tests.client.casework.sample_answers import complete_answers
from tests.client.cli.drafting import filled, holds_files, two_offices
from tests.client.cli.sitting import sit
from tests.simulator.test_story import A, B, C
from tests.simulator.test_verdicts import signed_letter
from tests.simulator.world import World

from rogatory_client.casework.forms.catalogue import request_type
from rogatory_client.cli.drafts import commands as draft_commands
from rogatory_client.cli.requests import sending as request_sending
from rogatory_client.demo.pki import build_pki
from rogatory_crypto.errors import MisuseError


@pytest.fixture
async def world(tmp_path: Path) -> World:
    return await two_offices(tmp_path)


@pytest.fixture
def order(tmp_path: Path) -> Path:
    path = tmp_path / "order.pdf"
    path.write_bytes(b"%PDF-1.7 an order")
    return path


async def ready(world: World, order: Path) -> str:
    """A draft that names no other file than one."""
    draft = await filled(world)
    for name, value in complete_answers(request_type("taking_evidence")).items():
        if holds_files(value):
            await draft_commands.set_(sit(world, A), draft, name, file=[order])
    return draft


async def test_a_request_is_sent_from_its_draft(world: World, tmp_path: Path, order: Path) -> None:
    now, letter, send = int(world.now) - 60, tmp_path / "letter.pdf", request_sending.send
    pki = build_pki(now=now, random=os.urandom, passphrase=b"x")
    letter.write_bytes(await asyncio.to_thread(signed_letter, pki, now))
    draft = await ready(world, order)
    blocked = await send(sit(world, A), draft, letter, [order])
    assert (blocked.exit_code, blocked.data["sent"]) == (1, False)
    assert "G-i" not in {each["id"] for each in blocked.data["check"]["findings"]}  # type: ignore[index]  # a dictionary
    with pytest.raises(MisuseError, match="--despite is for urgent requests"):
        await send(sit(world, A), draft, letter, [order], None, "A reason.")
    for name, said in (("urgency_level", "urgent"), ("subject_matter", "A ship at Tema.\nMore.")):
        await draft_commands.set_(sit(world, A), draft, name, said)
    with pytest.raises(MisuseError, match=r"names order\.pdf: give that very file"):
        await send(sit(world, A), draft, letter, [letter], None, "The ship sails tonight.")
    await draft_commands.set_(sit(world, A), draft, "facts_summary", clear=True)
    done = await send(sit(world, A), draft, letter, [order], None, "The ship sails tonight.")
    assert done.data["sent"] is True
    assert (await draft_commands.list_drafts(sit(world, A))).data["drafts"] == []
    with pytest.raises(MisuseError, match="put away"):
        await request_sending.send(sit(world, A), draft, letter, [order], None, "Once more.")
    async with world.at(B) as office:
        await office.sync()
        (message,) = [each for each in office.messages() if each.kind == "request"]
        opened = office.show(message.message_id)
        assert office.room(message.room_id).subject == "A ship at Tema."
        wishes = office.cases.state(message.room_id).wishes
    assert [each.filename for each in opened.attachments] == ["letter.pdf", "order.pdf"]
    assert opened.sender == A
    assert wishes["sent_although_it_blocks"] == "The ship sails tonight."
    assert wishes["what_blocked"] == "G-c"
    assert wishes["used_only_for"].startswith("What happened on the quay")
    assert {name: text for name, text in opened.details.items() if name in wishes} == wishes


async def test_a_letter_that_is_not_signed_blocks(world: World, tmp_path: Path, order: Path) -> None:
    letter = tmp_path / "letter.pdf"
    letter.write_bytes(b"%PDF-1.7 a letter")
    blocked = await request_sending.send(sit(world, A), await ready(world, order), letter, [order])
    found = {each["id"]: each["severity"] for each in blocked.data["check"]["findings"]}  # type: ignore[index]  # a dictionary
    assert (blocked.exit_code, found["G-i"]) == (1, "blocking")


async def test_what_is_refused_before_anything_is_checked(world: World, tmp_path: Path, order: Path) -> None:
    draft, call, none = await ready(world, order), sit(world, A), tmp_path / "no letter.pdf"
    async with world.at(A) as office:
        room = office.start_consultation([B], "Another matter", "A question.").room_id
    await draft_commands.set_(call, draft, "addressed_authority", C)
    with pytest.raises(MisuseError, match=f"addressed to {C}, and the case is with {B}"):
        await request_sending.send(call, draft, none, [order], room)
    await draft_commands.set_(call, draft, "translation_files", "order.pdf")
    with pytest.raises(MisuseError, match=r"translation_files names order\.pdf without its hash"):
        await request_sending.send(call, draft, none, [order])
    await draft_commands.set_(call, draft, "channel", "post")
    with pytest.raises(MisuseError, match="the request goes by post"):
        await request_sending.send(call, draft, none, [order])


async def test_what_is_not_formal_is_not_sent_as_a_request(world: World, tmp_path: Path) -> None:
    draft = await filled(world, "informal_consultation")
    with pytest.raises(MisuseError, match="not a formal request"):
        await request_sending.send(sit(world, A), draft, tmp_path / "letter.pdf", [])


async def test_the_office_s_own_treaties_count_when_it_sends(
    world: World, tmp_path: Path, order: Path
) -> None:
    treaties = tmp_path / "treaties.toml"
    treaties.write_text('[UNTOC]\ncomplete = true\n[UNTOC.parties]\nSN = { since = "2003-10-27" }\n')
    letter = tmp_path / "letter.pdf"
    letter.write_bytes(b"%PDF-1.7 a letter")
    draft = await ready(world, order)
    for known, is_found in ((None, False), (treaties, True)):
        blocked = await request_sending.send(sit(world, A), draft, letter, [order], treaties=known)
        findings = blocked.data["check"]["findings"]  # type: ignore[index]  # a dictionary
        assert ("G-j" in {each["id"] for each in findings}) is is_found
