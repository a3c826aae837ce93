"""An archive of ours: read by every tool, and one encoding for its files."""

import shutil
import subprocess
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rogatory_crypto.bundle.zip_writing import write_archive
from rogatory_crypto.errors import MisuseError
from rogatory_crypto.esign.container.archive import read_archive

FILES = {"mimetype": b"application/x-test", "a/b.txt": b"text" * 100, "empty": b""}
NAMES = st.text("abcdefghijklmnopqrstuvwxyz0123456789-_", min_size=1, max_size=12)


@given(st.dictionaries(NAMES, st.binary(max_size=200), min_size=1, max_size=8))
def test_what_is_written_is_read_and_written_the_same(files: dict[str, bytes]) -> None:
    document = write_archive(files)
    read = read_archive(document).files
    assert dict(read) == files
    assert write_archive(read) == document


def test_the_standard_library_reads_it() -> None:
    with zipfile.ZipFile(BytesIO(write_archive(FILES))) as opened:
        assert opened.testzip() is None
        assert {each: opened.read(each) for each in opened.namelist()} == FILES
        assert {each.compress_type for each in opened.infolist()} == {zipfile.ZIP_STORED}


@pytest.mark.skipif(shutil.which("unzip") is None, reason="unzip is not installed")
def test_unzip_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "bundle.asice"
    path.write_bytes(write_archive(FILES))
    command = [shutil.which("unzip") or "unzip", "-t", str(path)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_name_that_readers_could_differ_on_is_refused() -> None:
    with pytest.raises(MisuseError):
        write_archive({"é": b""})
