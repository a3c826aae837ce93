"""An archive of ours: read by every tool, one encoding for its files, and no byte of it free."""

import shutil
import subprocess
import zipfile
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rogatory_crypto.bundle.octets import Held, Measured, Octets, measure
from rogatory_crypto.bundle.zip_writing import read_archive_of_ours, write_archive
from rogatory_crypto.errors import MisuseError, PeerError
from rogatory_crypto.esign.container.archive import read_archive

FILES = {"mimetype": b"application/x-test", "a/b.txt": b"text" * 100, "empty": b""}
NAMES = st.text("abcdefghijklmnopqrstuvwxyz0123456789-_", min_size=1, max_size=12)


def measured(files: Mapping[str, bytes]) -> dict[str, Measured]:
    return {name: measure(Held(content)) for name, content in files.items()}


def written(files: Mapping[str, bytes]) -> bytes:
    return b"".join(write_archive(measured(files)))


def content_of(octets: Octets) -> bytes:
    return octets.at(0, octets.size)


@given(st.dictionaries(NAMES, st.binary(max_size=200), min_size=1, max_size=8))
def test_what_is_written_is_read_and_written_the_same(files: dict[str, bytes]) -> None:
    document = written(files)
    assert dict(read_archive(document).files) == files
    read = read_archive_of_ours(Held(document))
    assert {name: content_of(each.octets) for name, each in read.items()} == files
    assert b"".join(write_archive(read)) == document


@given(st.data())
def test_every_changed_bit_is_seen(data: st.DataObject) -> None:
    document = bytearray(written(FILES))
    document[data.draw(st.integers(0, len(document) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(PeerError):
        read_archive_of_ours(Held(bytes(document)))


@given(st.binary(max_size=300), st.integers(0, 700))
def test_cut_lengthened_and_arbitrary_bytes_are_a_peer_error(more: bytes, length: int) -> None:
    document = written(FILES)
    cut = document[: min(length, len(document) - 1)]
    for other in (cut, document + b"\0" + more, b"PK\x03\x04" + more):
        with pytest.raises(PeerError):
            read_archive_of_ours(Held(other))


def test_the_standard_library_reads_it() -> None:
    with zipfile.ZipFile(BytesIO(written(FILES))) as opened:
        assert opened.testzip() is None
        assert {each: opened.read(each) for each in opened.namelist()} == FILES
        assert {each.compress_type for each in opened.infolist()} == {zipfile.ZIP_STORED}


@pytest.mark.skipif(shutil.which("unzip") is None, reason="unzip is not installed")
def test_unzip_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "bundle.asice"
    path.write_bytes(written(FILES))
    command = [shutil.which("unzip") or "unzip", "-t", str(path)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_name_that_readers_could_differ_on_is_refused() -> None:
    with pytest.raises(MisuseError):
        write_archive(measured({"é": b""}))


def test_what_becomes_shorter_while_it_is_written_is_told() -> None:
    class Shrinking:
        size = 10

        def at(self, start: int, length: int) -> bytes:
            return bytes(max(0, min(length, 4 - start)))

    with pytest.raises(PeerError, match="it ends before it should"):
        b"".join(write_archive({"a": Measured(Shrinking(), 0, bytes(32))}))


def test_more_than_an_archive_holds_is_refused() -> None:
    class Vast:
        size = 3 << 30

        def at(self, start: int, length: int) -> bytes:
            raise AssertionError(f"nothing of it is read, not even {length} bytes at {start}")

    vast = Measured(Vast(), 0, bytes(32))
    with pytest.raises(MisuseError, match="4 GiB"):
        write_archive({"a": vast, "b": vast})
