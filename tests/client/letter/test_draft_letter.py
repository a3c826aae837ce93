"""The letter of a draft: every section in its order, in one language or two, with its answers inside."""

import json
import re
import unicodedata
from io import BytesIO
from typing import Any

import pytest
from pyhanko.pdf_utils.reader import PdfFileReader
from tests.client.casework.sample_answers import complete_answers, without
from tests.client.letter.pdf_a import defects
from tests.client.letter.writings import fonts_for

from rogatory_client.casework.answers.text import check_text
from rogatory_client.casework.answers.value import Item, Value, value_to_json
from rogatory_client.casework.forms.catalogue import LANGUAGES, all_fields, request_type, type_ids
from rogatory_client.casework.forms.field import FieldKind
from rogatory_client.letter import Column, DraftLetter, LetterOffice, render_draft_letter
from rogatory_client.letter.answer_wording import put_into_words
from rogatory_client.letter.draft_rendering import draft_letter_data
from rogatory_client.letter.draft_summary import draft_summary
from rogatory_client.letter.wording import wording
from rogatory_crypto.errors import MisuseError

TYPE = "freezing_or_seizure_of_assets"
NOW = 1_790_000_000


def letter_of(*columns: Column, type_id: str = TYPE, signed_by: str = "Head") -> DraftLetter:
    return DraftLetter(
        request_type=request_type(type_id),
        columns=columns,
        requesting=LetterOffice({"en": "Central Authority", "fr": "Autorité centrale"}, "SN"),
        requested=LetterOffice({"en": "Attorney General"}, "GH"),
        signed_by=signed_by,
        dated_at=NOW,
    )


def complete(type_id: str = TYPE) -> dict[str, Value]:
    return complete_answers(request_type(type_id))


def shown(*columns: Column, type_id: str = TYPE) -> dict[str, Any]:
    return draft_letter_data(letter_of(*columns, type_id=type_id))


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_is_pdf_a_3b_and_tagged(language: str) -> None:
    if language == "zh":
        fonts_for(language)
    made = render_draft_letter(letter_of(Column(language, complete())))
    assert defects(made, part=3) == []
    assert made == render_draft_letter(letter_of(Column(language, complete())))


def test_the_answers_are_inside_for_machines() -> None:
    made = PdfFileReader(BytesIO(render_draft_letter(letter_of(Column("fr", complete())))))
    (reference,) = made.root["/AF"]
    file = reference.get_object()
    assert (file["/UF"], file["/AFRelationship"]) == ("request.json", "/Alternative")
    form = json.loads(file["/EF"]["/F"].data)
    assert (form["request_type"], form["dated_at"], form["signed_by"]) == (TYPE, NOW, "Head")
    answers = {name: value_to_json(value) for name, value in complete().items()}
    assert form["columns"] == [{"language": "fr", "answers": answers}]


@pytest.mark.parametrize("type_id", type_ids())
def test_every_answer_of_every_type_is_printed_once_and_in_order(type_id: str) -> None:
    chosen, words = request_type(type_id), wording("es")
    data = shown(Column("es", complete(type_id)), type_id=type_id)
    printed = [entries[0]["label"] for section in data["sections"] for entries in section["entries"]]
    in_head = {"requesting_authority", "addressed_authority", "own_reference", "urgency_level"}
    assert printed == [words.label(each) for name, each in chosen.fields.items() if name not in in_head]
    head = {row["value"] for row in data["particulars"][0]}
    assert {"Attorney General, Ghana", "Central Authority, Senegal", chosen.title["es"]} <= head


def test_two_languages_stand_side_by_side() -> None:
    translated: dict[str, Value] = {"purpose": "Evidence in the trial."}
    data = shown(Column("fr", complete() | {"purpose": "Preuve au procès."}), Column("en", translated))
    assert [each["title"] for each in data["words"]] == [
        "Demande d’entraide judiciaire",  # noqa: RUF001 - the apostrophe of French
        "Request for mutual legal assistance",
    ]
    rows = {entries[0]["label"]: entries for section in data["sections"] for entries in section["entries"]}
    assert all(len(entries) == 2 for entries in rows.values())
    ours, theirs = rows["But de la demande"]
    assert (ours["language"], ours["paragraphs"]) == ("fr", ["Preuve au procès."])
    assert (theirs["language"], theirs["paragraphs"]) == ("en", ["Evidence in the trial."])
    # What is not translated stands as it was written, under its label in the other language.
    ours, theirs = rows["Risque de dissipation"]
    assert (theirs["label"], theirs["language"]) == ("Risk of dissipation", "fr")
    assert theirs["paragraphs"] == ours["paragraphs"]
    rows = {row["label"]: row["value"] for column in data["particulars"] for row in column}
    assert rows["De"] == "Autorité centrale, Sénégal"
    assert rows["From"] == "Central Authority, Senegal"


