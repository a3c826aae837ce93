"""What officers get when they take a signed revision out of a file."""

import json
from pathlib import Path

import pytest
from tests.client.cli.transcript import type_command
from tests.crypto.esign.pdf.builder import TEXT, plain, stream, updated, written
from tests.crypto.esign.pdf.material import office, sealed


@pytest.fixture(scope="module")
def first() -> bytes:
    return sealed(office(), document=written(plain()))


@pytest.fixture
def folder(tmp_path: Path, first: bytes) -> Path:
    second = sealed(office(), document=first, field="Second")
    changed = updated(second, {4: stream(TEXT.replace(b"100", b"900"))})
    (tmp_path / "letter.pdf").write_bytes(changed)
    (tmp_path / "note.txt").write_text("This is no signed document.")
    return tmp_path


def test_each_signed_revision_comes_out_as_it_was_signed(folder: Path, first: bytes) -> None:
    ended = type_command("rogatory signed-revision letter.pdf --out first.pdf ", folder)
    assert ended.returncode == 0, ended.stderr
    assert (folder / "first.pdf").read_bytes() == first
    assert "revision 4 of 4: the document was changed" in ended.stdout
    assert "revision 4 of 4: pages: 1" in ended.stdout
    ended = type_command(
        "rogatory signed-revision letter.pdf --signature Second --out second.pdf --json ", folder
    )
    size = json.loads(ended.stdout)["size"]
    assert (folder / "second.pdf").read_bytes() == (folder / "letter.pdf").read_bytes()[:size]


@pytest.mark.parametrize("command", ["letter.pdf --signature Third", "note.txt"])
def test_what_covers_no_revision_is_said(folder: Path, command: str) -> None:
    ended = type_command(f"rogatory signed-revision {command} --out out.pdf ", folder)
    assert ended.returncode == 64
    assert "covers a revision of this file" in ended.stderr
    assert not (folder / "out.pdf").exists()
