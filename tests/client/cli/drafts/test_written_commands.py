"""Requests from other tools at the command line: read, taken over, named in the letter, and sent."""

import asyncio
import os
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from tests.client.cli.drafting import begun, draft_of, two_offices
from tests.client.cli.requests.test_request_sending import ready
from tests.client.cli.sitting import said, sit
from tests.client.letter.pdf_a import defects
from tests.client.written.samples import docx, html, paragraph
from tests.simulator.test_story import A, B
from tests.simulator.test_verdicts import long_term, signed_letter
from tests.simulator.world import World

from rogatory_client.cli.drafts import commands as draft_commands
from rogatory_client.cli.drafts import written_commands
from rogatory_client.cli.requests import sending as request_sending
from rogatory_client.demo.pki import DemoPki, build_pki
from rogatory_client.signing import SealKey, sign_file
from rogatory_client.written import read_written
from rogatory_crypto.errors import MisuseError


@pytest.fixture
async def world(tmp_path: Path) -> World:
    return await two_offices(tmp_path)


@pytest.fixture
def body(tmp_path: Path) -> Path:
    path = tmp_path / "request.pdf"
    path.write_bytes(docx(paragraph("unseen", "<w:rPr><w:vanish/></w:rPr>")))
    return path


async def test_a_file_fills_a_draft_by_its_form(world: World, tmp_path: Path, body: Path) -> None:
    draft, call, form = await begun(world), sit(world, A), tmp_path / "form.toml"
    read = await written_commands.read_file(call, draft, body, form)
    data: dict[str, Any] = dict(read.data)
    assert data["kind"] == "DOCX"
    assert "hidden" in said(read)
    assert set(data["answers"]) == {"own_reference", "facts_summary", "assistance_description", "purpose"}
    before = draft_of(await draft_commands.show(call, draft))
    assert "purpose" not in before["answers"]
    filled = draft_of(await written_commands.fill(call, draft, form))
    assert filled["answers"]["own_reference"] == "MLA/2026/31"
    assert filled["answers"]["facts_summary"].startswith("Two transfers")
    form.write_text('purpose = "Another."\nurgency_level = "soon"\n')
    with pytest.raises(MisuseError, match="urgency_level: is one of"):
        await written_commands.fill(call, draft, form)
    form.write_bytes(b"\xff\xfe")
    with pytest.raises(MisuseError, match="no text in UTF-8"):
        await written_commands.fill(call, draft, form)
    assert draft_of(await draft_commands.show(call, draft))["answers"] == filled["answers"]


async def test_the_letter_names_the_file_with_its_hash(world: World, tmp_path: Path, body: Path) -> None:
    draft, out = await begun(world), tmp_path / "letter.pdf"
    done = await draft_commands.letter(
        sit(world, A), draft, "Head of unit", out, language="en", second_language="ar", body=body
    )
    assert "hidden" in said(done)
    assert defects(out.read_bytes(), part=3) == []
    digest = sha256(body.read_bytes()).hexdigest()
    assert digest in read_written(out.read_bytes()).answers
    assert digest[:8] in read_written(out.read_bytes()).text


def pki_of(world: World) -> tuple[DemoPki, int]:
    now = int(world.now) - 60
    return build_pki(now=now, random=os.urandom, passphrase=b"x"), now


async def arrived(world: World) -> list[tuple[str, str | None, str]]:
    async with world.at(B) as office:
        await office.sync()
        (message,) = [each for each in office.messages() if each.kind == "request"]
        shown = office.show(message.message_id)
    return [(each.filename, each.role, each.media_type) for each in shown.attachments]


async def hurried(world: World, order: Path) -> str:
    """A draft that is sent although the addressee's entry says too little."""
    draft = await ready(world, order)
    await draft_commands.set_(sit(world, A), draft, "urgency_level", "urgent")
    return draft


@pytest.fixture
def order(tmp_path: Path) -> Path:
    path = tmp_path / "order.pdf"
    path.write_bytes(b"%PDF-1.7 an order")
    return path


async def test_a_file_is_sent_as_annex_of_the_letter(
    world: World, tmp_path: Path, body: Path, order: Path
) -> None:
    (pki, now), letter = pki_of(world), tmp_path / "letter.pdf"
    letter.write_bytes(await asyncio.to_thread(signed_letter, pki, now))
    draft, call = await hurried(world, order), sit(world, A)
    checked = await draft_commands.check(call, draft, letter=letter, body=body)
    found = {each["id"] for each in checked.data["check"]["findings"]}  # type: ignore[index]  # a dictionary
    assert "file_reference" in found
    assert "G-i" not in found
    sent = await request_sending.send(call, draft, letter, [order], None, "It sails.", body=body)
    assert any("hidden" in each for each in sent.warnings)
    assert [each[:2] for each in await arrived(world)] == [
        ("letter.pdf", "letter"), ("request.pdf", "annex"), ("order.pdf", "evidence"),
    ]  # fmt: skip


async def test_a_file_is_the_letter_with_a_signature_beside_it(
    world: World, tmp_path: Path, body: Path, order: Path
) -> None:
    (pki, now), beside = pki_of(world), tmp_path / "request.p7s"
    key, lasting = SealKey(pki.signer_pkcs12, b"x"), long_term(pki, now)
    beside.write_bytes(await asyncio.to_thread(sign_file, body.read_bytes(), key, now=now, long_term=lasting))
    draft, call = await hurried(world, order), sit(world, A)
    with pytest.raises(MisuseError, match="holds no signature: sign it with `rogatory sign --detached`"):
        await request_sending.send(call, draft, None, [order], body=body)
    another = tmp_path / "another.html"
    another.write_bytes(html())
    other = await draft_commands.check(call, draft, body=another, signature=beside)
    assert "G-i" in {each["id"] for each in other.data["check"]["findings"]}  # type: ignore[index]  # a dictionary
    sent = await request_sending.send(
        call, draft, None, [order], None, "It sails.", body=body, signature=beside
    )
    assert sent.data["sent"] is True
    media_type = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    files = await arrived(world)
    assert files[0] == ("request.pdf", "letter", media_type)
    assert files[1][:2] == ("request.p7s", "annex")


async def test_what_is_no_letter_is_refused(world: World, tmp_path: Path, body: Path) -> None:
    draft, call = await begun(world), sit(world, A)
    with pytest.raises(MisuseError, match="give the signed letter with --letter"):
        await request_sending.send(call, draft, None)
    with pytest.raises(MisuseError, match="--signature stands beside a --body"):
        await request_sending.send(call, draft, body, signature=body)
    macros = tmp_path / "x.docx"
    macros.write_bytes(b"MZ")
    with pytest.raises(MisuseError, match="none of these"):
        await request_sending.send(call, draft, body, body=macros)
