"""Rule R3: text as it was meant, and content that is never executed."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rogatory_directory_sync import csv_cell
from rogatory_directory_sync.text import (
    clean,
    decode_windows_1252,
    is_active_content,
    name_key,
    repair_mojibake,
)

MEANT = (
    "Ministère de la Justice \u2013 Autorité centrale de la République de Côte d\u2019Ivoire",
    "Ministério da Justiça e Segurança Pública \u2013 Autoridade Central",
    "à Àl'État Íçò œuvre",
    "\u041f\u0440\u043e\u043a\u0443\u0440\u0430\u0442\u0443\u0440\u0430",
    "司法部",
)


@pytest.mark.parametrize("meant", MEANT)
def test_mojibake_is_repaired_exactly(meant: str) -> None:  # A06-14 to A06-16
    broken = decode_windows_1252(meant.encode())
    assert broken != meant
    assert clean(broken) == clean(meant).__class__(meant, mojibake=True)


@pytest.mark.parametrize("text", ["café", "Ã la carte", "naïve \u2013 Côte", "plain"])
def test_what_is_no_mojibake_stays(text: str) -> None:
    assert repair_mojibake(text) == text


@settings(deadline=None)
@given(st.text(max_size=60))
def test_text_survives_the_round_trip_it_was_damaged_by(text: str) -> None:
    meant = clean(text.encode("utf-8", "ignore").decode()).text
    if repair_mojibake(meant) == meant:
        assert repair_mojibake(decode_windows_1252(meant.encode())) == meant


@settings(deadline=None)
@given(st.text(max_size=200))
def test_cleaning_is_total_and_idempotent(text: str) -> None:
    once = clean(text)
    assert not once.text.startswith(" ")
    assert unicodedata.is_normalized("NFC", once.text)
    if not once.mojibake and repair_mojibake(once.text) == once.text:
        assert clean(once.text).text == once.text


def test_invisible_characters_and_blanks_are_wiped_off() -> None:  # A06-71
    assert clean(" Federal\u00a0Office of Justice \u200b\u2013 Central Authority  ").text == (
        "Federal Office of Justice \u2013 Central Authority"
    )
    assert clean("a\u202eb").control_characters
    assert clean("x \r\n\r\n y", lines=True).text == "x\ny"
    assert clean("x\r\n y").text == "x y"


@pytest.mark.parametrize(
    "text", ['=HYPERLINK("https://x.example/")', "+1", "-1", "@SUM(A1)", "<b>x</b>", "a </script>"]
)
def test_active_content_is_recognised_and_kept(text: str) -> None:  # A06-51, A06-52
    assert is_active_content(text)
    assert clean(text).text == text


@pytest.mark.parametrize(
    ("text", "cell"), [("=1+1", "'=1+1"), ("@x", "'@x"), ("Unit - A", "Unit - A"), ("a < b", "a < b")]
)
def test_formulas_are_disarmed_in_a_csv_we_write(text: str, cell: str) -> None:
    assert csv_cell(text) == cell
    assert is_active_content(text) is (cell != text)


def test_name_keys_ignore_case_accents_and_punctuation() -> None:
    assert name_key("CÔTE-d\u2019Ivoire ") == name_key("cote d Ivoire")
    assert name_key("Niger") != name_key("Nigeria")
