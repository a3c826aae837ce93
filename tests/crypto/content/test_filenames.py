"""Whatever a peer calls a file, what we save is a plain visible name inside the chosen folder."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rogatory_crypto.content.filenames import FALLBACK, MAX_NAME_BYTES, safe_filename

TRICKS = {
    "../../etc/passwd": "_.._etc_passwd",
    "/etc/passwd": "_etc_passwd",
    "..\\..\\windows\\system32\\cmd.exe": "_.._windows_system32_cmd.exe",
    "C:\\boot.ini": "C__boot.ini",
    "letter.pdf:stream.exe": "letter.pdf_stream.exe",
    "..": FALLBACK,
    ".": FALLBACK,
    "": FALLBACK,
    "   ": FALLBACK,
    "///": FALLBACK,
    "\x00": FALLBACK,
    ".bashrc": "bashrc",
    "letter.pdf\x00.exe": "letter.pdf_.exe",
    "letter\n.pdf": "letter_.pdf",
    "letter\u202efdp.exe": "letter_fdp.exe",
    "letter\u2066.pdf": "letter_.pdf",
    "letter\u200b.pdf": "letter_.pdf",
    "letter.pdf\u3164\u3164.exe": "letter.pdf__.exe",
    "\u2800\u115f": FALLBACK,
    "..\u2215..\u2215letter": "_.._letter",
    "\uff0e\uff0e\uff0fletter": "___letter",
    "%2e%2e%2fletter": "_2e_2e_2fletter",
    "CON": "_CON",
    "con.pdf": "_con.pdf",
    "Com1.tar.gz": "_Com1.tar.gz",
    "NUL .txt": "_NUL .txt",
    "letter.pdf. . .": "letter.pdf",
    "  letter   of  request.pdf ": "letter of request.pdf",
    "Demande d\u2019entraide n°4.pdf": "Demande d\u2019entraide n°4.pdf",
    "请求书.pdf": "请求书.pdf",
    "طلب.pdf": "طلب.pdf",
    "e\u0301te\u0301.pdf": "été.pdf",
}


@pytest.mark.parametrize(("name", "saved"), TRICKS.items())
def test_a_trick_becomes_a_plain_name(name: str, saved: str) -> None:
    assert safe_filename(name) == saved


@given(st.text(max_size=400))
def test_any_text_becomes_a_safe_name(name: str) -> None:
    saved = safe_filename(name)
    assert saved
    assert 0 < len(saved.encode()) <= MAX_NAME_BYTES
    assert not set(saved) & set('/\\:*?"<>|\x00')
    assert saved[0] not in ". "
    assert saved[-1] not in ". "
    assert all(unicodedata.category(each) not in {"Cc", "Cf", "Cs"} for each in saved)


@given(st.text(max_size=400))
def test_a_safe_name_stays_as_it_is(name: str) -> None:
    saved = safe_filename(name)
    assert safe_filename(saved) == saved


def test_a_long_name_keeps_its_extension() -> None:
    saved = safe_filename("请" * 300 + ".pdf")
    assert saved.endswith("请.pdf")
    assert len(saved.encode()) <= MAX_NAME_BYTES


def test_a_long_extension_is_cut_as_part_of_the_name() -> None:
    assert safe_filename("a." + "b" * 300) == "a." + "b" * (MAX_NAME_BYTES - 2)
