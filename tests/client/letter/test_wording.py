"""Every language has every word: a letter never falls back in the middle."""

import pytest

from rogatory_client.casework.answers.item_member import ITEM_KINDS
from rogatory_client.casework.forms.catalogue import LANGUAGES, all_fields
from rogatory_client.letter.wording import wording

VALUES = {value for field in all_fields().values() for value in field.values}
# The part that stands first needs no name, and the size of a file is not printed.
MEMBERS = {name for kind in ITEM_KINDS.values() for name in list(kind.members)[1:]} - {"size"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_fixed_words_are_there(language: str) -> None:
    words, english = wording(language), wording("en")
    assert words.code == language
    assert set(words.words) == set(english.words)
    assert set(words.instruments) == set(english.instruments)
    assert all(each.strip() for each in (*words.words.values(), *words.instruments.values()))


@pytest.mark.parametrize("language", [each for each in LANGUAGES if each != "en"])
def test_fields_choices_and_parts_are_named(language: str) -> None:
    words = wording(language)
    assert set(words.fields) == set(all_fields())
    assert set(words.values) == VALUES
    assert set(words.members) == MEMBERS
    for table in (words.fields, words.values, words.members):
        assert all(each.strip() for each in table.values())


def test_english_names_fields_by_their_ids() -> None:
    words, field = wording("en"), all_fields()["facts_summary"]
    assert words.label(field) == "Facts summary"
    assert words.value("obtain_order") == "Obtain order"
    assert words.member("birth_date") == "Birth date"
