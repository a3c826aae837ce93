"""The enrolment letter as plain text says what the printed one says."""

from dataclasses import replace

import pytest
from tests.client.letter.test_enrolment_letter import CODE, LANGUAGES, LETTER

from rogatory_client.letter import write_enrolment_text
from rogatory_client.letter.enrolment_rendering import COMMANDS, _wordings


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_text_says_everything_in_every_language(language: str) -> None:
    text = write_enrolment_text(replace(LETTER, language=language))
    words = _wordings()[language]
    assert text.count(CODE.printable()) == 1
    said = "".join(text.split())
    for key in ("code_secret", "used", "contact", "fingerprint", "relay"):
        assert "".join(words[key].split()) in said
    for step in words["steps"]:
        assert "".join(step.split()) in said
    for part in (LETTER.office, LETTER.entry_id, *LETTER.telephones, *filter(None, COMMANDS)):
        assert "".join(part.split()) in said
    assert "".join(LETTER.fingerprint) in said


def test_what_somebody_wrote_is_only_text() -> None:
    hostile = replace(LETTER, office="A [link](x) {code} %s #include")
    assert "A [link](x) {code} %s #include" in write_enrolment_text(hostile)
