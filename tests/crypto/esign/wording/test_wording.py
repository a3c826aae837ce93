import re

import pytest
from babel import Locale

from rogatory_crypto.errors import MisuseError
from rogatory_crypto.esign.cms import cades
from rogatory_crypto.esign.cms import document as cms_document
from rogatory_crypto.esign.container import document as container_document
from rogatory_crypto.esign.container import layout
from rogatory_crypto.esign.document_report import NOTHING_SIGNED, ONLY_TIME
from rogatory_crypto.esign.pdf import document, placement
from rogatory_crypto.esign.report import Block, Coverage
from rogatory_crypto.esign.trust.anchor import SourceKind
from rogatory_crypto.esign.validation import path, revocation, signature
from rogatory_crypto.esign.verdict import Indication, MissingTrust, Role, SubIndication
from rogatory_crypto.esign.wording import ENGLISH, LANGUAGES, code_of, wording
from rogatory_crypto.esign.wording.phrases import Phrase
from rogatory_crypto.esign.xml import certificates, coverage

PLACEHOLDER = re.compile(r"\{[a-z_]+\}")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_every_word_with_the_same_blanks(language: str) -> None:
    words, english = wording(language), wording(ENGLISH)
    for section in ("indications", "sentences", "advice", "labels", "blocks", "notes", "reasons"):
        mine, theirs = getattr(words, section), getattr(english, section)
        assert mine.keys() == theirs.keys()
        for key in theirs:
            blanks = {
                tuple(sorted(PLACEHOLDER.findall(form))) for form in (*forms(mine[key]), *forms(theirs[key]))
            }
            assert len(blanks) == 1, key


def forms(phrase: Phrase) -> tuple[str, ...]:
    return (phrase,) if isinstance(phrase, str) else tuple(phrase.values())


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_number_has_the_forms_that_its_language_has(language: str) -> None:
    # Unicode CLDR plural rules; a form that the language does not have would never be told.
    known = set(Locale.parse(language).plural_form.rules) | {"other"}
    for phrase in wording(language).notes.values():
        if not isinstance(phrase, str):
            assert "other" in phrase
            assert phrase.keys() <= known


@pytest.mark.parametrize(
    ("language", "count", "told"),
    [
        ("en", 1, "1 form field can still be filled in after signing"),
        ("fr", 1, "1 champ de formulaire peut encore être rempli après la signature"),
        ("ru", 1, "1 поле формы ещё можно заполнить после подписания"),
        ("ru", 3, "3 поля формы ещё можно заполнить после подписания"),
        ("ru", 11, "11 полей формы ещё можно заполнить после подписания"),
        ("ru", 21, "21 поле формы ещё можно заполнить после подписания"),
        ("ar", 2, "حقلا نموذج (2) ما زال يمكن ملؤهما بعد التوقيع"),
        ("ar", 3, "3 حقول نموذج ما زال يمكن ملؤها بعد التوقيع"),
        ("ar", 100, "100 حقل نموذج ما زال يمكن ملؤها بعد التوقيع"),
    ],
)
def test_a_noun_follows_its_number(language: str, count: int, told: str) -> None:
    said = f"{count} form fields can still be filled in after signing"
    assert wording(language).note(said) == told


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_of_the_standard_is_there(language: str) -> None:
    # EN 319 102-1 tables 5 and 6.
    words = wording(language)
    assert {*Indication, *SubIndication} == words.sentences.keys()
    assert set(Indication) == words.indications.keys()
    assert set(Block) == words.blocks.keys()
    assert {*Role, "country", "other_state", "untrusted"} == words.advice.keys()
    assert {*Coverage, *SourceKind} <= words.labels.keys()


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_verdicts_read_the_same(language: str) -> None:
    sentences = wording(language).sentences.values()
    assert len(set(sentences)) == len(sentences)


@pytest.mark.parametrize("language", LANGUAGES)
def test_advice_names_the_certificate_and_the_state(language: str) -> None:
    missing = MissingTrust(Role.TIMESTAMP, "CN=Root of an {country} office,O=Justice", "ee")
    said = wording(language).sentence(
        Indication.INDETERMINATE, SubIndication.NO_CERTIFICATE_CHAIN_FOUND, missing
    )
    # What a certificate says of itself is never read as a blank to fill in.
    assert "Root of an {country} office (Justice)" in said
    assert wording(language).country("EE") in said
    assert wording(language).country("EE") != "EE"


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_to_trust_is_said_once(language: str) -> None:
    words, missing = wording(language), MissingTrust(Role.SIGNER, "CN=Root", "EE")
    untrusted = SubIndication.NO_CERTIFICATE_CHAIN_FOUND
    unnamed = words.sentence(Indication.INDETERMINATE, untrusted)
    named = words.sentence(Indication.INDETERMINATE, untrusted, missing)
    # Where the certificate is named, the advice to add some certificate of an issuer is left out.
    assert unnamed.startswith(words.advice["untrusted"])
    assert unnamed not in named
    assert named.startswith(words.advice["untrusted"])
    # Only who is not trusted is told to be so.
    for other in (SubIndication.TRY_LATER, SubIndication.HASH_FAILURE):
        said = words.sentence(Indication.INDETERMINATE, other, missing)
        assert said.startswith(words.sentences[other])


