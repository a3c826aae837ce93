"""Every transcript plays as it is written."""

from pathlib import Path

import pytest
from tests.client.cli.transcript import play_transcript, read_transcript

TRANSCRIPTS = sorted((Path(__file__).parent / "transcripts").glob("*.txt"))


def test_there_are_transcripts() -> None:
    assert len(TRANSCRIPTS) >= 6


@pytest.mark.parametrize("path", TRANSCRIPTS, ids=lambda path: path.stem)
def test_transcript(path: Path, tmp_path: Path) -> None:
    assert play_transcript(path.read_text(), tmp_path) > 0


def test_a_wrong_transcript_fails(tmp_path: Path) -> None:
    for wrong in ("$ rogatory --help\nanother text\n", "$ rogatory --help\n...\n? 3\n"):
        with pytest.raises(AssertionError):
            play_transcript(wrong, tmp_path)


def test_a_stray_line_is_refused() -> None:
    with pytest.raises(ValueError, match="belongs to nothing"):
        read_transcript("what is this\n")
