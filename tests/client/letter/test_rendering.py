from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest
from pyhanko.pdf_utils.reader import PdfFileReader

from rogatory_client.casework.answers.text import MAX_TEXT
from rogatory_client.casework.forms.catalogue import LANGUAGES
from rogatory_client.letter import RequestLetter, Urgency, render_letter
from rogatory_client.letter.rendering import letter_data
from rogatory_client.letter.request_letter import paragraphs
from rogatory_client.letter.wording import wording
from rogatory_crypto.errors import MisuseError

LETTER = RequestLetter(
    requesting_authority="Central Authority",
    requesting_state="State A",
    requested_authority="Central Authority",
    requested_state="State B",
    reference="A/2026/1",
    request_type="Bank records",
    legal_basis="UNTOC article 18",
    facts="Money moved.\n\nThen it moved again.",
    assistance=("Records of the account", "A statement of its holder"),
    signed_by="Head of the central authority",
    dated_at=1_790_000_000,
    subject="Fraud",
    offences=("Penal code, section 1",),
    confidentiality="Until the hearing.",
    deadline="1 March, because of the hearing.",
    urgency=Urgency.URGENT,
)


def test_letter_is_pdf_a_2b_and_always_the_same_bytes() -> None:
    letter = render_letter(LETTER)
    assert letter.startswith(b"%PDF-")
    metadata = PdfFileReader(BytesIO(letter)).root["/Metadata"].data
    assert b"<pdfaid:part>2</pdfaid:part>" in metadata
    assert b"<pdfaid:conformance>B</pdfaid:conformance>" in metadata
    assert render_letter(LETTER) == letter


@pytest.mark.parametrize(
    "hostile",
    [
        '#import "/etc/passwd"',
        "#panic()",
        "$ unclosed",
        "*bold* _it_ `raw`",
        "= Heading",
        '"); #eval("1',
        "#[",
        "\\u{41}",
    ],
)
def test_what_a_user_writes_is_never_markup(hostile: str) -> None:
    everywhere = replace(
        LETTER, facts=hostile, subject=hostile, reference=hostile, assistance=(hostile,), signed_by=hostile
    )
    assert render_letter(everywhere).startswith(b"%PDF-")


@pytest.mark.parametrize("text", ["Žádost", "Αίτηση", "Запрос", "طلب"])
def test_scripts_of_the_built_in_fonts_are_set(text: str) -> None:
    assert render_letter(replace(LETTER, facts=text)).startswith(b"%PDF-")


def test_long_letter_runs_over_pages() -> None:
    letter = render_letter(replace(LETTER, facts="\n\n".join(["Money moved. " * 60] * 30)))
    assert int(PdfFileReader(BytesIO(letter)).root["/Pages"]["/Count"]) > 3


def test_empty_parts_are_left_out() -> None:
    shortest = replace(LETTER, offences=(), confidentiality="", deadline=" ", requested_reference="")
    data: dict[str, Any] = letter_data(shortest, [])
    headings = [section["headings"] for section in data["sections"]]
    assert headings == [["Legal basis"], ["Facts"], ["Assistance sought"]]
    assert "Your reference" not in [row["label"] for row in data["particulars"][0]]


@pytest.mark.parametrize("name", ["facts", "reference", "signed_by", "legal_basis"])
def test_letter_without_an_essential_is_misuse(name: str) -> None:
    blank: dict[str, Any] = {name: "  "}
    with pytest.raises(MisuseError, match=name):
        replace(LETTER, **blank)


def test_letter_that_asks_for_nothing_is_misuse() -> None:
    with pytest.raises(MisuseError, match="assistance"):
        replace(LETTER, assistance=())


@pytest.mark.parametrize(
    "text",
    [
        "a\x00b",
        "a\x1bb",
        "abc\u202edef",
        "\u2067x",
        "a\u200bb",
        "a\u2028b",
        "\U000e0041",
        "x" * (MAX_TEXT + 1),
        "\ud800",
    ],
)
def test_text_that_would_not_read_as_written_is_misuse(text: str) -> None:
    with pytest.raises(MisuseError):
        replace(LETTER, facts=text)
    with pytest.raises(MisuseError):
        replace(LETTER, assistance=(text,))


def test_date_out_of_range_is_misuse() -> None:
    with pytest.raises(MisuseError):
        replace(LETTER, dated_at=-1)


def test_empty_lines_part_paragraphs() -> None:
    assert paragraphs("a\nb\n\n\n\nc\n\n ") == ["a b", "c"]


def test_english_is_the_fallback() -> None:
    assert wording("en-GB") is wording("en")
    assert wording("xx") is wording("en")
    assert wording("fr-SN") is wording("fr")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_letter_in_each_language_is_headed_in_it(language: str) -> None:
    data: dict[str, Any] = letter_data(replace(LETTER, language=language), [])
    assert data["title"] == wording(language).words["title"]
    assert data["sections"][1]["headings"] == [wording(language).words["facts"]]
    assert render_letter(replace(LETTER, language=language, facts="2026")).startswith(b"%PDF-")
