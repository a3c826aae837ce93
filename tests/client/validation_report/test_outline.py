from dataclasses import replace

import pytest
from tests.client.validation_report.examples import NUMBER, UNCHECKED, WHOLE

from rogatory_client.validation_report.outline import MAX_LINE, Outline, outline
from rogatory_crypto.esign.personal_number import masked
from rogatory_crypto.esign.wording import LANGUAGES, wording


def everything(shown: Outline) -> str:
    rows = [*shown.rows, *(row for each in shown.sections for row in (*each.rows, *each.details))]
    said = [shown.sentence, *(each.sentence for each in shown.sections)]
    return "\n".join([*said, *(f"{row.label}: {' | '.join(row.lines)}" for row in rows), *shown.notes])


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_shows_the_same_facts(language: str) -> None:
    shown = outline(WHOLE, "letter.pdf", wording(language), numbers_hidden=False)
    english = outline(WHOLE, "letter.pdf", wording("en"), numbers_hidden=False)
    assert len(shown.rows) == len(english.rows)
    assert [len(each.rows) for each in shown.sections] == [len(each.rows) for each in english.sections]
    for fact in (NUMBER, "Common Name: Issuer", "PAdES-BASELINE-LTA", "33" * 32, "Unknown root"):
        assert (fact in everything(shown)) is (fact in everything(english))
    assert wording(language).country("ML") in everything(shown)


def test_times_that_differ_in_worth_stand_apart() -> None:
    # EN 319 102-1 clause 5.5: claimed, proven and checked-for are three times.
    text = everything(outline(WHOLE, "letter.pdf", wording("en"), numbers_hidden=False))
    for line in (
        "Checked for: 2026-09-21 14:13:20 UTC",
        "Proven to exist since: 2026-09-21 14:11:50 UTC",
        "Time claimed by the signer: 2026-09-21 14:11:40 UTC",
        "Proven to exist since: not proven",
    ):
        assert line in text


def test_hidden_numbers_are_hidden_and_said_to_be() -> None:
    text = everything(outline(masked(WHOLE), "letter.pdf", wording("en"), numbers_hidden=True))
    assert NUMBER not in text
    assert wording("en").labels["hidden_numbers"] in text


def test_what_a_document_says_at_length_is_cut_and_seen_to_be() -> None:
    endless = replace(WHOLE, warnings=("\x1b[2J" + "A" * 1_000_000,), reason="B" * 1_000_000)
    text = everything(outline(endless, "letter.pdf", wording("en"), numbers_hidden=False))
    assert len(text) < 100_000
    assert "\x1b" not in text
    assert f"{'A' * (MAX_LINE - 4)} …" in text


def test_warnings_are_told_in_the_language_of_the_report() -> None:
    warned = replace(WHOLE, warnings=("5 form fields can still be filled in after signing", "something new"))
    text = everything(outline(warned, "letter.pdf", wording("fr"), numbers_hidden=False))
    assert "5 champs de formulaire peuvent encore être remplis après la signature | something new" in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_file_that_could_not_be_checked_says_so(language: str) -> None:
    shown = outline(UNCHECKED, "letter.txt", wording(language), numbers_hidden=True)
    assert shown.sections == ()
    assert wording(language).labels["no_signature"] in everything(shown)
