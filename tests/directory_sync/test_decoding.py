"""Rule R1: bytes to lines."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rogatory_directory_sync import ExportRefusedError, SourceFile, SyncResult, sample_file, synchronise
from rogatory_directory_sync.decoding import decode


def test_a_mixed_file_is_decoded_line_by_line() -> None:  # A06-17 to A06-19
    lines = decode("\ufeffé\n".encode() + b"\xe9\n\x81\n" + "é".encode(), "x")
    assert lines.lines == ("é\n", "é\n", "\x81\n", "é")
    assert lines.windows_1252 == {2, 3}


@pytest.mark.parametrize(
    "raw", [b"", b"\xef\xbb\xbf", b" \r\n", "ID;State".encode("utf-16"), b"x" * (64 * 2**20 + 1)]
)
def test_what_is_no_text_is_refused(raw: bytes) -> None:
    with pytest.raises(ExportRefusedError, match="export"):
        decode(raw, "the export")


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_give_lines_or_a_refusal(raw: bytes) -> None:
    try:
        lines = decode(raw, "x")
    except ExportRefusedError:
        return
    assert lines.text.count("\n") == raw.count(b"\n")


@pytest.mark.parametrize("change", [lambda raw: raw.replace(b"\n", b"\r"), lambda raw: b"\n\r\n" + raw])
def test_line_ends_of_any_kind_and_blank_lines_before_the_headings(
    change: Callable[[bytes], bytes], june: Callable[..., SyncResult]
) -> None:  # R1
    raw = sample_file("export-2026-06.csv").content.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n")
    assert synchronise(SourceFile("x.csv", change(raw))).state == june("csv").state
