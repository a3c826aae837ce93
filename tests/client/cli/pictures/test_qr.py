"""Codes on a terminal: what is printed reads back by another implementation, in every form."""

import io
from itertools import product

import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

from rogatory_client.cli.pictures.qr import (
    QUIET_ZONE,
    QrCode,
    ascii_lines,
    half_blocks,
    qr_codes,
    renderable,
    rows,
)
from rogatory_client.cli.pictures.qr_parts import join
from rogatory_crypto.errors import MisuseError

REQUEST = "rogatory-link-1:" + "AbC_-9" * 90
printable = st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=200)
DARK = {" ": (False, False), "▀": (True, False), "▄": (False, True), "█": (True, True)}


def camera(dark: list[list[bool]], *, scale: int = 3) -> str:
    """What a reader sees in a picture of these modules."""
    height, width = len(dark) * scale, len(dark[0]) * scale
    pixels = bytes(
        0 if dark[at_y // scale][at_x // scale] else 255
        for at_y, at_x in product(range(height), range(width))
    )
    (found,) = zxingcpp.read_barcodes(memoryview(pixels).cast("B", (height, width)))
    return str(found.text)


def of_blocks(lines: list[str]) -> list[list[bool]]:
    return [[DARK[character][half] for character in line] for line in lines for half in (0, 1)]


@settings(max_examples=20)
@given(printable)
def test_every_form_reads_back(text: str) -> None:
    (code,) = qr_codes(text)
    assert camera([[module == "1" for module in row] for row in rows(code)]) == text
    assert camera(of_blocks(half_blocks(code))) == text
    assert camera([[line[at] == "#" for at in range(0, len(line), 2)] for line in ascii_lines(code)]) == text


@pytest.mark.parametrize("columns", [45, 80, 132, 400])
def test_a_long_text_becomes_as_many_codes_as_the_terminal_needs(columns: int) -> None:
    codes = qr_codes(REQUEST, columns=columns)
    assert all(code.width <= columns for code in codes)
    seen = [camera([[module == "1" for module in row] for row in rows(code)]) for code in codes]
    assert join(reversed(seen)) == REQUEST


def test_a_wide_terminal_shows_one_code_and_a_narrow_one_several() -> None:
    assert len(qr_codes(REQUEST, columns=160)) == 1
    assert len(qr_codes(REQUEST, columns=60)) > 1


def test_a_code_has_its_quiet_zone_and_shows_nothing_of_itself() -> None:
    (code,) = qr_codes("secret")
    edge = [*code.modules[:QUIET_ZONE], *code.modules[-QUIET_ZONE:]]
    edge += [row[:QUIET_ZONE] + row[-QUIET_ZONE:] for row in code.modules]
    assert not any(module for row in edge for module in row)
    assert repr(code) == "QrCode()"


def printed(code: QrCode, *, colour: bool, encoding: str) -> str:
    out = io.StringIO()
    console = Console(
        file=out, force_terminal=colour, color_system="truecolor", width=20, no_color=not colour
    )
    console.print(renderable(code, encoding=encoding), soft_wrap=True)
    return out.getvalue()


def test_a_terminal_gets_black_on_white_and_a_file_gets_ink() -> None:
    (code,) = qr_codes("text")
    coloured = printed(code, colour=True, encoding="utf-8")
    assert "\x1b[38;2;0;0;0;48;2;255;255;255m" in coloured
    plain = printed(code, colour=False, encoding="utf-8")
    assert "\x1b" not in plain
    # A narrow console neither wraps nor cuts: a code of which a column is missing cannot be read.
    assert camera(of_blocks(plain.splitlines())) == "text"


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "unheard-of"])
def test_output_without_block_characters_gets_number_signs(encoding: str) -> None:
    (code,) = qr_codes("text")
    plain = printed(code, colour=False, encoding=encoding)
    assert plain.isascii()
    assert [line.rstrip() for line in plain.splitlines()] == [line.rstrip() for line in ascii_lines(code)]


@pytest.mark.parametrize(
    ("text", "columns"), [("", 80), ("é", 80), ("a\nb", 80), ("a", 44), ("x" * 20_000, 80)]
)
def test_what_cannot_be_shown_is_misuse(text: str, columns: int) -> None:
    with pytest.raises(MisuseError):
        qr_codes(text, columns=columns)
