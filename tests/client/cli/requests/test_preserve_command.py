"""A preservation request in one step, in a simulated world: what is asked, sent, refused and left behind."""

from dataclasses import fields
from pathlib import Path

import pytest
from tests.client.cli.drafting import two_offices
from tests.client.cli.sitting import said, sit
from tests.simulator.test_story import A, B
from tests.simulator.world import World

from rogatory_client.casework.drafts.preserving import QUESTIONS as FORM
from rogatory_client.casework.drafts.preserving import TYPE_ID, PreservationForm
from rogatory_client.casework.forms.catalogue import request_type
from rogatory_client.cli.answer import Answer
from rogatory_client.cli.drafts import commands as draft_commands
from rogatory_client.cli.requests.preserve_command import QUESTIONS, preserve
from rogatory_crypto.errors import MisuseError
from rogatory_crypto.esign import Indication, check

SAID = {
    "to": B,
    "data": ["user@mail.example", "203.0.113.7 on 2026-11-20 at 14:03 UTC"],
    "custodian": "Mail Example Ltd, Accra",
    "offence": "Fraud by e-mail",
    "facts": "On 20 November a bank was deceived by e-mails into paying to an account in Accra.",
    "relation": "The e-mails came from this account.",
    "necessity": "The provider deletes its logs after seven days.",
}


@pytest.fixture
async def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    made = await two_offices(tmp_path)
    async with made.at(A) as office:
        await office.lifecycle.create_seal()
    monkeypatch.setattr("time.time", lambda: made.now)
    return made


def ids(answer: Answer, what: str) -> set[str]:
    return {each["id"] for each in answer.data["check"][what]}  # type: ignore[index]  # a dictionary


def test_no_more_than_eight_questions_are_asked() -> None:
    """BUDAPEST 29(2)(a)-(f): the authority is known, and that a request follows is a default."""
    assert tuple(QUESTIONS) == FORM == ("to", *(field.name for field in fields(PreservationForm)))
    assert len(QUESTIONS) <= 8


async def test_seven_answers_are_a_signed_request_that_nothing_blocks(world: World, tmp_path: Path) -> None:
    path = tmp_path / "letter.pdf"
    done = await preserve(sit(world, A), **SAID, letter=path, office_seal=True)  # type: ignore[arg-type]
    assert (done.exit_code, done.data["sent"]) == (0, True)
    async with world.at(A) as office:
        seal = office.lifecycle.open_seal().seal
        (draft,) = office.drafts.all(removed=True)
        assert draft.blocking == 0
    report = check(path.read_bytes(), trust=[seal.certificate], at=int(world.now))
    assert report.indication is Indication.TOTAL_PASSED
    assert path.stat().st_mode & 0o077 == 0
    async with world.at(B) as office:
        await office.sync()
        (message,) = [each for each in office.messages() if each.kind == "request"]
        assert message.details["urgency"] == "urgent"
        assert message.details["request_type"] == TYPE_ID
        (due,) = office.cases.deadlines(message.room_id)
        assert due.at == message.at_ms // 1000 + 4 * 3600


async def test_without_a_signature_it_waits_for_a_reason_and_the_reason_is_kept(
    world: World, tmp_path: Path
) -> None:
    path = tmp_path / "letter.pdf"
    blocked = await preserve(sit(world, A), **SAID, letter=path)  # type: ignore[arg-type]
    assert (blocked.exit_code, blocked.data["sent"]) == (1, False)
    assert "G-i" in ids(blocked, "findings")
    assert not ids(blocked, "deficiencies") & set(request_type(TYPE_ID).required)
    assert str(path) in said(blocked)
    draft = str(blocked.data["draft"])
    assert draft in {
        each["draft_id"]
        for each in (await draft_commands.list_drafts(sit(world, A))).data["drafts"]  # type: ignore[attr-defined]
    }
    reason = "No seal is at hand, and the logs go tonight."
    done = await preserve(sit(world, A), **SAID, letter=tmp_path / "2.pdf", despite=reason)  # type: ignore[arg-type]
    assert done.data["sent"] is True
    async with world.at(B) as office:
        await office.sync()
        (message,) = [each for each in office.messages() if each.kind == "request"]
        assert message.details["sent_although_it_blocks"] == reason
        assert "G-i" in message.details["what_blocked"]


async def test_what_is_missing_is_named_where_nobody_can_be_asked(world: World) -> None:
    given = {**SAID, "facts": "  ", "to": ""}
    with pytest.raises(MisuseError, match="give --to, --facts"):
        await preserve(sit(world, A), **given)  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["\u202e" + "txet", "\x07 bell", "a" * 200_000])
async def test_what_fits_no_field_is_refused_and_leaves_nothing(
    world: World, tmp_path: Path, text: str
) -> None:
    with pytest.raises(MisuseError):
        await preserve(sit(world, A), **{**SAID, "necessity": text}, letter=tmp_path / "no.pdf")  # type: ignore[arg-type]
    async with world.at(A) as office:
        assert office.drafts.all() == ()
    assert not (tmp_path / "no.pdf").exists()


async def test_an_office_s_template_outweighs_what_is_usual(world: World, tmp_path: Path) -> None:
    async with world.at(A) as office:
        draft = office.drafts.new(TYPE_ID, B)
        office.drafts.set(draft.draft_id, "request_language", "fr")
        office.drafts.set(draft.draft_id, "out_of_band_contact", "+221 33 000 00 00")
        office.drafts.save_template(draft.draft_id)
        office.drafts.remove(draft.draft_id)
    blocked = await preserve(sit(world, A), **SAID, reference="SN/77", letter=tmp_path / "l.pdf")  # type: ignore[arg-type]
    async with world.at(A) as office:
        answers = office.drafts.show(str(blocked.data["draft"])).answers
    assert answers["request_language"] == "fr"
    assert answers["out_of_band_contact"] == "+221 33 000 00 00"
    assert answers["own_reference"] == "SN/77"
    assert answers["necessity"] == SAID["necessity"]


async def test_what_cannot_be_signed_or_written_leaves_no_draft(world: World, tmp_path: Path) -> None:
    there = tmp_path / "letter.pdf"
    there.write_bytes(b"something else")
    with pytest.raises(MisuseError, match="exists already"):
        await preserve(sit(world, A), **SAID, letter=there)  # type: ignore[arg-type]
    with pytest.raises(MisuseError, match="no such seal counts here"):
        await preserve(sit(world, B), **{**SAID, "to": A}, office_seal=True)  # type: ignore[arg-type]
    for name in (A, B):
        async with world.at(name) as office:
            assert office.drafts.all() == ()
    assert there.read_bytes() == b"something else"
