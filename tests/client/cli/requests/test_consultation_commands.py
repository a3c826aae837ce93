"""A consultation from the directory, without personal data, with a draft that names nobody."""

from pathlib import Path

import pytest
from tests.client.cli.drafting import begun, two_offices
from tests.client.cli.sitting import sit
from tests.simulator.test_story import A, B
from tests.simulator.world import World

from rogatory_client.casework.answers.value import Item
from rogatory_client.cli import exchange_commands
from rogatory_client.cli.requests import consultation_commands
from rogatory_crypto.errors import MisuseError

IBAN = "GB82 WEST 1234 5698 7654 32"
AWA = Item((("name", "Awa Ndiaye"), ("nationality", "SN")))
QUESTION = "Is an order needed?"


@pytest.fixture
async def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.chdir(tmp_path)
    return await two_offices(tmp_path)


async def texts(world: World, name: str) -> list[str]:
    await world.sync(name)
    async with world.at(name) as office:
        return [each.text for each in office.messages()]


async def naming_draft(world: World) -> str:
    draft = await begun(world, "taking_evidence")
    async with world.at(A) as office:
        office.drafts.set(draft, "persons_concerned", (AWA,))
        office.drafts.set(draft, "facts_summary", f"Mme Ndiaye paid from {IBAN}.")
        office.drafts.set(draft, "own_reference", "SN-2026-0042")
    return draft


async def test_whom_to_ask_is_found_by_state_and_function(world: World) -> None:
    done = await consultation_commands.consult(
        sit(world, A), "Bank records", QUESTION, state="Ghana", function="mla", reference="SN/1"
    )
    assert done.exit_code == 0
    assert await texts(world, B) == [QUESTION]


async def test_nobody_is_guessed(world: World) -> None:
    for given, reason in (
        ({"state": "NG"}, "nobody in NG is enrolled: write to CNA-NG-01"),
        ({"state": "Atlantis"}, "Atlantis"),
        ({"state": "GH", "function": "weather"}, "weather is none of mla"),
        ({"state": "GH", "to": [B]}, "say whom to ask"),
        ({"function": "mla", "to": [B]}, "say whom to ask"),
        ({}, "say whom to ask"),
    ):
        with pytest.raises(MisuseError, match=reason):
            await consultation_commands.consult(sit(world, A), "Records", QUESTION, **given)


async def test_several_that_can_be_meant_are_named(world: World) -> None:
    records = world.records()
    (ghana,) = [each for each in records if each["record_id"] == B]
    second = {**ghana, "record_id": "CNA-GH-02", "scope_note": "Offences against the environment"}
    await world.publish_records(2, [*records, second], [A, B])
    world.on_paper |= {"CNA-GH-02"}
    await world.publish_records(3, [*records, second], [A, B])
    await world.enrol("CNA-GH-02")
    await world.sync(A)
    with pytest.raises(MisuseError, match="several authorities in GH for mla") as refusal:
        await consultation_commands.consult(sit(world, A), "Records", QUESTION, state="GH", function="mla")
    assert B in str(refusal.value)
    assert "CNA-GH-02" in str(refusal.value)
    assert "competent for: Offences against the environment" in str(refusal.value)


async def test_personal_data_stops_a_consultation_until_the_officer_says_so(world: World) -> None:
    call = sit(world, A)
    with pytest.raises(MisuseError, match="--with-personal-data") as refusal:
        await consultation_commands.consult(call, "Records", f"On\n{IBAN}, please.", to=[B])
    assert "an IBAN (GB…32) in the text, line 2" in str(refusal.value)
    assert "WEST" not in str(refusal.value)
    with pytest.raises(MisuseError, match=r"a name .* in the subject"):
        await consultation_commands.consult(call, "Mr Ibrahim Traoré", QUESTION, to=[B])
    async with world.at(A) as office:
        assert not office.rooms()
    await consultation_commands.consult(
        call, "Records", f"On {IBAN}.", to=[B], reference="SN/1", with_personal_data="The bank asks for it."
    )
    async with world.at(A) as office:
        (note,) = office.mailbox.notes("SN/1")
    assert note.text == "Said with personal data: The bank asks for it."
    with pytest.raises(MisuseError, match="say why"):
        await consultation_commands.reply(call, "SN/1", f"On {IBAN}.", with_personal_data=" ")
    words = "Write to a.b@mail.example."
    for saying in (
        consultation_commands.reply(call, "SN/1", words),
        exchange_commands.send(call, "SN/1", text=words),
        exchange_commands.attach(call, "SN/1", [Path("letter.pdf")], words),
    ):
        with pytest.raises(MisuseError, match="an e-mail address"):
            await saying
    Path("Mr Traoré.pdf").write_bytes(b"%PDF")
    with pytest.raises(MisuseError, match="in the names of the files"):
        await exchange_commands.attach(call, "SN/1", [Path("Mr Traoré.pdf")])
    assert len(await texts(world, B)) == 1


