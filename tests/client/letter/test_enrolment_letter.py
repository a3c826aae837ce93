"""The enrolment letter: what it must say, in which languages, and where the code must not be."""

import json
import shlex
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from importlib import resources
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import typst
import zxingcpp
from PIL import Image
from pyhanko.pdf_utils.reader import PdfFileReader

from rogatory_client.bounded_file import new_file
from rogatory_client.letter import FILE_MODE, EnrolmentLetter, UnprintableTextError, render_enrolment_letter
from rogatory_client.letter.enrolment_rendering import COMMANDS, TEMPLATE, _wordings, enrolment_data
from rogatory_client.letter.typesetting import OWN_FONT
from rogatory_crypto.errors import MisuseError
from rogatory_crypto.identity import EnrolmentCode, parse_code
from rogatory_crypto.wire.identifier import EntryId

CODE = EnrolmentCode(sha256(b"code").digest()[:20])
LETTER = EnrolmentLetter(
    office="Central Authority of State A",
    entry_id=EntryId("CNA-SN-01"),
    network="WACAP",
    code=CODE,
    issued_at=int(datetime(2026, 9, 21, 9, tzinfo=UTC).timestamp()),
    expires_at=int(datetime(2026, 10, 5, 14, 30, tzinfo=UTC).timestamp()),
    relay="relay.example",
    root_sha256=sha256(b"root").digest(),
    contact="Secretariat, duty officer",
    telephones=("+000 11 222", "+000 33 444"),
)
LANGUAGES = ("en", "fr", "es", "pt", "ru", "ar", "zh")
PRINTABLE = tuple(language for language in LANGUAGES if language != "zh")


def written(letter: EnrolmentLetter, folder: Path) -> str:
    pdftotext = shutil.which("pdftotext")
    if pdftotext is None:
        pytest.skip("pdftotext of poppler is absent")
    (folder / "letter.pdf").write_bytes(render_enrolment_letter(letter))
    done = subprocess.run(
        [pdftotext, "-layout", "letter.pdf", "-"], cwd=folder, capture_output=True, text=True, check=True
    )
    return done.stdout


def page(letter: EnrolmentLetter) -> Image.Image:
    """The first page as a scanner would see it."""
    picture = typst.compile(
        resources.files("rogatory_client.letter").joinpath(TEMPLATE).read_bytes(),
        format="png",
        ppi=150,
        sys_inputs={"letter": json.dumps(enrolment_data(letter, [OWN_FONT]))},
        font_paths=typst.Fonts(include_system_fonts=False, font_paths=[]),
    )
    return Image.open(BytesIO(picture)).convert("L")


@pytest.mark.parametrize("language", PRINTABLE)
def test_the_letter_is_one_page_of_pdf_a_2b_and_always_the_same_bytes(language: str) -> None:
    letter = replace(LETTER, language=language)
    made = render_enrolment_letter(letter)
    root = PdfFileReader(BytesIO(made)).root
    assert b"<pdfaid:part>2</pdfaid:part>" in root["/Metadata"].data
    assert int(root["/Pages"]["/Count"]) == 1
    assert render_enrolment_letter(letter) == made


@pytest.mark.parametrize("language", PRINTABLE)
def test_the_picture_on_the_page_reads_back_as_the_code(language: str) -> None:
    (found,) = zxingcpp.read_barcodes(page(replace(LETTER, language=language)))
    assert found.format is zxingcpp.BarcodeFormat.QRCode
    assert found.text == CODE.printable()
    assert parse_code(found.text) == CODE


def test_the_picture_survives_a_stamp_over_a_corner_of_it() -> None:
    scanned = page(LETTER)
    (found,) = zxingcpp.read_barcodes(scanned)
    corner = found.position.bottom_right
    scanned.paste(0, (corner.x - 20, corner.y - 20, corner.x, corner.y))
    (again,) = zxingcpp.read_barcodes(scanned)
    assert again.text == CODE.printable()


def test_everything_an_office_needs_is_written(tmp_path: Path) -> None:
    text = written(LETTER, tmp_path)
    assert CODE.printable() in text
    for said in (LETTER.office, LETTER.entry_id, LETTER.network, LETTER.relay, LETTER.contact):
        assert said in text
    assert all(number in text for number in LETTER.telephones)
    assert all(command in text for command in COMMANDS)
    assert "".join(LETTER.fingerprint) in text.replace(" ", "").replace("\n", "")
    assert "used already" in text


