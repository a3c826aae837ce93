"""Every script comes out as it is written, or is refused with advice: never a row of boxes."""

from dataclasses import replace
from pathlib import Path

import pytest
from tests.client.letter.no_system_fonts import without_system_fonts
from tests.client.letter.test_rendering import LETTER
from tests.client.letter.writings import (
    BUILT_IN,
    OF_THE_SYSTEM,
    WRITINGS,
    font_rows,
    fonts_for,
    plain,
    read_back,
)

from rogatory_client.letter import UnprintableTextError, render_letter
from rogatory_client.letter.scripts import families_for


@pytest.mark.parametrize("language", WRITINGS)
def test_a_letter_in_any_script_reads_back_with_its_fonts_in_it(language: str, tmp_path: Path) -> None:
    # ISO 19005-2 clauses 6.2.11.4 and 6.2.11.8: fonts are embedded, and no glyph is missing.
    fonts_for(language)
    path = tmp_path / "letter.pdf"
    path.write_bytes(render_letter(replace(LETTER, facts=WRITINGS[language])))
    rows = list(font_rows(path))
    assert rows
    assert all(embedded for _, embedded in rows), rows
    read = read_back(path)
    wanted = plain(WRITINGS[language])
    if language in {"ar", "he", "th"}:
        # In which order marks of a line, or a line from right to left, are read out is the reader's own.
        assert set(wanted) <= set(read)
    else:
        assert wanted in read


@pytest.mark.parametrize("language", BUILT_IN)
def test_what_comes_with_the_typesetter_needs_no_font_of_the_system(
    language: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    letter = replace(LETTER, facts=BUILT_IN[language])
    with_system = render_letter(letter)
    without_system_fonts(monkeypatch, tmp_path)
    assert render_letter(letter) == with_system


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("zh", "CJK UNIFIED IDEOGRAPH-8BF7.*apt install fonts-noto-cjk or fonts-wqy-microhei"),
        ("ja", "apt install fonts-noto-cjk"),
        ("ko", "one for Hangul.*apt install fonts-noto-cjk"),
        ("th", "one for Thai.*apt install fonts-noto-core"),
        ("am", "one for Ethiopic.*apt install fonts-noto-core"),
    ],
)
def test_a_script_without_font_says_which_package_has_it(
    language: str, said: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    without_system_fonts(monkeypatch, tmp_path)
    with pytest.raises(UnprintableTextError, match=said):
        render_letter(replace(LETTER, facts=OF_THE_SYSTEM[language]))


def test_a_character_that_nobody_knows_is_refused() -> None:
    with pytest.raises(UnprintableTextError, match=r"U\+0378, as Unicode knows none such"):
        render_letter(replace(LETTER, facts="a \u0378 b"))


def test_han_is_drawn_as_its_country_draws_it() -> None:
    assert families_for("請求について")[0].endswith("JP")
    assert families_for("요청 請求")[0].endswith("KR")
    assert families_for("请求")[0].endswith("SC")
