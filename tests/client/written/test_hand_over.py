"""The hand-over form: what stands under a heading is proposed for its field, in any of seven languages."""

import pytest
from tests.client.casework.sample_answers import ADDRESSEE, SENDER, complete_answers
from tests.client.written.samples import docx

from rogatory_client.casework.answers.value import Item
from rogatory_client.casework.checks.written_check import written_findings
from rogatory_client.casework.drafts.template import read_template
from rogatory_client.casework.forms.catalogue import LANGUAGES, request_type, type_ids
from rogatory_client.casework.forms.request_type import Severity
from rogatory_client.letter import Column, DraftLetter, LetterOffice, render_draft_letter
from rogatory_client.letter.wording import wording
from rogatory_client.written import FileKind, WrittenFile, hand_over, read_written
from rogatory_client.written.extraction import extract

TYPE = request_type("taking_evidence")
HEADINGS = {
    "en": ("FACTS", "Assistance sought", "Purpose"),
    "fr": ("Exposé des faits", "Assistance demandée", "But de la demande"),
    "es": ("HECHOS", "Asistencia solicitada", "Finalidad"),
    "ru": ("Обстоятельства дела", "Запрашиваемая помощь", "Цель запроса"),
    "zh": ("案情", "请求的协助", "目的"),
    "ar": ("الوقائع", "المساعدة المطلوبة", "الغرض من الطلب"),
    "pt": ("Resumo dos factos", "Assistência solicitada", "Finalidade do pedido"),
}


def written(text: str, answers: str = "") -> WrittenFile:
    return WrittenFile(FileKind.DOCX, text, (), answers)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("form", ["{}", "3. {}:", "II. {} \u2013", "(a) {}"])
def test_headings_are_found_in_every_language(language: str, form: str) -> None:
    facts, assistance, purpose = (form.format(each) for each in HEADINGS[language])
    found = hand_over(
        written(f"{facts}\nHe paid.\n\nTwice.\n{assistance}\nThe statements.\n{purpose}\nThe trial."), TYPE
    )
    assert found.answers == {
        "facts_summary": "He paid.\n\nTwice.",
        "assistance_description": "The statements.",
        "purpose": "The trial.",
    }
    assert (found.unfit, found.rest) == ({}, "")


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_our_letters_write_before_an_answer_is_a_heading(language: str) -> None:
    asked = TYPE.fields["facts_summary"]
    label = wording(language).label(asked)
    assert hand_over(written(f"{label}: He paid."), TYPE).answers == {"facts_summary": "He paid."}


def test_the_form_is_read_back_and_tells_what_does_not_fit() -> None:
    text = 'To whom it may concern\nLegal basis\nUNTOC 18\nthe customs of nations\nFacts\nHe "paid".\\'
    found = hand_over(written(text), TYPE)
    assert set(found.unfit) == {"legal_basis"}
    assert found.rest == "To whom it may concern"
    assert "# legal_basis: relies on one of" in found.form
    assert "#   the customs of nations" in found.form
    assert "#   To whom it may concern" in found.form
    assert read_template(found.form, TYPE.fields) == found.answers == {"facts_summary": 'He "paid".\\'}


def test_the_form_says_what_it_leaves_out() -> None:
    assert "# 5 more characters: read them in the file." in hand_over(written("x" * 20_005), TYPE).form


def test_who_asks_and_who_is_asked_is_taken_from_no_file() -> None:
    said = '{"columns": [{"answers": {"addressed_authority": "CNA-XX-01", "purpose": "The trial."}}]}'
    assert hand_over(written("", said), TYPE).answers == {"purpose": "The trial."}


@pytest.mark.parametrize(
    "answers", ["{", "[]", '{"columns": []}', '{"columns": [{"answers": {"purpose": 3}}]}']
)
def test_a_copy_for_machines_that_is_none_is_passed_over(answers: str) -> None:
    assert hand_over(written("Facts\nHe paid.", answers), TYPE).answers == {"facts_summary": "He paid."}


def test_a_letter_of_ours_hands_its_answers_over_as_they_were() -> None:
    answers = complete_answers(TYPE)
    names = {"en": "Central authority"}
    letter = DraftLetter(
        TYPE,
        (Column("en", answers),),
        LetterOffice(names, "SN"),
        LetterOffice(names, "GH"),
        "Head",
        1_800_000_000,
    )
    found = read_written(render_draft_letter(letter))
    assert found.kind is FileKind.PDF
    assert "seen by two customs officers" in " ".join(found.text.split())
    offered = hand_over(found, TYPE).answers
    assert offered == {name: each for name, each in answers.items() if each not in {SENDER, ADDRESSEE}}


def test_the_file_is_held_against_the_draft() -> None:
    answers = complete_answers(TYPE)
    found = extract(docx())
    headed = hand_over(found, TYPE).answers
    told = {each.id: each.severity for each in written_findings(TYPE, answers, found.text, headed)}
    assert told == {
        "file_reference": Severity.CLARIFICATION,
        "file_name:persons_concerned": Severity.CLARIFICATION,
        "file_name:legal_persons_concerned": Severity.CLARIFICATION,
        "file_heading:offences": Severity.ADVISORY,
        "file_heading:legal_basis": Severity.ADVISORY,
    }
    del answers["legal_persons_concerned"]
    same = {**answers, "own_reference": "MLA/2026/31", "persons_concerned": (Item((("name", "TEMA"),)),)}
    assert [each.id for each in written_findings(TYPE, same, found.text, set(TYPE.fields))] == []
    # A PDF tells letters as its fonts have them, joined or in the form that they take in a word.
    for name, text in (("So\ufb01a", "Sofia"), ("Sofia", "So\ufb01a"), ("محمد", "\ufee3\ufea4\ufee4\ufeaa")):
        named = {"persons_concerned": (Item((("name", name),)),)}
        assert written_findings(TYPE, named, text, set(TYPE.fields)) == ()


def test_no_type_takes_over_what_does_not_fit_it() -> None:
    for type_id in type_ids():
        chosen = request_type(type_id)
        assert set(hand_over(extract(docx()), chosen).answers) <= set(chosen.fields)