@pytest.mark.parametrize(
    ("language", "until"),
    [
        ("en", "until Monday, October 5, 2026, 14:30 UTC"),
        ("fr", "au lundi 5 octobre 2026, 14:30 UTC"),
        ("es", "hasta el lunes, 5 de octubre de 2026, 14:30 UTC"),
        ("pt", "até segunda-feira, 5 de outubro de 2026, 14:30 UTC"),
        ("ru", "понедельник, 5 октября 2026"),
        ("ar", "حتى الاثنين، 5 أكتوبر 2026، 14:30 UTC"),
        ("zh", "有效期至2026年10月5日星期一 14:30 UTC"),
        ("xx", "until Monday, October 5, 2026, 14:30 UTC"),
        ("fr-SN", "au lundi 5 octobre 2026, 14:30 UTC"),
    ],
)
def test_the_end_of_the_code_is_said_in_words_and_in_utc(language: str, until: str) -> None:
    valid = enrolment_data(replace(LETTER, language=language), [])["valid"]
    assert isinstance(valid, str)
    assert until in valid.replace("\xa0", "\u202f")


def test_wordings_have_the_same_keys_and_a_step_for_each_command() -> None:
    assert tuple(_wordings()) == LANGUAGES
    for words in _wordings().values():
        assert set(words) == set(_wordings()["en"])
        assert len(words["steps"]) == len(COMMANDS)
        said = [*words["steps"], *(text for key, text in words.items() if key != "steps")]
        assert all(text.strip() for text in said)


@pytest.mark.parametrize("command", [command for command in COMMANDS if command])
def test_what_is_typed_is_what_the_program_knows(command: str) -> None:
    program, name, option, _value = shlex.split(command)
    assert program == "rogatory"
    module = [sys.executable, "-m", "rogatory_client.cli"]
    done = subprocess.run([*module, name, "--help"], capture_output=True, text=True, check=True)
    assert option in done.stdout


def test_a_script_without_font_is_an_error_that_does_not_show_the_code() -> None:
    with pytest.raises(UnprintableTextError) as caught:
        render_enrolment_letter(replace(LETTER, office="Authority \u0378"))
    assert not any(group in str(caught.value) for group in CODE.printable().split("-"))


def test_the_code_is_in_no_repr_and_no_name() -> None:
    shown = repr(LETTER) + LETTER.file_name
    assert not any(group in shown for group in CODE.printable().split("-"))
    assert LETTER.file_name == "enrolment-letter-CNA-SN-01.pdf"
    hostile = replace(LETTER, entry_id=EntryId("../../etc/passwd"))
    assert hostile.file_name == "enrolment-letter-------etc-passwd.pdf"


def test_the_code_is_not_in_the_files_description() -> None:
    root = PdfFileReader(BytesIO(render_enrolment_letter(LETTER))).root
    described = root["/Metadata"].data.decode()
    assert not any(group in described for group in CODE.printable().split("-"))


def test_the_file_is_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / LETTER.file_name
    new_file(path, render_enrolment_letter(LETTER), mode=FILE_MODE)
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("hostile", ["#panic()", '"); #eval("1', "$ x", "*b* `raw`", "= H", "#["])
def test_what_somebody_writes_is_never_markup(hostile: str) -> None:
    letter = replace(LETTER, office=hostile, network=hostile, contact=hostile, telephones=(hostile,))
    assert render_enrolment_letter(letter).startswith(b"%PDF-")


@pytest.mark.parametrize(
    "wrong",
    [
        {"office": " "},
        {"network": ""},
        {"relay": "a\nb"},
        {"contact": "a\u202eb"},
        {"contact": "a\x1bb"},
        {"telephones": ()},
        {"telephones": ("",)},
        {"root_sha256": b"short"},
        {"expires_at": LETTER.issued_at},
        {"issued_at": -1},
        {"expires_at": 2**40},
    ],
)
def test_a_letter_without_an_essential_is_misuse(wrong: dict[str, Any]) -> None:
    with pytest.raises(MisuseError, match=next(iter(wrong)) if "issued_at" not in wrong else None):
        replace(LETTER, **wrong)
