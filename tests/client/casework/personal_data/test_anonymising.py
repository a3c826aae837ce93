"""A draft without its persons: the same person is the same placeholder, and no number stays."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.client.casework.sample_answers import complete_answers

from rogatory_client.casework.answers.value import Item, Value, is_empty
from rogatory_client.casework.forms.catalogue import request_type, type_ids
from rogatory_client.casework.forms.field import FieldKind
from rogatory_client.casework.personal_data.anonymising import anonymised, names_of_persons
from rogatory_client.casework.personal_data.placeholders import Placeholders
from rogatory_client.casework.personal_data.recognising import find_personal_data
from rogatory_client.letter.draft_summary import draft_summary

FIELDS = request_type("bank_and_business_records").fields
AWA = Item(
    (
        ("name", "Awa Ndiaye"),
        ("aliases", "La Patronne, A. N."),
        ("birth_date", "1980-03-12"),
        ("nationality", "SN"),
        ("documents", "A01234567"),
        ("address", "12 rue de la Mer, Dakar"),
        ("role", "suspect"),
    )
)
BO = Item((("name", "Bo Li"), ("nationality", "CN"), ("note", "Brother of Awa Ndiaye.")))
ANSWERS: dict[str, Value] = {
    "own_reference": "SN-2026-0042",
    "persons_concerned": (AWA, BO),
    "facts_summary": "Awa Ndiaye, known as La Patronne, paid Mr Kofi Mensah from "
    "GB82 WEST 1234 5698 7654 32. "
    "Ndiaye and Mensah met at 12 rue de la Mer, Dakar. Her passport is A01234567. See SN-2026-0042.",
}
TELLING = ("Awa", "Ndiaye", "Patronne", "1980", "A01234567", "rue de la Mer", "Mensah", "WEST", "SN-2026")


def test_every_person_has_one_placeholder_throughout() -> None:
    said = anonymised(FIELDS, ANSWERS)
    persons = said["persons_concerned"]
    assert isinstance(persons, tuple)
    first, second = persons
    assert first == Item((("name", "Person 1"), ("nationality", "SN"), ("role", "suspect")))
    assert second == Item((("name", "Person 2"), ("nationality", "CN"), ("note", "Brother of Person 1.")))
    text = str(said["facts_summary"])
    assert text.startswith(
        "Person 1, known as Person 1, paid Mr Person 3 from Account 1. Person 1 and Person 3 met"
    )
    assert text.endswith("Her passport is Document 1. See Reference 1.")


def test_nothing_telling_is_in_the_summary() -> None:
    chosen = request_type("bank_and_business_records")
    summary = draft_summary(chosen, anonymised(FIELDS, ANSWERS), "en")
    assert not [each for each in TELLING if each in summary]
    assert "Person 1" in summary
    assert summary.splitlines()[0] == f"# {chosen.title['en']}"


@pytest.mark.parametrize("type_id", type_ids())
def test_of_every_type_no_person_file_or_reference_is_left(type_id: str) -> None:
    chosen = request_type(type_id)
    answers = complete_answers(chosen)
    said = anonymised(chosen.fields, answers)
    summary = draft_summary(chosen, said, "fr")
    for name in names_of_persons(chosen.fields, answers):
        assert name not in summary
    for name, field in chosen.fields.items():
        if field.kind is FieldKind.FILE_LIST:
            assert name not in said
    assert find_personal_data(summary) == ()


@given(st.lists(st.sampled_from(["Awa Ndiaye", "Kofi Mensah", "GB82 WEST 1234 5698 7654 32"]), max_size=6))
def test_two_things_never_share_a_placeholder(said: list[str]) -> None:
    placeholders = Placeholders()
    written = placeholders.in_text("; ".join(f"Mr {each}" if each[0] != "G" else each for each in said))
    assert len(set(written.replace("Mr ", "").split("; ")) - {""}) == len(set(said))


@given(st.text(max_size=200), st.text(min_size=1, max_size=20))
def test_any_text_and_name_are_read(text: str, name: str) -> None:
    answers: dict[str, Value] = {"persons_concerned": (Item((("name", name),)),), "facts_summary": text}
    said = anonymised(FIELDS, answers)
    assert not is_empty(said["persons_concerned"])
