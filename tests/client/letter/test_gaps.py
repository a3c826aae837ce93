"""What no font here shows becomes a gap on paper, and the page is made all the same."""

import json
from collections.abc import Mapping

import pytest

from rogatory_client.letter.gaps import with_gaps
from rogatory_client.letter.typesetting import UnprintableTextError
from rogatory_client.plain_text import REPLACEMENT

NOTE = "some cannot be shown"


class Typesetter:
    """Has no font for some signs, and says which it meets first, as the real one does."""

    def __init__(self, unknown: str) -> None:
        self.unknown = frozenset(unknown)
        self.asked = 0

    def __call__(self, data: Mapping[str, object]) -> bytes:
        self.asked += 1
        text = json.dumps(data, ensure_ascii=False)
        found = next((each for each in text if each in self.unknown), "")
        if found:
            raise UnprintableTextError("no font shows it", found)
        return text.encode()


def page(text: str) -> dict[str, object]:
    return {"title": "Bundle", "rows": [["Text", [text]]], "notes": ["Check it."]}


def test_what_can_be_shown_stays_as_it_is() -> None:
    text = json.dumps(page("Здравствуйте 你好"), ensure_ascii=False).encode()
    assert with_gaps(page("Здравствуйте 你好"), Typesetter(""), fixed="", note=NOTE) == text


def test_a_script_without_a_font_becomes_gaps_at_once_and_is_told() -> None:
    typesetter = Typesetter("".join(map(chr, range(0x1200, 0x1380))))
    made = json.loads(with_gaps(page('ዓቃቤ ሕግ "said" é'), typesetter, fixed="", note=NOTE))
    assert made["rows"] == [["Text", [f'{REPLACEMENT * 3} {REPLACEMENT * 2} "said" é']]]
    assert made["notes"] == ["Check it.", NOTE]
    assert typesetter.asked == 2


def test_nobody_can_make_it_ask_for_ever() -> None:
    text = "".join(
        chr(code) for code in range(0x300, 0x10000) if chr(code).isprintable() and code != ord(REPLACEMENT)
    )
    typesetter = Typesetter(text)
    made = json.loads(with_gaps(page(text), typesetter, fixed="", note=NOTE))
    assert set(made["rows"][0][1][0]) == {REPLACEMENT}
    assert typesetter.asked < 30


def test_without_a_font_for_its_own_words_there_is_no_page() -> None:
    with pytest.raises(UnprintableTextError):
        with_gaps(page("案件"), Typesetter("案"), fixed="案件", note=NOTE)


def test_another_complaint_of_the_typesetter_is_told() -> None:
    def broken(_data: Mapping[str, object]) -> bytes:
        raise UnprintableTextError("the page is wrong")

    with pytest.raises(UnprintableTextError, match="the page is wrong"):
        with_gaps(page("x"), broken, fixed="", note=NOTE)
