"""Files: read with a limit, written whole and only where nothing is."""

import errno
import os
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import pytest

from rogatory_client.bounded_file import new_file, new_files, new_large_file, opened, read_bytes
from rogatory_crypto.errors import MisuseError


def test_reading_stops_at_the_limit(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(bytes(10))
    assert read_bytes(path, 10) == bytes(10)
    with pytest.raises(MisuseError, match="larger"):
        read_bytes(path, 9)


def test_a_file_is_never_replaced_and_nothing_is_left_behind(tmp_path: Path) -> None:
    path = tmp_path / "letter.pdf"
    new_file(path, b"first", mode=0o600)
    with pytest.raises(MisuseError, match="exists"):
        new_file(path, b"second")
    assert path.read_bytes() == b"first"
    assert path.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["letter.pdf"]


def test_a_folder_that_is_not_there_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        new_file(tmp_path / "nowhere" / "letter.pdf", b"text")
    assert list(tmp_path.iterdir()) == []


def test_files_are_written_together(tmp_path: Path) -> None:
    new_files({tmp_path / "a.html": b"a", tmp_path / "b.pdf": b"b"})
    assert {each.name: each.read_bytes() for each in tmp_path.iterdir()} == {"a.html": b"a", "b.pdf": b"b"}


def test_where_one_file_cannot_be_written_none_is(tmp_path: Path) -> None:
    taken = tmp_path / "b.pdf"
    taken.write_bytes(b"before")
    with pytest.raises(MisuseError, match="exists"):
        new_files({tmp_path / "a.html": b"a", taken: b"b"})
    with pytest.raises(FileNotFoundError):
        new_files({tmp_path / "a.html": b"a", tmp_path / "nowhere" / "b.pdf": b"b"})
    assert [(each.name, each.read_bytes()) for each in tmp_path.iterdir()] == [("b.pdf", b"before")]


def test_a_large_file_takes_its_name_when_all_has_gone_well(tmp_path: Path) -> None:
    path = tmp_path / "case.asice"
    with new_large_file(path, iter((b"one", b"two"))) as written:
        assert not path.exists()
        with opened(written) as whole:
            assert (whole.size, whole.at(2, 2), whole.at(6, 9)) == (6, b"et", b"")
    assert path.read_bytes() == b"onetwo"
    assert list(tmp_path.iterdir()) == [path]


def test_what_goes_wrong_leaves_no_large_file_behind(tmp_path: Path) -> None:
    path = tmp_path / "case.asice"

    def failing() -> Iterator[bytes]:
        yield b"one"
        raise OSError("gone")

    with pytest.raises(OSError, match="gone"), new_large_file(path, failing()):
        pass
    with pytest.raises(MisuseError, match="no"), new_large_file(path, (b"one",)):
        raise MisuseError("no")
    assert list(tmp_path.iterdir()) == []
    path.write_bytes(b"theirs")
    with pytest.raises(MisuseError, match="exists"), new_large_file(path, (b"ours",)):
        pass
    assert path.read_bytes() == b"theirs"


def test_on_a_stick_without_hard_links_a_file_is_written_and_none_replaced(tmp_path: Path) -> None:
    def as_fat_answers(*_: object, **__: object) -> None:
        raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))

    path = tmp_path / "case.asice"
    with patch("os.link", as_fat_answers):
        new_file(path, b"ours")
        with pytest.raises(MisuseError, match="exists"):
            new_file(path, b"others")
        with pytest.raises(MisuseError, match="exists"), new_large_file(path, (b"others",)):
            pass
    assert [(each.name, each.read_bytes()) for each in tmp_path.iterdir()] == [("case.asice", b"ours")]


def test_what_is_no_file_is_not_opened() -> None:
    with pytest.raises(MisuseError, match="is no file"), opened(Path(os.devnull)):
        pass
