import re

import pytest

from rogatory_crypto.errors import MisuseError
from rogatory_crypto.esign.report import Block, Coverage
from rogatory_crypto.esign.trust.anchor import SourceKind
from rogatory_crypto.esign.verdict import Indication, MissingTrust, Role, SubIndication
from rogatory_crypto.esign.wording import ENGLISH, LANGUAGES, wording

PLACEHOLDER = re.compile(r"\{[a-z_]+\}")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_every_word_with_the_same_blanks(language: str) -> None:
    words, english = wording(language), wording(ENGLISH)
    for section in ("indications", "sentences", "advice", "labels", "blocks"):
        mine, theirs = getattr(words, section), getattr(english, section)
        assert mine.keys() == theirs.keys()
        for key in theirs:
            assert sorted(PLACEHOLDER.findall(mine[key])) == sorted(PLACEHOLDER.findall(theirs[key])), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_of_the_standard_is_there(language: str) -> None:
    # EN 319 102-1 tables 5 and 6.
    words = wording(language)
    assert {*Indication, *SubIndication} == words.sentences.keys()
    assert set(Indication) == words.indications.keys()
    assert set(Block) == words.blocks.keys()
    assert {*Role, "country"} == words.advice.keys()
    assert {*Coverage, *SourceKind} <= words.labels.keys()


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_verdicts_read_the_same(language: str) -> None:
    sentences = wording(language).sentences.values()
    assert len(set(sentences)) == len(sentences)


@pytest.mark.parametrize("language", LANGUAGES)
def test_advice_names_the_certificate_and_the_state(language: str) -> None:
    missing = MissingTrust(Role.TIMESTAMP, "CN=Root of an {country} office", "ee")
    said = wording(language).sentence(
        Indication.INDETERMINATE, SubIndication.NO_CERTIFICATE_CHAIN_FOUND, missing
    )
    # What a certificate says of itself is never read as a blank to fill in.
    assert "CN=Root of an {country} office" in said
    assert wording(language).country("EE") in said
    assert wording(language).country("EE") != "EE"


def test_an_unknown_territory_is_said_as_it_stands() -> None:
    assert wording(ENGLISH).country("QX-1") == "QX-1"


@pytest.mark.parametrize("language", ["", "de", "../en", "en.toml"])
def test_another_language_is_misuse(language: str) -> None:
    with pytest.raises(MisuseError):
        wording(language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_not_trusted_never_reads_like_not_intact(language: str) -> None:
    warned = (
        wording(language)
        .sentences[Indication.TOTAL_FAILED]
        .replace("\N{FULLWIDTH COLON}", ":")
        .partition(":")[0]
        .strip()
    )
    for untrusted in (
        SubIndication.NO_CERTIFICATE_CHAIN_FOUND,
        SubIndication.CERTIFICATE_CHAIN_GENERAL_FAILURE,
        SubIndication.REVOKED_NO_POE,
        SubIndication.OUT_OF_BOUNDS_NO_POE,
        SubIndication.TRY_LATER,
    ):
        assert warned not in wording(language).sentences[untrusted]
    for broken in (
        SubIndication.HASH_FAILURE,
        SubIndication.FORMAT_FAILURE,
        SubIndication.SIG_CRYPTO_FAILURE,
    ):
        assert warned in wording(language).sentences[broken]
