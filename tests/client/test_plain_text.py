"""Text from others: a terminal obeys none of it, and every script stays readable."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rogatory_client.plain_text import REPLACEMENT, one_line, paragraphs

OBEYED = {
    "colour": "\x1b[31mred\x1b[0m",
    "clear screen": "\x1b[2J",
    "window title": "\x1b]0;owned\x07",
    "C1 introducer": "\x9b31m",
    "backspace": "safe\b\b\b\bevil",
    "carriage return": "safe\revil",
    "right-to-left override": "gpj.\u202eexe",
    "isolate": "\u2066a\u2069",
    "line separator": "a\u2028b",
    "tag character": "a\U000e0041b",
}


@pytest.mark.parametrize("text", OBEYED.values(), ids=OBEYED.keys())
def test_what_a_terminal_would_obey_is_replaced(text: str) -> None:
    for shown in (one_line(text), paragraphs(text)):
        assert all(
            unicodedata.category(each) not in {"Cc", "Cf", "Zl", "Zp"} or each == "\n" for each in shown
        )


@pytest.mark.parametrize(
    "text", ["Ministère de la Justice", "وزارة العدل", "می‌خواهم", "क्‍ष", "司法部", "Генеральная прокуратура"]
)
def test_scripts_stay_as_they_are(text: str) -> None:
    assert one_line(text) == text


def test_one_line_has_no_line_break_and_shows_the_gap() -> None:
    assert one_line("first\nsecond\x07") == f"first second{REPLACEMENT}"


def test_paragraphs_keep_line_breaks() -> None:
    assert paragraphs("first\r\nsecond\tthird") == "first\nsecond    third"


@given(st.text())
def test_nothing_grows_beyond_tabs_and_nothing_passes_twice(text: str) -> None:
    assert one_line(one_line(text)) == one_line(text)
    assert paragraphs(paragraphs(text)) == paragraphs(text)
