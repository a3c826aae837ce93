from pathlib import Path

import pytest

from rogatory_client.cli.call import Call
from rogatory_client.cli.passphrase import PassphraseSource
from rogatory_client.cli.signing_options import (
    SigningRequest,
    ValidationFiles,
    make_signature,
    read_key,
    read_stamp,
)
from rogatory_client.cli.terminal import Terminal
from rogatory_client.signing import SealKey
from rogatory_crypto.errors import MisuseError

NOTHING = ValidationFiles(None, (), (), (), (), archive=False)
SEAL = SealKey(b"", b"")


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


@pytest.mark.parametrize(
    ("file", "token", "module"),
    [(None, None, None), (Path("a.p12"), "office", Path("m.so")), (None, "office", None)],
)
def test_a_signature_needs_exactly_one_key(file: Path | None, token: str | None, module: Path | None) -> None:
    call = Call(Terminal(as_json=True), Path(), PassphraseSource(None, keyring=False, what=Path()))
    with pytest.raises(MisuseError):
        read_key(call, file, token, "seal", module)


@pytest.mark.parametrize(
    ("tsa", "trust", "crls", "archive"),
    [
        ("http://tsa.example", (), (), False),
        (None, (), (Path("a.crl"),), False),
        (None, (), (), True),
        ("http://tsa.example", (Path("root.pem"),), (), True),
    ],
)
def test_half_of_what_makes_a_signature_last_is_misuse(
    tsa: str | None, trust: tuple[Path, ...], crls: tuple[Path, ...], *, archive: bool
) -> None:
    with pytest.raises(MisuseError, match="B-LT"):
        ValidationFiles(tsa, trust, crls, (), (), archive=archive)


def test_a_detached_signature_is_not_shown_on_a_page(tmp_path: Path) -> None:
    file = tmp_path / "statement"
    file.write_bytes(b"content")
    request = SigningRequest(file, True, "", "", read_stamp("1,60,60,260,120", []))  # noqa: FBT003 - one field
    with pytest.raises(MisuseError, match="--stamp"):
        make_signature(request, SEAL, NOTHING)
