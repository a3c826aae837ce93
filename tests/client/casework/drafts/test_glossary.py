"""The glossary: every term in every language, found by any of its words."""

from tests.client.cli.sitting import said, sit
from tests.simulator.world import World

from rogatory_client.casework.drafts.glossary import find_terms, terms
from rogatory_client.casework.forms.catalogue import LANGUAGES
from rogatory_client.cli.requests.commands import glossary


def test_every_term_is_in_every_language_and_found_by_each() -> None:
    assert len({each.id for each in terms()}) == len(terms())
    for term in terms():
        assert tuple(term.words) == LANGUAGES
        assert all(word.strip() == word and word for word in term.words.values())
        assert all(term in find_terms(word.upper()) for word in term.words.values())
    assert find_terms("") == terms()
    assert find_terms("double выдача") == ()


def test_terms_are_shown_in_the_language_asked_for() -> None:
    call = sit(World.__new__(World), "")
    assert said(glossary(call, ["dual"], "ru")).startswith("обоюдное признание деяния преступлением | ")
    assert glossary(call, ["nothing", "of", "this"]).data["terms"] == []
