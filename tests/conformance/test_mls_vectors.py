"""The official vectors pass, and the runner fails where it should."""

import json
from pathlib import Path

import pytest
from tests.conformance import mls_vectors


def test_every_official_vector_passes(shared: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = shared / "vectors" / "mls"
    assert mls_vectors.main([str(folder)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(list(folder.glob("*.json")))
    for line in lines:
        passed, total = line.split()[1].split("/")
        assert passed == total != "0"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("unknown.json", [{"length": 0}]),
        ("tree-math.json", []),
        ("deserialization.json", [{"vlbytes_header": "00", "length": 1}]),
        ("deserialization.json", [{}]),
        ("messages.json", [{"mls_unheard_of": "00"}]),
    ],
)
def test_a_miss_is_a_failure(tmp_path: Path, name: str, content: list[object]) -> None:
    (tmp_path / name).write_text(json.dumps(content))
    assert mls_vectors.main([str(tmp_path)]) == 1


def test_nothing_to_run_is_a_failure(tmp_path: Path) -> None:
    assert mls_vectors.main([str(tmp_path)]) == 1
    assert mls_vectors.main([]) == 64
