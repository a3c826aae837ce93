"""Which options of ``rogatory sign`` go together; the others are refused before a secret is asked for."""

from pathlib import Path
from typing import Any

import pytest

from rogatory_client.cli.signatures.signing_options import Form, KeyChoice, ValidationFiles, read_stamp
from rogatory_crypto.errors import MisuseError

SOME = (Path("some"),)
STAMP = "1,60,60,260,120"


def test_a_stamp_is_a_page_and_a_box() -> None:
    stamp = read_stamp("2, 60,60,260,120", [Path("fonts")])
    assert stamp is not None
    assert (stamp.page, stamp.box, stamp.font_folders) == (1, (60, 60, 260, 120), (Path("fonts"),))
    assert read_stamp(None, []) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1",
        "1,2,3,4",
        "0,60,60,260,120",
        "1,260,60,60,120",
        "1,60,60,61,120",
        "1,60,60,260,120,7",
        "a,b,c,d,e",
    ],
)
def test_other_stamps_are_misuse(text: str) -> None:
    with pytest.raises(MisuseError, match="--stamp"):
        read_stamp(text, [])


def test_fonts_without_a_stamp_are_misuse() -> None:
    with pytest.raises(MisuseError, match="--fonts"):
        read_stamp(None, [Path("fonts")])


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({}, "name one key"),
        ({"file": Path("a.p12"), "office_seal": True}, "name one key"),
        ({"file": Path("a.p12"), "token": "office", "token_module": Path("m.so")}, "name one key"),
        ({"token": "office"}, "--token-module"),
        ({"file": Path("a.p12"), "token_module": Path("m.so")}, "leave them out"),
        ({"office_seal": True, "token_key": "seal"}, "leave them out"),
        ({"file": Path("a.p12"), "seal": "3f9a"}, "--office-seal"),
    ],
)
def test_a_signature_needs_exactly_one_key(options: dict[str, Any], said: str) -> None:
    with pytest.raises(MisuseError, match=said):
        KeyChoice(**options)


def test_each_kind_of_key_can_be_named() -> None:
    KeyChoice(file=Path("a.p12"))
    KeyChoice(token="office", token_key="seal", token_module=Path("m.so"))
    KeyChoice(office_seal=True, seal="3f9a")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"trust": SOME}, "--trust would change nothing"),
        ({"evidence": SOME, "archive": True}, "--evidence, --archive would change nothing"),
        ({"without_revocation": True}, "--without-revocation would change nothing"),
        ({"tsa": "http://tsa.example", "without_revocation": True, "archive": True}, "level B-T"),
        ({"tsa": "http://tsa.example", "without_revocation": True, "evidence": SOME}, "level B-T"),
    ],
)
def test_what_would_be_ignored_is_misuse(options: dict[str, Any], said: str) -> None:
    with pytest.raises(MisuseError, match=said):
        ValidationFiles(**options)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({}, "--function"),
        ({"function": "  "}, "--function"),
        ({"detached": True, "stamp": read_stamp(STAMP, [])}, "--stamp"),
        ({"detached": True, "function": "Head", "reason": "Request"}, "--function, --reason"),
        ({"detached": True, "accept_hidden_content": True}, "--accept-hidden-content"),
    ],
)
def test_a_page_is_signed_in_words_and_a_detached_signature_without(
    tmp_path: Path, options: dict[str, Any], said: str
) -> None:
    with pytest.raises(MisuseError, match=said):
        Form(tmp_path / "letter.pdf", tmp_path / "signed.pdf", **options)


def test_the_place_of_the_signature_has_to_be_free_and_there(tmp_path: Path) -> None:
    letter = tmp_path / "letter.pdf"
    letter.write_bytes(b"")
    for out, said in ((letter, "exists: choose another name"), (tmp_path / "no" / "out.pdf", "is no folder")):
        with pytest.raises(MisuseError, match=said):
            Form(letter, out, function="Head")
