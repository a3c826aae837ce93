"""Every sentence that a check can say has a code, and so its words in each language, or is named here.

The sentences are read from the source itself: every text of two spaces or more that is no docstring.
``technical.txt`` lists those without a code, a line for each, with ``{}`` for a blank: words of formats and
of libraries that only an expert can use, parts of sentences, and what is said to a caller, in no report.
"""

import ast
import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest

import rogatory_crypto.esign
from rogatory_client.office.evidence.verdicts import STATE_UNKNOWN
from rogatory_crypto.esign.wording import ENGLISH, LANGUAGES, code_of, wording

ROOM = Path(rogatory_crypto.esign.__file__).parent
TECHNICAL = frozenset(Path(__file__).with_name("technical.txt").read_text(encoding="utf-8").splitlines())
BLANK = re.compile(r"\{[a-z_0-9]*\}")
# What stands in the blanks of sentences: a number, a name, an object, a day, an instant, another sentence.
VALUES = ("7", "X (Y, ZZ)", "7 0", "2026-01-02", "2026-01-02 03:04:05", "there is no signature")
PATTERN = re.compile(r"\\|\(\?|\.\*|^<")


def sentences(source: str) -> Iterator[str]:
    """Yield every text of a module that reads like a sentence, with ``{}`` for each blank."""
    tree = ast.parse(source)
    unsaid = {id(each.value) for each in ast.walk(tree) if isinstance(each, ast.Expr)}
    for each in ast.walk(tree):
        if isinstance(each, ast.JoinedStr):
            unsaid |= {id(part) for part in each.values}
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in each.values)
    for each in ast.walk(tree):
        if isinstance(each, ast.Constant) and isinstance(each.value, str) and id(each) not in unsaid:
            yield BLANK.sub("{}", each.value)


def has_code(sentence: str) -> bool:
    """Whether it has one with some value in each of its blanks."""
    form = sentence.replace("{", "{{").replace("}", "}}").replace("{{}}", "{}")
    said = (form.format(*values) for values in product(VALUES, repeat=sentence.count("{}")))
    return any(code_of(each) or wording("fr").source(each) != each for each in said)


def uncoded() -> set[str]:
    """Return every sentence of the room without a code."""
    said = {
        " ".join(each.split())
        for path in ROOM.rglob("*.py")
        for each in sentences(path.read_text(encoding="utf-8"))
        if each.count(" ") >= 2 and not PATTERN.search(each)
    }
    return {each for each in said if not has_code(each)}


def test_every_sentence_has_a_code_or_is_known_to_be_technical() -> None:
    # A sentence that is new, and not listed, needs words in seven languages; one that is gone is not listed.
    assert uncoded() == TECHNICAL


@pytest.mark.parametrize("language", [each for each in LANGUAGES if each != ENGLISH])
@pytest.mark.parametrize(
    "said",
    [
        "page 2: 5 pieces of text are there and cannot be seen",
        "the signer claims to act as Judge; nobody vouches for that",
        STATE_UNKNOWN,
    ],
)
def test_a_new_warning_is_told_in_the_language_of_the_report(language: str, said: str) -> None:
    told = wording(language).note(said)
    assert told != said
    assert all(value in told for value in re.findall(r"\d|Judge", said))


@pytest.mark.parametrize("language", [each for each in LANGUAGES if each != ENGLISH])
def test_the_error_of_a_library_does_not_hide_what_was_said(language: str) -> None:
    words = wording(language)
    why = "the file says that it has no objects from number 7 on"
    told = words.reason(f"the later revisions could not be compared: PdfReadError: {why}")
    assert words.reason(why) in told
    assert why not in told


@pytest.mark.parametrize("language", [each for each in LANGUAGES if each != ENGLISH])
@pytest.mark.parametrize(
    "name",
    [
        "certificate given for this check",
        "entry CNA-EE-01 of the directory",
        "trusted list of EE_T, number 34, given for this check",
        "trusted list of EE_T, number 34, given for this check, signed by nobody",
        "trusted list of EE_T, number 34, signed as the list of trusted lists of EU, number 5 demands",
    ],
)
def test_who_says_that_a_certificate_is_trusted_is_told_in_the_language(language: str, name: str) -> None:
    told = wording(language).source(name)
    assert not re.search(r"given|signed|trusted|entry|directory|number|demands", told)
    assert all(each in told for each in re.findall(r"\d+|EE_T|EU|CNA-EE-01", name))
    assert wording(ENGLISH).source(name) == name


@pytest.mark.parametrize("language", [each for each in LANGUAGES if each != ENGLISH])
def test_a_list_that_is_overdue_is_named_in_the_language(language: str) -> None:
    words = wording(language)
    title = "trusted list of EE, number 4"
    said = f"the {title} was to be replaced by 2026-01-02: get its next issue and check again"
    assert words.source(title) in words.note(said)
    assert title not in words.note(said)
