"""Bytes in pieces: nothing behind their end, and a document of any size in the memory of a piece."""

import tracemalloc
import zlib
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rogatory_crypto.attachments import PIECE_BYTES
from rogatory_crypto.bundle.octets import Held, Section, measure, pieces, read_whole
from rogatory_crypto.bundle.zip_writing import read_archive_of_ours, write_archive
from rogatory_crypto.errors import Code, PeerError

LARGE = 64 << 20


class Zeros:
    """As many zeros as one likes, which nobody holds."""

    def __init__(self, size: int, before: bytes = b"", after: bytes = b"") -> None:
        self._before, self._after, self._zeros = before, after, size

    @property
    def size(self) -> int:
        return len(self._before) + self._zeros + len(self._after)

    def at(self, start: int, length: int) -> bytes:
        end = min(start + length, self.size)
        first, last = len(self._before), len(self._before) + self._zeros
        zeros = bytes(max(0, min(end, last) - max(start, first)))
        tail = self._after[max(0, start - last) : max(0, end - last)]
        return self._before[start:end] + zeros + tail


@given(st.binary(max_size=3 * PIECE_BYTES // 1000), st.integers(0, 900), st.integers(0, 900))
def test_a_section_shows_nothing_beside_it(content: bytes, start: int, length: int) -> None:
    size = max(0, min(length, len(content) - start))
    section = Section(Held(content), start, size)
    assert read_whole(section, len(content)) == content[start : start + size]
    assert section.at(size, 10) == b""
    assert section.at(0, size + 10) == content[start : start + size]


@given(st.binary(max_size=1000))
def test_what_is_measured_is_what_is_there(content: bytes) -> None:
    found = measure(Held(content))
    assert (found.size, found.crc32) == (len(content), zlib.crc32(content))
    assert found.sha256 == sha256(content).digest()


def test_more_than_was_allowed_is_refused() -> None:
    with pytest.raises(PeerError) as refusal:
        read_whole(Held(b"abc"), 2)
    assert refusal.value.code is Code.TOO_LARGE


def test_what_ends_too_early_is_refused() -> None:
    with pytest.raises(PeerError) as refusal:
        b"".join(pieces(Section(Held(b"abc"), 0, 4)))
    assert refusal.value.code is Code.WRONG_LENGTH


def test_an_archive_is_written_and_read_in_pieces() -> None:
    files = {"large": measure(Zeros(LARGE)), "small": measure(Held(b"x"))}
    tracemalloc.start()
    try:
        around = [piece for piece in write_archive(files) if piece.count(0) != len(piece)]
        head, *others = around
        document = Zeros(LARGE, head, b"".join(others))
        read = read_archive_of_ours(document)
        assert tracemalloc.get_traced_memory()[1] < 8 * PIECE_BYTES
    finally:
        tracemalloc.stop()
    assert read["large"].sha256 == files["large"].sha256
    assert read["large"].size == LARGE
