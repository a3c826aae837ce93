"""Answers that look filled and say nothing, and answers in another order: a request is no better for them."""

from datetime import timedelta

import pytest
from tests.client.casework.sample_answers import AS_OF, complete_answers, sample_answer

from rogatory_client.casework.answers.checking import check_answer
from rogatory_client.casework.answers.text import AnswerError
from rogatory_client.casework.answers.value import Item, Value
from rogatory_client.casework.checks.completeness import Deficiency, completeness
from rogatory_client.casework.forms.articles import cited
from rogatory_client.casework.forms.catalogue import all_fields, request_type, type_ids
from rogatory_client.casework.forms.field import FieldKind
from rogatory_client.casework.forms.request_type import RequestType, Severity

FIELDS = all_fields()
SAYING_NOTHING = (
    " \n\u00a0\u3000",
    "\u200e\u200f\u061c",
    "\u200c\u200d",
    "\u2800\ufe0f",
    "...",
    "\u0301 \u2013",
)
UNSEEN = "\u200b\u2060\ufeff\u00ad\u3164\u180e\u034f\uffa0\u115f\u206a\ufff9"
TEXTS = (FieldKind.STRING, FieldKind.TEXT, FieldKind.FILE_OR_TEXT, FieldKind.CASE_REF)


def told(type_id: str, **changed: Value) -> dict[str, Deficiency]:
    chosen = request_type(type_id)
    found = completeness(chosen, {**complete_answers(chosen), **changed}, AS_OF)
    return {each.id: each for each in found}


def nothing_said(chosen: RequestType, nothing: str) -> dict[str, Value]:
    """Every answer that says nothing, of the kind that its field asks for."""
    texts = {name for name, field in chosen.fields.items() if field.kind in TEXTS}
    items = {name: ((nothing,), (Item((("name", nothing),)),)) for name in chosen.fields if name not in texts}
    lists: dict[str, Value] = {name: each[name < "m"] for name, each in items.items()}
    return {**lists, **dict.fromkeys(texts, nothing)}


@pytest.mark.parametrize("nothing", SAYING_NOTHING, ids=ascii)
def test_no_type_is_complete_with_answers_that_say_nothing(nothing: str) -> None:
    for type_id in type_ids():
        chosen = request_type(type_id)
        blocking = {
            name
            for each in completeness(chosen, nothing_said(chosen, nothing), AS_OF)
            if each.severity is Severity.BLOCKING
            for name in each.fields
        }
        assert blocking == set(chosen.fields), type_id


@pytest.mark.parametrize("character", UNSEEN, ids=ascii)
def test_unseen_characters_are_refused_within_a_text(character: str) -> None:
    with pytest.raises(AnswerError, match=f"U\\+{ord(character):04X}"):
        check_answer(FIELDS["purpose"], f"The tri{character}al.")


def test_an_item_of_a_list_says_something() -> None:
    for field in FIELDS.values():
        if not isinstance(sample_answer(field), tuple):
            continue
        for nothing in ("", *SAYING_NOTHING):
            with pytest.raises(AnswerError):
                check_answer(field, (nothing,))


def test_length_is_that_of_what_is_read() -> None:
    padded = "He did" + "\n" * 100 + " " * 100 + "\u200f" * 100 + "it."
    assert told("taking_evidence", facts_summary=padded)["G-c"].severity is Severity.BLOCKING


@pytest.mark.parametrize(
    "basis",
    [
        "RECIPROCITY",
        ("RECIPROCITY no treaty",),
        (Item((("note", "none"), ("article", "1"), ("instrument", "RECIPROCITY"))),),
    ],
)
def test_a_condition_reads_an_answer_in_any_of_its_forms(basis: Value) -> None:
    chosen = request_type("taking_evidence")
    answers = {**complete_answers(chosen), "legal_basis": basis}
    del answers["reciprocity_assurance"]
    assert [each.id for each in completeness(chosen, answers, AS_OF)] == ["required:reciprocity_assurance"]


@pytest.mark.parametrize(
    "day",
    [
        "2026-1-2",
        "2026-306",
        "02.11.2026",
        "2026-11-02T00:00",
        "\uff12026-11-02",
        "2026-11-02\n",
        " 2026-11-02",
    ],
)
def test_a_day_has_one_form(day: str) -> None:
    assert set(told("taking_evidence", deadline_date=day)) == {"wrong:deadline_date"}


def test_the_earliest_day_of_a_list_counts() -> None:
    soon = ("2027-03-01T09:00Z", f"{AS_OF + timedelta(1)}T09:00+14:00")
    assert set(told("video_conference_hearing", hearing_slots=soon)) == {"video_conference_hearing-2"}


@pytest.mark.parametrize(
    ("basis", "instrument", "article"),
    [
        # Three paragraphs stand in one: its letters are others.
        ("18(10)(a); 17", "DRUG1988", "DRUG1988 7(4); DRUG1988 6(12)"),
        ("18(10)(a)", "UNCAC", "UNCAC 46(10)(a)"),
        ("UNTOC 18(21)(a)", "UNCAC", "UNCAC 46(21)(a)"),
        ("UNTOC 18(21)(a)", "", "UNTOC 18(21)(a)"),
        ("UNTOC 24-25", "UNCAC", "UNTOC 24-25"),
    ],
)
def test_articles_of_another_convention(basis: str, instrument: str, article: str) -> None:
    assert cited(basis, instrument) == article
