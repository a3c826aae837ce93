"""A letter with real text in every language, alone and beside each other, read back from the paper."""

import re
import subprocess
import tomllib
import unicodedata
from itertools import pairwise
from pathlib import Path

import pytest
from tests.client.casework.sample_answers import complete_answers
from tests.client.letter.pdf_a import defects
from tests.client.letter.writings import fonts_for, program

from rogatory_client.casework.forms.catalogue import LANGUAGES, request_type
from rogatory_client.letter import Column, DraftLetter, LetterOffice, render_draft_letter
from rogatory_client.letter.answer_wording import put_into_words
from rogatory_client.letter.draft_rendering import draft_letter_data
from rogatory_client.letter.wording import wording

TEXTS = tomllib.loads(Path(__file__).with_name("real_texts.toml").read_text(encoding="utf-8"))
TYPE = request_type("bank_and_business_records")
REFERENCE, ACCOUNT = "MLA/2026/31", "XX00 0000 0001"


def column(language: str) -> Column:
    return Column(language, {**complete_answers(TYPE), "own_reference": REFERENCE, **TEXTS[language]})


def letter(*languages: str) -> DraftLetter:
    if "zh" in languages:
        fonts_for("zh")
    names = {"en": "Central Authority", "ar": "السلطة المركزية", "zh": "中心当局"}
    columns = tuple(map(column, languages))
    return DraftLetter(
        TYPE, columns, LetterOffice(names, "SN"), LetterOffice(names, "GH"), "Head", 1_790_000_000
    )


def text_of(document: bytes, folder: Path) -> str:
    """What another program reads from the paper, without marks of direction and line ends."""
    path = folder / "letter.pdf"
    path.write_bytes(document)
    command = [program("pdftotext"), "-raw", "-enc", "UTF-8", str(path), "-"]
    read = subprocess.run(command, capture_output=True, check=True).stdout.decode()
    return plain(read)


def plain(text: str) -> str:
    shown = unicodedata.normalize("NFKC", text)
    return "".join(
        each for each in shown if not each.isspace() and unicodedata.category(each) != "Cf"
    ).replace("-", "")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_is_on_the_paper(language: str, tmp_path: Path) -> None:
    document = render_draft_letter(letter(language))
    assert defects(document, part=3) == []
    read = text_of(document, tmp_path)
    title = wording(language).words["title"].lower()
    for text in (*TEXTS[language].values(), title):
        for word in re.findall(r"\w{3,}", unicodedata.normalize("NFKC", text)):
            assert word.lower() in read.lower(), word
    # A reference and an account keep their own order in a line from right to left.
    assert plain(REFERENCE) in read
    assert plain(ACCOUNT) in read


@pytest.mark.parametrize("pair", [*pairwise(LANGUAGES), ("ar", "zh"), ("pt", "ar")], ids="-".join)
def test_two_languages_beside_each_other_say_the_same_in_both(pair: tuple[str, str]) -> None:
    document = render_draft_letter(letter(*pair))
    assert defects(document, part=3) == []
    first, second = (draft_letter_data(letter(each)) for each in pair)
    both = draft_letter_data(letter(*pair))
    for at, alone in enumerate((first, second)):
        sections = both["sections"]
        assert isinstance(sections, list)
        said = [[entries[at] for entries in section["entries"]] for section in sections]
        assert said == [[entries[0] for entries in section["entries"]] for section in alone["sections"]]  # type: ignore[attr-defined]  # a list


@pytest.mark.parametrize(
    "code",
    ["+233 302 665 051", "0000 0001", "2026/17/GH", "MLA/2026/31", "2027-03-01T09:00", "XX00 0000 0001"],
)
def test_groups_of_digits_keep_their_places_in_a_line_from_right_to_left(code: str, tmp_path: Path) -> None:
    purpose = f"الهاتف أو الحساب {code} كما هو."
    names = {"en": "Central Authority"}
    answers = {**column("ar").answers, "purpose": purpose}
    office = LetterOffice(names, "SN")
    made = DraftLetter(TYPE, (Column("ar", answers),), office, office, "Head", 1_790_000_000)
    assert plain(code) in text_of(render_draft_letter(made), tmp_path)
    (said,) = put_into_words(TYPE.fields["purpose"], purpose, wording("ar")).paragraphs
    assert f"\u2066{code}\u2069" in said
    assert put_into_words(TYPE.fields["purpose"], purpose, wording("fr")).paragraphs == (purpose,)


def test_paragraphs_are_numbered_through_the_letter(tmp_path: Path) -> None:
    read = text_of(render_draft_letter(letter("en")), tmp_path)
    sections = draft_letter_data(letter("en"))["sections"]
    assert isinstance(sections, list)
    labels = [entries[0]["label"] for section in sections for entries in section["entries"]]
    assert len(labels) > 20
    for number, label in enumerate(labels, start=1):
        assert f"{number}.{plain(label)}:" in read
