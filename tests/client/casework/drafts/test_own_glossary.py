"""An office's own terms beside those of the conventions, and the terms in running text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rogatory_client.casework.drafts.glossary import (
    found_in,
    terms,
    translation_findings,
    uses,
    with_own_terms,
)
from rogatory_client.casework.forms.catalogue import LANGUAGES
from rogatory_crypto.errors import MisuseError

OWN = """
[[term]]
id = "dual_criminality"
words = { fr = "double punissabilité" }
[[term]]
id = "sniffer_dog"
meaning = "A dog that finds what is hidden."
words = { en = "sniffer dog", de = "x" }
"""


def test_an_own_word_outweighs_the_table_s() -> None:
    known = {each.id: each for each in with_own_terms(OWN.replace(', de = "x"', ""))}
    assert len(known) == len(terms()) + 1
    assert known["dual_criminality"].words["fr"] == "double punissabilité"
    assert known["dual_criminality"].words["en"] == "dual criminality"
    assert known["dual_criminality"].meaning.startswith("The conduct is punishable")
    assert dict(known["sniffer_dog"].words) == {"en": "sniffer dog"}


@pytest.mark.parametrize(
    "text",
    [
        "x", "term = 3", "more = 1", OWN, '[[term]]\nid = "A B"\nwords = {en = "x"}', '[[term]]\nid = "a"',
        '[[term]]\nid = "a"\nwords = {}', '[[term]]\nid = "a"\nwords = {en = ""}',
        '[[term]]\nid = "a"\nwords = {en = 3}', '[[term]]\nid = "a"\nwords = {en = "a\\u202eb"}',
        '[[term]]\nid = "a"\nwords = {en = "' + "x" * 301 + '"}',
        '[[term]]\nid = "a"\nmeaning = 3\nwords = {en = "x"}',
        "".join(f'[[term]]\nid = "a{number}"\nwords = {{en = "x"}}\n' for number in range(2001)),
    ],
)  # fmt: skip
def test_what_is_no_glossary_is_refused(text: str) -> None:
    with pytest.raises(MisuseError):
        with_own_terms(text)


@given(st.text(max_size=200))
def test_any_text_is_a_glossary_or_refused(text: str) -> None:
    try:
        assert len(with_own_terms(text)) >= len(terms())
    except MisuseError:
        return


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_term_is_found_in_its_own_words(language: str) -> None:
    for each in terms():
        text = f"… {each.words[language].upper()}, …"
        assert each in found_in(text, terms(), language)


@pytest.mark.parametrize(
    ("text", "language", "term", "is_used"),
    [
        ("les doubles incriminations", "fr", "double incrimination", True),
        ("взаимной правовой помощи", "ru", "взаимная правовая помощь", True),
        ("请求缔约国提出", "zh", "请求缔约国", True),
        ("وازدواجية التجريم", "ar", "ازدواجية التجريم", True),
        ("double or incrimination", "fr", "double incrimination", False),
        ("", "en", "dual criminality", False),
        ("incrimination double", "fr", "double incrimination", False),
    ],
)
def test_endings_do_not_hide_a_term(text: str, language: str, term: str, *, is_used: bool) -> None:
    assert uses(text, language, term) is is_used


def test_a_translation_is_advised_and_never_blocked() -> None:
    original = {"purpose": "Mutual legal assistance."}
    wrong, right = {"purpose": "Une aide."}, {"purpose": "L'entraide judiciaire."}
    (found,) = translation_findings(original, wrong, ("en", "fr"), terms())
    assert (found.severity.value, found.fields) == ("advisory", ("purpose",))
    assert translation_findings(original, right, ("en", "fr"), terms()) == ()
    assert translation_findings(original, {}, ("en", "fr"), terms()) == ()