@pytest.mark.parametrize("pair", [("ar", "fr"), ("fr", "ar"), ("ru", "en")])
def test_both_columns_are_set(pair: tuple[str, str]) -> None:
    made = render_draft_letter(letter_of(*(Column(each, complete()) for each in pair)))
    assert defects(made, part=3) == []


def test_what_was_not_answered_is_left_out() -> None:
    answers = without(complete(), "purpose", "costs_note", "data_protection_note", "attachments")
    data = shown(Column("en", answers))
    headings = [section["headings"][0] for section in data["sections"]]
    assert "Costs, data protection and annexes" not in headings
    labels = [entries[0]["label"] for section in data["sections"] for entries in section["entries"]]
    assert "Purpose" not in labels


def test_answers_in_words() -> None:
    fields, french = all_fields(), wording("fr")
    person = Item((("name", "A person"), ("birth_date", "1980-05-01"), ("nationality", "GH")))
    said = put_into_words(fields["persons_concerned"], (person,), french)
    assert said.paragraphs == ("A person; né(e) le: 1 mai 1980; nationalité: Ghana",)
    basis = tuple(Item((("instrument", each), ("article", "18"))) for each in ("UNTOC", "UNCAC"))
    several = put_into_words(fields["legal_basis"], basis, french)
    assert several.paragraphs == ()
    assert several.items[1] == "Convention des Nations Unies contre la corruption; article: 18"
    assert put_into_words(fields["protected_person"], value=False, words=french).paragraphs == ("Non",)
    assert put_into_words(fields["channel"], "platform", french).paragraphs == ("Plateforme",)


@pytest.mark.parametrize(
    ("kind", "answer", "said"),
    [
        (FieldKind.DATETIME, "2027-03-01T09:00+01:00", "1 mars 2027, 09:00 (UTC+01:00)"),
        (FieldKind.DATETIME, "2027-03-01T09:00:30Z", "1 mars 2027, 09:00:30 (UTC)"),
        (FieldKind.DURATION, "P3Y2M", "3 ans, 2 mois"),
        (FieldKind.DURATION, "P1YT2M", "1 an, 2 minutes"),
        (FieldKind.DURATION, "P0D", "P0D"),
        (FieldKind.DATE_RANGE, "2026-01-01/2026-03-31", "1 janvier 2026 \N{EN DASH} 31 mars 2026"),
        (FieldKind.DATETIME_LIST, ("2027-03-01T09:00-04:30",), "1 mars 2027, 09:00 (UTC-04:30)"),
    ],
)
def test_times_are_written_out(kind: FieldKind, answer: Value, said: str) -> None:
    """A judge reads a letter, and no ISO 8601."""
    field = next(each for each in all_fields().values() if each.kind is kind)
    (paragraph,) = put_into_words(field, answer, wording("fr")).paragraphs
    assert unicodedata.normalize("NFKC", paragraph) == said


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_letter_holds_times_as_programs_write_them(language: str) -> None:
    for name in type_ids():
        said = json.dumps(shown(Column(language, complete(name)), type_id=name)["sections"])
        assert not re.search(r"\d{4}-\d\d-\d\d[T/]|\bPT?\d", said), name


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_summary_can_be_said_in_a_message(language: str) -> None:
    """What keeps the order of a line on paper is refused in a message."""
    for name in type_ids():
        check_text("text", draft_summary(request_type(name), complete(name), language))


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ((), "one language, or in two"),
        (("fr", "fr"), "two that differ"),
        (("fr", "en", "es"), "one language, or in two"),
        (("de",), "not in de"),
    ],
)
def test_what_is_no_letter(columns: tuple[str, ...], said: str) -> None:
    with pytest.raises(MisuseError, match=said):
        letter_of(*(Column(each, complete()) for each in columns))


def test_a_letter_names_who_signs() -> None:
    with pytest.raises(MisuseError, match="function that signs"):
        letter_of(Column("en", complete()), signed_by=" ")


@pytest.mark.parametrize("hostile", ['#import "/etc/passwd"', "#panic()", "$ unclosed", '"); #eval("1', "#["])
def test_what_an_officer_writes_is_never_markup(hostile: str) -> None:
    answers = complete() | {"purpose": hostile, "own_reference": hostile}
    assert render_draft_letter(letter_of(Column("en", answers))).startswith(b"%PDF-")


def test_what_is_written_from_left_to_right_stays_so_in_a_line_from_right_to_left() -> None:
    fields, arabic = all_fields(), wording("ar")
    asked = put_into_words(fields["oral_request_at"], "2027-03-01T09:00+00:00", arabic)
    assert asked.paragraphs == ("\u20681 مارس 2027، \u206609:00\u2069 (UTC)\u2069",)
    offence = Item((("name", "Laundering"), ("covered_by", "UNTOC")))
    (said,) = put_into_words(fields["offences"], (offence,), arabic).paragraphs
    assert said.startswith("\u2068Laundering\u2069; ")
    english = put_into_words(fields["offences"], (offence,), wording("en")).paragraphs[0]
    assert not set("\u2066\u2067\u2068\u2069") & set(english)