async def test_the_library_itself_says_nothing_personal_in_a_consultation(world: World) -> None:
    async with world.at(A) as office:
        with pytest.raises(MisuseError, match="an IBAN"):
            office.start_consultation([B], "Records", f"On {IBAN}.", reference="SN/1")
        with pytest.raises(MisuseError, match=r"a name .* in the reference"):
            office.start_consultation([B], "Records", QUESTION, reference="Mr Mensah 2026")
        office.start_consultation([B], "Records", QUESTION, reference="SN/1")
        with pytest.raises(MisuseError, match="an IBAN"):
            office.reply("SN/1", f"On {IBAN}.")
        await office.sync()
    assert await texts(world, B) == [QUESTION]


async def test_a_person_of_a_draft_is_known_by_name(world: World) -> None:
    await naming_draft(world)
    with pytest.raises(MisuseError, match=r"a name \(N…\)"):
        await consultation_commands.consult(sit(world, A), "Records", "Where is Ndiaye?", to=[B])


async def test_in_a_request_everything_may_be_said(world: World) -> None:
    call = sit(world, A)
    Path("letter.pdf").write_bytes(b"%PDF-1.7 letter")
    async with world.at(A) as office:
        office.submit_request(
            request_type="taking_evidence", legal_basis="UNTOC 18", reference="SN/2", to=[B],
            letter=Path("letter.pdf"), subject="Records",
        )  # fmt: skip
    await exchange_commands.send(call, "SN/2", text=f"On {IBAN}.")
    assert f"On {IBAN}." in await texts(world, B)


async def test_a_draft_is_shared_without_its_persons_or_whole(world: World) -> None:
    draft, call = await naming_draft(world), sit(world, A)
    await consultation_commands.consult(
        call, "Records", "Would this do?", to=[B], reference="SN/1", draft=draft[:8]
    )
    (shared,) = await texts(world, B)
    assert shared.startswith("Would this do?\n\n# ")
    assert "Person 1 paid from Account 1." in shared.replace("Mme ", "")
    assert not [each for each in ("Ndiaye", "WEST", "SN-2026-0042", A) if each in shared]
    with pytest.raises(MisuseError, match="in the draft, line"):
        await consultation_commands.reply(call, "SN/1", "All of it:", draft=draft[:8], whole=True)
    assert not list(Path().glob("draft-*.json"))
    await consultation_commands.reply(
        call, "SN/1", "All of it:", draft=draft[:8], whole=True, with_personal_data="The bank asks for it."
    )
    await world.sync(B)
    async with world.at(B) as office:
        last = office.messages("SN/1")[-1]
        saved = await office.save_attachment(last.message_id, 0, Path("out"))
    assert "Awa Ndiaye" in saved.read_text()
    assert Path(f"draft-{draft}.json").stat().st_mode & 0o777 == 0o600


async def test_what_says_nothing_is_not_sent(world: World) -> None:
    call = sit(world, A)
    with pytest.raises(MisuseError, match="there is nothing to say"):
        await consultation_commands.consult(call, "Records", to=[B])
    with pytest.raises(MisuseError, match="--whole goes with --draft"):
        await consultation_commands.consult(call, "Records", QUESTION, to=[B], whole=True)
    with pytest.raises(MisuseError, match="there is no draft"):
        await consultation_commands.consult(call, "Records", QUESTION, to=[B], draft="ffff")


async def test_a_draft_in_arabic_is_put_in_like_any_other(world: World) -> None:
    draft = await begun(world, "taking_evidence")
    async with world.at(A) as office:
        office.drafts.set(draft, "request_language", "ar")
        office.drafts.set(draft, "facts_summary", "دُفع المبلغ إلى الحساب 0123 456 789 في 12:30.")
    await consultation_commands.consult(sit(world, A), "Records", to=[B], draft=draft[:8])
    (text,) = await texts(world, B)
    assert "دُفع المبلغ" in text
    assert "0123" not in text
