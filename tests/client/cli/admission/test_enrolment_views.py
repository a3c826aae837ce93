"""What officers are shown before they sign, what a call has shown, and a request as codes."""

from dataclasses import replace
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image
from tests.client.letter.no_system_fonts import without_system_fonts
from tests.client.letter.test_enrolment_letter import CODE, LETTER

from rogatory_client.cli.admission import enrolment_views as views
from rogatory_client.cli.answer import Answer, Block, Codes, Facts, Line, Tone
from rogatory_client.cli.devices.officer_role import read_role
from rogatory_client.cli.failure import ExitCode, explain
from rogatory_client.cli.pictures.qr_parts import join
from rogatory_client.cli.terminal import Terminal
from rogatory_client.letter import UnprintableTextError, render_enrolment_letter
from rogatory_client.office import AdmissionState, AdmissionView, CallBackView, ProposalView
from rogatory_crypto.errors import MisuseError
from rogatory_crypto.identity import Role

SEEN = ProposalView(
    entry_id="CNA-SN-01",
    name="Central Authority",
    state="Senegal",
    kind="central_authority",
    unit=None,
    address=("42, avenue de la Justice", "Dakar", "SN"),
    telephones=("+221100000101",),
    mailboxes=("office@justice.gov.sn.example",),
    channels={"direct": "no", "diplomatic": "required"},
    network="WACAP",
    enrolled=False,
    devices=0,
    replaces=False,
    proposer="head of secretariat",
    proposer_role="head",
    proposer_device="ab" * 16,
    confirmer="legal officer",
    issued_at=1_790_000_000,
    expires_at=1_791_209_600,
)
ADMITTED = AdmissionView(
    entry_id="CNA-SN-01",
    name="Central Authority",
    network="WACAP",
    state=AdmissionState.CONFIRMED,
    proposer="head of secretariat",
    confirmer="legal officer",
    issued_at=1_790_000_000,
    expires_at=1_791_209_600,
    letter_at=None,
    called_at=None,
    called_by=None,
    holds_code=True,
)
CALL = CallBackView(
    entry_id="CNA-SN-01",
    partner="CNA-SN-01",
    name="Central Authority",
    words=("bakima", "tulasi"),
    numbers=("0123", "4567"),
    telephones=("+221100000101",),
    at=None,
    officer=None,
    fits=None,
)


def alarms(blocks: list[Block]) -> list[str]:
    return [block.text for block in blocks if isinstance(block, Line) and block.tone is Tone.ALARM]


def test_who_agrees_sees_what_his_directory_says() -> None:
    shown = dict(
        pair for block in views.proposal_blocks(SEEN) if isinstance(block, Facts) for pair in block.pairs
    )
    assert shown["Authority"] == "CNA-SN-01  Central Authority"
    assert shown["Address"] == "42, avenue de la Justice, Dakar, SN"
    assert shown["Telephones"] == "+221100000101"
    assert shown["Channels"] == "direct: no, diplomatic: required"
    assert shown["Proposed by"] == "head of secretariat (head), device abababababab"
    assert shown["Open until"] == "2026-10-05 14:13 UTC"
    assert alarms(views.proposal_blocks(SEEN)) == []


def test_what_a_signature_would_end_is_an_alarm() -> None:
    (enrolled,) = alarms(views.proposal_blocks(replace(SEEN, enrolled=True)))
    assert "takes its place" in enrolled
    (replaced,) = alarms(views.proposal_blocks(replace(SEEN, replaces=True)))
    assert "letter sent before is void" in replaced


@pytest.mark.parametrize("state", AdmissionState)
def test_every_state_has_words(state: AdmissionState) -> None:
    (row,) = views.admission_table([replace(ADMITTED, state=state)]).rows
    assert row[3]
    assert row[8] == ""


def test_a_call_shows_its_own_words_until_it_has_heard_the_other_side() -> None:
    asked = views.call_answer(CALL, {}, (), "rogatory call-back")
    assert asked.exit_code == 0
    shown = [block for block in asked.blocks if isinstance(block, Facts)]
    assert shown[0].pairs == [("Words", "bakima  tulasi"), ("or digits", "0123  4567")]


def test_words_that_differ_end_the_command_with_an_alarm() -> None:
    heard = replace(CALL, at=1_790_000_000, officer="legal officer", fits=True)
    fits = views.call_answer(heard, {}, (), "")
    assert (fits.exit_code, alarms(list(fits.blocks))) == (0, [])
    differ = views.call_answer(replace(heard, fits=False), {}, (), "")
    assert differ.exit_code == ExitCode.REFUSED
    assert len(alarms(list(differ.blocks))) == 1


def test_a_letter_for_programs_has_no_code() -> None:
    said = repr(views.letter_data(LETTER))
    assert CODE.printable() not in said
    assert CODE.secret.hex() not in said


def test_a_script_without_fonts_is_no_defect_of_the_software(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    without_system_fonts(monkeypatch, tmp_path)
    with pytest.raises(UnprintableTextError) as refusal:
        render_enrolment_letter(replace(LETTER, language="zh"))
    failure = explain(refusal.value)
    assert failure.exit_code == ExitCode.MISUSE
    assert "--fonts" in failure.what


def test_a_role_is_one_of_a_list() -> None:
    assert [read_role(role.value) for role in Role] == list(Role)
    with pytest.raises(MisuseError, match="Head is no role: there are head, case-officer"):
        read_role("Head")


def test_a_request_on_the_terminal_is_read_by_any_reader(capsys: pytest.CaptureFixture[str]) -> None:
    text = "rogatory-link-2:" + "".join(chr(65 + at % 26) for at in range(1_900))
    Terminal(as_json=False).show(Answer({}, (Codes(text),)))
    lines = [line for line in capsys.readouterr().out.split("\n") if line]
    width = max(map(len, lines))
    picture = Image.new("L", (width, 2 * len(lines)), 255)
    for row, line in enumerate(lines):
        for column, character in enumerate(line):
            if character in "█▀":
                picture.putpixel((column, 2 * row), 0)
            if character in "█▄":
                picture.putpixel((column, 2 * row + 1), 0)
    large = picture.resize((4 * picture.width, 4 * picture.height), Image.Resampling.NEAREST)
    assert join(found.text for found in zxingcpp.read_barcodes(large)) == text