@pytest.mark.parametrize("language", LANGUAGES)
def test_trusted_for_another_state_names_both_and_reads_like_no_damage(language: str) -> None:
    words = wording(language)
    missing = MissingTrust(Role.SIGNER, "CN=Root", "FR", trusted_for="EE")
    said = words.sentence(Indication.INDETERMINATE, SubIndication.NO_CERTIFICATE_CHAIN_FOUND, missing)
    assert words.country("EE") in said
    assert words.country("FR") in said
    assert said not in words.sentences.values()


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
    assert warned not in wording(language).advice["other_state"]
    for broken in (
        SubIndication.HASH_FAILURE,
        SubIndication.FORMAT_FAILURE,
        SubIndication.SIG_CRYPTO_FAILURE,
    ):
        assert warned in wording(language).sentences[broken]


def warnings() -> list[str]:
    """Every warning that a check gives, with values in its blanks."""
    return [
        document.LENIENT,
        document.CONTENTS_UNUSED,
        document.USAGE_RIGHTS,
        placement.PADDED.format(7),
        cms_document.CONTENTS_UNUSED,
        coverage.PARTIAL,
        coverage.UNSIGNED_OBJECT,
        cades.UNUSED_CONTENTS,
        coverage.COUNTER,
        certificates.OTHER_NAME,
        certificates.WEAK_REFERENCE,
        container_document.UNSUPPORTED_RECORDS,
        layout.NOT_PLAIN,
        signature.UNTRUSTED_TIMESTAMP,
        signature.NO_TIMESTAMP,
        path.ISSUED_OUTSIDE,
        path.EXPIRED_PIN,
        revocation.OLDER_REVOCATION_DATA,
        revocation.PINNED,
        revocation.REVOKED_LATER,
        "the trusted list of EE was to be replaced by 2026-01-02: get its next issue and check again",
        "the file holds a script that a reader may run and that can change what is shown",
        "3 of 4 layers are switched off and can be switched on",
        "page 2: something is drawn over 5 pieces of text",
        "page 2: annotations lie over the page and may cover what is under them (2 FreeText)",
        "5 form fields can still be filled in after signing",
        "the file is too large to look for scripts and actions everywhere",
        "pages 7 to 9 were not looked at for covered text",
        "revision 2 of 3: form fields were filled in or signatures were added",
        "revision 2 of 3: form fields: Sum",
        "revision 2 of 3: number of pages 1, now 5",
        "revision 2 of 3: objects: 4, 11 … +8",
        ONLY_TIME,
        "it was signed under the signature policy 1.3.6.1, whose rules are not checked",
        "it was signed under the signature policy 1.3.6.1, whose rules are not checked; it was not given",
    ]


def reasons() -> list[str]:
    """Reasons of each part of a PDF's check, with values in their blanks."""
    changed = "the document was changed after the signature in a way it does not allow: "
    return [
        "the byte range leaves out more than the signature itself",
        "object 12 0 at byte 4711 is named by no cross-reference",
        f"{changed}objects were changed: 4, 12",
        f"{changed}objects [4] were removed",
        f"{changed}objects [4, 5] hold a key twice",
        f"{changed}a new form field holds /AA",
        "the trailer at byte 4711 is named by no cross-reference",
        f"{changed}form fields were removed: Sum {{names}}",
        f"{changed}/VRI in the security store holds ['/Page']",
        f"{changed}the resource /Font of the form was redefined",
        "the later revisions could not be compared: KeyError: 4",
        NOTHING_SIGNED.reason,
        "what the reference '' names was changed",
        "what the reference '/xades' names was changed",
        "the reference '/manifest' is not to a part of its own signature",
        "the signed file /letter.txt is not there",
        "the container has no file to sign",
        "the time stamp is not about this content",
        "the certificate of the signer is not there",
        "/X (Justice, XX) was revoked at 2026-09-21 14:13:20 UTC",
        "the chain of the signer's certificate ends at /X (Justice, XX), which is not trusted",
        "no usable revocation data on /X (Justice, XX): none came with the document nor was given",
        "a time stamp is damaged: the content is not the one that was signed",
    ]


@pytest.mark.parametrize("language", [each for each in LANGUAGES if each != ENGLISH])
@pytest.mark.parametrize("said", reasons())
def test_a_reason_is_told_in_the_language_of_the_report(language: str, said: str) -> None:
    told = wording(language).reason(said)
    assert code_of(said)
    assert told != said
    assert all(value in told for value in re.findall(r"\d+|/\w+|Sum {names}|KeyError|Justice, XX", said))
    assert wording(ENGLISH).reason(said) == said


@pytest.mark.parametrize("language", [each for each in LANGUAGES if each != ENGLISH])
@pytest.mark.parametrize("warning", warnings())
def test_a_warning_is_told_in_the_language_of_the_report(language: str, warning: str) -> None:
    told = wording(language).note(warning)
    assert told != warning
    assert not PLACEHOLDER.search(told)
    # What stands in the blanks is told as it is.
    assert all(value in told for value in re.findall(r"\d+|FreeText|EE", warning) if value != "4998")
    assert wording(ENGLISH).note(warning) == warning


@pytest.mark.parametrize(
    "warning", ["", "something nobody knows", "page 2: something is drawn", "{count} form fields", "x" * 5000]
)
def test_a_warning_that_has_no_code_is_told_as_it_stands(warning: str) -> None:
    assert wording("fr").note(warning) == warning


def test_text_of_a_document_in_a_warning_fills_no_other_blank() -> None:
    said = "page 2: annotations lie over the page and may cover what is under them ({page} {names})"
    assert "({page} {names})" in wording("fr").note(said)
