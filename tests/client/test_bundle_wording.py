"""The words of a bundle's index: every language has all of them, with the same places to fill in."""

import re

import pytest

from rogatory_client.bundle.wording import wording
from rogatory_client.casework.forms.catalogue import LANGUAGES
from rogatory_crypto.bundle.provenance import ProvenBy
from rogatory_crypto.errors import MisuseError


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_says_all(language: str) -> None:
    english, words = wording("en"), wording(language)
    for own, other in (
        (words.words, english.words),
        (words.proven, english.proven),
        (words.notes, english.notes),
        (words.events, english.events),
        (words.labels, english.labels),
    ):
        assert own.keys() == other.keys()
        assert all(own.values())
        for key, said in own.items():
            assert set(re.findall(r"{\w+}", said)) == set(re.findall(r"{\w+}", other[key])), key
    assert set(words.proven) == {each.value for each in ProvenBy}
    assert words.right_to_left == (language == "ar")


def test_no_other_language_is_promised() -> None:
    with pytest.raises(MisuseError, match="not in 'xx'"):
        wording("xx")
